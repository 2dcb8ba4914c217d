"""The bridge over random ledgers: whatever is selected, every line and loss is in exactly one step."""

import random
from collections import Counter
from contextlib import closing
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from servicelost.analytics.drill import open_drill, read_drill
from servicelost.analytics.params import ReportParams
from servicelost.analytics.reports.bridge import bridge_parts
from servicelost.analytics.reports.cells import total
from servicelost.analytics.reports.entries import entries
from servicelost.analytics.reports.question import Question
from servicelost.analytics.selection import Selection
from servicelost.kernel.actor import SYSTEM
from tests.integration.reports_world import ReportsWorld, Story, number, steps

UNSOLD_STATES = ("DECLINED", "DEFERRED", "QUOTED", "NOT_PRESENTED", "EXPIRED", "REMOVED")
SELECTIONS = [
    Selection(),
    Selection(None, date(2026, 2, 1), date(2026, 3, 31)),
    Selection(None, date(2026, 4, 1)),
    Selection(None, None, date(2026, 1, 31)),
    Selection(choices={"severity": ("RED",)}),
    Selection(None, date(2026, 2, 1), None, {"severity": ("RED", None)}),
]


def scramble(story: Story, draw: random.Random) -> None:
    """Visits over five months, needs shown on some of them, losses that are or are not behind them."""
    visits = [story.visit(f"2026-{draw.randint(1, 5):02d}-{draw.randint(1, 28):02d}") for _ in range(6)]
    for _ in range(90):
        need = story.need(draw.choice(["OPEN", "DEFERRED", "LOST", "WON", "CLOSED"]))
        for visit in draw.choices(visits, k=draw.randint(0, 4)):
            state = draw.choice([*UNSOLD_STATES, "INVOICED"])
            amount = draw.choice([None, 0, draw.randint(1, 99_999)])
            story.line(visit, amount, need, state=state, severity=draw.choice(["RED", "YELLOW", None]))
        if draw.random() < 0.6:
            day = draw.choice(visits).opened_at
            assert day is not None
            severity = {"severity": draw.choice(["RED", "YELLOW", None])}
            if draw.random() < 0.4:
                story.reverse(story.loss(need, day.date().isoformat(), draw.randint(0, 50_000), **severity))
            loss = story.loss(need, day.date().isoformat(), draw.randint(0, 50_000), **severity)
            if draw.random() < 0.3:
                story.recover(loss, "2026-05-30", draw.randint(0, loss.amount_minor))
    story.line(visits[0], 777, None, state="RECOMMENDED")


def check_rows_behind_steps(world: ReportsWorld) -> None:
    """The database's rows of each step are those the lake has counted."""
    for asked in ({}, {"from_": "2026-02-01", "to": "2026-03-31", "severity": "RED,none"}):
        for step in world.report("lost-revenue", **asked)["bridge"]:
            with world.unit() as book:
                page = open_drill(book.connection, read_drill(step["drill"], SYSTEM, world.codes), limit=1000)
            if step["key"] == "amount_difference":
                assert len({row["opportunity_id"] for row in page.rows}) == step["n"]
            elif page.target == "lines":
                assert (page.count, abs(Decimal(step["value"]))) == (step["n"], Decimal(page.sums["value"]))
            elif step["key"] in ("lines_elsewhere", "no_recommended_line"):
                assert page.sums["lost_gross"] == step["value"], step["key"]


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_steps_add_up_whatever_is_selected(sqlite_url: str, tmp_path: Path, seed: int) -> None:
    with closing(ReportsWorld(sqlite_url, tmp_path / "lake")) as world:
        with world.unit() as book:
            scramble(world.story(book), random.Random(seed))
        lake = world.fresh_lake()
        check_rows_behind_steps(world)
        seen: Counter[str] = Counter()
        for selection in SELECTIONS:
            question = Question(lake.table, ReportParams(selection), "USD", None, date(2026, 11, 22))
            table = entries(question)
            whole = total(question, table)
            parts = dict(bridge_parts(question, table, whole))
            seen.update(key for key, part in parts.items() if part.minor)
            assert sum(part.minor for part in parts.values()) == whole.gross
            unsold = parts.pop("unsold")
            assert sum(part.n for part in parts.values()) <= unsold.n + whole.count
        assert len(seen) >= 11, f"the story is too tame: {sorted(seen)}"


def test_lines_and_losses_of_other_windows_are_named(sqlite_url: str, tmp_path: Path) -> None:
    with closing(ReportsWorld(sqlite_url, tmp_path / "lake")) as world:
        with world.unit() as book:
            story = world.story(book)
            march, may = story.visit("2026-03-10"), story.visit("2026-05-10")
            need = story.need()  # declined in March for 100, again in May for 130: restated in March
            story.line(march, 10_000, need)
            story.line(may, 13_000, need)
            story.reverse(story.loss(need, "2026-03-10", 10_000))
            story.loss(need, "2026-03-10", 13_000)
            lapsed = story.need()  # put off in March, lapsed in May
            story.line(march, 2_000, lapsed, state="DEFERRED")
            story.loss(lapsed, "2026-05-01", 2_000, stage="FOLLOW_UP", event="DEFERRED_LAPSED")
        in_march = world.report("lost-revenue", from_="2026-03-01", to="2026-03-31")
        assert {key: value for key, value in steps(in_march).items() if value != "0.00"} == {
            "unsold": "120.00",
            "lost_elsewhere": "-20.00",
            "amount_difference": "30.00",
            "lost_gross": "130.00",
            "lost_net": "130.00",
        }
        in_may = world.report("lost-revenue", from_="2026-05-01", to="2026-05-31")
        assert {key: value for key, value in steps(in_may).items() if value != "0.00"} == {
            "unsold": "130.00",
            "lost_elsewhere": "-130.00",
            "lines_elsewhere": "20.00",
            "lost_gross": "20.00",
            "lost_net": "20.00",
        }
        assert number(in_may, "lost_gross")["value"] == "20.00"
