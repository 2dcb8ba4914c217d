"""What several processes do at once to one dealership, each as a rival of the others."""

import random
import time
import traceback
from collections import Counter
from collections.abc import Callable
from typing import Any

from servicelost.directory.models import DEALERSHIP_BY_CODE
from servicelost.intake.service import receive
from servicelost.kernel.errors import Conflict
from servicelost.kernel.uow import repeated
from servicelost.opportunities.pipeline.deferring import lapse
from servicelost.opportunities.pipeline.models import Opportunity
from servicelost.opportunities.pipeline.queries import due_deferrals
from servicelost.taxonomy.causes import Cause
from servicelost.web import deciding
from servicelost.workflow.appointments import mark_no_show
from servicelost.workflow.decisions import authorize_line, decline_line
from servicelost.workflow.models.appointments import Appointment
from servicelost.workflow.models.lines import LINES_BY_SOURCE, Line
from servicelost.workflow.models.quotes import Quote
from servicelost.workflow.queries import due_quotes, overdue_appointments
from servicelost.workflow.quotes import expire_quote
from servicelost.workflow.reason import Reason
from tests.desk import Desk, event
from tests.factories import at
from tests.waiting import PATIENCE

VISITS, SERVICES, ROUNDS = 5, 4, 2
LINES = [(f"RO-{visit}", f"L-{visit}-{service}") for visit in range(VISITS) for service in range(SERVICES)]
CLICKS = 12
BULK = 100
NO_SHOWS = 6
ALONE = ("RO-0", "L-0-0")

Rival = Callable[[Desk, int], Counter[str]]


def contend(rival: Rival, url: str, number: int, barrier: Any, answers: Any) -> None:
    """Take part as this number; what came of it, or the error nobody handled, goes into the queue."""
    desk = Desk(url)
    barrier.wait(PATIENCE)
    try:
        answers.put((number, dict(rival(desk, number)), None))
    except Exception:
        answers.put((number, {}, traceback.format_exc()))
    finally:
        desk.engine.dispose()


def decide_by_events(desk: Desk, number: int) -> Counter[str]:
    """Decline, agree to and decline again the same lines, and recommend the same new needs."""
    outcomes: Counter[str] = Counter()
    for turn in range(ROUNDS):
        hours = 10 + turn + number / 10
        raws = [_decision(number + turn + place, f"{number}-{turn}-{place}", hours, *line)
                for place, line in enumerate(LINES)]  # fmt: skip
        raws += [_finding(f"{number}-{turn}-new-{place}", hours, number, turn, place) for place in range(40)]
        results = desk.receive(*raws)
        outcomes.update(f"{result.outcome} {result.code or ''}".strip() for result in results)
    return outcomes


def decide_by_hand(desk: Desk, number: int) -> Counter[str]:
    """Decline and agree to one line again and again, each time in a unit of its own."""
    for turn in range(CLICKS):
        moment = at(10 + turn / 4 + number / 100)

        def decide(book: Any, agree: bool = bool(turn % 2), moment: Any = moment) -> None:
            dealership = book.one(DEALERSHIP_BY_CODE, "NORTH")
            [line] = book.many(LINES_BY_SOURCE, dealership.id, "dms", ALONE[1])
            if agree:
                authorize_line(book, line, at=moment)
            else:
                decline_line(book, line, at=moment, reason=Reason(cause=Cause.NO_TIME))

        repeated(desk.unit, decide, attempts=30)
    return Counter({"DONE": CLICKS})


def click_past_each_other(desk: Desk, number: int) -> Counter[str]:
    """Decide as a page does: with the version one has seen; who is overtaken looks again and goes on."""
    outcomes: Counter[str] = Counter()
    for turn in range(CLICKS):
        with desk.unit() as book:
            line = _line(book, LINES[turn % 3][1])
            seen, line_id = line.version, line.id
        time.sleep(random.random() / 50)
        said = {"occurred_at": at(20 + turn + number / 10), "cause": "NO_TIME"}
        verb = deciding.decline if (turn + number) % 2 else deciding.authorize

        def act(
            book: Any, said: Any = said, verb: Any = verb, seen: int = seen, line_id: int = line_id
        ) -> None:
            verb(book, line_id, seen, said)

        try:
            repeated(desk.unit, act)
            outcomes["DONE"] += 1
        except Conflict as conflict:
            assert {problem.field for problem in conflict.errors} >= {"version", "state", "changed_by"}
            outcomes[conflict.code] += 1
    return outcomes


def import_in_bulk(desk: Desk, number: int) -> Counter[str]:
    """The same events as another importer, at the same time, in chunks: each acts once."""
    raws = [_finding(f"bulk-{place}", 9 + place / 1000, 0, 99, place) for place in range(BULK)]
    results = receive(desk.unit, raws, chunk=25)
    return Counter(result.outcome.value for result in results)


def let_time_act(desk: Desk, number: int) -> Counter[str]:
    """Mark no-shows, run quotes out and let postponed work lapse, twice over, as housekeeping does."""

    def act(ids: Any, verb: Callable[[Any, int], object]) -> None:
        with desk.unit() as book:
            due = list(ids(book))
        for row_id in due:
            repeated(desk.unit, lambda book, row_id=row_id: verb(book, row_id), attempts=30)

    now = desk.clock.now()
    for _ in range(2):
        act(lambda book: overdue_appointments(book.connection, _north(book), now),
            lambda book, row_id: mark_no_show(book, book.get(Appointment, row_id), at=at(3)))  # fmt: skip
        act(lambda book: due_quotes(book.connection, now),
            lambda book, row_id: expire_quote(book, book.get(Quote, row_id), at=at(48)))  # fmt: skip
        act(lambda book: due_deferrals(book.connection, _north(book), now.date()),
            lambda book, row_id: lapse(book, book.get(Opportunity, row_id)))  # fmt: skip
    return Counter({"DONE": 1})


def _north(book: Any) -> int:
    return int(book.one(DEALERSHIP_BY_CODE, "NORTH").id)


def _line(book: Any, line_id: str) -> Line:
    [line] = book.many(LINES_BY_SOURCE, _north(book), "dms", line_id)
    return line


def _decision(choice: int, event_id: str, hours: float, visit_id: str, line_id: str) -> dict[str, Any]:
    ids = {"visit_id": visit_id, "line_id": line_id}
    if choice % 3 == 0:
        return event("line.authorized", hours, event_id, **ids, amount="120.00")
    return event("line.declined", hours, event_id, **ids, cause="NO_TIME" if choice % 3 == 1 else "DIY")


def _finding(event_id: str, hours: float, number: int, turn: int, place: int) -> dict[str, Any]:
    """Everybody finds the same forty needs of one car, each on lines of his own."""
    line_id = f"N-{number}-{turn}-{place}"
    return event("line.recommended", hours, event_id, visit_id="RO-new", line_id=line_id, amount="10.00",
                 service=f"New {turn}-{place}")  # fmt: skip
