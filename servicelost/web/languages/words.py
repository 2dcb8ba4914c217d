"""Our English texts in the language of the request.

A text is its own key: one that the catalogue does not know stays English, and a test finds it.
"""

from functools import cache
from pathlib import Path
from typing import Any, cast

from servicelost.web.current import kept
from servicelost.web.languages import formats
from servicelost.web.languages.choice import ENGLISH, current_language

DOMAIN = "servicelost"
FOLDER = Path(__file__).parent / "catalogues"
_KEY = "catalogue"


def gettext(text: str, /, **values: object) -> str:
    """The text, with the values put in where it says ``%(name)s``."""
    language = current_language()
    found = text if language == ENGLISH or not text else _catalogue(language).ugettext(text)
    return cast(str, found % values if values else found)


def ngettext(one: str, many: str, num: int, /, **values: object) -> str:
    """The text for so many things, in as many forms as the language has; ``%(num)s`` is the number."""
    language = current_language()
    if language == ENGLISH:
        found = one if num == 1 else many
    else:
        found = _catalogue(language).ungettext(one, many, num)
    return found % ({"num": formats.count(num)} | values)


def _catalogue(language: str) -> Any:
    known = kept().get(_KEY)
    if known is None or known[0] != language:
        known = kept()[_KEY] = (language, _load(language))
    return known[1]


def _load(language: str) -> Any:
    """The catalogue, read once a process; the host's own language and domain are left as they are."""
    from flask_babel import force_locale

    with force_locale(language):
        return _domain().get_translations()


@cache
def _domain() -> Any:
    from flask_babel import Domain

    return Domain([str(FOLDER)], DOMAIN)
