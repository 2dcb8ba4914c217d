"""What several processes do at once to one dealership, each as a rival of the others."""

import traceback
from collections import Counter
from collections.abc import Callable
from typing import Any

from servicelost.directory.models import DEALERSHIP_BY_CODE
from servicelost.kernel.uow import repeated
from servicelost.taxonomy.causes import Cause
from servicelost.workflow.decisions import authorize_line, decline_line
from servicelost.workflow.models.lines import LINES_BY_SOURCE
from servicelost.workflow.reason import Reason
from tests.desk import Desk, event
from tests.factories import at

VISITS, SERVICES, ROUNDS = 5, 4, 2
LINES = [(f"RO-{visit}", f"L-{visit}-{service}") for visit in range(VISITS) for service in range(SERVICES)]
CLICKS = 12
ALONE = ("RO-0", "L-0-0")

Rival = Callable[[Desk, int], Counter[str]]


def contend(rival: Rival, url: str, number: int, barrier: Any, answers: Any) -> None:
    """Take part as this number; what came of it, or the error nobody handled, goes into the queue."""
    desk = Desk(url)
    barrier.wait(60)
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
