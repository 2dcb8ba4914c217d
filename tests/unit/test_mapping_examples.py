"""The worked examples that ship with the project: they load, and the small one gives what its files say."""

from collections import Counter
from decimal import Decimal
from pathlib import Path

import pytest

from servicelost.intake.mapping import MappedSource, load_mapping

EXAMPLES = Path(__file__).parents[2] / "examples" / "mappings"


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("*.toml")), ids=lambda path: path.stem)
def test_every_example_loads(path: Path) -> None:
    assert load_mapping(path).title


def test_the_european_workshop() -> None:
    source = MappedSource.open(
        load_mapping(EXAMPLES / "eu_bookings.toml"), sorted(EXAMPLES.glob("samples/*.csv"))
    )
    passing = source.read()
    groups = list(passing)
    events = [mapped.event for group in groups for mapped in group.events]
    assert not any(group.rejected for group in groups)
    assert sum(group.read for group in groups) == source.total_rows() == 15
    assert sum(group.left_out for group in groups) == 1
    assert Counter(event.type for event in events) == {
        "appointment.booked": 6,
        "appointment.arrived": 1,
        "appointment.cancelled": 3,
        "appointment.no_show": 1,
        "visit.opened": 3,
        "line.booked": 5,
        "line.authorized": 5,
        "line.completed": 5,
        "invoice.posted": 3,
        "visit.closed": 3,
    }
    booked = sum(event.data["expected_amount"] for event in events if event.type == "appointment.booked")
    assert booked == Decimal("389.00") + Decimal("129.90") + Decimal("1480.50") + 149 + 59 + Decimal("412.35")
    causes = [event.data.get("cause") for event in events if event.type == "appointment.cancelled"]
    assert causes == ["PRICE_TOO_HIGH", "MISSING_PARTS", None]
    bill = next(event for event in events if event.type == "invoice.posted")
    assert bill.data["total"] == sum(line["labour"] + line["parts"] for line in bill.data["lines"])
    names = {event.data["customer"].get("name") for event in events if event.type == "appointment.booked"}
    assert {"Jürgen Weiß", "Müller & Söhne GmbH; Fuhrpark"} <= names
    assert [(count.name, count.rows) for count in passing.counts] == [
        ("bookings cancelled without a clear reason", 1),
        ("bills without positions", 0),
    ]
