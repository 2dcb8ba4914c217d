"""The stored document: amounts as text, and long tables opened in part."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from servicelost.analytics.document import money_text, money_texts
from servicelost.analytics.formatting import shown
from servicelost.analytics.opening import opened
from servicelost.analytics.spec import Kind
from servicelost.kernel.money import from_minor


@given(st.lists(st.integers(-(10**15), 10**15)), st.sampled_from(["EUR", "JPY", "BHD", "CLF"]))
def test_many_amounts_are_written_as_each_alone(minors: list[int], currency: str) -> None:
    texts = money_texts(minors, currency)
    assert texts == [money_text(minor, currency) for minor in minors]
    assert texts == [f"{from_minor(minor, currency):f}" for minor in minors]


@pytest.fixture
def document() -> dict[str, Any]:
    """A table stored row by row and one stored as columns, of three rows each."""
    columns = [{"key": "cause", "vocabulary": "cause"}, {"key": "losses"}]
    causes, losses = ["NO_TIME", "NO_SHOW", None], [3, 2, 1]
    rows = [{"cause": cause, "losses": count} for cause, count in zip(causes, losses, strict=True)]
    shared = {"columns": columns, "drill": {"target": "ledger"}}
    return {
        "params": {},
        "sections": [{**shared, "rows": rows}, {**shared, "values": {"cause": causes, "losses": losses}}],
    }


@pytest.mark.parametrize(("most", "shown"), [(None, 3), (5, 3), (3, 3), (2, 2), (0, 0)])
def test_a_table_opened_in_part_says_how_many_rows_it_has(
    document: dict[str, Any], most: int | None, shown: int
) -> None:
    whole = opened(document)["sections"]
    for section, entire in zip(opened(document, most)["sections"], whole, strict=True):
        assert section["rows"] == entire["rows"][:shown]
        assert section["row_count"] == 3
    assert whole[0]["rows"] == whole[1]["rows"]


@pytest.mark.parametrize(("value", "text"), [(2.5, "2.5"), (1200.0, "1,200"), (0.125, "0.125"), (0.0, "0")])
def test_quantities_have_no_more_decimals_than_they_need(value: float, text: str) -> None:
    assert shown(Kind.QUANTITY, value) == text
