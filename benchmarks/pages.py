"""Pages on much data: 100,000 open opportunities beside 1 million rows of the ledger, on PostgreSQL.

Each page is asked for over HTTP of one web process, one request after the other, by somebody signed in; a
new page is one line of `PAGES`.
"""

import re
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from random import Random

from benchmarks.crowd import Crowd, write_crowd
from benchmarks.databases import postgresql
from benchmarks.lake_reports import report
from benchmarks.office import Act, Person
from benchmarks.report import tell
from benchmarks.served import environment, web
from benchmarks.timing import REPETITIONS, milliseconds, percentile, repeat
from benchmarks.wire import Answer, Wire
from benchmarks.workshop import opened
from servicelost.jobs.worker import run_task
from servicelost.runtime import Runtime
from servicelost.wiring import TASKS

SITE = "/service"
# What a well-known open-source CRM takes for the data of its kanban board on the same job.
PUBLISHED_PEER_BOARD_MS = 758


@dataclass(frozen=True)
class Page:
    """A page, where it is, who looks at it, and the median it has to stay below.

    What was `typed` into the search before is what the page of the search shows.
    What is `computed` is computed by a job first; then the page answers from what is stored.
    """

    name: str
    path: Callable[[Crowd], str]
    bound_ms: float
    by_manager: bool = True
    typed: str | None = None
    computed: bool = False


PAGES = (
    Page("today", lambda _: "/today", 60, by_manager=False),
    Page("visit", lambda crowd: f"/visits/{crowd.visit_in_work}", 50, by_manager=False),
    Page("overview of a quarter, stored", lambda _: "/?period=quarter", 50, computed=True),
    Page("overview of all years, stored", lambda _: "/?period=all", 50, computed=True),
    Page("board", lambda _: "/board", 60),
    Page("board of an advisor", lambda _: "/board", 60, by_manager=False),
    Page("board, one service, 100 or more", lambda _: "/board?category=3&least=100", 60),
    Page("board, has anything changed", lambda _: "/board/pulse", 60),
    Page("board, what is worth a look", lambda _: "/board/hints?piece=1", 60),
    Page("board, more of a column", lambda _: "/board/columns/FOLLOW_UP?piece=1", 60),
    *(
        Page(f"search, {name}", lambda _: "/search", 100, by_manager=False, typed=typed)
        for name, typed in {
            "first and family name": "anna jansen",
            "two letters": "ja",
            "a common first name": "greta",
            "plate": "b-kx 4242",
            "end of a VIN": "004242",
            "telephone number": "030 10004242",
            "order number": "RO-4242",
        }.items()
    ),
)


def main(quick: bool = False) -> None:
    """Measure all pages."""
    size, times = (20, 5) if quick else (1, REPETITIONS)
    with tempfile.TemporaryDirectory() as folder, postgresql() as url:
        with opened(url, folder) as runtime:
            crowd = write_crowd(
                runtime, open_cards=100_000 // size, ledger_rows=1_000_000 // size, customers=200_000 // size
            )
        with web(environment(url, folder)) as served:
            people = {True: crowd.manager, False: crowd.advisor}
            for page in PAGES:
                with Wire(served.port) as wire:
                    person = Person(*people[page.by_manager], page.by_manager, [], Random(1))
                    _do(wire, person, person.sign_in())
                    if page.typed is not None:
                        _do(wire, person, person.search(page.typed))
                    if page.computed:
                        _compute(_look(wire, person, page, crowd), url, folder)
                    _measure(wire, person, page, crowd, times)
        with opened(url, folder) as runtime:
            _measure_overview(runtime, crowd, times)


def _do(wire: Wire, person: Person, act: Act) -> Answer:
    answer = None
    for step in act:
        answer = wire.ask(step.request)
        person.take(answer)
    assert answer is not None
    return answer


def _look(wire: Wire, person: Person, page: Page, crowd: Crowd) -> Answer:
    answer = _do(wire, person, person.look(page.name, SITE + page.path(crowd)))
    if answer.status != 200:
        raise RuntimeError(f"{page.name}: {answer.status} {answer.body[:300]!r}")
    return answer


def _compute(page: Answer, url: str, folder: str) -> None:
    """Do what the worker would do for the run that the page waits for."""
    waited_for = re.search(rb"/reports/runs/(\d+)\"", page.body)
    assert waited_for is not None, "the page waits for nothing"
    with opened(url, folder) as runtime:
        run_task(runtime, TASKS, "report-run", {"run_id": int(waited_for[1])})


def _measure_overview(runtime: Runtime, crowd: Crowd, times: int) -> None:
    """How long the job computes the overview of a quarter, with the lake up to date."""
    today = runtime.clock.now().date()
    window = {"from": (today - timedelta(days=90)).isoformat(), "to": today.isoformat()}
    timing = repeat(lambda: report(runtime, "overview", **window), times=times)
    tell(
        "overview of a quarter, computed",
        p50_ms=milliseconds(timing.median),
        p95_ms=milliseconds(percentile(timing.seconds, 95)),
        repetitions=times,
        ledger_rows=crowd.ledger_rows,
        compared_with="the bound of 500 ms",
        ratio=round(timing.median * 1000 / 500, 2),
    )


def _measure(wire: Wire, person: Person, page: Page, crowd: Crowd, times: int) -> None:
    def look() -> Answer:
        return _look(wire, person, page, crowd)

    timing = repeat(look, times=times, warm_up=8)
    tell(
        f"page: {page.name}",
        p50_ms=milliseconds(timing.median),
        p95_ms=milliseconds(percentile(timing.seconds, 95)),
        repetitions=times,
        bytes=len(look().body),
        open_cards=crowd.open_cards,
        ledger_rows=crowd.ledger_rows,
        compared_with=f"the bound of {page.bound_ms:.0f} ms",
        ratio=round(timing.median * 1000 / page.bound_ms, 2),
        published_peer_ms=PUBLISHED_PEER_BOARD_MS if page.name == "board" else None,
    )


if __name__ == "__main__":
    main("quick" in sys.argv[1:])
