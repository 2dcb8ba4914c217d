"""Several rows by their keys and several questions in one go, instead of one round trip each.

What becomes of the answers is the book's business.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from servicelost.kernel.driver import Driver
from servicelost.kernel.lookup import Lookup
from servicelost.kernel.question import Question
from servicelost.kernel.reading import Key, asked, values_of

Asking = tuple[Question, Mapping[str, Any]]


def gather(
    driver: Driver, shelves: Sequence[tuple[Lookup[Any], Key]], questions: Sequence[Asking]
) -> tuple[list[list[dict[str, Any]]], list[list[Any]]]:
    """The rows of each key as values by column, and the answer to each question."""
    statements = [asked(driver, lookup.model.__table__, lookup.columns, key) for lookup, key in shelves]
    written = [question.written(driver.dialect) for question, _ in questions]
    statements += [
        (each.text, each.parameters(values)) for each, (_, values) in zip(written, questions, strict=True)
    ]
    answers = driver.rows_of_each(statements) if statements else []
    rows = [
        list(values_of(driver, lookup.model.__table__, records))
        for (lookup, _), records in zip(shelves, answers, strict=False)
    ]
    told = [each.told(records) for each, records in zip(written, answers[len(shelves) :], strict=True)]
    return rows, told
