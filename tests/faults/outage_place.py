"""A standalone installation of a test's own, run as real processes, and a client that keeps every answer.

Nothing breaks here: what is taken away from the processes is each test's own business.
"""

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.cookiejar import CookieJar
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, OpenerDirector, Request, build_opener

from sqlalchemy import func, select

from servicelost.config import Settings
from servicelost.directory.dealerships import upsert_dealership
from servicelost.intake.models import ReceivedEvent
from servicelost.intake.results import Outcome
from servicelost.intake.service import receive
from servicelost.kernel.actor import SYSTEM, Role
from servicelost.migrations import upgrade
from servicelost.opportunities.ledger.models import LedgerEntry
from servicelost.opportunities.pipeline.models import Opportunity
from servicelost.runtime import Runtime
from servicelost.standalone import models as _standalone  # noqa: F401 - its tables are created too
from servicelost.standalone.accounts import create_account
from servicelost.web.scopes import Scope
from servicelost.web.tokens import create_token
from servicelost.wiring import build_runtime
from servicelost.workflow.models.lines import Line
from tests.desk import event
from tests.ledger_check import check_ledger
from tests.ports import free_port
from tests.waiting import wait_for

SCRIPT = [sys.executable, "-m", "servicelost.standalone.script"]
PASSWORD = "correct horse battery"
NORTH: Any = {
    "code": "NORTH",
    "name": "North",
    "timezone": "Europe/Madrid",
    "currency": "EUR",
    "country": "ES",
}


@dataclass(frozen=True)
class Answer:
    """What came back, and how long it took; status 0: nothing came back."""

    status: int
    headers: Mapping[str, str]
    text: str
    seconds: float

    @property
    def json(self) -> dict[str, Any]:
        """The body as JSON."""
        return dict(json.loads(self.text))


