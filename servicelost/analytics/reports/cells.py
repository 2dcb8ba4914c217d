"""The engine's part of the ledger arithmetic: entries added up to cells, which are then added up to tables.

The engine reads the ledger once and sums it by plain columns; every table of a report that shares the
cells costs no further reading. What the sums mean is said in `sums`.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

import ibis
import numpy as np
import pyarrow as pa
from ibis.expr.types import Column, Table
from numpy.typing import NDArray

from servicelost.analytics.lake.columns import JOINT
from servicelost.analytics.lake.facts import LOST_AS
from servicelost.analytics.reports.question import COLUMNS, Question, Row
from servicelost.analytics.reports.sums import CONSERVATIVE, UNEXPLAINED, Sums
from servicelost.opportunities.ledger.models import CauseBasis, EntryKind
from servicelost.taxonomy.causes import Cause
from servicelost.taxonomy.parties import Owner

Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]
TRAITS = ("cause", "cause_basis", "grade", "owner")
EXTRA = ("sold", "hours")
_KIND, _IN_WINDOW, _IN_PERIOD = "entry_kind", "in_window", "in_period"


def cells(
    question: Question,
    table: Table,
    *keys: str,
    beside: Sequence[str] = TRAITS,
    extra: Sequence[str] = EXTRA,
) -> "Cells":
    """The entries summed by the keys, which are dimensions or ``period``, ready for tables by some of them.

    With ``period`` each period is a window of its own, so a recovery counts only by the period's end.
    What is not asked for costs nothing and is left at nothing: sums that rest on a trait neither among
    the keys nor told apart `beside` them, and revenue and hours unless they are among the `extra` ones.
    """
    columns = {key: _key(question, table, key) for key in keys}
    told = columns | {f"trait_{name}": table[name] for name in beside if name not in keys}
    if set(LOST_AS) <= {*keys, *beside}:
        together = {*LOST_AS, *(f"trait_{name}" for name in LOST_AS)}
        told = {name: column for name, column in told.items() if name not in together}
        told["lost_as"] = table.lost_as
    told[_KIND] = table.kind
    if question.selection.last is not None:
        told[_IN_WINDOW] = table.changed_day <= ibis.literal(question.selection.last)
    if "period" in keys:
        told[_IN_PERIOD] = question.period_of(table.changed_day, table.changed_month) <= columns["period"]
    keyed = table.select(**told, amount="amount", **{name: name for name in extra})
    added = {name: keyed[name].sum() for name in ("amount", *extra)}
    found = keyed.aggregate(**added, n=keyed.count(), by=list(told))
    return Cells(found.to_pyarrow(), keys)


def sums(question: Question, table: Table, *keys: str) -> list[tuple[Row, Sums]]:
    """The sums of the entries for each combination of keys, which are dimensions or ``period``."""
    return cells(question, table, *keys).by(*keys)


def total(question: Question, table: Table) -> Sums:
    """The sums of the whole window."""
    return cells(question, table).total()


def _key(question: Question, table: Table, key: str) -> Column:
    if key == "period":
        return question.period_of(table.day, table.month)
    return table[COLUMNS.get(key, key)]


class Cells:
    """Sums by all the keys at once, from which those by fewer keys follow."""

    def __init__(self, found: pa.Table, keys: Sequence[str]) -> None:
        measures = ("amount", *EXTRA, "n")
        self._measured = {
            name: _numbers(found[name]) if name in found.column_names else np.zeros(len(found), np.int64)
            for name in measures
        }
        self._coded = {name: _coded(found[name]) for name in found.column_names if name not in measures}
        if "lost_as" in self._coded:
            self._coded |= _split(*self._coded.pop("lost_as"))
        self._keys = keys

    def by(self, *keys: str) -> list[tuple[Row, Sums]]:
        """The sums for each combination of these keys that there is."""
        first, parts = self._added(keys)
        return self._rows(keys, first, parts)

    def largest_first(self, *keys: str) -> list[tuple[Row, Sums]]:
        """Those with standing losses or money in them, by lost gross; ties in order of their keys."""
        first, parts = self._added(keys)
        ties = [self._rank(key)[first] for key in reversed(keys)]
        kept = _met(np.lexsort((*ties, -_count(parts), -_gross(parts))), parts)
        return self._rows(keys, first[kept], [part[kept] for part in parts])

    def in_order_of_time(self, *keys: str) -> dict[str, list[Any]]:
        """The same as columns, by the first key and then largest first; `gross` and `count` are the sums."""
        first, parts = self._added(keys)
        ties = [self._rank(key)[first] for key in reversed(keys)]
        order = np.lexsort((*ties[:-1], -_count(parts), -_gross(parts), ties[-1]))
        kept = _met(order, parts)
        named = {key: self._values(key, first[kept]) for key in keys}
        return named | {"gross": _gross(parts)[kept].tolist(), "count": _count(parts)[kept].tolist()}

    def total(self) -> Sums:
        """The sums of the whole window."""
        return Sums(*(int(part.sum()) for part in self._parts(by_period=False)))

    def _added(self, keys: Sequence[str]) -> tuple[Ints, list[Ints]]:
        """For each combination a cell that has it, and the sums in the order of the fields of `Sums`."""
        place = np.zeros(len(self._measured["n"]), dtype=np.int64)
        for codes, values in (self._coded[key] for key in keys):
            place = place * len(values) + codes
        _, first, row = np.unique(place, return_index=True, return_inverse=True)
        parts = []
        for part in self._parts("period" in keys):
            added = np.zeros(len(first), dtype=np.int64)
            np.add.at(added, row, part)
            parts.append(added)
        return first, parts

    def _values(self, key: str, at: Ints) -> list[Any]:
        codes, values = self._coded[key]
        return [values[code] for code in codes[at].tolist()]

    def _rank(self, key: str) -> Ints:
        """The place of each cell's value in the order of the texts, those without one last."""
        codes, values = self._coded[key]
        order = sorted(range(len(values)), key=lambda place: (values[place] is None, str(values[place])))
        ranks: Ints = np.argsort(np.array(order, dtype=np.int64))[codes]
        return ranks

    def _rows(self, keys: Sequence[str], first: Ints, parts: Sequence[Ints]) -> list[tuple[Row, Sums]]:
        names = [self._values(key, first) for key in keys]
        made = map(Sums, *(part.tolist() for part in parts))
        return [
            (dict(zip(keys, named, strict=True)), part)
            for named, part in zip(zip(*names, strict=True), made, strict=True)
        ]

    def _parts(self, by_period: bool) -> Iterable[Ints]:
        """What each cell adds to each field of `Sums`, in their order."""
        amount, sold, hours, n = self._measured.values()
        loss, reversal, recovery = (self._where(_KIND, (kind.value,)) for kind in EntryKind)
        standing, gross = n * loss - n * reversal, amount * loss - amount * reversal
        counted = recovery & self._where(_IN_WINDOW, (True,), otherwise=True)
        if by_period:
            counted = counted & self._where(_IN_PERIOD, (True,))
        caused = self._told("cause") & ~self._where_trait("cause", (Cause.UNKNOWN.value,))
        yield from (amount * loss, amount * reversal, amount * counted, sold * counted, amount * recovery)
        yield from (standing, hours * loss - hours * reversal)
        yield standing * self._where_trait("cause", UNEXPLAINED)
        yield standing * self._where_trait("cause_basis", (CauseBasis.STATED.value,))
        yield gross * self._where_trait("grade", CONSERVATIVE)
        yield gross * (caused & self._where_trait("owner", (Owner.DEALER.value,)))
        yield from (gross * caused, standing * caused)

    def _told(self, trait: str) -> bool:
        return trait in self._coded or f"trait_{trait}" in self._coded

    def _where_trait(self, trait: str, wanted: Sequence[str]) -> Mask:
        return self._where(trait if trait in self._coded else f"trait_{trait}", wanted)

    def _where(self, name: str, wanted: Sequence[Any], *, otherwise: bool = False) -> Mask:
        """In which cells the column has one of the values; `otherwise` where there is no such column."""
        if name not in self._coded:
            return np.full(len(self._measured["n"]), otherwise)
        codes, values = self._coded[name]
        met = np.array([value in wanted for value in values], dtype=bool)
        found: Mask = met[codes]
        return found


