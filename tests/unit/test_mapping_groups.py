"""Rows become events group by group: joins, filters, order, counts, resuming, rejecting."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from servicelost.intake.mapping import RejectsWriter
from servicelost.intake.mapping.drafts import Draft
from tests.unit.mapping_case import LINES, ORDERS, Case, ids, raws, rejections

ORDER_ROWS = "No;Date;Km;Checked\nA1;09/03/2026;100;no\nA2;10/03/2026;200;yes\n"
LINE_ROWS = "Order;Service;Amount;Status\nA2;Brakes;120.50;sold\nA1;Oil;80;unsold\nA2;Brakes;120.50;unsold\n"


@pytest.fixture
def case(tmp_path: Path) -> Case:
    case = Case(tmp_path)
    case.file("orders.csv", ORDER_ROWS)
    case.file("lines.csv", LINE_ROWS)
    return case


def test_a_row_and_its_parts_come_together(case: Case) -> None:
    groups, _ = case.read(ORDERS + LINES)
    assert [(group.position, group.read, len(group.events)) for group in groups] == [
        (("orders.csv", 2), 2, 2),
        (("orders.csv", 3), 3, 3),
    ]
    assert ids(groups) == [
        "visit.opened:A1", "line.recommended:A1/Oil/1",
        "visit.opened:A2", "line.recommended:A2/Brakes/1", "line.recommended:A2/Brakes/2",
    ]  # fmt: skip
    first = raws(groups)[1]
    assert first == {
        "type": "line.recommended", "event_id": "line.recommended:A1/Oil/1", "source": "test",
        "occurred_at": "2026-03-09T08:00:00+00:00", "dealership": "D1",
        "data": {"line_id": "A1/Oil/1", "visit_id": "A1", "service": "Oil", "amount": "80"},
    }  # fmt: skip
    assert groups[0].events[1].event.data["amount"] == 80
    assert groups[0].events[1].row.number == 3


CLOSED = """
[[events]]
from = "orders"
type = "visit.closed"
id = "{No}"
at = "at"
data = { visit_id = "{No}" }
"""


def test_events_come_in_the_order_they_happened_then_as_listed(case: Case) -> None:
    groups, _ = case.read(ORDERS + CLOSED + LINES)
    assert [raw["type"] for raw in raws(groups[:1])] == ["visit.opened", "visit.closed", "line.recommended"]
    evening = ORDERS.replace("[[events]]", 'late = { date = "Date", time = "18:00" }\n[[events]]')
    late = CLOSED.replace('at = "at"', 'at = "late"')
    groups, _ = case.read(evening + late + LINES)
    assert [raw["type"] for raw in raws(groups[:1])] == ["visit.opened", "line.recommended", "visit.closed"]


def test_a_number_used_twice_goes_by_the_preferred_row(case: Case) -> None:
    case.file("orders.csv", ORDER_ROWS + "A2;12/06/2026;900;no\n")
    groups, _ = case.read(ORDERS + LINES)
    assert [row for _, row, _ in rejections(groups)] == [2, 4]
    assert "rows 3, 4 of orders have No = A2 and no rule says which one is meant" in rejections(groups)[0][2]
    prefer = LINES.replace('key = { Order = "No" }', 'key = { Order = "No" }\nprefer = { Checked = "yes" }')
    groups, _ = case.read(ORDERS + prefer)
    assert [len(group.events) for group in groups] == [2, 3, 1]
    last = LINES.replace('key = { Order = "No" }', 'key = { Order = "No" }\nduplicates = "last"')
    groups, _ = case.read(ORDERS + last)
    assert [len(group.events) for group in groups] == [2, 1, 3]


def test_a_part_of_nothing_is_rejected(case: Case) -> None:
    case.file("lines.csv", LINE_ROWS + "A9;Oil;1;sold\n")
    groups, _ = case.read(ORDERS + LINES)
    assert rejections(groups) == [("lines", 5, "Order: no row of orders has No = A9")]
    assert len(raws(groups)) == 5


def test_a_bad_part_is_rejected_alone_a_bad_leader_with_its_parts(case: Case) -> None:
    case.file("lines.csv", LINE_ROWS.replace("80", "8o") + "A1;Tyres;-5;sold\n")
    case.file("orders.csv", ORDER_ROWS.replace("200", "2OO"))
    groups, _ = case.read(ORDERS + LINES)
    assert ids(groups) == ["visit.opened:A1"]
    told = rejections(groups)
    assert told[0] == ("lines", 3, "Amount: is not a number (expected a number such as 1234.50)")
    assert told[1][:2] == ("lines", 5)
    assert "Amount: is negative (line.recommended data.amount)" in told[1][2]
    assert [row for _, row, _ in told[2:]] == [3, 2, 4]
    assert "row 3 of orders, to which it belongs, was rejected" in told[3][2]
    bad = groups[1].rejected[0].problems[0]
    assert (bad.column, bad.value) == ("Km", "2OO")


def test_filters_leave_rows_out_and_say_so(case: Case) -> None:
    only = LINES.replace(
        "[inputs.lines.values]", '[inputs.lines.only]\nStatus = "sold"\n[inputs.lines.values]'
    )
    groups, _ = case.read(ORDERS + only)
    assert [(group.read, group.left_out) for group in groups] == [(2, 1), (3, 1)]
    assert ids(groups) == ["visit.opened:A1", "visit.opened:A2", "line.recommended:A2/Brakes/1"]
    no_orders = ORDERS.replace(
        "[inputs.orders.values]", '[inputs.orders.only]\nChecked = { not = "no" }\n[inputs.orders.values]'
    )
    groups, _ = case.read(no_orders + LINES)
    assert [(group.read, group.left_out, len(group.events)) for group in groups] == [(2, 2, 0), (3, 0, 3)]
    assert rejections(groups) == []
    counted = no_orders.replace('Checked = { not = "no" }', "found = { above = 1 }").replace(
        "[[events]]", 'found = { rows = "lines" }\n[[events]]'
    )
    groups, _ = case.read(counted + LINES)
    assert [group.left_out for group in groups] == [2, 0]


CONDITIONS = [
    ('{ Status = "sold" }', 1),
    ('{ Status = ["sold", "unsold"] }', 3),
    ('{ Status = { not = "sold" } }', 2),
    ("{ Status = { empty = true } }", 0),
    ("{ Amount = { above = 100 } }", 2),
    ('{ Amount = { below = "120.50" } }', 1),
    ("{ Amount = { equals = 120.5 } }", 2),
    ('{ Status = "unsold", Amount = { above = 100 } }', 1),
    ('{ "orders.Checked" = "yes" }', 2),
    ('{ Order = { same_as = "orders.No" } }', 3),
    ('{ Amount = { differs_from = "orders.Km" } }', 3),
    ('{ "orders.at" = { after = "orders.at" } }', 0),
    ("{ outcomes = { above = 1 } }", 2),
    ("{ n = { above = 1 } }", 1),
    ("{ total = { equals = 2 } }", 2),
    ("{ sold = { equals = 1 } }", 2),
]


@pytest.mark.parametrize(("condition", "rows"), CONDITIONS)
def test_conditions_by_counting(case: Case, condition: str, rows: int) -> None:
    more_orders = ORDERS.replace(
        "[[events]]",
        'lines = { rows = "lines" }\nsold = { rows = "lines", when = { Status = "sold" } }\n[[events]]',
    )
    more_lines = LINES.replace(
        "[[events]]",
        'outcomes = { distinct = "Status", among = ["Service"] }\n'
        'total = "{orders.lines}"\nsold = "{orders.sold}"\n[[events]]',
    )
    counts = f'[[counts]]\nname = "some"\nof = "lines"\nwhen = {condition}\nsum = "Amount"\n'
    _, passing = case.read(more_orders + more_lines + counts)
    assert passing.counts[0].rows == rows


def test_an_import_goes_on_where_it_stopped(case: Case) -> None:
    counts = '[[counts]]\nname = "all"\nof = "lines"\n'
    whole, passing = case.read(ORDERS + LINES + counts)
    for done in range(len(whole) + 1):
        rest, resumed = case.read(ORDERS + LINES + counts, skip=done)
        assert raws(rest) == raws(whole[done:])
        assert resumed.counts == passing.counts


def test_total_rows_are_those_read(case: Case) -> None:
    case.file("lines.csv", LINE_ROWS + "A9;Oil\n\nA9;Oil;1;x\n")
    source = case.source(ORDERS + LINES)
    assert source.total_rows() == sum(group.read for group in source.read()) == 7


def test_rejects_can_be_mended_and_imported_again(case: Case, tmp_path: Path) -> None:
    case.file("lines.csv", LINE_ROWS.replace("80", "8o"))
    source = case.source(ORDERS + LINES)
    with RejectsWriter(tmp_path / "rejects", source.files) as rejects:
        for group in source.read():
            for bad in group.rejected:
                rejects.write(bad)
    assert rejects.paths == [tmp_path / "rejects" / "lines.rejects.csv"]
    written = rejects.paths[0].read_text("utf-8-sig")
    assert written.splitlines() == [
        "!row,!column,!value,!reason,Order,Service,Amount,Status",
        "3,Amount,8o,Amount: is not a number (expected a number such as 1234.50),A1,Oil,8o,unsold",
    ]
    mended = Case(tmp_path / "rejects")
    mended.paths = [tmp_path / "orders.csv"]
    mended.file("lines.rejects.csv", written.replace(",8o,unsold", ",80,unsold"))
    groups, _ = mended.read(ORDERS + LINES)
    assert [raw["event_id"] for raw in raws(groups) if raw["type"].startswith("line")] == [
        "line.recommended:A1/Oil/1"
    ]


def reject_all(case: Case, folder: Path) -> list[str]:
    """Read the files, collect what is rejected in the folder, and say what it is called there."""
    source = case.source(ORDERS + LINES)
    with RejectsWriter(folder, source.files) as rejects:
        for group in source.read():
            for bad in group.rejected:
                rejects.write(bad)
    return [path.name for path in rejects.paths]


def test_rejects_never_overwrite_a_file(case: Case, tmp_path: Path) -> None:
    case.file("lines.csv", LINE_ROWS.replace("80", "8o"))
    first = reject_all(case, tmp_path / "out")
    mended = tmp_path / "out" / first[0]
    mended.write_text("somebody is mending this")
    assert [*first, *reject_all(case, tmp_path / "out")] == ["lines.rejects.csv", "lines.rejects-2.csv"]
    assert mended.read_text() == "somebody is mending this"


def test_the_same_rejects_are_not_written_twice(case: Case, tmp_path: Path) -> None:
    case.file("lines.csv", LINE_ROWS.replace("80", "8o"))
    assert reject_all(case, tmp_path / "out") == reject_all(case, tmp_path / "out") == ["lines.rejects.csv"]
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["lines.rejects.csv"]


def test_an_import_that_is_broken_off_leaves_no_rejects(case: Case, tmp_path: Path) -> None:
    case.file("lines.csv", LINE_ROWS.replace("80", "8o"))
    source = case.source(ORDERS + LINES)
    with pytest.raises(KeyboardInterrupt), RejectsWriter(tmp_path / "out", source.files) as rejects:
        for group in source.read():
            for bad in group.rejected:
                rejects.write(bad)
        assert list((tmp_path / "out").glob("*.csv")) == []
        raise KeyboardInterrupt
    assert list((tmp_path / "out").iterdir()) == []


def test_what_a_dead_import_left_is_swept_away_and_what_a_living_one_writes_is_not(
    case: Case, tmp_path: Path
) -> None:
    folder = tmp_path / "out"
    dead = subprocess.run(
        [sys.executable, "-c", _DIES_WITH_A_DRAFT, str(folder)], capture_output=True, text=True
    )
    assert dead.returncode == -signal.SIGKILL, dead.stderr
    [left] = folder.iterdir()
    with Draft(folder) as living:
        living.stream.write("not yet done")
        case.file("lines.csv", LINE_ROWS.replace("80", "8o"))
        assert reject_all(case, folder) == ["lines.rejects.csv"]
        assert not left.exists()
        assert living.publish(iter([folder / "other.csv"])).read_text("utf-8-sig") == "not yet done"
    assert {path.name for path in folder.iterdir()} == {"lines.rejects.csv", "other.csv"}


_DIES_WITH_A_DRAFT = """
import os, signal, sys
from pathlib import Path
from servicelost.intake.mapping.drafts import Draft
draft = Draft(Path(sys.argv[1]))
draft.stream.write("x" * 100_000)
os.kill(os.getpid(), signal.SIGKILL)
"""
