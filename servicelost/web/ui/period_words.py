"""The periods of reports as people write them: Nov 2026, Q4 2026, week 48 of 2026.

Reports name a period by a text that sorts (`analytics.periods.label`); files and the API keep that.
"""

from datetime import date

from servicelost.web.languages import formats
from servicelost.web.languages import gettext as _


def period_in_words(label: str) -> str:
    """The period in the language of the page; a year, or what is no period, as it is."""
    year, dash, part = label.partition("-")
    if not dash:
        return label
    if part.startswith("W"):
        return _("week %(week)s of %(year)s", week=int(part[1:]), year=year)
    if part.startswith("Q"):
        return formats.day(date(int(year), 3 * int(part[1:]) - 2, 1), "yQQQ")
    return formats.day(date(int(year), int(part), 1), "yMMM")
