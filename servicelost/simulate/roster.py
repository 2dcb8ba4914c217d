"""Who comes when: every car in its own rhythm, until its owner stays away, sells it or moves.

New customers fill the days that the old ones leave empty. What they do here is told elsewhere.
"""

from dataclasses import dataclass, field
from datetime import date, timedelta
from heapq import heappop, heappush
from random import Random

from servicelost.simulate import parameters as set_to
from servicelost.simulate.dice import chance
from servicelost.simulate.people import Car, Customer, invent_car, invent_customer

_VISITS_A_YEAR = 1.25  # of a car, in the usual rhythm


@dataclass
class Leaving:
    """Somebody who will not come again, and what the dealership hears of it."""

    sold: Car | None = None
    moved: Customer | None = None


@dataclass
class Roster:
    """All customers of one dealership by the day their next car is due."""

    rng: Random
    code: str
    customers: list[Customer] = field(default_factory=list)
    _due: list[tuple[date, int, Customer, Car]] = field(default_factory=list)
    _entries: int = 0

    def open(self, first: date, visits_a_year: float) -> None:
        """The customers there are at the beginning, their visits spread over the first months."""
        cars = 0
        while cars < visits_a_year / _VISITS_A_YEAR:
            customer = self._invent(first)
            for car in customer.cars:
                self._expect(first + timedelta(days=self.rng.randint(0, car.rhythm_days)), customer, car)
            cars += len(customer.cars)

    def next_one(self, day: date) -> tuple[Customer, Car]:
        """Whoever has been due longest, else somebody new."""
        while self._due and self._due[0][0] <= day:
            _, _, customer, car = heappop(self._due)
            if not car.gone:
                return customer, car
        customer = self._invent(day)
        for other in customer.cars[1:]:
            self._expect(day + timedelta(days=self.rng.randint(7, other.rhythm_days)), customer, other)
        return customer, customer.cars[0]

    def anybody(self) -> Customer:
        """Somebody the dealership knows."""
        return self.rng.choice(self.customers)

    def comes_again(self, customer: Customer, car: Car, day: date, stays: float) -> Leaving | None:
        """Let the car be due again, or the customer leave; gives back what is heard of one who left."""
        rng = self.rng
        if chance(rng, stays - (set_to.STAYS_LESS_WHEN_ANGRY if customer.angry else 0.0)):
            self._expect(day + timedelta(days=round(car.rhythm_days * rng.uniform(0.8, 1.25))), customer, car)
            return None
        car.gone = True
        if chance(rng, set_to.MOVES_AWAY):
            for other in customer.cars:
                other.gone = True
            return Leaving(moved=customer)
        if not chance(rng, set_to.SELLS):
            return Leaving()
        if chance(rng, set_to.CAR_REPLACED):
            self._replace(customer, car, day)
        return Leaving(sold=car)

    def _replace(self, customer: Customer, car: Car, day: date) -> None:
        new = invent_car(self.rng, f"{car.id}-{day:%y%m}", day)
        customer.cars.append(new)
        self._expect(day + timedelta(days=new.rhythm_days), customer, new)

    def _invent(self, day: date) -> Customer:
        customer = invent_customer(self.rng, self.code, len(self.customers) + 1, day)
        self.customers.append(customer)
        return customer

    def _expect(self, day: date, customer: Customer, car: Car) -> None:
        self._entries += 1
        heappush(self._due, (day, self._entries, customer, car))
