"""Competitors by name, made on first sight, and what a manager says of them.

What they offered is kept with the loss or the visit it was said about, under the name it was said with;
that two names are one competitor is said here and changes no record.
"""

from sqlalchemy import select

from servicelost.administration.access import require_manager
from servicelost.administration.audit import record_audit
from servicelost.directory.models import COMPETITOR_BY_KEY, Competitor, Dealership
from servicelost.directory.texts import fold, needed
from servicelost.kernel.book import Book
from servicelost.kernel.errors import Conflict

_MOST_OFFERED = 200


def ensure_competitor(book: Book, dealership: Dealership, name: str) -> Competitor:
    """The competitor of this name, however it is capitalised and spaced, and whatever else it is called."""
    words = needed(name, "competitor", 200)
    known = book.one(COMPETITOR_BY_KEY, *key_of_competitor(dealership, words))
    return _make(book, dealership.id, words) if known is None else meant(book, known)


def key_of_competitor(dealership: Dealership, name: str) -> tuple[int, str]:
    """What a competitor of this name is found by."""
    return dealership.id, fold(name)


def meant(book: Book, row: Competitor) -> Competitor:
    """The competitor that a name stands for: itself, unless it is another name of somebody."""
    while row.same_as_id is not None:
        row = book.get(Competitor, row.same_as_id)
    return row


def offered_competitors(book: Book, dealership_id: int) -> list[str]:
    """The names people may choose from: each competitor by its own one, without those switched off."""
    row = Competitor.__table__.c
    names = (
        select(row.name)
        .where(row.dealership_id == dealership_id, row.active, row.same_as_id.is_(None))
        .order_by(row.name)
        .limit(_MOST_OFFERED)
    )
    return list(book.connection.scalars(names))


def add_competitor(book: Book, dealership: Dealership, name: str) -> Competitor:
    """A competitor nobody has named yet; managers only, audited. Raises Conflict for a known name."""
    require_manager(book, dealership.id)
    words = needed(name, "name", 200)
    known = book.one(COMPETITOR_BY_KEY, dealership.id, fold(words))
    if known is not None:
        raise _taken(meant(book, known))
    row = _make(book, dealership.id, words)
    record_audit(
        book, "COMPETITOR_ADDED", "competitor", row.id, dealership_id=dealership.id, after={"name": words}
    )
    return row


def change_competitor(book: Book, row: Competitor, *, name: str, active: bool) -> None:
    """Call a competitor otherwise, offer it or no more; managers only, audited.

    The old name goes on meaning it, so that a system that sends it makes no second one. Raises Conflict
    where the new name is another competitor's.
    """
    require_manager(book, row.dealership_id)
    before = {"name": row.name, "active": row.active}
    after = {"name": needed(name, "name", 200), "active": active}
    if before == after:
        return
    _claim(book, row, str(after["name"]))
    row.name, row.active = str(after["name"]), active
    record_audit(
        book, "COMPETITOR_CHANGED", "competitor", row.id,
        dealership_id=row.dealership_id, before=before, after=after,
    )  # fmt: skip


def join_competitor(book: Book, row: Competitor, into: Competitor | None) -> None:
    """Say that a competitor is another name of `into`, or its own again (None); managers only, audited.

    Raises Conflict where that would go round in a circle or into another dealership.
    """
    require_manager(book, row.dealership_id)
    target = None if into is None else meant(book, into)
    if target is not None and (target is row or target.dealership_id != row.dealership_id):
        raise Conflict("SAME_COMPETITOR", f"{row.name} and {target.name} cannot be made one")
    if row.same_as_id == (target.id if target else None):
        return
    before = None if row.same_as_id is None else book.get(Competitor, row.same_as_id).name
    row.same_as_id = target.id if target else None
    record_audit(
        book, "COMPETITOR_JOINED", "competitor", row.id, dealership_id=row.dealership_id,
        before={"same_as": before}, after={"same_as": target.name if target else None},
    )  # fmt: skip


def _make(book: Book, dealership_id: int, words: str, same_as_id: int | None = None) -> Competitor:
    return book.add(
        Competitor(dealership_id=dealership_id, key=fold(words), name=words, same_as_id=same_as_id)
    )


def _claim(book: Book, row: Competitor, words: str) -> None:
    """Let the name mean this competitor."""
    known = book.one(COMPETITOR_BY_KEY, row.dealership_id, fold(words))
    if known is None:
        _make(book, row.dealership_id, words, same_as_id=row.id)
    elif meant(book, known) is not row:
        raise _taken(meant(book, known))


def _taken(row: Competitor) -> Conflict:
    return Conflict("COMPETITOR_EXISTS", f"there is already a competitor named {row.name!r}")
