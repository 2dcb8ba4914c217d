"""Whether this installation works, for load balancers and people who watch over it; tells no secrets."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from servicelost.kernel.actor import SYSTEM
from servicelost.kernel.errors import Unavailable
from servicelost.runtime import Runtime
from servicelost.web.api.blueprint import endpoint
from servicelost.web.current import current_runtime
from servicelost.web.permissions import Action
from servicelost.web.schemas.health import HealthSchema


@endpoint("GET", "/health", Action.PUBLIC, tag="operations", answer=HealthSchema, outage=HealthSchema)
def health() -> tuple[dict[str, Any], int]:
    """Tell whether the database and the queue answer

    503 when the database does not; without the queue, pages and imports still work.
    """
    runtime = current_runtime()
    found = {"database": _database(runtime), "queue": _queue(runtime)}
    good = all(state == "ok" for state in found.values())
    return {"status": "ok" if good else "degraded", **found}, 200 if found["database"] == "ok" else 503


def _database(runtime: Runtime) -> str:
    try:
        with runtime.unit(SYSTEM, reading=True) as book:
            book.connection.execute(select(1))
    except SQLAlchemyError:
        return "down"
    return "ok"


def _queue(runtime: Runtime) -> str:
    try:
        runtime.queue.check()
    except Unavailable:
        return "down"
    return "ok"
