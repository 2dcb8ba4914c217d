"""Rows that look up others or give several events, translated codes, which file is which input."""

from pathlib import Path

import pytest

from servicelost.kernel.errors import InvalidInput
from tests.unit.mapping_case import LINES, ORDERS, Case, raws, rejections

ORDER_ROWS = "No;Date;Km;Checked\nA1;09/03/2026;100;no\nA2;10/03/2026;200;yes\n"
LINE_ROWS = "Order;Service;Amount;Status\nA2;Brakes;120.50;sold\nA1;Oil;80;unsold\nA2;Brakes;120.50;unsold\n"


@pytest.fixture
def case(tmp_path: Path) -> Case:
    case = Case(tmp_path)
    case.file("orders.csv", ORDER_ROWS)
    case.file("lines.csv", LINE_ROWS)
    return case


LOOKUP = """
[inputs.orders]
files = "*orders*"
[[inputs.orders.looks_up]]
input = "cars"
key = { Car = "Id" }
[inputs.orders.values]
at = { date = "Date", time = "09:00" }
[inputs.cars]
files = "*cars*"
[[events]]
from = "orders"
type = "visit.opened"
id = "{No}"
at = "at"
data = { visit_id = "{No}", vehicle = { id = "{Car}", model = "{cars.Model}" } }
"""


def test_rows_look_up_others(tmp_path: Path) -> None:
    case = Case(tmp_path)
    case.file("orders.csv", "No,Date,Car\n1,09/03/2026,V1\n2,09/03/2026,V2\n3,09/03/2026,\n")
    case.file("cars.csv", "Id,Model\nV1,Ibiza\n")
    groups, _ = case.read(LOOKUP)
    assert raws(groups)[0]["data"]["vehicle"] == {"id": "V1", "model": "Ibiza"}
    assert rejections(groups)[0][2].startswith("Car: no row of cars has Id = V2")
    assert raws(groups)[1]["data"] == {"visit_id": "3"}, "no id, no car"
    groups, _ = case.read(
        LOOKUP.replace('key = { Car = "Id" }', 'key = { Car = "Id" }\nmissing = "leave out"')
    )
    assert raws(groups)[1]["data"]["vehicle"] == {"id": "V2"}


FOR_EACH = """
[inputs.orders]
files = "*"
[inputs.orders.values]
at = { date = "Date", time = "09:00" }
[[events]]
from = "orders"
type = "quote.opened"
id = "{No}/{item_n}"
at = "item"
for_each = { stamps = "Seen" }
data = { visit_id = "{No}" }
[[events]]
from = "orders"
type = "line.booked"
id = "{No}/{item_n}"
at = "at"
for_each = { split = "Work", by = "+" }
data = { line_id = "{No}/{item_n}", visit_id = "{No}", service = "{item}" }
"""


def test_several_events_from_one_row(tmp_path: Path) -> None:
    case = Case(tmp_path)
    case.file(
        "x.csv",
        "No,Date,Seen,Work\n1,09/03/2026,Yes - 3/9/26 - 9:30 AM; 1:15 PM,Oil + Brakes\n2,09/03/2026,No,\n",
    )
    groups, _ = case.read(FOR_EACH)
    assert [
        (raw["event_id"], raw["occurred_at"][11:16], raw["data"].get("service")) for raw in raws(groups)
    ] == [
        ("line.booked:1/1", "08:00", "Oil"),
        ("line.booked:1/2", "08:00", "Brakes"),
        ("quote.opened:1/1", "08:30", None),
        ("quote.opened:1/2", "12:15", None),
    ]


def test_codes_are_translated_by_rule(tmp_path: Path) -> None:
    case = Case(tmp_path)
    case.file(
        "x.csv", "No,Date,Km,Pay\n1,09/03/2026,1,C\n2,09/03/2026,1,w\n3,09/03/2026,1,Zz\n4,09/03/2026,1,\n"
    )
    spec = '"{Km}", pay_type = { value = "{Pay}", map = { C = "CUSTOMER_PAY", W = "WARRANTY" }%s } }'
    pays = {}
    for option in (
        "",
        ', unknown = "leave out"',
        ', unknown = "keep"',
        ', otherwise = "INTERNAL", default = "DEALER"',
    ):
        groups, _ = case.read(ORDERS.replace("orders*", "*").replace('"{Km}" }', spec % option))
        pays[option] = [raw["data"].get("pay_type") for raw in raws(groups)], rejections(groups)
    assert pays[""][0] == ["CUSTOMER_PAY", "WARRANTY", None]
    assert pays[""][1] == [("orders", 4, "Pay: is not in the map (expected one of c, w)")]
    assert pays[', unknown = "leave out"'] == (["CUSTOMER_PAY", "WARRANTY", None, None], [])
    assert "Pay: is not a known code" in pays[', unknown = "keep"'][1][0][2]
    assert pays[', otherwise = "INTERNAL", default = "DEALER"'][0] == [
        "CUSTOMER_PAY",
        "WARRANTY",
        "INTERNAL",
        "DEALER",
    ]


def test_several_files_of_one_kind(case: Case) -> None:
    case.file("orders_april.csv", "Date,No,Km,Checked\n01/04/2026,B1,5,no\n")
    groups, _ = case.read(ORDERS + LINES)
    assert [group.position for group in groups] == [
        ("orders.csv", 2),
        ("orders.csv", 3),
        ("orders_april.csv", 2),
    ]


@pytest.mark.parametrize(
    ("names", "message"),
    [
        (["orders.csv"], "no file was given for the input lines"),
        (["orders.csv", "lines.csv", "more.csv"], "more.csv fits no input"),
        (["orders_lines.csv", "x.csv"], "fits the inputs orders, lines"),
        (["orders.csv", "nowhere/lines.csv"], "is not a file"),
    ],
)
def test_files_must_fit_the_inputs(tmp_path: Path, names: list[str], message: str) -> None:
    case = Case(tmp_path)
    for name in names:
        if "/" in name:
            case.paths.append(tmp_path / name)
        else:
            case.file(name, ORDER_ROWS)
    with pytest.raises(InvalidInput, match=message):
        case.source(ORDERS + LINES)


def test_files_of_other_names_go_by_order(case: Case) -> None:
    case.paths.clear()
    case.file("one.csv", ORDER_ROWS)
    case.file("two.csv", LINE_ROWS)
    groups, _ = case.read(ORDERS + LINES)
    assert len(raws(groups)) == 5


def test_missing_columns_are_named_with_the_nearest(case: Case) -> None:
    case.file("orders.csv", ORDER_ROWS.replace("Date", "Datum").replace("Km", "Kms"))
    with pytest.raises(InvalidInput) as caught:
        case.source(ORDERS + LINES)
    assert [problem.field for problem in caught.value.errors] == ["Date", "Km"]
    assert "column 'Km' is not in the header; did you mean Kms?" in caught.value.message
