"""Bringing the catalogues up to date with the source: `make messages`.

Texts are found in templates, in calls of gettext and in the tables of data; the catalogues hold each of them
once, without places, so that moving code changes no catalogue. Translating is for people.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from servicelost.web.languages.choice import ENGLISH, LANGUAGES
from servicelost.web.languages.tables import texts
from servicelost.web.languages.words import DOMAIN, FOLDER

_SOURCE = Path(__file__).parents[2]
_ROOMS = ("web", "standalone")
_METHODS = [("**.py", "python"), ("**.html", "jinja2")]
_NO_DATE = datetime(2026, 1, 1, tzinfo=UTC)
TRANSLATED = tuple(language for language in LANGUAGES if language != ENGLISH)


def main() -> None:
    """Add what is new to every catalogue, drop what is gone, and compile them."""
    wanted = collect()
    for language in TRANSLATED:
        catalogue = read_catalogue(language)
        catalogue.update(wanted, no_fuzzy_matching=True)
        catalogue.obsolete.clear()
        path = catalogue_path(language)
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as file:
            write_po(file, catalogue, width=0, sort_output=True, omit_header=True, ignore_obsolete=True)
        path.with_suffix(".mo").write_bytes(compiled(read_catalogue(language)))


def collect() -> Catalog:
    """Every text that people read, as an empty catalogue."""
    found = Catalog(domain=DOMAIN, project="servicelost", copyright_holder="servicelost contributors")
    for message in _messages():
        found.add(message)
    return found


def read_catalogue(language: str) -> Catalog:
    """The language's catalogue as it stands; an empty one where there is none."""
    path = catalogue_path(language)
    found = Catalog(locale=language, domain=DOMAIN)
    if path.exists():
        with path.open("rb") as file:
            found = read_po(file, locale=language, domain=DOMAIN)
    # Without these the compiled file would differ each day.
    found.creation_date = found.revision_date = _NO_DATE
    return found


def catalogue_path(language: str) -> Path:
    """Where the language's texts are."""
    return FOLDER / language / "LC_MESSAGES" / f"{DOMAIN}.po"


def compiled(catalogue: Catalog) -> bytes:
    """The catalogue in the form that is read at run time."""
    file = BytesIO()
    write_mo(file, catalogue)
    return file.getvalue()


def _messages() -> Iterator[str | tuple[str, ...]]:
    for room in _ROOMS:
        for _, _, message, _, _ in extract_from_dir(_SOURCE / room, _METHODS):
            yield message
    yield from texts()


if __name__ == "__main__":
    main()
