"""A report's document in the language of the page: titles, columns, definitions and the labels of codes.

Names of people, dealerships and services are no texts of ours and stay as they are.
"""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from servicelost.analytics.labels import CODES, NOT_RECORDED
from servicelost.analytics.opening import grain_of
from servicelost.analytics.periods import Grain, start_of
from servicelost.analytics.periods import label as label_of
from servicelost.analytics.reasons import NO_HISTORY
from servicelost.analytics.spec import Vocabulary
from servicelost.taxonomy.grades import Grade
from servicelost.web.languages import gettext as _
from servicelost.web.ui.period_words import period_in_words
from servicelost.web.ui.wording import joined

Write = Callable[[str], str]
_TEXTS = ("label", "title", "definition")


def in_words(document: Mapping[str, Any], day: date) -> dict[str, Any]:
    """The presented document with every text of ours translated; `day` is the one its data reach to."""
    written = {**_WRITTEN, Vocabulary.PERIOD.value: _periods(grain_of(document), day)}
    return {
        **document,
        "measures": [_described(number) for number in document["measures"]],
        "bridge": [_described(step) for step in document["bridge"]],
        "sections": [_section(section, written) for section in document["sections"]],
    }


def _periods(grain: Grain, day: date) -> Write:
    """How the periods are written: the one that was not over yet says so, since it looks like a fall."""
    running = label_of(start_of(day, grain), grain)

    def write(label: str) -> str:
        told = period_in_words(label)
        return _("%(period)s so far", period=told) if label >= running else told

    return write


def _described(thing: Mapping[str, Any]) -> dict[str, Any]:
    told = {name: _(thing[name]) for name in _TEXTS if thing.get(name)}
    if thing.get("reason"):
        told["reason"] = _reason(thing["reason"])
    return {**thing, **told}


def _reason(text: str) -> str:
    """Why a number is not there; how much history there is stands behind the words."""
    words, _colon, periods = text.partition(": ")
    return joined(_(words), periods) if words == NO_HISTORY and periods else _(text)


def _section(section: Mapping[str, Any], vocabularies: Mapping[str, Write]) -> dict[str, Any]:
    written = {
        column["key"]: vocabularies[column["vocabulary"]]
        for column in section["columns"]
        if column.get("vocabulary") in vocabularies
    }
    return {
        **_described(section),
        "columns": [_described(column) for column in section["columns"]],
        "notes": [_(note) for note in section["notes"]],
        "rows": [{**row, "labels": _labels(row["labels"], written)} for row in section["rows"]],
    }


def _labels(labels: Mapping[str, str], written: Mapping[str, Write]) -> dict[str, str]:
    return {
        key: _(label) if label == NOT_RECORDED else written.get(key, str)(label)
        for key, label in labels.items()
    }


def label_in_words(label: str) -> str:
    """The label; a grade of confidence keeps its letter before it."""
    letter, colon, text = label.partition(": ")
    return joined(letter, _(text)) if colon and letter in set(Grade) else _(label)


# How the labels of a vocabulary are written; those of others are names.
_WRITTEN: Mapping[str, Write] = {vocabulary.value: label_in_words for vocabulary in CODES}
