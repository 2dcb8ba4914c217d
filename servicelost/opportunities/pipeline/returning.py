"""When a need that several lines name has to be told anew: after every fact about one of them.

Comes after the other listeners; what they have done for one line is put right for all of them.
"""

from collections.abc import Iterable

from servicelost.kernel.book import Book
from servicelost.opportunities.pipeline.anew import settle_anew
from servicelost.opportunities.pipeline.models import (
    OPPORTUNITIES_OF_VEHICLE,
    PRESENTATIONS_OF_OPPORTUNITY,
    Opportunity,
    Presentation,
)
from servicelost.opportunities.pipeline.opening import opportunity_of_line
from servicelost.opportunities.pipeline.rebooking import BOOKING_EVENTS
from servicelost.workflow import facts
from servicelost.workflow.models.lines import LINES_OF_VISIT
from servicelost.workflow.models.visits import Visit


def on_line_told(book: Book, fact: facts.LineFact) -> None:
    """Something about a line: its need; of one that has ended, whatever comes is late."""
    opportunity = opportunity_of_line(book, fact.line)
    if opportunity is not None:
        settle_anew(book, opportunity, least=2 if opportunity.live else 1)


def on_late_word(book: Book, fact: facts.LineFact) -> None:
    """What came late is worked in by telling the need anew, also where one line alone names it."""
    opportunity = opportunity_of_line(book, fact.line)
    if opportunity is not None:
        settle_anew(book, opportunity, least=1)


def on_visit_told(book: Book, fact: facts.VisitFact | facts.AppointmentFact) -> None:
    """Something about a whole visit: the needs of its lines, and those whose booking fell through before."""
    found = [opportunity_of_line(book, line) for line in book.many(LINES_OF_VISIT, fact.visit.id)]
    _settle_each(book, [*(row for row in found if row is not None), *_fallen_through(book, fact.visit)])


def _fallen_through(book: Book, visit: Visit) -> list[Opportunity]:
    if visit.vehicle_id is None:
        return []
    rows = [row for row in book.many(OPPORTUNITIES_OF_VEHICLE, visit.vehicle_id) if row.presentations]
    return [row for row in rows if any(map(_is_of_booking, book.many(PRESENTATIONS_OF_OPPORTUNITY, row.id)))]


def _is_of_booking(presentation: Presentation) -> bool:
    return presentation.refusal is not None and presentation.refusal["event"] in BOOKING_EVENTS


def _settle_each(book: Book, rows: Iterable[Opportunity]) -> None:
    needs = {(row.dealership_id, row.need_key): row for row in rows}
    for row in needs.values():
        settle_anew(book, row)
