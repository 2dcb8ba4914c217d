"""A host application of the smallest kind with two dealerships in it, and clients in any role.

The database is made once and copied for each test.
"""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from servicelost import ServiceLost
from servicelost.config import Settings
from servicelost.directory.dealerships import dealership_by_code, upsert_dealership
from servicelost.intake.results import Outcome
from servicelost.intake.service import receive
from servicelost.kernel.actor import SYSTEM, Actor, Role
from servicelost.kernel.clock import FrozenClock
from servicelost.migrations import upgrade
from servicelost.runtime import NAME, Runtime
from servicelost.taxonomy.causes import Cause
from servicelost.web import deciding
from servicelost.web.scopes import Scope
from servicelost.web.tokens import create_token
from servicelost.wiring import build_runtime
from servicelost.workflow.models.lines import Line

NOW = datetime(2026, 5, 20, 10, 0, tzinfo=UTC)
DEALERSHIPS = ("NORTH", "SOUTH")


def event(kind: str, dealership: str, number: int, **data: Any) -> dict[str, Any]:
    """A raw event some minutes before now."""
    return {
        "type": kind,
        "event_id": f"{dealership}-{number}",
        "source": "dms",
        "occurred_at": (NOW - timedelta(minutes=60 - number)).isoformat(),
        "dealership": dealership,
        "data": data,
    }


def story(dealership: str) -> list[dict[str, Any]]:
    """A car comes in and two things are found on it."""
    return [
        event(
            "visit.walk_in",
            dealership,
            1,
            visit_id="RO-1",
            customer={"id": "C-1", "name": "Jo Doe"},
            vehicle={"id": "V-1", "make": "Skoda", "model": "Octavia", "odometer": 84000},
        ),
        event(
            "line.recommended",
            dealership,
            2,
            visit_id="RO-1",
            line_id="L-1",
            service="Rear brake pads",
            severity="RED",
            amount="240.00",
        ),
        event(
            "line.recommended",
            dealership,
            3,
            visit_id="RO-1",
            line_id="L-2",
            service="Cabin filter",
            severity="YELLOW",
            amount="49.90",
        ),
        event("quote.sent", dealership, 4, visit_id="RO-1"),
    ]


@dataclass
class World:
    """The host application and everything a test does to it."""

    app: Flask
    runtime: Runtime
    clock: FrozenClock
    signed_in: list[Actor | None] = field(default_factory=lambda: [None])
    ids: dict[str, int] = field(default_factory=dict)

    def sign_in(self, *roles: Role, at: str | None = "NORTH", name: str = "ana") -> Actor:
        """Let the host say that this person is signed in; `at` None sees all dealerships."""
        sight = None if at is None else frozenset({self.ids[at]})
        self.signed_in[0] = Actor(name, frozenset(roles), sight)
        return self.signed_in[0]

    def sign_out(self) -> None:
        """Let the host say that nobody is signed in."""
        self.signed_in[0] = None

    def token(self, *scopes: Scope, at: str | None = None, name: str = "machine") -> dict[str, str]:
        """The header with a new API token."""
        with self.runtime.unit(SYSTEM) as book:
            sight = None if at is None else [self.ids[at]]
            _, secret = create_token(book, name, scopes, dealership_ids=sight)
        return {"Authorization": f"Bearer {secret}"}

    def line_id(self, source_id: str, dealership: str = "NORTH") -> int:
        """The id of a line of the story."""
        with self.runtime.unit(SYSTEM, reading=True) as book:
            found = select(Line.id).where(
                Line.source_id == source_id, Line.dealership_id == self.ids[dealership]
            )
            return book.connection.scalars(found).one()

    def line(self, source_id: str = "L-1") -> Line:
        """A line of the story as it stands."""
        with self.runtime.unit(SYSTEM, reading=True) as book:
            return book.get(Line, self.line_id(source_id))

    def send(self, *events: dict[str, Any]) -> None:
        """Take these events in, all of which must be accepted."""
        results = receive(lambda: self.runtime.unit(SYSTEM), events)
        assert {result.outcome for result in results} == {Outcome.ACCEPTED}, results


def _fill(runtime: Runtime) -> None:
    with runtime.unit(SYSTEM) as book:
        for code in DEALERSHIPS:
            upsert_dealership(
                book,
                {
                    "code": code,
                    "name": code.title(),
                    "timezone": "Europe/Berlin",
                    "currency": "EUR",
                    "country": "DE",
                },
            )
    for code in DEALERSHIPS:
        results = receive(lambda: runtime.unit(SYSTEM), story(code))
        assert {result.outcome for result in results} == {Outcome.ACCEPTED}, results


@pytest.fixture(scope="session")
def filled_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database file with both dealerships, to be copied."""
    folder = tmp_path_factory.mktemp("filled")
    runtime = build_runtime(Settings(instance_path=folder), clock=FrozenClock(NOW))
    upgrade(runtime.engine)
    _fill(runtime)
    runtime.dispose()  # the last connection to close puts everything into the one file
    return folder / "servicelost.db"


@pytest.fixture
def make_world(tmp_path: Path, filled_database: Path) -> Iterator[Callable[..., World]]:
    """A maker of host applications, each with a copy of the filled database."""
    made: list[Runtime] = []

    def make(**config: Any) -> World:
        folder = tmp_path / f"host{len(made)}"
        folder.mkdir()
        shutil.copy(filled_database, folder / "servicelost.db")
        clock, signed_in = FrozenClock(NOW), [None]
        app = Flask("host", instance_path=str(folder))
        app.config.from_mapping({"SECRET_KEY": "host", "SERVICELOST_INSTANCE_PATH": folder, **config})
        ServiceLost(identity=lambda: signed_in[0], clock=clock).init_app(app)
        runtime = app.extensions[NAME]
        made.append(runtime)
        with runtime.unit(SYSTEM, reading=True) as book:
            ids = {code: dealership_by_code(book, code).id for code in DEALERSHIPS}
        return World(app, runtime, clock, signed_in, ids)

    yield make
    for runtime in made:
        runtime.dispose()


@pytest.fixture
def world(make_world: Callable[..., World]) -> World:
    """One host application."""
    return make_world()


@pytest.fixture
def client(world: World) -> FlaskClient:
    """A browser, or whoever calls, at the host."""
    return world.app.test_client()


@pytest.fixture
def visit_url(world: World) -> str:
    """The page of the visit with the story's lines, for an advisor who is signed in."""
    world.sign_in(Role.SERVICE_ADVISOR)
    return f"/service/visits/{world.line().visit_id}"


@pytest.fixture
def manager(world: World) -> World:
    """NORTH with a declined line, seen by its manager."""
    with world.runtime.unit(SYSTEM) as book:
        deciding.decline(book, world.line_id("L-1"), None, {"cause": Cause.PRICE_TOO_HIGH})
    world.sign_in(Role.SERVICE_MANAGER, name="mia")
    return world
