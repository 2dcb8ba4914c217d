"""Prices of work as sources send them: a total, its split into labour and parts, billed hours.

All amounts are minor units net of tax. What money means for an opportunity is not decided here.
"""

from dataclasses import dataclass, fields
from enum import StrEnum

from servicelost.kernel.errors import FieldProblem, InvalidInput, RuleViolation
from servicelost.workflow.models.lines import Line


class PricedAs(StrEnum):
    """Where the amount of a line comes from."""

    BOOKED = "BOOKED"
    RECOMMENDED = "RECOMMENDED"
    QUOTED = "QUOTED"


@dataclass(frozen=True)
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


def cut_of(old: Price, new: Price) -> Price:
    """What the lower price takes off, split as far as both splits are known, else as the old price was.

    A split of which one side would rise is not stated. Raises RuleViolation NOT_REDUCED.
    """
    if old.amount_minor is None or new.amount_minor is None or new.amount_minor > old.amount_minor:
        raise _not_reduced(old, new)
    total = old.amount_minor - new.amount_minor
    labour, parts = _split_of_cut(old, new, total)
    hours = None
    if old.centihours is not None and new.centihours is not None and new.centihours <= old.centihours:
        hours = old.centihours - new.centihours
    return Price(total, labour, parts, hours)


def rest_of(old: Price, new: Price, cut: Price) -> Price:
    """The price that remains, split as the cut is where nobody said otherwise."""
    if new.has_split or cut.labour_minor is None or old.labour_minor is None:
        return new
    labour = old.labour_minor - cut.labour_minor
    return Price(new.amount_minor, labour, (new.amount_minor or 0) - labour, new.centihours)


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


def _split_of_cut(old: Price, new: Price, total: int) -> tuple[int | None, int | None]:
    if old.labour_minor is None or old.parts_minor is None:
        return None, None
    if new.has_split:
        remains = new.labour_minor
        if remains is None:
            remains = (new.amount_minor or 0) - (new.parts_minor or 0)
        labour = old.labour_minor - remains
        return (labour, total - labour) if 0 <= labour <= total else (None, None)
    whole = old.labour_minor + old.parts_minor
    labour = (total * old.labour_minor + whole // 2) // whole
    return labour, total - labour


def _not_reduced(old: Price, new: Price) -> RuleViolation:
    expected = "a price first" if old.amount_minor is None else f"less than {old.amount_minor} minor units"
    message = f"the work costs {old.amount_minor}: reducing it to {new.amount_minor} takes nothing off"
    value = None if new.amount_minor is None else str(new.amount_minor)
    return RuleViolation("NOT_REDUCED", message, field="amount", value=value, expected=expected)
