"""What happens around the visits in the simulation: calls, parts, stock, hours, leads, offers, consents.

Cars in the workshop are told in `visits`, what follows a visit in `afterwards`.
"""

from datetime import date, datetime, timedelta
from typing import Any

from servicelost.kernel.actor import Role
from servicelost.simulate import parameters as set_to
from servicelost.simulate import seasons
from servicelost.simulate.dice import about, chance, choose
from servicelost.simulate.feed import hours, money
from servicelost.simulate.menu import BOOKED, COMPETITORS, COUNTER_PARTS, FOUND, OTHER_PARTS, SCARCE_PART
from servicelost.simulate.people import Customer
from servicelost.simulate.world import World, stated
from servicelost.taxonomy.causes import Cause

_CENTIHOURS_A_VISIT = 240
_SERVICE = "SERVICE"
_CONTESTED = tuple(
    service for service in (*FOUND, *BOOKED)
    if service.name in {"Two front tyres", "Front brake pads", "12-volt battery", "Annual service"}
)  # fmt: skip


def tell_stock(world: World, first: date, last: date) -> None:
    """Parts go on back-order and come in again, over and over; the worst one is missing this morning."""
    for part in (SCARCE_PART, *OTHER_PARTS):
        share = set_to.PART_MISSING_WORST if part == SCARCE_PART else set_to.PART_MISSING
        spells, day = [], first
        while day < world.today - timedelta(days=25):
            spell = timedelta(days=world.rng.randint(*set_to.PART_OUT_DAYS))
            there = spell * ((1 - share) / share) * world.rng.uniform(0.7, 1.3)
            out = day + there
            spells.append((out, out + spell))
            day = out + spell
        if part == SCARCE_PART:
            spells = [(out, back) for out, back in spells if back < world.today - timedelta(days=4)]
            spells.append((world.today - timedelta(days=3), world.today + timedelta(days=9)))
        world.back_orders[part] = [spell for spell in spells if spell[0] < last]
        for out, back in world.back_orders[part]:
            _tell_spell(world, part, out, back)


def _tell_spell(world: World, part: str, out: date, back: date) -> None:
    world.feed.tell(
        "part.availability", world.at(out, 6.5), part_number=part, on_hand="0", back_order_until=back
    )
    on_hand = str(world.rng.randint(2, 8))
    world.feed.tell("part.availability", world.at(back, 6.5), part_number=part, on_hand=on_hand)


def tell_capacity(world: World, day: date, visits: float, load: float) -> None:
    """The workshop's hours of the day by skill, told in the morning; `visits` is what an ordinary day has."""
    at = world.at(min(day, world.today), 6.75)
    for skill, share in set_to.SKILLS.items():
        available = visits * _CENTIHOURS_A_VISIT * share / set_to.BOOKED_HOURS
        busy = load * (seasons.tyre_season(day) if skill == "TYRES" else 1.0) * world.rng.uniform(0.95, 1.05)
        world.feed.tell(
            "capacity.day", at, date=day, skill=skill, hours_available=hours(round(available)),
            hours_booked=hours(round(available * min(busy, 1.25))),
        )  # fmt: skip


def tell_calls(world: World, day: date, count: int) -> None:
    """Calls of the day; on Mondays more of them are missed, and some of these are called back at once."""
    rng = world.rng
    share = set_to.CALLS_MISSED_MONDAY if day.weekday() == set_to.MONDAY else set_to.CALLS_MISSED
    for _ in range(count):
        customer, at = world.roster.anybody(), world.at(day, rng.uniform(7.5, 17))
        agent, purpose = world.one_of(Role.BDC_AGENT), choose(rng, set_to.PURPOSES)
        if not chance(rng, share / world.strength(agent)):
            world.feed.tell("call.received", at, agent, **_call(world, customer, purpose), agent=agent)
            continue
        tell_missed_call(world, customer, at, purpose)
        if _is_kept(world, day) and chance(rng, set_to.CALLED_BACK_SOON):
            world.feed.tell(
                "contact.two_way", at + timedelta(minutes=rng.randint(5, 50)), agent,
                contact_id=world.new_id("K"), channel="PHONE", direction="OUT", employee=agent,
                customer=customer.data, outcome="Called back",
            )  # fmt: skip


