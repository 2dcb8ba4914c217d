"""Calls that were missed, who calls back, and what the list of follow-ups holds."""

from servicelost.directory.calendar import local_day
from servicelost.directory.dealerships import dealership_by_code
from servicelost.kernel.actor import Actor, Role
from servicelost.opportunities.pipeline.calling import CallOutcome, record_call
from servicelost.opportunities.pipeline.models import Opportunity
from servicelost.web.ui.follow_up_rows import When, due_until, page_due
from tests.desk import Desk

ANA, BEN = (Actor(name, frozenset({Role.SERVICE_ADVISOR}), None) for name in ("ana", "ben"))
NOW = 24 * 900  # the desk's clock stands so many hours after Monday morning


def missed(made: Desk, hours: float = 0.5) -> Opportunity:
    made.send("call.missed", NOW - hours, call_id="T-1", phone="+34 911 000 001", purpose="SERVICE")
    return made.only()


def call(made: Desk, outcome: CallOutcome) -> None:
    need = made.only()
    with made.unit(ANA) as book:
        record_call(book, book.get(Opportunity, need.id), outcome)


def listed(made: Desk, when: When = When.ALL) -> list[tuple[str, int]]:
    with made.unit(ANA) as book:
        dealership = dealership_by_code(book, "NORTH")
        due = due_until(dealership, local_day(dealership, book.now), own=None, when=when)
        rows, total = page_due(book, due, 0, 50)
        assert total == len(rows)
        return [(row.kind, row.called) for row in rows]
