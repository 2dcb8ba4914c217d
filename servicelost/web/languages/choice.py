"""Which language a request speaks: the person's choice, else the host's, the dealership's, the browser's.

What a language says stands in its catalogue.
"""

from collections.abc import Mapping
from typing import cast

from flask import current_app, has_request_context, request
from sqlalchemy import select

from servicelost.administration.people import LANGUAGE, chosen
from servicelost.directory.models import Dealership
from servicelost.kernel.actor import Actor
from servicelost.kernel.book import Book
from servicelost.web.current import current_runtime, kept
from servicelost.web.identity import find_caller

ENGLISH = "en"
# Each in its own words, so that everybody finds her own.
LANGUAGES: Mapping[str, str] = {
    ENGLISH: "English",
    "fr": "Français",
    "id": "Bahasa Indonesia",
    "nl": "Nederlands",
    "ru": "Русский",
}
_KEY = "language"


def current_language() -> str:
    """The code of the language this request speaks; English where there is no request."""
    if not has_request_context():
        return ENGLISH
    if _KEY not in kept():
        kept()[_KEY] = ENGLISH  # an error while looking is told, and must not look again
        kept()[_KEY] = _find()
    return cast(str, kept()[_KEY])


def speak(language: str) -> None:
    """Let the rest of this request speak the language."""
    kept()[_KEY] = language


def _find() -> str:
    caller = find_caller()
    if caller is None or caller.by_token:
        return _hosts() or _browsers()
    with current_runtime().unit(caller.actor, glance=True) as book:
        own = _known(chosen(book, LANGUAGE))
        return own or _hosts() or _dealerships(book, caller.actor) or ENGLISH


def _known(tag: str | None) -> str | None:
    """Our language for a tag such as nl-BE."""
    language = (tag or "").replace("_", "-").partition("-")[0].lower()
    return language if language in LANGUAGES else None


def _hosts() -> str | None:
    if "babel" not in current_app.extensions:
        return None
    from flask_babel import get_locale

    return _known(str(get_locale()))


def _dealerships(book: Book, actor: Actor) -> str | None:
    table = Dealership.__table__.c
    statement = select(table.locale).order_by(table.id).limit(1)
    if actor.dealership_ids is not None:
        statement = statement.where(table.id.in_(sorted(actor.dealership_ids)))
    return _known(book.connection.scalar(statement))


def _browsers() -> str:
    return request.accept_languages.best_match(list(LANGUAGES), ENGLISH) or ENGLISH
