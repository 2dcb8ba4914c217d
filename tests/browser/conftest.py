"""A real browser at a real server with a small simulated dealership behind it.

The browser is the machine's Chromium. Whatever it complains about on its console fails the test.
"""

import shutil
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect, sync_playwright
from sqlalchemy import select
from werkzeug.serving import make_server

from servicelost import ServiceLost
from servicelost.config import Settings
from servicelost.jobs.worker import run_task
from servicelost.kernel.actor import SYSTEM, Actor, Role
from servicelost.kernel.clock import FrozenClock
from servicelost.migrations import upgrade
from servicelost.runtime import NAME, Runtime
from servicelost.simulate.demo import load_demo
from servicelost.simulate.generate import Size
from servicelost.wiring import TASKS, build_runtime
from servicelost.workflow.models.lines import Line
from servicelost.workflow.models.visits import Visit
from tests.waiting import PATIENCE

NOW = datetime(2026, 6, 17, 10, 30, tzinfo=UTC)  # a Wednesday with cars in the house
SMALL = Size(weeks=5, visits_a_day=6)
PHONE, DESKTOP = {"width": 390, "height": 844}, {"width": 1280, "height": 800}
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
_SWITCHES = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]  # fmt: skip
# Milliseconds; a busy machine needs more than the five seconds that playwright waits by itself.
WAIT = PATIENCE * 1000
expect.set_options(timeout=WAIT)
MANAGER = Actor("hanna", frozenset({Role.SERVICE_MANAGER}), None)


class OneProcessQueue:
    """A queue that is its own worker: the task is run at once, in a thread of its own."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self._one_at_a_time = threading.Lock()
        self._threads: list[threading.Thread] = []

    def enqueue(
        self,
        job_name: str,
        payload: Mapping[str, str | int | bool | None],
        *,
        job_id: str | None = None,
        timeout: timedelta | None = None,
        retries: int = 0,
    ) -> bool:
        self._threads.append(threading.Thread(target=self._work, args=(job_name, payload)))
        self._threads[-1].start()
        return True

    def finish(self) -> None:
        """Let everything that was asked for come to its end."""
        for thread in self._threads:
            thread.join()

    def waiting(self) -> int:
        return 0

    def check(self) -> None:
        """It always works."""

    def _work(self, job_name: str, payload: Mapping[str, Any]) -> None:
        with self._one_at_a_time:
            run_task(self._runtime, TASKS, job_name, payload)


@dataclass
class Site:
    """The running application."""

    url: str
    runtime: Runtime
    actor: list[Actor] = field(default_factory=lambda: [MANAGER])

    def undecided(self) -> tuple[int, int]:
        """A visit in the house and a line on it that waits for an answer."""
        with self.runtime.unit(SYSTEM, reading=True) as book:
            found = select(Line.visit_id, Line.id).join(Visit, Visit.id == Line.visit_id)
            waiting = found.where(Line.state == "QUOTED", Visit.state == "WORK").order_by(Line.id)
            row = book.connection.execute(waiting).first()
            assert row is not None, "the simulated morning has no line that waits for an answer"
            return row.visit_id, row.id

    def line(self, line_id: int) -> Line:
        """The line as it stands now."""
        with self.runtime.unit(SYSTEM, reading=True) as book:
            return book.get(Line, line_id)


@pytest.fixture(scope="session")
def demo_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database file with the simulated dealership, to be copied."""
    folder = tmp_path_factory.mktemp("demo")
    runtime = build_runtime(Settings(instance_path=folder), clock=FrozenClock(NOW))
    upgrade(runtime.engine)
    summary = load_demo(runtime, size=SMALL)
    assert not summary.problems
    runtime.dispose()
    return folder / "servicelost.db"


@pytest.fixture
def site(tmp_path: Path, demo_database: Path) -> Iterator[Site]:
    """A host application on a port of its own."""
    shutil.copy(demo_database, tmp_path / "servicelost.db")
    app = Flask("host")
    app.config.from_mapping(SECRET_KEY="browser", SERVICELOST_INSTANCE_PATH=tmp_path)
    signed_in = [MANAGER]
    ServiceLost(identity=lambda: signed_in[0], clock=FrozenClock(NOW)).init_app(app)
    runtime = app.extensions[NAME]
    queue = runtime.__dict__["queue"] = OneProcessQueue(runtime)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield Site(f"http://127.0.0.1:{server.server_port}/service", runtime, signed_in)
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
        queue.finish()
        runtime.dispose()


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The browser, one for the whole run."""
    if CHROMIUM is None:
        pytest.skip("no chromium on this machine")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=_SWITCHES)
        yield browser
        browser.close()


Open = Callable[..., Any]


@pytest.fixture
def open_page(chromium: Browser) -> Iterator[Open]:
    """A maker of tabs; at the end none of them may have complained about anything."""
    complaints: list[str] = []

    @contextmanager
    def opened(size: dict[str, int] = DESKTOP, **options: Any) -> Iterator[Page]:
        context = chromium.new_context(viewport=size, **options)
        page = context.new_page()
        page.set_default_timeout(WAIT)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
        page.on("request", lambda sent: complaints.append(sent.url) if "127.0.0.1" not in sent.url else None)
        yield page
        context.close()

    yield opened
    assert not complaints
