"""Two hundred people at work for five minutes against the standalone application on PostgreSQL.

They sign in one after the other; one of them does everything with nobody else about; then each does something
every five to ten seconds (`office`), and a DMS sends events meanwhile. `python -m benchmarks.load` runs five
minutes, with `quick` twenty seconds.
"""

import asyncio
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from random import Random
from typing import Any

import psutil

from benchmarks.databases import postgresql
from benchmarks.office import MANAGER, Act, Dms, Person
from benchmarks.report import tell
from benchmarks.served import Served, environment, servicelost, web
from benchmarks.timing import milliseconds, percentile
from benchmarks.watching import Groups, Watched, server_processes, watching
from benchmarks.wire import HOST, Answer, read_head
from benchmarks.workshop import dealership_number, fill, opened, token
from servicelost.directory.models import DEALERSHIP_BY_CODE
from servicelost.kernel.actor import SYSTEM, Role
from servicelost.runtime import Runtime
from servicelost.standalone.accounts import create_account
from servicelost.standalone.passwords import make_password
from servicelost.web.scopes import Scope

BOUND_P99_MS = 400
_MANAGER_EVERY = 10
_THINK = (5.0, 10.0)
_EVENT_EVERY = 0.5
_SIGN_IN_PAUSE = 0.1
_PATIENCE = 30.0
_TIMES_ALONE = 10


@dataclass(frozen=True, slots=True)
class Group:
    """How large it all is."""

    seconds: float
    dealerships: int
    people_each: int
    cars_each: int
    weeks: int

    @property
    def people(self) -> int:
        """Everybody."""
        return self.dealerships * self.people_each


FULL = Group(seconds=300, dealerships=10, people_each=20, cars_each=4, weeks=3)
SHORT = Group(seconds=20, dealerships=3, people_each=20, cars_each=3, weeks=1)
QUICK = Group(seconds=6, dealerships=1, people_each=10, cars_each=2, weeks=1)


@dataclass(slots=True)
class Tally:
    """Seconds of every request by kind, and what went wrong in words."""

    seconds: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    errors: list[str] = field(default_factory=list)

    def p50_ms(self, kind: str) -> float:
        """How long half the requests of a kind took at most."""
        return milliseconds(percentile(self.seconds[kind], 50))

    def all_seconds(self) -> list[float]:
        """Every request of every kind."""
        return [second for kind in self.seconds.values() for second in kind]


class Browser:
    """One open connection, opened again when the server closes it."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def do(self, act: Act, tally: Tally, person: Person | None = None) -> None:
        """Make the requests of an act one after the other and note how long each took."""
        for step in act:
            started = time.perf_counter()
            try:
                answer = await asyncio.wait_for(self._ask(step.request), _PATIENCE)
            except (OSError, EOFError) as error:
                tally.errors.append(f"{step.kind}: {type(error).__name__} {error}")
                self._streams = None
                return
            tally.seconds[step.kind].append(time.perf_counter() - started)
            if answer.status >= 400:
                tally.errors.append(f"{step.kind}: {answer.status} {answer.body[:200]!r}")
                return
            if person is not None:
                person.take(answer)

    async def _ask(self, request: bytes) -> Answer:
        if self._streams is None or self._streams[0].at_eof():
            self._streams = await asyncio.open_connection(HOST, self._port)
        reader, writer = self._streams
        writer.write(request)
        answer = read_head(await reader.readuntil(b"\r\n\r\n"))
        return replace(answer, body=await reader.readexactly(answer.length))


def main(group: Group = FULL) -> None:
    """Put the group to work and tell how it went."""
    with tempfile.TemporaryDirectory() as folder, postgresql() as url:
        with opened(url, folder) as runtime:
            people, dms = _move_in(runtime, group)
        environ = environment(url, folder)
        servicelost(["lake", "rebuild"], environ)
        servicelost(["report", "run", "lost-revenue"], environ)
        with web(environ) as served:
            processes = {
                "web": lambda: [served.process],
                "postgresql": server_processes(url),
                "client": lambda: [psutil.Process()],
            }
            alone, tally, seen = asyncio.run(_work(served, people, dms, group.seconds, processes))
    _report(tally, seen, group)
    _report_kinds(tally, alone)


def _move_in(runtime: Runtime, group: Group) -> tuple[list[Person], Dms]:
    """The dealerships with their past and this morning's cars, and an account for everybody."""
    people: list[Person] = []
    cars = group.people_each * group.cars_each
    codes = []
    for number in range(group.dealerships):
        dealership = dealership_number(number)
        lines = fill(runtime, weeks=group.weeks, visits=cars, visits_a_day=10, dealership=dealership)
        visits = list(dict.fromkeys(line.visit_id for line in lines))
        people += _staff(runtime, group, dealership.code, visits)
        codes.append(dealership.code)
    return people, Dms(token(runtime, "dms", Scope.EVENTS_WRITE), codes, first=cars)


