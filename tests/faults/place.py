"""An installation in which programs are killed: its folder, its database, and what must hold at the end.

What is compared leaves out row ids and the moments at which something was written down; everything else of
two databases that were told the same has to be the same.
"""

import os
import sys
from collections import Counter
from collections.abc import Iterable, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from servicelost.config import Settings
from servicelost.directory.dealerships import upsert_dealership
from servicelost.intake.models import ReceivedEvent
from servicelost.kernel.actor import SYSTEM
from servicelost.kernel.db import Base
from servicelost.migrations import upgrade
from servicelost.opportunities.ledger.models import LedgerEntry
from servicelost.opportunities.pipeline.models import Opportunity
from servicelost.runtime import Runtime
from servicelost.simulate.dealership import Dealership
from servicelost.wiring import build_runtime
from tests.faults.killing import Victim
from tests.integration.intake_stories import dump
from tests.ledger_check import check_ledger
from tests.waiting import wait_for

_SCRIPT = (sys.executable, "-m", "servicelost.standalone.script")
_NO_FACTS = {"change_log", "lake_mark", "job_slot", "report_run", "api_token"}
_NOT_COMPARED = {"id", "version", "need_key", "recorded_at", "received_at"}
# Row ids within what is kept of a refusal.
_PACKED_IDS = {"appointment", "competitor", "own"}


class Place:
    """One installation; everything that runs in it is ended with it."""

    def __init__(self, folder: Path, database_url: str, **settings: str) -> None:
        self.folder, self.database_url = folder, database_url
        folder.mkdir(parents=True, exist_ok=True)
        self.settings = {
            "SERVICELOST_INSTANCE_PATH": str(folder),
            "SERVICELOST_DATABASE_URL": database_url,
            "SERVICELOST_LOG_LEVEL": "WARNING",
            **{f"SERVICELOST_{name.upper()}": value for name, value in settings.items()},
        }
        self._started: list[Victim] = []
        upgrade(self.runtime.engine)

    def __enter__(self) -> "Place":
        return self

    def __exit__(self, *error: object) -> None:
        for victim in self._started:
            victim.end()
        self.runtime.dispose()

    @cached_property
    def runtime(self) -> Runtime:
        """The installation as this process sees it."""
        return build_runtime(Settings.from_mapping(self.settings))

    def reopen(self) -> None:
        """Read the settings again and forget what is remembered of the database."""
        self.__dict__.pop("runtime").dispose()

    def start(self, *arguments: str, program: Iterable[str] = _SCRIPT) -> Victim:
        """Start one of our programs."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith("SERVICELOST_")}
        log = self.folder / f"{arguments[0]}.log"
        self._started.append(Victim([*program, *arguments], {**kept, **self.settings}, log))
        return self._started[-1]

    def run(self, *arguments: str) -> int:
        """Run one of our programs to its end and give its exit code, which has to be 0 or 1."""
        victim = self.start(*arguments)
        code = victim.process.wait(240)
        assert code in (0, 1), victim.said()
        return code

    def settle(self) -> None:
        """Wait until what killed programs left behind has ended by itself."""
        wait_for(lambda: not any(victim.family() for victim in self._started))

    def received(self) -> int:
        """How many events are in; grows with every transaction that takes some in."""
        with self.runtime.engine.connect() as connection:
            return connection.scalar(select(func.count()).select_from(ReceivedEvent)) or 0

    def add_dealership(self, named: Dealership) -> None:
        """Make the simulated dealership, without its people."""
        with self.runtime.unit(SYSTEM) as book:
            upsert_dealership(
                book,
                {
                    "code": named.code,
                    "name": named.name,
                    "country": named.country,
                    "timezone": named.timezone,
                    "currency": named.currency,
                    "locale": named.locale,
                },
            )

    def empty(self) -> None:
        """Forget everything but the tables."""
        with self.runtime.engine.begin() as connection:
            for table in reversed(Base.metadata.sorted_tables):
                connection.execute(table.delete())
        self.reopen()

    def rows(self, model: Any) -> list[Any]:
        """All rows of the model, in order of their ids."""
        with self.runtime.unit(SYSTEM, reading=True) as book:
            found = book.connection.execute(select(model.__table__).order_by(model.id)).mappings()
            return [model(**row) for row in found]

    def facts(self) -> dict[str, Counter[str]]:
        """Everything the database was told and made of it."""
        return {
            name: Counter(_told(row) for row in rows)
            for name, rows in dump(self.runtime.engine).items()
            if name.removeprefix("servicelost_") not in _NO_FACTS
        }

    def check(self, expected: dict[str, Counter[str]]) -> None:
        """The database says what the undisturbed one says, every event is in once, and the ledger adds up."""
        facts = self.facts()
        assert facts.keys() == expected.keys()
        for name, rows in facts.items():
            assert rows == expected[name], f"{name}: {rows - expected[name]} for {expected[name] - rows}"
        events = Counter((event.source, event.event_id) for event in self.rows(ReceivedEvent))
        assert set(events.values()) == {1}
        check_ledger(self.rows(LedgerEntry), self.rows(Opportunity))


def _told(row: Mapping[str, Any]) -> str:
    return repr({key: _without_ids(row[key]) for key in row if _is_fact(key)})


def _without_ids(value: Any) -> Any:
    """The value; of what is kept as JSON, what does not depend on the order in which rows were made."""
    return {key: value[key] for key in value if key not in _PACKED_IDS} if isinstance(value, dict) else value


def _is_fact(column: str) -> bool:
    row_id = column.endswith("_id") and column not in ("source_id", "event_id")
    return not row_id and column not in _NOT_COMPARED
