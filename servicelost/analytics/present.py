"""A stored result made ready to be shown: words for codes and ids, and what is too few to judge.

Names are read from the directory each time, so a stored result never holds one. Figures are drawn
from what this gives, in `charts`.
"""

from collections.abc import Mapping
from itertools import islice
from typing import Any

from sqlalchemy import Connection

from servicelost.administration.settings import MIN_DENOMINATOR
from servicelost.analytics.labels import labels_of
from servicelost.analytics.opening import grain_of, whole_rows, with_rows
from servicelost.analytics.periods import Grain
from servicelost.analytics.spec import Vocabulary

# As many rows of one table as a page shows: more are read in a spreadsheet.
PAGE_ROWS = 200


def present(
    document: Mapping[str, Any],
    connection: Connection,
    *,
    few_below: int = MIN_DENOMINATOR.default,
    most_rows: int | None = None,
) -> dict[str, Any]:
    """A copy of the document in which each row has `labels` by dimension and `few`.

    `few` names the numbers that rest on fewer than `few_below` cases; headline numbers have it as a flag.
    With `most_rows`, tables of very many rows, which no figure draws, have only their first ones: their
    `row_count` says how many there are.
    """
    grain = grain_of(document)
    sections = [
        _section(section, connection, grain, few_below, most_rows) for section in document["sections"]
    ]
    measures = [
        {**number, "few": number["n"] is not None and number["n"] < few_below}
        for number in document["measures"]
    ]
    return {**document, "sections": sections, "measures": measures}


def _section(
    section: Mapping[str, Any], connection: Connection, grain: Grain, few_below: int, most_rows: int | None
) -> dict[str, Any]:
    dimensions = [column for column in section["columns"] if "vocabulary" in column]
    stored = section.get("values")
    words = {
        column["key"]: labels_of(
            connection,
            Vocabulary(column["vocabulary"]),
            set(stored[column["key"]]) if stored else {row[column["key"]] for row in section["rows"]},
            grain,
        )
        for column in dimensions
    }
    rows = list(islice(whole_rows(section, grain), most_rows if stored else None))
    for row in rows:
        row["labels"] = {key: labels[row[key]] for key, labels in words.items()}
        cases = row["n"]
        row["few"] = sorted(key for key in cases if cases[key] < few_below) if cases else []
    return with_rows(section, rows)
