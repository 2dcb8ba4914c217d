"""What happens around the visits in the simulation: calls, parts at the counter, capacity, leads, complaints.

Cars in the workshop are told in `visits`.
"""

from datetime import date, datetime, timedelta
from typing import Any

from servicelost.kernel.actor import Role
from servicelost.simulate import habits
from servicelost.simulate.feed import hours, money
from servicelost.simulate.habits import chance, choose
from servicelost.simulate.menu import COUNTER_PARTS, ELECTRIC, GENERAL, SCARCE_PART
from servicelost.simulate.world import World, stated
from servicelost.taxonomy.causes import Cause

_PURPOSES = {"SERVICE": 55.0, "STATUS": 25.0, "PRICE": 15.0, "OTHER": 5.0}
_COMPLAINTS = (
    "The noise from the front axle is still there.",
    "The car was not ready at the promised time.",
    "Nobody called before the price went up.",
)


def tell_stock(world: World, first: date, last: date) -> None:
    """The scarce part goes on back-order and comes in again, over and over."""
    day = first
    while day < last:
        out = day + timedelta(days=world.rng.randint(3, 7))
        back = out + timedelta(
            days=round((out - day).days * habits.PART_MISSING_SHARE / (1 - habits.PART_MISSING_SHARE))
        )
        world.back_orders.append((out, back))
        world.feed.tell("part.availability", world.at(day, 6.5), part_number=SCARCE_PART, on_hand="4")
        world.feed.tell(
            "part.availability",
            world.at(out, 6.5),
            part_number=SCARCE_PART,
            on_hand="0",
            back_order_until=back,
        )
        day = back


def tell_capacity(world: World, day: date) -> None:
    """The workshop's hours of the day, told in the morning."""
    fullness = 1.12 if day.weekday() == habits.MONDAY else world.rng.uniform(0.68, 0.9)
    for skill, available in ((GENERAL, 4_800), (ELECTRIC, 800)):
        booked = round(available * fullness)
        world.feed.tell(
            "capacity.day", world.at(day, 6.75), date=day, skill=skill, hours_available=hours(available),
            hours_booked=hours(booked),
        )  # fmt: skip


def tell_calls(world: World, day: date, count: int) -> None:
    """Calls of the day; on Mondays more of them are missed."""
    share = 0.4 if day.weekday() == habits.MONDAY else 0.15
    for _ in range(count):
        customer, at = world.rng.choice(world.customers), world.at(day, world.rng.uniform(7.5, 17))
        call: dict[str, Any] = {
            "call_id": world.new_id("T"), "phone": customer.phone, "customer": customer.as_data(),
            "purpose": choose(world.rng, _PURPOSES),
        }  # fmt: skip
        if chance(world.rng, share):
            world.feed.tell("call.missed", at, **call, waited_seconds=world.rng.randint(20, 240))
        else:
            agent = world.one_of(Role.BDC_AGENT)
            world.feed.tell("call.received", at, agent, **call, agent=agent)


def tell_counter(world: World, day: date) -> None:
    """A part is asked for at the counter, and sold unless it is not there or costs too much."""
    number, price, cost = world.rng.choice(COUNTER_PARTS)
    missing = number == SCARCE_PART and world.back_ordered_until(day) is not None
    request = {
        "request_id": world.new_id("P"), "part_number": number, "quantity": str(world.rng.randint(1, 2)),
        "unit_price": money(price), "unit_cost": money(cost),
        "channel": world.rng.choice(("COUNTER", "PHONE")),
    }  # fmt: skip
    at = world.at(day, world.rng.uniform(8, 16))
    if missing:
        _tell_missing(world, at, request)
    elif _is_every(habits.PART_TOO_DEAR_EVERY, request):
        reason = stated(Cause.PRICE_TOO_HIGH)
        world.feed.tell("part.not_supplied", at, **request, on_hand=str(world.rng.randint(2, 9)), **reason)
    else:
        world.feed.tell("part.sold", at, **request, on_hand=str(world.rng.randint(2, 9)))


def _tell_missing(world: World, at: datetime, request: dict[str, Any]) -> None:
    """Now and then somebody drives to a colleague for it; else the customer leaves without."""
    if _is_every(habits.PART_FETCHED_EVERY, request):
        world.feed.tell("part.sold", at, **request, on_hand="0", emergency=True)
    else:
        world.feed.tell("part.not_supplied", at, **request, on_hand="0", **stated(Cause.MISSING_PARTS))


def _is_every(number: int, request: dict[str, Any]) -> bool:
    """Whether it is one of every so many requests; by its own number, so that no dice are thrown for it."""
    return int(request["request_id"].removeprefix("P")) % number == 0


def tell_lead(world: World, day: date) -> None:
    """Somebody asks over the web or the manufacturer."""
    customer = world.rng.choice(world.customers)
    world.feed.tell(
        "lead.received", world.at(day, world.rng.uniform(8, 20)), lead_id=world.new_id("W"),
        channel=world.rng.choice(("WEB", "OEM", "CAMPAIGN")), customer=customer.as_data(),
        vehicle=customer.car.as_data(), service="Annual service", expected_amount="255.00",
    )  # fmt: skip


def tell_complaint(world: World, day: date) -> None:
    """A customer complains; most complaints are settled within days."""
    customer, complaint, at = world.rng.choice(world.customers), world.new_id("X"), world.at(day, 11)
    world.feed.tell(
        "complaint.recorded", at, complaint_id=complaint, customer=customer.as_data(),
        vehicle=customer.car.as_data(), text=world.rng.choice(_COMPLAINTS), severity="YELLOW",
    )  # fmt: skip
    if chance(world.rng, 0.7):
        world.feed.tell(
            "complaint.resolved", at + timedelta(days=2), complaint_id=complaint,
            resolution="Put right without charge",
        )  # fmt: skip


def tell_consents(world: World, day: date) -> None:
    """Some of the customers were once asked whether to be written to."""
    for customer in world.customers[::3]:
        status = "GRANTED" if chance(world.rng, 0.75) else "DENIED"
        world.feed.tell(
            "customer.consent", world.at(day, 6), customer=customer.as_data(), channel="EMAIL",
            purpose="SERVICE", status=status, evidence="Form at the counter",
        )  # fmt: skip


def tell_sold_car(world: World, day: date) -> None:
    """A customer gives up his car and will not come again."""
    customer = world.rng.choice(world.customers)
    if customer.car.gone:
        return
    customer.car.gone = True
    world.returns[:] = [wish for wish in world.returns if wish.customer is not customer]
    world.feed.tell("vehicle.sold", world.at(day, 18), vehicle=customer.car.as_data())
