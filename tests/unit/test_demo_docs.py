"""docs/demo.md names every parameter of the simulation with the numbers it is set to."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from servicelost.simulate import parameters

PAGE = Path(__file__).parents[2] / "docs" / "demo.md"
ROW = re.compile(r"^\| `([A-Z_.]+)` \| ((?:[\d.]+ \| ?){12}|[^|]*)", re.MULTILINE)
ROWS = dict(ROW.findall(PAGE.read_text("utf-8")))
ELSEWHERE = ("MONDAY", "SEASONS", "GENERAL", "ELECTRIC", "TYRES")
NAMES = [name for name in vars(parameters) if name.isupper() and name not in ELSEWHERE]
SEASONS = [f"SEASONS.{category.value}" for category in parameters.SEASONS]


def numbers_of(value: Any) -> Iterator[float]:
    """The numbers as the page has them; keys are among them where they are numbers."""
    if isinstance(value, Mapping):
        for key, weight in value.items():
            yield from (key, weight) if isinstance(key, int) else (weight,)
    else:
        yield from value if isinstance(value, tuple) else (value,)


def numbers_in(text: str) -> list[float]:
    found = re.findall(r"(?<![\w-])([\d,]*\d(?:\.\d+)?)( %)?", text)
    return [float(number.replace(",", "")) / (100 if per_cent else 1) for number, per_cent in found]


def value_of(name: str) -> Any:
    group, _, month = name.partition(".")
    value = getattr(parameters, group)
    return next(shares for category, shares in value.items() if category.value == month) if month else value


def test_every_parameter_is_on_the_page() -> None:
    assert set(ROWS) == {*NAMES, *SEASONS}


@pytest.mark.parametrize("name", [*NAMES, *SEASONS])
def test_its_numbers_are_the_ones_that_are_set(name: str) -> None:
    assert numbers_in(ROWS[name]) == pytest.approx(list(numbers_of(value_of(name))))
