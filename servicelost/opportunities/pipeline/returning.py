"""When a need that several lines name has to be told anew: after every fact about one of them.

Comes after the other listeners; what they have done for one line is put right for all of them.
"""

from collections.abc import Iterable

from servicelost.kernel.book import Book
from servicelost.opportunities.pipeline.anew import is_newest, is_told_anew, settle_anew
from servicelost.opportunities.pipeline.models import (
    OPPORTUNITIES_OF_VEHICLE,
    PRESENTATIONS_OF_OPPORTUNITY,
    Opportunity,
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


def on_whole_visit(book: Book, fact: facts.VisitFact | facts.AppointmentFact) -> None:
    """A visit or its booking has ended, or did not end after all: the needs of its lines."""
    _settle_each(book, _of_lines(book, fact.visit))


def on_visit_moved(book: Book, fact: facts.VisitMoved) -> None:
    """Where a visit stood has become known late: what was said after that has another stage."""
    rows = _of_lines(book, fact.visit)
    _settle_each(book, [row for row in rows if not is_newest(book, row, fact.at)])


def on_car_comes(book: Book, fact: facts.VisitFact | facts.AppointmentFact | facts.LineFact) -> None:
    """A car is booked or here, as its lines tell, too: needs whose booking fell through before."""
    if fact.visit.vehicle_id is None:
        return
    rows = book.many(OPPORTUNITIES_OF_VEHICLE, fact.visit.vehicle_id)
    _settle_each(book, [row for row in rows if row.presentations and _fell_through(book, row)])


def _of_lines(book: Book, visit: Visit) -> list[Opportunity]:
    found = [opportunity_of_line(book, line) for line in book.many(LINES_OF_VISIT, visit.id)]
    return [row for row in found if row is not None]


def _fell_through(book: Book, opportunity: Opportunity) -> bool:
    if not is_told_anew(book, opportunity):
        return False
    presented = book.many(PRESENTATIONS_OF_OPPORTUNITY, opportunity.id)
    return any(row.refusal is not None and row.refusal["event"] in BOOKING_EVENTS for row in presented)


def _settle_each(book: Book, rows: Iterable[Opportunity]) -> None:
    needs = {(row.dealership_id, row.need_key): row for row in rows}
    for row in needs.values():
        settle_anew(book, row)
