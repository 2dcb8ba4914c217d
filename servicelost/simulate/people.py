"""Invented customers and cars: names nobody has, makes nobody builds, numbers nobody answers.

Telephone numbers come from the ranges that Germany's regulator keeps free for films; e-mail
addresses end in example.com. Who comes when is in `roster`.
"""

from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from random import Random
from typing import Any

from servicelost.directory.vins import check_digit
from servicelost.simulate import parameters as set_to
from servicelost.simulate.dice import chance, choose

_FIRST = (
    "Adela", "Alwin", "Amira", "Anton", "Bela", "Bruno", "Celia", "Cosmo", "Dalia", "Darius", "Edda", "Elka",
    "Emmo", "Fabio", "Fenja", "Gero", "Greta", "Hedda", "Hugo", "Ilka", "Imre", "Jasper", "Jonna", "Kira",
    "Levin", "Liv", "Lorenz", "Malte", "Mila", "Nele", "Nils", "Odette", "Orson", "Pavel", "Petra", "Quinn",
    "Rafael", "Romy", "Rosa", "Ruben", "Selma", "Silas", "Sven", "Tilda", "Timo", "Ulla", "Ulric", "Vera",
    "Viggo", "Wanda", "Wim", "Xenia", "Yara", "Yorick", "Zeno", "Zita",
)  # fmt: skip
_LAST = (
    "Applegarth", "Ashdale", "Birdwhistle", "Bramblesea", "Cloverdell", "Coldwater", "Daleford", "Dewberry",
    "Eastmere", "Elderfen", "Fernshaw", "Foxglade", "Gingerloft", "Greenlow", "Hawkstone", "Heatherby",
    "Inkpenny", "Ivorydene", "Jessamy", "Juniperhill", "Kettleburn", "Kingsfold", "Larkmeadow", "Linderholt",
    "Maplestead", "Mossgrove", "Nettlecombe", "Northwick", "Oakmoor", "Owlsworth", "Plumridge",
    "Primholt", "Quillfeather", "Rainsford", "Redfern", "Sedgewater", "Summerhay", "Thistledown",
    "Thornybank", "Umberleigh", "Underhay", "Vinterholm", "Wheatcroft", "Willowmere", "Wrenfield", "Yarrowby",
)  # fmt: skip
_FLEETS = (
    "Parcel Hare", "Bluebell Care", "Tinker Plumbing", "Harbour Bakery", "Lantern Electric",
    "Magpie Catering", "Otter Drains", "Swift & Sable",
)  # fmt: skip
_CARS = (
    ("Aurel", ("Vela", "Nova Estate", "Comet")),
    ("Borealis", ("B2", "B4 Tourer", "City E")),
    ("Kestrel", ("Wing", "Ridge 4x4")),
)
_FILM_NUMBERS = ("+49 30 23125", "+49 69 90009", "+49 40 66969", "+49 221 4710", "+49 89 99998")

_VIN_ALPHABET = "ABCDEFGHJKLMNPRSTUVWXYZ0123456789"


@dataclass
class Car:
    """A car and how far it is driven; `needs` are the names of services it was once told to have."""

    id: str
    vin: str
    plate: str
    make: str
    model: str
    model_year: int
    base_km: int
    km_a_day: int
    since: date
    rhythm_days: int
    needs: set[str] = field(default_factory=set)
    gone: bool = False

    def odometer(self, day: date) -> int:
        """The reading on that day, in km."""
        return self.base_km + self.km_a_day * max(0, (day - self.since).days)

    def age(self, day: date) -> int:
        """The age in years on that day."""
        return max(0, day.year - self.model_year)

    @cached_property
    def data(self) -> dict[str, Any]:
        """The car as events describe it."""
        return {
            "id": self.id, "vin": self.vin, "plate": self.plate, "make": self.make, "model": self.model,
            "model_year": self.model_year,
        }  # fmt: skip


@dataclass
class Customer:
    """A customer with one car or several; `angry` after a bad experience."""

    id: str
    name: str
    phone: str
    email: str
    fleet: bool
    cars: list[Car]
    angry: bool = False

    @cached_property
    def data(self) -> dict[str, Any]:
        """The customer as events describe him."""
        return {
            "id": self.id,
            "name": self.name,
            "phone": self.phone,
            "email": self.email,
            "fleet": self.fleet,
        }


def invent_customer(rng: Random, code: str, number: int, since: date) -> Customer:
    """Customer number so and so of the dealership, first seen about that day."""
    fleet = chance(rng, set_to.FLEETS)
    first, last = rng.choice(_FIRST), rng.choice(_LAST)
    name = f"{rng.choice(_FLEETS)} {last}" if fleet else f"{first} {last}"
    phone = f"{_FILM_NUMBERS[number // 1000 % len(_FILM_NUMBERS)]}{number % 1000:03d}"
    email = f"{first}.{last}.{code}{number}@example.com".lower()
    count = choose(rng, set_to.CARS_OF_FLEETS if fleet else set_to.CARS)
    cars = [invent_car(rng, f"{code}-V{number}{_letter(place)}", since) for place in range(count)]
    return Customer(f"{code}-C{number}", name, phone, email, fleet, cars)


def invent_car(rng: Random, car_id: str, since: date) -> Car:
    """A car of any age with a well-formed VIN that belongs to no manufacturer."""
    make, models = rng.choice(_CARS)
    age = min(int(rng.gammavariate(2.2, 2.2)), 18)
    letters = "".join(rng.choices("ABCDEFGHJKLMNPRSTUVWXYZ", k=2))
    return Car(
        car_id, _vin(rng), f"XX-{letters} {rng.randint(100, 9999)}", make, rng.choice(models),
        since.year - age, rng.randint(9_000, 17_000) * age + rng.randint(500, 9_000), rng.randint(15, 70),
        since, rng.randint(*set_to.RHYTHM_DAYS),
    )  # fmt: skip


def _letter(place: int) -> str:
    """Nothing for the first car, then b, c, d."""
    return "" if place == 0 else "abcdefghij"[place]


def _vin(rng: Random) -> str:
    vin = "ZZX" + "".join(rng.choices(_VIN_ALPHABET, k=14))
    return vin[:8] + check_digit(vin) + vin[9:]
