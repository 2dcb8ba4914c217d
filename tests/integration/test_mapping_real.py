"""The mapping of the real dealer export, checked against what is known of the files."""

from collections import Counter
from decimal import Decimal
from pathlib import Path

import pytest

from servicelost.intake.catalogue import IntakeEvent
from servicelost.intake.mapping import Count, MappedRow, MappedSource, load_mapping

ROOT = Path(__file__).parents[2]
DATA = ROOT.parent / "shared" / "data" / "us_dealer_repair_orders"
FILES = [DATA / "repair_orders.csv", DATA / "recommended_lines.csv"]

pytestmark = [
    pytest.mark.real_data,
    pytest.mark.skipif(not DATA.is_dir(), reason="the real export is not beside the project"),
]


class Export:
    """One reading of the whole export."""

    def __init__(self) -> None:
        source = MappedSource.open(load_mapping(ROOT / "examples" / "mappings" / "us_dealer.toml"), FILES)
        passing = source.read()
        self.total = source.total_rows()
        self.groups: list[MappedRow] = list(passing)
        self.events: list[IntakeEvent] = [mapped.event for group in self.groups for mapped in group.events]
        self.counts: dict[str, Count] = {count.name: count for count in passing.counts}
        self.amounts: dict[str, Decimal] = {
            event.data["line_id"]: event.data["amount"] for event in self.of("line.recommended")
        }

    def of(self, name: str) -> list[IntakeEvent]:
        return [event for event in self.events if event.type == name]

    def worth(self, name: str) -> Decimal:
        return sum((self.amounts[event.data["line_id"]] for event in self.of(name)), Decimal(0))


@pytest.fixture(scope="module")
def export() -> Export:
    return Export()


def test_every_row_is_accepted_and_every_event_has_its_own_id(export: Export) -> None:
    assert not any(group.rejected or group.left_out for group in export.groups)
    assert sum(group.read for group in export.groups) == export.total == 6101 + 7788
    assert len({event.event_id for event in export.events}) == len(export.events)


def test_events_by_type(export: Export) -> None:
    assert Counter(event.type for event in export.events) == {
        "visit.opened": 6101, "visit.stage_changed": 2374, "line.recommended": 7788, "quote.sent": 1748,
        "quote.opened": 1562, "line.authorized": 1175, "line.completed": 1175, "line.declined": 5007,
        "visit.closed": 6101,
    }  # fmt: skip


def test_the_money_is_that_of_the_export(export: Export) -> None:
    assert export.worth("line.recommended") == Decimal("243197.91") + Decimal("1471607.41")
    assert export.worth("line.authorized") == Decimal("243197.91")
    sold = {event.data["line_id"] for event in export.of("line.authorized")}
    declined = {event.data["line_id"] for event in export.of("line.declined")}
    silent = export.amounts.keys() - sold - declined
    assert not sold & declined
    assert len(declined) + len(silent) == 6613
    assert export.worth("line.declined") + sum(export.amounts[line] for line in silent) == Decimal(
        "1471607.41"
    )
    assert (len(silent), sum(export.amounts[line] for line in silent)) == (1606, Decimal("328041.40"))


def test_nothing_is_invented_about_a_decline(export: Export) -> None:
    assert {tuple(event.data) for event in export.of("line.declined")} == {("line_id", "visit_id")}


def test_the_traps_are_counted(export: Export) -> None:
    assert {name: count.rows for name, count in export.counts.items()} == {
        "sold lines": 1175,
        "unsold lines": 6613,
        "unsold lines on orders without a quote": 1606,
        "exact repeats of a line": 16,
        "lines with an amount of zero": 41,
        "services both sold and unsold on one order": 13,
        "order numbers used again": 2,
        "orders whose count of recommended lines disagrees with the lines": 413,
        "orders whose count of sold lines disagrees with the lines": 4,
        "quotes sent before the day of the order": 825,
        "quotes looked at before they were sent": 2,
        "quotes first looked at after the order was closed": 10,
        "quotes sent on orders without inspection": 1,
    }
    totals = {name: count.total for name, count in export.counts.items() if count.total is not None}
    assert totals["sold lines"] == Decimal("243197.91")
    assert totals["unsold lines"] == Decimal("1471607.41")
    assert totals["unsold lines on orders without a quote"] == Decimal("328041.40")


def test_lines_of_a_number_used_twice_belong_to_the_inspected_order(export: Export) -> None:
    """Joined by number alone, four lines of RO02807 would fall on an order of months before as well.

    That order has no quote: with them the lines without a quote would be 1,610 (329,071.11).
    """
    visits = {event.data["visit_id"] for event in export.of("visit.opened")}
    assert len(visits) == 6101
    of_number = [event for event in export.of("line.recommended") if "RO02807/" in event.data["visit_id"]]
    assert {event.data["visit_id"] for event in of_number} == {"RO02807/2026-01-03"}
    assert sum(event.data["amount"] for event in of_number) == Decimal("1029.71")
    assert (1606 + len(of_number), Decimal("328041.40") + Decimal("1029.71")) == (1610, Decimal("329071.11"))


def test_each_visit_is_told_in_order(export: Export) -> None:
    ranks = ("visit.opened", "line.recommended", "quote.sent", "line.declined", "visit.closed")
    for group in export.groups:
        events = [mapped.event for mapped in group.events]
        times = [event.occurred_at for event in events]
        assert times == sorted(times)
        assert events[0].type == "visit.opened"
        told = [ranks.index(event.type) for event in events if event.type in ranks]
        assert told == sorted(told)


def test_an_import_can_go_on_in_the_middle(export: Export) -> None:
    source = MappedSource.open(load_mapping(ROOT / "examples" / "mappings" / "us_dealer.toml"), FILES)
    passing = source.read(skip=4000)
    rest = [mapped.event for group in passing for mapped in group.events]
    whole = [mapped.event for group in export.groups[4000:] for mapped in group.events]
    assert rest == whole
    assert {count.name: count for count in passing.counts} == export.counts