def tell_missed_call(world: World, customer: Customer, at: datetime, purpose: str = _SERVICE) -> None:
    """Nobody answered, and the customer hung up."""
    call = _call(world, customer, purpose)
    world.feed.tell("call.missed", at, **call, waited_seconds=world.rng.randint(20, 240))


def _call(world: World, customer: Customer, purpose: str) -> dict[str, Any]:
    return {
        "call_id": world.new_id("T"), "phone": customer.phone, "customer": customer.data, "purpose": purpose,
        "service": world.rng.choice(BOOKED).name if purpose == _SERVICE else None,
    }  # fmt: skip


def tell_counter(world: World, day: date) -> None:
    """A part is asked for at the counter, and sold unless it is not there or too dear."""
    rng = world.rng
    number, price, cost = rng.choice(COUNTER_PARTS)
    price = round(price * world.dealership.price_level * seasons.prices_at(day, world.today))
    request: dict[str, Any] = {
        "request_id": world.new_id("P"), "part_number": number, "quantity": str(rng.choice((1, 1, 1, 2, 4))),
        "unit_price": money(price), "unit_cost": money(min(cost, price)),
        "channel": rng.choice(("COUNTER", "COUNTER", "PHONE")),
        "customer": world.roster.anybody().data if chance(rng, set_to.COUNTER_KNOWN) else None,
    }  # fmt: skip
    at = world.at(day, rng.uniform(8, 16))
    if world.back_ordered_until(number, day) is not None:
        if chance(rng, set_to.COUNTER_FETCHED):
            world.feed.tell("part.sold", at, **request, on_hand="0", emergency=True)
            return
        world.feed.tell("part.not_supplied", at, **request, on_hand="0", **stated(Cause.MISSING_PARTS))
    elif chance(rng, set_to.COUNTER_REFUSED):
        reason = stated(choose(rng, set_to.COUNTER_CAUSES))
        world.feed.tell("part.not_supplied", at, **request, on_hand=str(rng.randint(4, 9)), **reason)
    else:
        world.feed.tell("part.sold", at, **request, on_hand=str(rng.randint(4, 9)))


def tell_lead(world: World, day: date) -> None:
    """Somebody asks over the web or the manufacturer."""
    customer, service = world.roster.anybody(), world.rng.choice(BOOKED)
    world.feed.tell(
        "lead.received", world.at(day, world.rng.uniform(8, 20)), lead_id=world.new_id("W"),
        channel=world.rng.choice(("WEB", "WEB", "OEM", "CAMPAIGN")), customer=customer.data,
        vehicle=customer.cars[-1].data, service=service.name,
        expected_amount=money(round(service.price * world.dealership.price_level)),
    )  # fmt: skip


def tell_offer(world: World, day: date) -> None:
    """A competitor's price is heard of, in an advertisement or from a customer."""
    rng = world.rng
    service = rng.choice(_CONTESTED)
    price = round(service.price * rng.uniform(0.65, 0.95))
    world.feed.tell(
        "competitor.offer", world.at(day, rng.uniform(9, 16)), world.one_of(Role.SERVICE_ADVISOR),
        competitor=rng.choice(COMPETITORS), price=money(price), service=service.name,
    )  # fmt: skip


def tell_day(world: World, day: date, visits: float) -> None:
    """Everything around the cars on a day on which so many of them come."""
    rng = world.rng
    tell_calls(world, day, about(rng, visits * set_to.CALLS))
    for _ in range(about(rng, visits * set_to.COUNTER)):
        tell_counter(world, day)
    if _is_kept(world, day):
        for _ in range(about(rng, visits * set_to.LEADS)):
            tell_lead(world, day)
    if chance(rng, visits * set_to.OFFERS):
        tell_offer(world, day)


def _is_kept(world: World, day: date) -> bool:
    """Whether interest shown on this day may still be open."""
    return day > world.today - timedelta(days=set_to.LEADS_KEPT_DAYS)


def tell_consents(world: World, day: date) -> None:
    """Some of the customers were once asked whether to be written to."""
    for customer in world.roster.customers:
        if not chance(world.rng, set_to.CONSENT_ASKED):
            continue
        status = "GRANTED" if chance(world.rng, set_to.MAY_WRITE) else "DENIED"
        world.feed.tell(
            "customer.consent", world.at(day, 6), customer=customer.data, channel="EMAIL",
            purpose="SERVICE", status=status, evidence="Form at the counter",
        )  # fmt: skip