class Client:
    """Calls one web server, as a system with a token or as a person in a browser."""

    def __init__(self, address: str, token: str | None = None) -> None:
        self.address = address
        self._token = token
        self._browser: OpenerDirector = build_opener(HTTPCookieProcessor(CookieJar()))

    def sign_in(self, name: str) -> None:
        """Be this person from now on."""
        found = re.search(r'name="csrf_token" value="([\w-]+)"', self.get("sign-in").text)
        assert found
        form = {"csrf_token": found[1], "username": name, "password": PASSWORD, "next": ""}
        assert self.call("POST", "sign-in", urlencode(form).encode()).status == 200

    def get(self, path: str) -> Answer:
        """Read something."""
        return self.call("GET", path)

    def call(self, method: str, path: str, body: bytes | None = None, **headers: str) -> Answer:
        """Send a request; headers are written with underscores."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        if self._token:
            named["Authorization"] = f"Bearer {self._token}"
        request = Request(self.address + path, data=body, method=method, headers=named)  # noqa: S310
        began = time.monotonic()
        try:
            with self._browser.open(request, timeout=60) as answer:
                status, told, text = answer.status, answer.headers, answer.read().decode()
        except HTTPError as error:
            status, told, text = error.code, error.headers, error.read().decode()
            error.close()
        except OSError as error:
            return Answer(0, {}, str(error), time.monotonic() - began)
        return Answer(
            status, {name.lower(): value for name, value in told.items()}, text, time.monotonic() - began
        )

    def send(self, *events: dict[str, Any]) -> Answer:
        """Send events as NDJSON."""
        body = "\n".join(json.dumps(raw) for raw in events).encode()
        return self.call("POST", "api/v1/events", body, Content_Type="application/x-ndjson")

    def decline(self, line_id: int) -> Answer:
        """Say no to a line."""
        return self.decide(line_id, "decline", "*")

    def decide(self, line_id: int, verb: str, version: str) -> Answer:
        """Decline or authorize a line as it was seen."""
        body = json.dumps({"cause": "NO_TIME"} if verb == "decline" else {}).encode()
        path = f"api/v1/lines/{line_id}/{verb}"
        return self.call("POST", path, body, Content_Type="application/json", If_Match=version)


@dataclass
class Place:
    """The installation: its settings, the processes that run, and what they have said."""

    folder: Path
    settings: dict[str, str] = field(default_factory=dict)
    running: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Make the folder for what the processes say."""
        (self.folder / "logs").mkdir(parents=True, exist_ok=True)

    @property
    def environment(self) -> dict[str, str]:
        """What its processes are started with."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith("SERVICELOST_")}
        own = {"INSTANCE_PATH": str(self.folder / "instance"), **self.settings}
        return {**kept, **{f"SERVICELOST_{name}": value for name, value in own.items()}}

    @contextmanager
    def opened(self) -> Iterator[Runtime]:
        """The installation in this process."""
        runtime = build_runtime(Settings.from_mapping(self.environment))
        try:
            yield runtime
        finally:
            runtime.dispose()

    def fill(self, lines: int = 0) -> str:
        """Make the tables, a dealership, a manager named boris, lines to decide about; gives a token."""
        with self.opened() as runtime:
            upgrade(runtime.engine)
            with runtime.unit(SYSTEM) as book:
                upsert_dealership(book, NORTH)
                create_account(book, "boris", PASSWORD, [Role.GROUP_MANAGER])
                _, secret = create_token(book, "dms", list(Scope))
            results = receive(lambda: runtime.unit(SYSTEM), story(lines))
            assert {result.outcome for result in results} <= {Outcome.ACCEPTED}, results[:3]
        return secret

    def start(self, *command: str) -> subprocess.Popen[bytes]:
        """Start a process that goes on until the end of the test."""
        with self.log(command[0]).open("ab") as out:
            process = subprocess.Popen(
                [*SCRIPT, *command], env=self.environment, stdout=out, stderr=out, start_new_session=True
            )
        self.running.append(process)
        return process

    def run(self, *command: str) -> subprocess.CompletedProcess[str]:
        """Run a command to its end."""
        return subprocess.run(
            [*SCRIPT, *command],
            env=self.environment, capture_output=True, text=True, check=False, timeout=120,
        )  # fmt: skip

    def serve(self, token: str | None = None) -> Client:
        """Start a web server and wait until it answers."""
        port = free_port()
        self.settings["PORT"] = str(port)
        process = self.start("web")
        client = Client(f"http://127.0.0.1:{port}/service/", token)
        wait_for(
            lambda: process.poll() is not None or client.get("api/v1/health").status,
            told=lambda: self.said("web"),
        )
        assert process.poll() is None, self.said("web")
        return client

    def log(self, name: str) -> Path:
        """Where a process writes what it says."""
        return self.folder / "logs" / f"{name}.log"

    def said(self, name: str) -> str:
        """What a process has said so far."""
        return self.log(name).read_text()

    def stop(self) -> None:
        """End whatever still runs, with all that came from it."""
        for process in self.running:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGCONT)
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()

    def check(self, events: int) -> int:
        """Check the ledger and that so many events are in, each once; the number of losses."""
        with self.opened() as runtime, runtime.unit(SYSTEM, reading=True) as book:
            ask = book.connection.execute
            assert ask(select(func.count()).select_from(ReceivedEvent)).scalar_one() == events
            entries = [LedgerEntry(**row) for row in ask(select(LedgerEntry.__table__)).mappings()]
            rows = [Opportunity(**row) for row in ask(select(Opportunity.__table__)).mappings()]
        check_ledger(entries, rows)
        return len([entry for entry in entries if entry.kind == "LOSS"])

    def line_ids(self) -> list[int]:
        """All lines there are."""
        with self.opened() as runtime, runtime.unit(SYSTEM, reading=True) as book:
            return list(book.connection.scalars(select(Line.id).order_by(Line.id)))


def story(lines: int, stem: str = "S") -> list[dict[str, Any]]:
    """Visits of five lines each to decide about: one event to open each, one for each line."""
    told: list[dict[str, Any]] = []
    for number in range(lines):
        visit = f"{stem}-{number // 5}"
        if number % 5 == 0:
            person = {"id": f"C-{visit}", "name": "Jo Doe"}
            opened = {"visit_id": visit, "vehicle": {"id": f"V-{visit}"}, "customer": person}
            told.append(event("visit.opened", 1, f"{visit}-opened", **opened))
        line = {
            "visit_id": visit,
            "line_id": f"{visit}-{number}",
            "service": f"Work {number}",
            "amount": "10.00",
        }
        told.append(event("line.recommended", 1.5, f"{visit}-{number}", **line))
    return told


@contextmanager
def place(folder: Path, **settings: str) -> Iterator[Place]:
    """An installation of which nothing runs afterwards."""
    made = Place(folder, settings)
    try:
        yield made
    finally:
        made.stop()
