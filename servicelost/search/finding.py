"""Finding rows by their keys: which they are and whether a key is the text itself or only begins with it.

Every statement reads one stretch of the one index and stops at `MOST`. What the rows are is not asked here.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, Select, and_, or_, select

from servicelost.search.asking import Asked
from servicelost.search.models import KeyKind, SearchKey

MOST = 1000
_LAST = "\U0010ffff"


@dataclass(frozen=True)
class Fits:
    """Row ids, each with whether it fits exactly; `cut` where more than MOST would have been found."""

    rows: Mapping[int, bool]
    cut: bool


def find_rows(
    connection: Connection, asked: Iterable[Asked], kinds: Collection[KeyKind],
    dealership_ids: Collection[int] | None,
) -> Fits:  # fmt: skip
    """The rows of these dealerships (None: of all) that fit what was asked of these kinds."""
    found: dict[int, bool] = {}
    cut = False
    for each in asked:
        if each.kind not in kinds:
            continue
        rows = connection.execute(_statement(each, dealership_ids)).all()
        cut = cut or len(rows) > MOST
        for row_id, key in rows[:MOST]:
            found[row_id] = found.get(row_id, False) or key in each.spellings
    return Fits(found, cut)


def _statement(asked: Asked, dealership_ids: Collection[int] | None) -> Select[int, str]:
    query = select(SearchKey.row_id, SearchKey.key).where(_begins(asked.kind, asked.spellings))
    if dealership_ids is not None:
        query = query.where(SearchKey.dealership_id.in_(sorted(dealership_ids)))
    for spellings in asked.further:
        others = select(SearchKey.row_id).where(_begins(asked.kind, spellings))
        query = query.where(SearchKey.row_id.in_(others))
    return query.order_by(SearchKey.key, SearchKey.row_id).limit(MOST + 1)


def _begins(kind: KeyKind, spellings: Iterable[str]) -> ColumnElement[bool]:
    """Said as a range, which any index in the order of code points answers."""
    ranges = [and_(SearchKey.key >= text, SearchKey.key < text + _LAST) for text in spellings]
    return and_(SearchKey.kind == kind.value, or_(*ranges))
