"""A workshop in mid-morning: cars in the house with recommended work that waits for a decision.

Behind it lie some weeks of the simulated dealership. All of it came as events, the one way in.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from servicelost.config import Settings
from servicelost.intake.results import Outcome
from servicelost.intake.service import CHUNK, receive
from servicelost.kernel.actor import SYSTEM
from servicelost.migrations import upgrade
from servicelost.runtime import Runtime
from servicelost.simulate.dealership import NORTH, SOURCE
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


def fill(runtime: Runtime, *, weeks: int, visits: int, visits_a_day: float = 20.0) -> list[OpenLine]:
    """Load the past, then bring in the cars of this morning: their undecided lines."""
    load_demo(runtime, size=Size(weeks=weeks, visits_a_day=visits_a_day))
    events = [event for number in range(visits) for event in _arrival(number, runtime.clock.now())]
    for start in range(0, len(events), CHUNK):
        results = receive(lambda: runtime.unit(SYSTEM), events[start : start + CHUNK])
        refused = [result for result in results if result.outcome is not Outcome.ACCEPTED]
        assert not refused, refused[0]
    with runtime.unit(SYSTEM, reading=True) as book:
        rows = book.connection.execute(
            select(Line.id, Line.visit_id, Line.version)
            .where(Line.source_id.startswith("NOW-"), Line.state == _STATE)
            .order_by(Line.id)
        )
        return [OpenLine(*row) for row in rows]


def token(runtime: Runtime, name: str, *scopes: Scope) -> str:
    """The secret of a new API token."""
    with runtime.unit(SYSTEM) as book:
        return create_token(book, name, scopes)[1]


def _arrival(number: int, now: datetime) -> Iterator[dict[str, Any]]:
    """One car: its visit is opened and the inspection recommends work."""
    visit, came = f"NOW-{number}", now - timedelta(hours=2)
    people = {
        "customer": {"id": f"NOW-C{number}", "name": f"Waiting {number}"},
        "vehicle": {"id": f"NOW-V{number}"},
    }
    yield _event("visit.opened", visit, came, {"visit_id": visit, "advisor": "N-1", **people})
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
        yield _event("line.recommended", line["line_id"], came + timedelta(minutes=30), line)


def _event(kind: str, key: str, at: datetime, data: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": kind,
        "event_id": f"{kind}-{key}",
        "source": SOURCE,
        "occurred_at": at.isoformat(),
        "dealership": NORTH.code,
        "data": data,
    }
