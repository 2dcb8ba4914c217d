"""What happens beside the visits in the lake's random world: parts asked for, hours of the workshop."""

from datetime import datetime
from itertools import count
from random import Random

from servicelost.kernel.book import Book
from servicelost.workflow.models.signals import CapacityDay, PartRequest, PartStock

_numbers = count(1)


def ask_or_answer(
    book: Book, random: Random, dealership_id: int, at: datetime, waiting: list[int]
) -> list[int]:
    """A part is asked for and its stock is told, or an earlier request ends; those that still wait."""
    if waiting and random.random() < 0.5:
        book.get(PartRequest, waiting[-1]).state = random.choice(["SOLD", "NOT_SUPPLIED"])
        return waiting[:-1]
    asked = PartRequest(
        dealership_id=dealership_id,
        source="T",
        source_id=str(next(_numbers)),
        state="REQUESTED",
        part_number="kx-1",
        quantity_milli=random.randrange(1, 5_000),
        unit_cost_minor=random.choice([None, 500]),
        occurred_at=at,
    )
    on_hand = random.randrange(9_000)
    book.add(
        PartStock(dealership_id=dealership_id, part_number="kx-1", on_hand_milli=on_hand, occurred_at=at)
    )
    return [*waiting, book.add(asked).id]


def tell_hours(book: Book, random: Random, dealership_id: int, at: datetime) -> None:
    """Hours of a skill on a day, each word about a skill of its own."""
    book.add(
        CapacityDay(
            dealership_id=dealership_id,
            day=at.date(),
            skill=f"S{next(_numbers)}",
            available_centihours=4_800,
            booked_centihours=random.randrange(6_000),
            occurred_at=at,
        )
    )
