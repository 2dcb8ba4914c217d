"""Rows by id, as far as the actor sees their dealership: a foreign row is one that does not exist.

Whether the deed itself is allowed stands in `permissions`.
"""

from typing import Any, Protocol, TypeVar, cast

from sqlalchemy import Select, SQLColumnExpression, false

from servicelost.kernel.actor import Actor
from servicelost.kernel.book import Book
from servicelost.kernel.db import Base
from servicelost.kernel.errors import NotFound

R = TypeVar("R", bound=Base)
S = TypeVar("S", bound=Select[Any])


class OfDealership(Protocol):
    """A row that belongs to one dealership."""

    dealership_id: int


def get_visible(book: Book, model: type[R], row_id: int) -> R:
    """The row with this id; raises NotFound, also where it belongs to a dealership out of sight."""
    row = book.find(model, row_id)
    if row is None or not book.actor.may_see(cast(OfDealership, row).dealership_id):
        raise NotFound("NOT_FOUND", f"{model.__name__} {row_id} does not exist")
    return row


def only_visible(statement: S, actor: Actor, dealership_id: SQLColumnExpression[int]) -> S:
    """The statement, narrowed to the dealerships the actor sees."""
    if actor.dealership_ids is None:
        return statement
    if not actor.dealership_ids:
        return statement.where(false())
    return statement.where(dealership_id.in_(sorted(actor.dealership_ids)))
