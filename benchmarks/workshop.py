"""Workshops in mid-morning: cars in the house with recommended work that waits for a decision.

Behind them lie some weeks of the simulated dealership. All of it came as events, the one way in.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from servicelost.config import Settings
from servicelost.directory.models import DEALERSHIP_BY_CODE
from servicelost.intake.results import Outcome
from servicelost.intake.service import CHUNK, receive
from servicelost.kernel.actor import SYSTEM
from servicelost.migrations import upgrade
from servicelost.runtime import Runtime
from servicelost.simulate.dealership import NORTH, SOURCE, Dealership
from servicelost.simulate.demo import load_demo
from servicelost.simulate.feed import money
from servicelost.simulate.generate import Size
from servicelost.simulate.menu import FOUND
from servicelost.web.scopes import Scope
from servicelost.web.tokens import create_token
from servicelost.wiring import build_runtime
from servicelost.workflow.models.lines import Line

LINES_A_VISIT = 5
_STATE = "RECOMMENDED"


@dataclass(frozen=True, slots=True)
class OpenLine:
    """A line that can be decided about, and the visit it belongs to."""

    id: int
    visit_id: int
    version: int


@contextmanager
def opened(database_url: str, folder: str) -> Iterator[Runtime]:
    """A runtime on the database, its tables made as an installation makes them."""
    values = {"SERVICELOST_DATABASE_URL": database_url, "SERVICELOST_INSTANCE_PATH": folder}
    runtime = build_runtime(Settings.from_mapping(values))
    try:
        upgrade(runtime.engine)
        yield runtime
    finally:
        runtime.dispose()


def dealership_number(number: int) -> Dealership:
    """One of a group of dealerships that are all like the simulated one."""
    return replace(NORTH, code=f"{NORTH.code}{number}", name=f"{NORTH.name} {number}")


def fill(
    runtime: Runtime,
    *,
    weeks: int,
    visits: int,
    visits_a_day: float = 20.0,
    dealership: Dealership = NORTH,
) -> list[OpenLine]:
    """Load the past, then bring in the cars of this morning: their undecided lines."""
    load_demo(runtime, dealership=dealership, size=Size(weeks=weeks, visits_a_day=visits_a_day))
    now = runtime.clock.now()
    take_in(runtime, [event for number in range(visits) for event in arrival(dealership.code, number, now)])
    with runtime.unit(SYSTEM, reading=True) as book:
        place = book.one(DEALERSHIP_BY_CODE, dealership.code)
        assert place is not None
        rows = book.connection.execute(
            select(Line.id, Line.visit_id, Line.version)
            .where(Line.dealership_id == place.id, Line.source_id.startswith("NOW-"), Line.state == _STATE)
            .order_by(Line.id)
        )
        return [OpenLine(*row) for row in rows]


def take_in(runtime: Runtime, events: list[dict[str, Any]]) -> None:
    """Take the events in through the bulk path; each has to be accepted."""
    for start in range(0, len(events), CHUNK):
        results = receive(lambda: runtime.unit(SYSTEM), events[start : start + CHUNK])
        refused = [result for result in results if result.outcome is not Outcome.ACCEPTED]
        assert not refused, refused[0]


def token(runtime: Runtime, name: str, *scopes: Scope) -> str:
    """The secret of a new API token."""
    with runtime.unit(SYSTEM) as book:
        return create_token(book, name, scopes)[1]


def arrival(code: str, number: int, now: datetime) -> Iterator[dict[str, Any]]:
    """A car comes to the dealership: its visit is opened, and the inspection recommends work."""
    visit, came = f"NOW-{number}", now - timedelta(hours=2)
    customer = {"id": f"NOW-C{number}", "name": f"Waiting {number}"}
    opening = {"visit_id": visit, "advisor": "N-1", "customer": customer, "vehicle": {"id": f"NOW-V{number}"}}
    yield _event(code, "visit.opened", visit, came, opening)
    for place, work in enumerate(FOUND[:LINES_A_VISIT]):
        line = {
            "line_id": f"{visit}-{place}",
            "visit_id": visit,
            "op_code": work.op_code,
            "service": work.name,
            "labour": money(work.labour),
            "parts": money(work.parts),
            "severity": "YELLOW",
        }
        yield _event(code, "line.recommended", line["line_id"], came + timedelta(minutes=30), line)


def _event(code: str, kind: str, key: str, at: datetime, data: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": kind,
        "event_id": f"{code}-{kind}-{key}",
        "source": SOURCE,
        "occurred_at": at.isoformat(),
        "dealership": code,
        "data": data,
    }
