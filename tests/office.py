"""A dealership's office for tests of the directory: a real database, units of work, what was told."""

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Engine, func, select

from servicelost.directory.dealerships import upsert_dealership
from servicelost.directory.events import CustomerDeceased, CustomerMoved, VehicleSold, VehicleTotalled
from servicelost.kernel.actor import SYSTEM, Actor, Role
from servicelost.kernel.clock import FrozenClock
from servicelost.kernel.db import Base, open_engine
from servicelost.kernel.events import DomainEvent, EventBus
from servicelost.kernel.ids import IdPool
from servicelost.kernel.uow import UnitOfWork

NOW = datetime(2026, 11, 22, 10, tzinfo=UTC)
DAY = timedelta(days=1)
NORTH: Any = {"code": "N", "name": "North", "timezone": "Europe/Berlin", "currency": "EUR", "country": "DE"}
SOUTH: Any = NORTH | {
    "code": "S",
    "name": "South",
    "country": "US",
    "currency": "USD",
    "timezone": "America/Denver",
}


class Office:
    """A database with two dealerships; a unit of work at a time, as one actor or another."""

    def __init__(self, url: str) -> None:
        self.engine: Engine = open_engine(url)
        Base.metadata.create_all(self.engine)
        self.pool = IdPool(self.engine) if self.engine.dialect.name == "postgresql" else None
        self.bus = EventBus()
        self.stated: list[DomainEvent] = []
        for kind in (CustomerMoved, CustomerDeceased, VehicleSold, VehicleTotalled):
            self.bus.subscribe(kind, lambda _book, stated: self.stated.append(stated))
        with self.work() as book:
            self.north = upsert_dealership(book, NORTH)
            self.south = upsert_dealership(book, SOUTH)

    def work(self, actor: Actor = SYSTEM) -> UnitOfWork:
        return UnitOfWork(self.engine, self.pool, self.bus, FrozenClock(NOW), actor)

    def count(self, model: type[Base]) -> int:
        with self.engine.connect() as connection:
            return connection.scalar(select(func.count()).select_from(model)) or 0

    def advisor(self) -> Actor:
        return Actor("ana", frozenset({Role.SERVICE_ADVISOR}), frozenset({self.north.id}))

    def manager(self) -> Actor:
        return Actor("mia", frozenset({Role.SERVICE_MANAGER}), frozenset({self.north.id}))
