"""A stored document made whole: what its rows share is kept once with the section and given back to each.

A result of many rows is stored and read several times faster so. Words for codes are added in
`present`; nothing here computes a number.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from itertools import islice
from typing import Any

from servicelost.analytics.periods import Grain, end_of
from servicelost.analytics.selection import NONE
from servicelost.analytics.spec import Vocabulary


def opened(document: Mapping[str, Any], most_rows: int | None = None) -> dict[str, Any]:
    """A copy in which every row has its cases `n`, its `intervals` and its `drill`.

    With `most_rows` each section has only its first ones; its `row_count` says how many there are.
    """
    grain = grain_of(document)
    sections = [
        with_rows(section, islice(whole_rows(section, grain), most_rows)) for section in document["sections"]
    ]
    return {**document, "sections": sections}


def with_rows(section: Mapping[str, Any], rows: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """A copy of the section with these rows in place of however they were stored, and its `row_count`."""
    kept = {key: value for key, value in section.items() if key != "values"}
    stored = next(iter(section["values"].values())) if "values" in section else section["rows"]
    return kept | {"rows": list(rows), "row_count": len(stored)}


def grain_of(document: Mapping[str, Any]) -> Grain:
    """How long the document's periods are."""
    return Grain(document["params"].get("grain", Grain.MONTH))


def whole_rows(section: Mapping[str, Any], grain: Grain) -> Iterator[dict[str, Any]]:
    """Copies of the section's rows with all they share."""
    dimensions = [column for column in section["columns"] if "vocabulary" in column]
    keys = [column["key"] for column in dimensions if column["vocabulary"] != Vocabulary.PERIOD]
    dated = len(keys) < len(dimensions)
    shared = section.get("drill", {})
    limits: dict[str, dict[str, str]] = {}
    for whole in _copied(section):
        if "drill" not in whole:
            whole["drill"] = drill = shared.copy()
            for key in keys:
                value = whole[key]
                drill[key] = NONE if value is None else value
            if dated:
                start = whole["period"]
                if start not in limits:
                    limits[start] = _limits(shared, start, grain)
                drill.update(limits[start])
        yield whole


def _copied(section: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """The rows as they are stored: one by one, or as columns where there are very many."""
    nothing: dict[str, Any] = {}
    if "values" in section:
        names = (*section["values"], "n", "intervals")
        for values in zip(*section["values"].values(), strict=True):
            yield dict(zip(names, (*values, nothing, nothing), strict=True))
    else:
        for row in section["rows"]:
            yield {"n": nothing, "intervals": nothing, **row}


def _limits(drill: Mapping[str, Any], start: str, grain: Grain) -> dict[str, str]:
    """The first and last day of a period as far as the window reaches; ISO texts sort like their days."""
    end = end_of(date.fromisoformat(start), grain).isoformat()
    return {"from": max(start, drill.get("from", start)), "to": min(end, drill.get("to", end))}
