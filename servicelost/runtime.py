"""Everything one application keeps of ours: settings, database, events, clock and queue.

There is one runtime an application, made by the composition root and kept in `app.extensions`; nothing of it
is global. No rule, no query and no web request is known here.
"""

import os
import weakref
from collections.abc import Callable, Mapping
from datetime import timedelta
from functools import cached_property, partial
from typing import Protocol, TypeVar

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from servicelost.config import Settings
from servicelost.kernel.actor import Actor
from servicelost.kernel.book import Book
from servicelost.kernel.clock import Clock, SystemClock
from servicelost.kernel.db import open_engine
from servicelost.kernel.events import EventBus
from servicelost.kernel.ids import IdPool
from servicelost.kernel.uow import UnitOfWork, repeated

NAME = "servicelost"

_POOL_SECONDS = 10
T = TypeVar("T")
EngineSource = Engine | Callable[[], Engine] | None


class JobQueue(Protocol):
    """Where work for later is put; `jobs` has the real one."""

    def enqueue(
        self,
        job_name: str,
        payload: Mapping[str, str | int | bool | None],
        *,
        job_id: str | None = None,
        timeout: timedelta | None = None,
        retries: int = 0,
    ) -> bool:
        """Ask for a task by name; False when the same job already waits or runs."""
        ...

    def check(self) -> None:
        """Make sure that a job could be put into it now; raises Unavailable."""
        ...


class Runtime:
    """What web, jobs and command line share within one application.

    `engine` is the host's engine, a callable that gives it, or None for one of our own by
    `settings.database_url`. `queue` opens the job queue the settings name.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        engine: EngineSource = None,
        clock: Clock | None = None,
        bus: EventBus | None = None,
        queue: Callable[[Settings], JobQueue] | None = None,
    ) -> None:
        self.settings = settings
        self.clock = clock or SystemClock()
        self.bus = bus or EventBus()
        self._engine = engine
        self._queue = queue
        self._statement_timeout: timedelta | None = None
        # A forked child must not talk through its parent's connections.
        os.register_at_fork(after_in_child=partial(_dispose, weakref.ref(self)))

    @cached_property
    def engine(self) -> Engine:
        """The database, opened or asked of the host at first use."""
        given = self._engine() if callable(self._engine) else self._engine
        if given is None:
            return open_engine(
                self.settings.database_url,
                statement_timeout=self._statement_timeout,
                **self._pool_options(),
            )
        if given.dialect.name == "sqlite" and given.url.database not in (None, "", ":memory:"):
            # SQLite needs transactions opened our way; the host's own engine is not for us to change.
            return open_engine(given.url.render_as_string(hide_password=False))
        return given

    def limit_statements(self) -> None:
        """Bound each statement by the setting, before the database is opened.

        For a web process, where somebody waits; jobs and imports take as long as they take.
        """
        self._statement_timeout = self.settings.statement_timeout or None

    def _pool_options(self) -> dict[str, int]:
        """Two connections for each web thread, since one may need another to reserve ids by."""
        if self.settings.database_url.startswith("sqlite"):
            return {}
        threads = self.settings.threads
        return {"pool_size": threads, "max_overflow": threads + 2, "pool_timeout": _POOL_SECONDS}

    @cached_property
    def _pool(self) -> IdPool | None:
        return None if self.engine.dialect.name == "sqlite" else IdPool(self.engine)

    @cached_property
    def queue(self) -> JobQueue:
        """The job queue, connected at first use."""
        if self._queue is None:
            raise RuntimeError("this runtime was made without a queue")
        return self._queue(self.settings)

    @property
    def lake_url(self) -> str:
        """Folder or URL of the analytics files."""
        return self.settings.lake_url

    def unit(
        self, actor: Actor, *, reading: bool = False, glance: bool = False, host: Session | None = None
    ) -> UnitOfWork:
        """One transaction in the name of the actor, or a savepoint in the host's own session."""
        return UnitOfWork(
            self.engine, self._pool, self.bus, self.clock, actor, reading=reading, glance=glance, host=host
        )

    def repeated(self, actor: Actor, work: Callable[[Book], T]) -> T:
        """Do the work in a unit of its own, again when another writer got in between."""
        return repeated(lambda: self.unit(actor), work)

    def dispose(self, *, close: bool = True) -> None:
        """Let go of database and queue connections; they are opened again when needed.

        A forked child passes `close=False`: the connections are its parent's.
        """
        if (engine := self.__dict__.get("engine")) is not None:
            engine.dispose(close=close)
        self.__dict__.pop("queue", None)


def _dispose(kept: "weakref.ref[Runtime]") -> None:
    runtime = kept()
    if runtime is not None:
        runtime.dispose(close=False)