def _staff(runtime: Runtime, group: Group, code: str, visits: list[int]) -> Iterable[Person]:
    for place in range(group.people_each):
        manager = place % _MANAGER_EVERY == 0
        name, password = f"{code.lower()}-{place}", make_password()
        roles = [Role.SERVICE_ADVISOR, *([Role.SERVICE_MANAGER] if manager else [])]
        with runtime.unit(SYSTEM) as book:
            at = book.one(DEALERSHIP_BY_CODE, code)
            assert at is not None
            create_account(book, name, password, roles, dealership_ids=[at.id])
        own = visits[place * group.cars_each : (place + 1) * group.cars_each]
        yield Person(name, password, manager, own, Random(name))


async def _work(
    served: Served, people: list[Person], dms: Dms, seconds: float, processes: Groups
) -> tuple[Tally, Tally, Watched]:
    """One person alone, then everybody at work: what both took, and what the processes did meanwhile."""
    alone, working = Tally(), Tally()
    desks = [(person, Browser(served.port)) for person in people]
    for person, browser in desks:
        await browser.do(person.sign_in(), alone, person)
        await asyncio.sleep(_SIGN_IN_PAUSE)
    await _alone(*desks[0], dms, alone)
    working.errors += alone.errors
    end = time.monotonic() + seconds
    with watching(processes, every=min(10.0, seconds / 4)) as seen:
        staff = (_day(person, browser, working, end) for person, browser in desks)
        await asyncio.gather(*staff, _send(dms, Browser(served.port), working, end))
    return alone, working, seen


async def _alone(person: Person, browser: Browser, dms: Dms, tally: Tally) -> None:
    """Each act some times with nobody else about; the first person is a manager and may do everything."""
    for _ in range(_TIMES_ALONE):
        for name in MANAGER:
            await browser.do(person.act(name), tally, person)
        await browser.do(person.act("search"), tally, person)
        await browser.do(dms.next_act(datetime.now(UTC)), tally)


async def _day(person: Person, browser: Browser, tally: Tally, end: float) -> None:
    # Not all at once: people do not move in step.
    await asyncio.sleep(person.rng.uniform(0, _THINK[1]))
    while time.monotonic() < end:
        await browser.do(person.next_act(), tally, person)
        await asyncio.sleep(person.rng.uniform(*_THINK))


async def _send(dms: Dms, browser: Browser, tally: Tally, end: float) -> None:
    while time.monotonic() < end:
        await browser.do(dms.next_act(datetime.now(UTC)), tally)
        await asyncio.sleep(_EVENT_EVERY)


def _report(tally: Tally, seen: Watched, group: Group) -> None:
    everything = tally.all_seconds()
    p99 = milliseconds(percentile(everything, 99))
    tell(
        f"load of {group.people} people, postgresql",
        seconds=group.seconds,
        requests=len(everything),
        requests_per_second=round(len(everything) / group.seconds, 1),
        **_percentiles(everything),
        errors=len(tally.errors),
        first_errors=tally.errors[:5],
        compared_with=f"the bound of {BOUND_P99_MS} ms at the 99th percentile",
        ratio=round(p99 / BOUND_P99_MS, 2),
        cores_used={name: seen.share(name) for name in seen.cpu},
        web_memory_mib=seen.memory["web"],
    )


def _report_kinds(tally: Tally, alone: Tally) -> None:
    for kind, found in sorted(tally.seconds.items()):
        told = _percentiles(found)
        tell(
            f"load: {kind}",
            requests=len(found),
            **told,
            compared_with="the same with nobody else about, at the median",
            alone_p50_ms=alone.p50_ms(kind) if kind in alone.seconds else None,
            ratio=round(told["p50_ms"] / alone.p50_ms(kind), 2) if kind in alone.seconds else None,
        )
    signing_in = alone.seconds["sign-in"]
    tell(
        "load: sign-in, one after the other",
        requests=len(signing_in),
        **_percentiles(signing_in),
        compared_with="the form alone, without the check of a password, at the median",
        alone_p50_ms=alone.p50_ms("sign-in page"),
        ratio=round(alone.p50_ms("sign-in") / alone.p50_ms("sign-in page"), 2),
    )


def _percentiles(seconds: list[float]) -> dict[str, Any]:
    return {f"p{percent}_ms": milliseconds(percentile(seconds, percent)) for percent in (50, 95, 99)}


if __name__ == "__main__":
    main(SHORT if "quick" in sys.argv[1:] else FULL)
