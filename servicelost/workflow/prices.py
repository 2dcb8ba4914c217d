"""Prices of work as sources send them: a total, its split into labour and parts, billed hours.

All amounts are minor units net of tax. What money means for an opportunity is not decided here.
"""

from dataclasses import dataclass, fields
from enum import StrEnum

from servicelost.kernel.errors import FieldProblem, InvalidInput
from servicelost.workflow.models.lines import Line


class PricedAs(StrEnum):
    """Where the amount of a line comes from."""

    BOOKED = "BOOKED"
    RECOMMENDED = "RECOMMENDED"
    QUOTED = "QUOTED"


@dataclass(frozen=True, slots=True)
class Price:
    """A price as far as it was stated; the total is labour plus parts where only those were.

    Raises InvalidInput when a part is negative or the parts contradict the total.
    """

    amount_minor: int | None = None
    labour_minor: int | None = None
    parts_minor: int | None = None
    centihours: int | None = None

    def __post_init__(self) -> None:
        for field in fields(self):
            check_not_negative(field.name, getattr(self, field.name))
        known = [part for part in (self.labour_minor, self.parts_minor) if part is not None]
        if known and self.amount_minor is None:
            object.__setattr__(self, "amount_minor", sum(known))
        total = self.amount_minor or 0
        if sum(known) > total or (len(known) == 2 and sum(known) != total):
            raise _contradiction(sum(known), total)

    @property
    def is_stated(self) -> bool:
        """Whether anybody named an amount."""
        return self.amount_minor is not None

    @property
    def has_split(self) -> bool:
        """Whether labour or parts were named."""
        return self.labour_minor is not None or self.parts_minor is not None


def price_of_line(line: Line) -> Price:
    """The line's present price."""
    return Price(line.amount_minor, line.labour_minor, line.parts_minor, line.centihours)


def set_price(line: Line, price: Price, priced_as: PricedAs) -> bool:
    """Give the line the price and say whether that changed anything; what was not stated stays.

    A new amount without a split drops the old split, which would contradict it.
    """
    before, basis = price_of_line(line), line.priced_as
    if price.is_stated:
        if price.has_split or price.amount_minor != line.amount_minor:
            line.labour_minor, line.parts_minor = price.labour_minor, price.parts_minor
        line.amount_minor, line.priced_as = price.amount_minor, priced_as.value
    if price.centihours is not None:
        line.centihours = price.centihours
    return (before, basis) != (price_of_line(line), line.priced_as)


def check_not_negative(field: str, value: int | None) -> None:
    """Refuse a negative amount or number of hours; raises InvalidInput."""
    if value is not None and value < 0:
        message = f"{field} is {value}: it cannot be negative"
        problem = FieldProblem(field, message, str(value), "0 or more")
        raise InvalidInput("NEGATIVE", message, errors=[problem])


def _contradiction(split: int, total: int) -> InvalidInput:
    message = f"labour and parts make {split} minor units, the total is {total}: they must agree"
    problem = FieldProblem("amount", message, str(total), str(split))
    return InvalidInput("PRICE_CONTRADICTION", message, errors=[problem])
