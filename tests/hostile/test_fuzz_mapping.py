"""Mappings that somebody mistyped, tore or made up: each is refused with its place, or works."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from servicelost.intake.mapping import parse_mapping
from servicelost.kernel.errors import InvalidInput
from tests.hostile.fuzzing import mutants, profile, read_all, text_mutants

EXAMPLES = Path(__file__).parents[2] / "examples" / "mappings"
EU = (EXAMPLES / "eu_bookings.toml").read_text()
US = (EXAMPLES / "us_dealer.toml").read_text()
SAMPLES = sorted((EXAMPLES / "samples").glob("*.csv"))
# Values of every type TOML has, and those that have brought programs down before.
VALUES = (
    "1", "-1", "0", "true", '""', '"x"', "[]", "{}", '["a", "b"]', "[[[[]]]]", '{ a = "b" }', "1e308", "nan",
    "-inf", "9223372036854775807", "1" * 100, "1979-05-27T07:32:00Z", "07:32:00", '"{"', '"{}"', '"{{}}"',
    '"%"', '"%Y%Y"', '"%\\u0000"', '"../../etc"', '"Mars/Olympus"', '"\\u0000"', '"\\U0010FFFF"', '"auto"',
    '"utf-16"', '"idna"', '"rot13"', '"hex"', '"zlib"', '"a.b.c"', '"orders.orders.x"', '"item"', '"99:99"',
    '{ value = "{x}", map = {} }', '{ date = "x", time = "25:00" }', '{ rows = "positions" }',
    '"' + "x" * 999 + '"',
    '{ nth = [] }', '{ nth = ["nope"] }', '{ earliest = ["item"] }', '{ value = "{x}", split = "" }',
    '{ value = "{x}", default = "" }', '{ stamps = "x", pick = "last" }', '{ moment = "" }',
    "{ above = nan }",
    '{ above = "1e999999999" }', '{ before = "x" }', '{ stamps = "" }', '{ split = "x", by = "" }',
)  # fmt: skip


@profile(150)
@given(text=text_mutants(EU, VALUES))
def test_a_mistyped_mapping_is_refused_or_reads_the_samples(text: str) -> None:
    read_all(text.encode("utf-8", "replace"), SAMPLES)


@pytest.mark.parametrize(
    "value", ['{ moment = "" }', '{ moment = "12:00" }', '{ date = "", time = "08:00" }']
)
def test_a_column_without_a_name_is_one_the_files_do_not_have(value: str) -> None:
    text = EU.replace('booked_at = { moment = "Angelegt am" }', f"booked_at = {value}")
    assert text != EU
    assert read_all(text.encode(), SAMPLES) is None


@profile(100)
@given(text=text_mutants(US, VALUES))
def test_a_mistyped_mapping_with_joins_and_stamps(text: str) -> None:
    refused_or_parsed(text.encode("utf-8", "replace"))


@profile(100)
@given(content=st.one_of(mutants(EU.encode()), mutants(US.encode()), st.binary(max_size=300)))
def test_torn_bytes(content: bytes) -> None:
    refused_or_parsed(content)


def refused_or_parsed(content: bytes) -> None:
    try:
        parse_mapping(content, "fuzz.toml")
    except InvalidInput as refusal:
        assert "fuzz.toml" in refusal.message


@pytest.mark.parametrize(
    "text",
    [
        "a = " + "[" * 200_000,
        "a" + ".a" * 50_000 + " = 1",
        "[" + "a." * 50_000 + "a]",
        "mapping = " + "9" * 100_000,
        "mapping = 1e" + "9" * 1000,
        "a = '''" + "x" * 900_000,
        "\n".join(f"[[events]]\nx{n} = {{ a = 1 }}" for n in range(20_000)),
        "[inputs.a.values]\n" + "\n".join(f'v{n} = "{{v{n + 1}}}"' for n in range(20_000)),
    ],
    ids=["deep list", "deep key", "deep header", "number", "exponent", "open text", "many", "long chain"],
)
def test_large_and_deep_mappings(text: str) -> None:
    refused_or_parsed(text.encode())
