"""A host application with a small simulated dealership in it, and callers with every scope or with none."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
from flask import Flask
from sqlalchemy import select

from servicelost import ServiceLost
from servicelost.kernel.actor import SYSTEM
from servicelost.kernel.clock import FrozenClock
from servicelost.kernel.db import Base
from servicelost.migrations import upgrade
from servicelost.opportunities.ledger.models import LedgerEntry
from servicelost.runtime import NAME, Runtime
from servicelost.simulate.demo import load_demo
from servicelost.simulate.generate import Size
from servicelost.web.reporting import start_run
from servicelost.web.scopes import Scope
from servicelost.web.tokens import create_token
from servicelost.workflow.models.lines import Line
from servicelost.workflow.models.visits import Visit
from tests.hostile.length import LONG

# A hundred times as many examples take longer than any other test may.
_LONG_SECONDS = 6 * 3600

NOW = datetime(2026, 6, 17, 10, 30, tzinfo=UTC)  # a Wednesday with cars in the house


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Give the tests of a long run as much time as they take."""
    for item in items if LONG else ():
        item.add_marker(pytest.mark.timeout(_LONG_SECONDS))


@dataclass(frozen=True)
class Target:
    """The application under attack: `ids` are rows there are, by the name of the path's parameter."""

    app: Flask
    runtime: Runtime
    token: dict[str, str]
    ids: dict[str, list[int]]
    dealership: str


@pytest.fixture(scope="session")
def target(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Target]:
    folder = tmp_path_factory.mktemp("target")
    app = Flask("host", instance_path=str(folder))
    app.config.from_mapping({"SECRET_KEY": "host", "SERVICELOST_INSTANCE_PATH": folder})
    ServiceLost(identity=lambda: None, clock=FrozenClock(NOW)).init_app(app)
    runtime: Runtime = app.extensions[NAME]
    upgrade(runtime.engine)
    summary = load_demo(runtime, size=Size(weeks=3, visits_a_day=4))
    with runtime.unit(SYSTEM) as book:
        _, secret = create_token(book, "machine", tuple(Scope))
    run = start_run(runtime, SYSTEM, "causes", {})
    ids = {"run_id": [run.id], **_ids(runtime)}
    yield Target(app, runtime, {"Authorization": f"Bearer {secret}"}, ids, summary.dealership)
    runtime.dispose()


def _ids(runtime: Runtime) -> dict[str, list[int]]:
    kinds: dict[str, type[Base]] = {"visit_id": Visit, "line_id": Line, "entry_id": LedgerEntry}
    with runtime.unit(SYSTEM, reading=True) as book:
        return {
            name: list(book.connection.scalars(select(kind.__table__.c.id))) for name, kind in kinds.items()
        }