def _gross(parts: Sequence[Ints]) -> Ints:
    return parts[0] - parts[1]


def _count(parts: Sequence[Ints]) -> Ints:
    return parts[5]


def _met(order: Ints, parts: Sequence[Ints]) -> Ints:
    """Those of the rows that have standing losses or money in them."""
    met = (_count(parts) != 0) | (_gross(parts) != 0) | (parts[2] != 0)
    found: Ints = order[met[order]]
    return found


def _coded(column: pa.ChunkedArray) -> tuple[Ints, list[Any]]:
    """Each cell's place in the list of values; days as ISO text, as a document has them."""
    encoded = column.combine_chunks().dictionary_encode(null_encoding="encode")
    values = encoded.dictionary.to_pylist()
    texts = [value.isoformat() if isinstance(value, date) else value for value in values]
    return encoded.indices.to_numpy(zero_copy_only=False).astype(np.int64), texts


def _split(codes: Ints, joined: Sequence[str]) -> dict[str, tuple[Ints, list[Any]]]:
    """The joined codes as columns of their own."""
    parts = zip(*(text.split(JOINT) for text in joined), strict=True)
    found: dict[str, tuple[Ints, list[Any]]] = {}
    for name, texts in zip(LOST_AS, parts, strict=False):
        values = list(dict.fromkeys(texts))
        places = np.array([values.index(text) for text in texts], dtype=np.int64)
        found[name] = places[codes], [text or None for text in values]
    return found or {name: (codes, []) for name in LOST_AS}


def _numbers(column: pa.ChunkedArray) -> Ints:
    found: Ints = column.combine_chunks().fill_null(0).to_numpy(zero_copy_only=False).astype(np.int64)
    return found
