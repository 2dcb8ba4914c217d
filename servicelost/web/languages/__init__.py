"""The languages of the pages: which one a request speaks, and its words for our English texts.

Codes are stored and English is written in the source; everything a person reads is put into words here, at
the edge. How numbers and days are written is the pages' business.
"""

from servicelost.web.languages.choice import LANGUAGES, current_language
from servicelost.web.languages.words import gettext, ngettext

__all__ = ["LANGUAGES", "current_language", "gettext", "ngettext"]
