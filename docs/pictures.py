"""The pictures in docs/pages.md, made anew by `make pictures`: real pages of the demonstration in Chromium.

The clock stands still on a Wednesday morning, so that the same pages come out each time.
"""

import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from flask import Flask
from playwright.sync_api import Browser, Page, expect, sync_playwright
from sqlalchemy import func, select
from werkzeug.serving import make_server

from servicelost import ServiceLost
from servicelost.cli.demo import Wanted, load_group
from servicelost.kernel.actor import SYSTEM, Actor, Role
from servicelost.kernel.clock import FrozenClock
from servicelost.migrations import upgrade
from servicelost.runtime import NAME, Runtime
from servicelost.simulate.sizes import SIZES
from servicelost.workflow.models.lines import Line
from servicelost.workflow.models.visits import Visit
from tests.browser.conftest import CHROMIUM, DESKTOP, PHONE, OneProcessQueue

FOLDER = Path(__file__).parent / "pictures"
NOW = datetime(2026, 11, 18, 9, 30, tzinfo=UTC)
ADVISOR = Actor("ana", frozenset({Role.SERVICE_ADVISOR}), None)
MANAGER = Actor("gwen", frozenset({Role.GROUP_MANAGER}), None)


def plain(page: Page) -> None:
    """Nothing has to be done before the picture."""


def computed(page: Page) -> None:
    """Numbers and figures are there."""
    expect(page.locator("#definitions")).to_be_visible(timeout=60_000)
    page.wait_for_load_state("networkidle")


def declining(page: Page) -> None:
    """The strip of the first line that can be declined is open."""
    page.get_by_role("button", name="Decline").nth(1).click()


def searched(page: Page) -> None:
    """Something is being looked for."""
    page.get_by_role("searchbox").fill("linder")
    page.get_by_role("searchbox").press("Enter")
    page.wait_for_load_state("networkidle")


class Picture(NamedTuple):
    """A page, who looks at it, what is done first, and the window."""

    name: str
    path: str
    actor: Actor
    first: Callable[[Page], None] = plain
    size: dict[str, int] = DESKTOP


PICTURES = (
    Picture("today", "/today", ADVISOR),
    Picture("today-phone", "/today", ADVISOR, size=PHONE),
    Picture("visit", "/visits/{visit}", ADVISOR, declining),
    Picture("visit-phone", "/visits/{visit}", ADVISOR, declining, PHONE),
    Picture("board", "/board", MANAGER, size={"width": 1600, "height": 900}),
    Picture("quick-log", "/log?kind=part", ADVISOR),
    Picture("search", "/today", ADVISOR, searched),
    Picture("overview", "/?period=year", MANAGER, computed, {"width": 1280, "height": 1750}),
    Picture("where-why", "/reports/where-why?from=2026-01-01", MANAGER, computed),
    Picture("parts-demand", "/reports/parts-demand?from=2026-01-01", MANAGER, computed),
    Picture("capacity", "/reports/capacity?from=2026-01-01", MANAGER, computed),
    Picture("ledger", "/ledger", MANAGER),
    Picture("settings", "/settings/causes", MANAGER),
)


def main() -> None:
    """Make all pictures."""
    FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, served(folder) as (url, runtime, signed_in):
        visit = str(undecided(runtime))
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
            for picture in PICTURES:
                signed_in[0] = picture.actor
                take(browser, picture, url + picture.path.format(visit=visit))
            browser.close()


def take(browser: Browser, picture: Picture, address: str) -> None:
    """Open the page and make its picture."""
    page = browser.new_page(viewport=picture.size)
    page.goto(address)
    picture.first(page)
    page.wait_for_timeout(800)
    page.screenshot(path=FOLDER / f"{picture.name}.png")
    page.close()


@contextmanager
def served(folder: str) -> Iterator[tuple[str, Runtime, list[Actor]]]:
    """A host application with the demonstration in it: its address, its runtime, who is signed in."""
    app, signed_in = Flask("host"), [MANAGER]
    app.config.from_mapping(SECRET_KEY="pictures", SERVICELOST_INSTANCE_PATH=folder)  # noqa: S106 - lives a minute
    ServiceLost(identity=lambda: signed_in[0], clock=FrozenClock(NOW)).init_app(app)
    runtime: Runtime = app.extensions[NAME]
    queue = runtime.__dict__["queue"] = OneProcessQueue(runtime)
    upgrade(runtime.engine)
    load_group(runtime, Wanted(SIZES["small"]))
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/service", runtime, signed_in
    finally:
        server.shutdown()
        thread.join()
        queue.finish()
        runtime.dispose()


def undecided(runtime: Runtime) -> int:
    """A visit in the house with several lines that wait for an answer."""
    with runtime.unit(SYSTEM, reading=True) as book:
        found = (
            select(Line.visit_id)
            .join(Visit, Visit.id == Line.visit_id)
            .where(Line.state == "QUOTED", Visit.state == "WORK")
            .group_by(Line.visit_id)
            .order_by(func.count().desc(), Line.visit_id)
        )
        visit_id = book.connection.scalars(found).first()
        assert visit_id is not None
        return int(visit_id)


if __name__ == "__main__":
    main()
