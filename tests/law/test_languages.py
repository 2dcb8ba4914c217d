"""The laws of language: every text is translated, none is only guessed, what runs is what was written."""

import re

import pytest
from babel.messages.catalog import Message

from servicelost.web.languages.collecting import (
    TRANSLATED,
    catalogue_path,
    collect,
    compiled,
    read_catalogue,
)

PLACE = re.compile(r"%\(\w+\)[sd]")


def forms_of(message: Message) -> list[str]:
    text = message.string
    return [text] if isinstance(text, str) else list(text)


def sources_of(message: Message) -> list[str]:
    return [message.id] if isinstance(message.id, str) else list(message.id)


@pytest.mark.parametrize("language", TRANSLATED)
def test_every_text_is_translated(language: str) -> None:
    wanted = {message.id for message in collect() if message.id}
    catalogue = read_catalogue(language)
    known = {message.id for message in catalogue if message.id}
    assert known == wanted, "run `make messages`"
    missing = [message.id for message in catalogue if message.id and not all(forms_of(message))]
    assert not missing
    assert not [message.id for message in catalogue if message.id and message.fuzzy]


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_translation_names_the_same_values(language: str) -> None:
    wrong = [
        (message.id, text)
        for message in read_catalogue(language)
        for text in forms_of(message)
        if message.id and text
        if not set(PLACE.findall(text)) <= set(PLACE.findall(" ".join(sources_of(message))))
        or (isinstance(message.id, str) and set(PLACE.findall(text)) != set(PLACE.findall(message.id)))
    ]
    assert not wrong


@pytest.mark.parametrize("language", TRANSLATED)
def test_what_runs_is_what_was_written(language: str) -> None:
    runs = catalogue_path(language).with_suffix(".mo").read_bytes()
    assert runs == compiled(read_catalogue(language)), "run `make messages`"
