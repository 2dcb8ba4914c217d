"""How large a web process becomes: hundreds of requests to pages, reports, their files and the API.

The requests are those of `office`, made one after the other by one person who may do everything.
"""

import sys
import tempfile
from random import Random

from benchmarks.databases import postgresql
from benchmarks.office import SITE, Act, Person
from benchmarks.report import tell
from benchmarks.served import API, Served, environment, servicelost, web
from benchmarks.wire import Wire, request_bytes
from benchmarks.workshop import fill, opened, token
from servicelost.analytics.registry import REPORTS
from servicelost.kernel.actor import SYSTEM, Role
from servicelost.standalone.accounts import create_account
from servicelost.standalone.passwords import make_password
from servicelost.web.scopes import Scope

_BOUND_MIB = 150
_ACTS = ("today", "visit", "decide", "search", "ledger", "report", "home")


def main(quick: bool = False) -> None:
    """Ask for everything so many times, looking at the memory in between."""
    rounds = 10 if quick else 100
    with tempfile.TemporaryDirectory() as folder, postgresql() as url:
        with opened(url, folder) as runtime:
            lines = fill(runtime, weeks=1 if quick else 8, visits=40)
            password = make_password()
            with runtime.unit(SYSTEM) as book:
                create_account(book, "ana", password, [Role.SERVICE_MANAGER])
            secret = token(runtime, "dms", Scope.VISITS_READ, Scope.LEDGER_READ)
        environ = environment(url, folder)
        for report in list(REPORTS)[: 2 if quick else None]:
            servicelost(["report", "run", report], environ)
        visits = list(dict.fromkeys(line.visit_id for line in lines))
        person = Person("ana", password, True, visits, Random(1))
        with web(environ, module="benchmarks.bare") as served:
            bare = served.memory_mib()
        with web(environ) as served:
            _tell(served, person, secret, rounds, bare)


def _tell(served: Served, person: Person, secret: str, rounds: int, bare: float) -> None:
    at_start, memory, requests = served.memory_mib(), [], 0
    with Wire(served.port) as wire:
        _do(wire, person, person.sign_in())
        for round_number in range(rounds):
            for name in _ACTS:
                requests += _do(wire, person, person.act(name))
            requests += _call_api(wire, person, secret)
            if round_number % (rounds // 10) == 0:
                memory.append(round(served.memory_mib(), 1))
        memory.append(round(served.memory_mib(), 1))
        _do(wire, person, person.look("workbook", f"{SITE}/rows?format=xlsx"))
    tell(
        "memory: web process, postgresql",
        requests=requests,
        at_start_mib=round(at_start, 1),
        during_mib=memory,
        at_end_mib=memory[-1],
        bound_mib=_BOUND_MIB,
        after_a_workbook_mib=round(served.memory_mib(), 1),
        compared_with="the smallest application of Flask, waitress and SQLAlchemy",
        compared_mib=round(bare, 1),
        ratio=round(memory[-1] / bare, 2),
    )


def _do(wire: Wire, person: Person, act: Act) -> int:
    """Make the requests of an act: how many there were."""
    made = 0
    for step in act:
        answer = wire.ask(step.request)
        if answer.status >= 400:
            raise RuntimeError(f"{step.kind}: {answer.status} {answer.body[:300]!r}")
        person.take(answer)
        made += 1
    return made


def _call_api(wire: Wire, person: Person, secret: str) -> int:
    headers = {"Authorization": f"Bearer {secret}"}
    paths = (f"/visits/{person.rng.choice(person.visits)}", "/ledger", "/openapi.json", "/docs")
    for path in paths:
        answer = wire.ask(request_bytes("GET", API + path, headers))
        if answer.status != 200:
            raise RuntimeError(f"{path}: {answer.status}")
    return len(paths)


if __name__ == "__main__":
    main("quick" in sys.argv[1:])
