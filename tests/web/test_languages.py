"""Pages in the language of the one who reads them: her choice, the host's, the dealership's."""

from datetime import date
from decimal import Decimal
from http import HTTPStatus

import pytest
from babel import Locale
from flask.testing import FlaskClient
from flask_babel import Babel
from werkzeug.test import TestResponse

from servicelost.directory.dealerships import upsert_dealership
from servicelost.kernel.actor import SYSTEM, Role
from servicelost.web.languages import LANGUAGES, formats, gettext, ngettext
from servicelost.web.languages.choice import speak
from tests.web.conftest import World
from tests.web.ui_pages import words

VISITS = "/service/visits"
HEADINGS = {"en": "Visits", "fr": "Visites", "id": "Kunjungan", "nl": "Bezoeken", "ru": "Визиты"}


def language_of(page: str) -> str:
    return page.partition('<html lang="')[2].partition('"')[0]


def choose(client: FlaskClient, language: str, next_page: str = VISITS) -> TestResponse:
    """Send the form of the language that stands on every page."""
    page = client.get(VISITS).text
    form = page.partition('action="/service/language">')[2]
    token = form.partition('name="csrf_token" value="')[2].partition('"')[0]
    return client.post(
        "/service/language", data={"csrf_token": token, "language": language, "next": next_page}
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_choice_is_kept(world: World, client: FlaskClient, language: str) -> None:
    world.sign_in(Role.SERVICE_ADVISOR)
    answer = choose(client, language, f"{VISITS}?state=all")
    assert (answer.status_code, answer.location) == (HTTPStatus.SEE_OTHER, f"{VISITS}?state=all")
    page = client.get(VISITS).text
    assert language_of(page) == language
    assert f"<h1>{HEADINGS[language]}</h1>" in page


def test_nobody_is_sent_elsewhere_after_choosing(world: World, client: FlaskClient) -> None:
    world.sign_in(Role.SERVICE_ADVISOR)
    for address in ("https://elsewhere.example/", "//elsewhere.example", "/\\elsewhere.example"):
        assert choose(client, "nl", address).location == "/service/"


def test_a_language_we_do_not_speak_is_refused(world: World, client: FlaskClient) -> None:
    world.sign_in(Role.SERVICE_ADVISOR)
    assert choose(client, "tlh").status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert language_of(client.get(VISITS).text) == "en"


def test_who_has_not_chosen_reads_the_dealerships_language(world: World, client: FlaskClient) -> None:
    with world.runtime.unit(SYSTEM) as book:
        upsert_dealership(book, {"code": "NORTH", "locale": "nl-BE"})
    world.sign_in(Role.SERVICE_ADVISOR)
    assert language_of(client.get(VISITS).text) == "nl"


def test_a_host_that_speaks_several_languages_decides(world: World, client: FlaskClient) -> None:
    Babel(world.app, locale_selector=lambda: "nl_BE")
    world.sign_in(Role.SERVICE_ADVISOR)
    assert language_of(client.get(VISITS).text) == "nl"


@pytest.mark.parametrize("language", LANGUAGES)
def test_numbers_and_days_are_written_as_the_language_writes_them(world: World, language: str) -> None:
    with world.app.test_request_context():
        speak(language)
        assert formats.currency(Decimal("-1234.5"), "EUR", 2).count("€") == 1
        locale = Locale.parse("en_GB" if language == "en" else language)
        assert locale.number_symbols["latn"]["decimal"] in formats.currency(Decimal("1234.5"), "EUR", 2)
        assert locale.months["format"]["abbreviated"][11] in formats.day(date(2026, 11, 3), "yMMMd")


@pytest.mark.parametrize(("number", "expected"), [(1, "1 regel"), (3, "3 regels"), (1200, "1.200 regels")])
def test_a_count_is_told_in_the_forms_of_the_language(world: World, number: int, expected: str) -> None:
    with world.app.test_request_context():
        speak("nl")
        assert ngettext("%(num)s line", "%(num)s lines", number) == expected


def test_outside_a_request_english_is_spoken() -> None:
    assert gettext("Visits") == "Visits"
    assert words(gettext("Page %(number)s", number=3)) == "Page 3"
