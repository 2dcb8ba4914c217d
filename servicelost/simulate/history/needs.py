"""Needs of customers, numbered: where, when, whose car, what work, at what price.

Everything else in a history hangs on these: need number n is opportunity n and line n. Three or four
needs make a visit. What became of a need is in `losses` and `work`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from servicelost.simulate.history.dice import Floats, Ints, bell, choice, share, whole
from servicelost.simulate.menu import FOUND
from servicelost.taxonomy.paytypes import PayType
from servicelost.taxonomy.severity import Severity

DAY = 86_400_000_000
NEEDS_A_VISIT = 4
PAY_TYPES = (PayType.CUSTOMER_PAY, PayType.WARRANTY, PayType.INTERNAL, PayType.MANUFACTURER)
SEVERITIES = (Severity.RED, Severity.YELLOW, Severity.GREEN)
_PAYS, _COLOURS = (78, 13, 6, 3), (22, 58, 20)
_WEIGHTS = [service.weight for service in FOUND]
_PRICES = np.array([[service.labour, service.parts, service.centihours] for service in FOUND])
_ADVISORS, _TECHNICIANS, _CUSTOMERS_A_VISIT = 6, 9, 0.3
_SEASON = 0.12


@dataclass(frozen=True)
class Calendar:
    """When the needs came up: `needs` of them over `days` days, the last of which begins at `last`."""

    needs: int
    days: int
    last: int

    def moments(self, numbers: Ints, name: str) -> Ints:
        """Microseconds since 1970, rising with the number day by day; open from 9 to 17 hours UTC.

        In spring and autumn there is more to do, on Sundays nothing: that is Monday's.
        """
        place = np.clip((numbers - 1) / self.needs, 0, 1)
        turns = 4 * np.pi * self.days / 365.25
        place = place + _SEASON * np.sin(turns * place) / turns
        days = self.last // DAY - self.days + 1 + (place * self.days).astype(np.int64)
        days = days + ((days + 3) % 7 == 6)
        days = np.minimum(days, self.last // DAY)
        moments: Ints = days * DAY + (share(numbers, name) * DAY / 3).astype(np.int64) + DAY * 9 // 24
        return moments


class Needs:
    """The traits of some needs, each worked out when it is first asked for."""

    def __init__(self, numbers: Ints, calendar: Calendar, dealerships: Sequence[int]) -> None:
        self.numbers = numbers
        self.calendar = calendar
        self._dealerships = np.asarray(dealerships, dtype=np.int64)

    @cached_property
    def visit(self) -> Ints:
        """The number of the visit."""
        return (self.numbers - 1) // NEEDS_A_VISIT + 1

    @cached_property
    def _house(self) -> Ints:
        sizes = [1 / (place + 2) for place in range(len(self._dealerships))]
        return choice(self.visit, "dealership", sizes)

    @cached_property
    def dealership(self) -> Ints:
        """The dealership's id; the first ones of the list have more to do."""
        return self._dealerships[self._house]

    @cached_property
    def advisor(self) -> Ints:
        """An advisor of the dealership."""
        return 100 + self._house * 20 + whole(self.visit, "advisor", 0, _ADVISORS)

    @cached_property
    def technician(self) -> Ints:
        """A technician of the dealership."""
        return 110 + self._house * 20 + whole(self.visit, "technician", 0, _TECHNICIANS)

    @cached_property
    def customer(self) -> Ints:
        """The customer, who comes several times; the car has the same number."""
        visits = self.calendar.needs // NEEDS_A_VISIT
        return whole(self.visit, "customer", 1, max(2, round(visits * _CUSTOMERS_A_VISIT)))

    @cached_property
    def _service(self) -> Ints:
        return choice(self.numbers, "service", _WEIGHTS)

    @cached_property
    def category(self) -> Ints:
        """The id of the service category."""
        return 20 + self._service

    @cached_property
    def operation(self) -> Ints:
        """The id of the labour operation."""
        return 60 + self._service

    @cached_property
    def price(self) -> NDArray[np.int64]:
        """Labour, parts and hundredths of hours, beside one another; in steps of half a unit of money."""
        factor = np.exp(0.35 * bell(self.numbers, "price"))
        around: Floats = _PRICES[self._service] * factor[:, None]
        return np.rint(around / 50).astype(np.int64) * 50

    @cached_property
    def amount(self) -> Ints:
        """The price in minor units."""
        return self.price[:, 0] + self.price[:, 1]

    @cached_property
    def severity(self) -> Ints:
        """A place in SEVERITIES."""
        return choice(self.numbers, "severity", _COLOURS)

    @cached_property
    def pay_type(self) -> Ints:
        """A place in PAY_TYPES."""
        return choice(self.visit, "pay type", _PAYS)

    @cached_property
    def moment(self) -> Ints:
        """When the need came up."""
        return self.calendar.moments(self.numbers, "need")

    @cached_property
    def day(self) -> Ints:
        """Its day since 1970, the same at every dealership that is not far from Greenwich."""
        return self.moment // DAY
