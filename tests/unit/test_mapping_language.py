"""A mapping that is wrong is refused with the line, the place and what was meant."""

from pathlib import Path

import pytest

from servicelost.intake.mapping import load_mapping, parse_mapping
from servicelost.kernel.errors import InvalidInput
from tests.unit.mapping_case import HEAD, LINES, ORDERS

WHOLE = HEAD + ORDERS + LINES


def refusal(text: str) -> str:
    with pytest.raises(InvalidInput) as caught:
        parse_mapping(text.encode(), "dealer.toml")
    assert caught.value.code == "INVALID_MAPPING"
    return caught.value.message


def test_the_whole_is_a_mapping() -> None:
    definition = parse_mapping(WHOLE.encode())
    assert definition.inputs["orders"].columns == {"No", "Date", "Km"}
    assert definition.inputs["lines"].columns == {"Order", "Service", "Amount"}


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("mapping = 1", "mapping = 2", "line 2: mapping is not a version"),
        ('source = "test"', 'sources = "test"', "source is missing"),
        ("[formats]", "[format]", "line 9: format is not a key of this table (did you mean formats?)"),
        (
            'timezone = "Europe/Madrid"',
            'timezone = "Madrid"',
            "line 6: dealership.timezone is not a known timezone",
        ),
        ('currency = "EUR"', 'currency = "Euro"', "dealership.currency is not a currency code"),
        ('date = "%d/%m/%Y"', 'date = "%Q"', "formats.date is not a date and time format"),
        ('date = "%d/%m/%Y"', 'date = "%Y-%Y"', "formats.date is not a date and time format"),
        ('date = "%d/%m/%Y"', 'decimal = ","\nthousands = ","', "needs one decimal sign"),
        (
            "belongs_to]",
            "belong_to]",
            "inputs.lines.belong_to is not a key of this table (did you mean belongs_to?)",
        ),
        (
            'type = "visit.opened"',
            'type = "visit.open"',
            "events[1].type is not an event type (did you mean visit.opened?)",
        ),
        (
            "odometer =",
            "odometre =",
            "events[1].data.odometre is not a field of this event (did you mean odometer?)",
        ),
        ('line_id = "{Order}/{Service}/{n}"', "", "events[2].data lacks the required line_id"),
        ('"{Km}"', '"{Km"', "events[1].data.odometer is not valid: a single {"),
        ('"{Km}"', "1.5", "events[1].data.odometer is of the wrong type"),
        ('"{Km}"', '{ valeu = "{Km}" }', "events[1].data.odometer.value is missing"),
        ('"{Km}"', '{ value = "{Km}", unknown = "keep" }', "has no map"),
        ('"{Km}"', '{ value = "{Km}", map = { a = "1", A = "2" } }', "is translated twice"),
        ('from = "lines"', 'from = "line"', "events[2] names the unknown input line (did you mean lines?)"),
        ('input = "orders"', 'input = "order"', "inputs.lines names the unknown input order"),
        ('input = "orders"', 'input = "lines"', "is linked to itself"),
        ('key = { Order = "No" }', "key = { Order = 1 }", "needs at least one pair of columns"),
        ('key = { Order = "No" }', 'key = { n = "No" }', "is linked by n, which is computed"),
        (
            'key = { Order = "No" }',
            'key = { Order = "No" }\nduplicates = "any"',
            "one of reject, first, last",
        ),
        ('nth = ["Service"]', 'nnth = ["Service"]', "inputs.lines.values.n says not what it is"),
        ('n = { nth = ["Service"] }', 'n = "{m}"\nm = "{n}"', "needs itself to be computed"),
        ('at = { date = "Date", time = "09:00" }', "at = 5", "inputs.orders.values.at is of the wrong type"),
        (
            'at = { date = "Date", time = "09:00" }',
            'at = { date = "Date" }',
            "inputs.orders.values.at.time is missing",
        ),
        (
            'at = { date = "Date", time = "09:00" }',
            'at = { distinct = "Date", among = ["No"] }',
            "an input with belongs_to",
        ),
        (
            'at = { date = "Date", time = "09:00" }',
            'at = { rows = "orders" }',
            "which do not belong to orders",
        ),
        ('id = "{No}"', 'id = "{No}"\nwhen = { Km = { abov = 1 } }', "did you mean above?"),
        ('id = "{No}"', 'id = "{No}"\nwhen = { Km = { above = "x" } }', "when.Km.above is not a number"),
        ('id = "{No}"', 'id = "{No}"\nwhen = { Km = 5 }', "when.Km is not a test"),
    ],
)
def test_mistakes_are_named_with_their_place(old: str, new: str, message: str) -> None:
    assert old in WHOLE
    assert message in refusal(WHOLE.replace(old, new, 1))


def test_the_line_is_that_of_the_mistake() -> None:
    lines = WHOLE.replace('amount = "{Amount}"', 'amont = "{Amount}"').splitlines()
    number = next(position for position, line in enumerate(lines, start=1) if line.startswith("amont"))
    assert f"dealer.toml line {number}: events[2].data.amont" in refusal("\n".join(lines))


@pytest.mark.parametrize(
    "text", ["x = ", "\xff".join("ab"), "a = 1\na = 2", "[[events]]\n" * 5, "", "[" * 5000]
)
def test_what_is_no_mapping_is_refused(text: str) -> None:
    assert refusal(text)


def test_bytes_that_are_no_utf8_and_files_that_are_not_there(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="not TOML in UTF-8"):
        parse_mapping(b"\xff\xfe")
    with pytest.raises(InvalidInput, match="cannot be read"):
        load_mapping(tmp_path / "none.toml")
    with pytest.raises(InvalidInput, match="larger than"):
        parse_mapping(b"#" * 2_000_000)
