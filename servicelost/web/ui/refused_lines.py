"""Why a decision about a line was refused, in the words of the counter: who was quicker, and how it stands.

Nothing is decided here.
"""

from servicelost.directory.calendar import local_time
from servicelost.directory.models import Dealership, ServiceCategory
from servicelost.kernel.book import Book
from servicelost.kernel.errors import Conflict, IllegalMove, ServiceLostError
from servicelost.web import deciding
from servicelost.web.languages import gettext as _
from servicelost.web.ui.labels import LINE_MARKS
from servicelost.web.ui.wording import joined
from servicelost.workflow.models.lines import Line


def in_plain_words(book: Book, line: Line, error: Exception, *, named: bool) -> Exception:
    """What the colleague did, so that the person can keep or redo it; of several lines it is said which."""
    if not isinstance(error, ServiceLostError):
        return error
    if error.code == "STALE":
        error = Conflict("STALE", _what_the_other_did(book, line))
    elif isinstance(error, IllegalMove):
        state = _(LINE_MARKS[line.state].label).lower()
        error = Conflict(error.code, _("This is not possible any more: the line is %(state)s.", state=state))
    if named:
        error.message = joined(_name(book, line), error.message)
    return error


def _name(book: Book, line: Line) -> str:
    service = None if line.category_id is None else book.find(ServiceCategory, line.category_id)
    return line.description or (service.name if service else line.source_id)


def _what_the_other_did(book: Book, line: Line) -> str:
    last, done = deciding.last_change(book, line), _(LINE_MARKS[line.state].label).lower()
    if last is None:
        return _(
            "Somebody changed this line meanwhile: it is %(done)s now. Keep that, or decide again.", done=done
        )
    dealership = book.get(Dealership, line.dealership_id)
    at = local_time(dealership, last.recorded_at)
    return _(
        "%(who)s changed this line meanwhile, at %(time)s: it is %(done)s now. Keep that, or decide again "
        "below.",
        who=last.actor, time=f"{at:%H:%M}", done=done,
    )  # fmt: skip
