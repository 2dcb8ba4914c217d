"""Findings of an inspection in the simulation: recommended, quoted, and what the customer says to each.

The rest of the visit is in `visits`; what is said and why is drawn in `deciding`.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from servicelost.simulate import parameters as set_to
from servicelost.simulate import seasons
from servicelost.simulate.afterwards import tell_put_off
from servicelost.simulate.deciding import Answer, Asked, answer, cause_of_no
from servicelost.simulate.dice import chance, choose
from servicelost.simulate.feed import hours, money
from servicelost.simulate.menu import COMPETITORS, FOUND, Service
from servicelost.simulate.world import Arrival, Work, World, stated
from servicelost.taxonomy.causes import CAUSES
from servicelost.taxonomy.severity import Severity
from servicelost.taxonomy.stages import Stage

_BY_NAME = {service.name: service for service in FOUND}
_OLD = 12


@dataclass
class Sale:
    """The selling of one visit: `waiting` is asked about at collection, `turned_down` was not sold."""

    world: World
    arrival: Arrival
    visit: str
    technician: str
    waiting: list[Work] = field(default_factory=list)
    turned_down: list[Work] = field(default_factory=list)
    offered: set[str] = field(default_factory=set)


def offer_again(sale: Sale, at: datetime) -> None:
    """At the counter the advisor asks once more about what was turned down on an earlier visit."""
    rng, car = sale.world.rng, sale.arrival.car
    booked = {work.service.name for work in sale.arrival.works}
    again = [
        _BY_NAME[name]
        for name in sorted(car.needs - booked)
        if chance(rng, set_to.FOUND_AGAIN * sale.world.strength(sale.arrival.advisor))
    ]
    if again:
        works = recommend(sale, again, at, sale.arrival.advisor)
        send_quote(sale, at + timedelta(minutes=3), "IN_PERSON", opened=False)
        for work in works:
            hear(sale, work, at + timedelta(minutes=6), Stage.RECEPTION)


def sell_findings(sale: Sale, at: datetime) -> datetime:
    """Recommend what is found, show the customer a quote, hear the answers; gives back when they came."""
    world, rng = sale.world, sale.world.rng
    found = _findings(sale, at)
    if not found:
        return at
    works = recommend(sale, found, at, sale.technician)
    weak = world.dealership.people[sale.arrival.advisor].weak
    if not chance(rng, set_to.QUOTES_SHOWN_BY_THE_WEAK if weak else set_to.QUOTES_SHOWN):
        return at  # nobody shows them: closing the visit will say so
    if chance(rng, set_to.ASKED_AT_COLLECTION):
        sale.waiting = works
        return at
    channel = rng.choice(("SMS", "EMAIL", "IN_PERSON"))
    opened = chance(rng, set_to.QUOTES_OPENED)
    send_quote(sale, at + timedelta(minutes=rng.randint(10, 25)), channel, opened=opened)
    answered = at + timedelta(minutes=rng.randint(45, 100))
    if chance(rng, set_to.THINKS_IT_OVER):
        answered = world.at(world.next_working_day(at.date()), 9.5)
    for work in works:
        hear(sale, work, answered, Stage.WORK, unopened=channel != "IN_PERSON" and not opened)
    return answered


def answer_at_collection(sale: Sale, at: datetime) -> datetime:
    """Who could not be asked before is asked when the car is collected; gives back when that is over."""
    if not sale.waiting:
        return at
    send_quote(sale, at, "IN_PERSON", opened=False)
    for work in sale.waiting:
        hear(sale, work, at + timedelta(minutes=8), Stage.DELIVERY)
    return at + timedelta(minutes=10)


def recommend(sale: Sale, found: list[Service], at: datetime, actor: str) -> list[Work]:
    """Lines for what was found, priced."""
    world, works = sale.world, []
    for service in found:
        work = world.price(service, at.date(), urgent=chance(world.rng, service.red))
        works.append(work)
        sale.offered.add(service.name)
        world.feed.tell(
            "line.recommended", at, actor, line_id=work.line_id, visit_id=sale.visit,
            op_code=service.op_code, service=service.name, category=service.category.value,
            position=service.position, severity=(Severity.RED if work.urgent else Severity.YELLOW).value,
            pay_type=service.pay_type.value, labour=money(work.labour), parts=money(work.parts),
            hours=hours(service.centihours), technician=sale.technician, part_number=service.part_number,
            skill=service.skill,
        )  # fmt: skip
    return works


def send_quote(sale: Sale, at: datetime, channel: str, *, opened: bool) -> str:
    """Send the prices of everything undecided; gives back the quote's id. In person nobody opens anything."""
    world, quote = sale.world, sale.world.new_id("Q")
    world.feed.tell(
        "quote.sent", at, sale.arrival.advisor, visit_id=sale.visit, quote_id=quote, channel=channel,
        valid_until=(at + timedelta(days=14)).date(),
    )  # fmt: skip
    if opened and channel != "IN_PERSON":
        seen = at + timedelta(minutes=world.rng.randint(2, 30))
        world.feed.tell("quote.opened", seen, visit_id=sale.visit, quote_id=quote)
    return quote


def hear(sale: Sale, work: Work, at: datetime, stage: Stage, *, unopened: bool = False) -> None:
    """The customer's answer to one line, with the cause of a no."""
    world, arrival, rng = sale.world, sale.arrival, sale.world.rng
    asked = _asked(sale, work, at, stage, unopened=unopened)
    said = answer(rng, asked)
    line = {"line_id": work.line_id, "visit_id": sale.visit}
    if said is Answer.YES:
        arrival.works.append(work)
        world.feed.tell(
            "line.authorized", at, arrival.advisor, **line, method=choose(rng, set_to.METHODS).value,
            authorized_by=arrival.customer.name, labour=money(work.labour), parts=money(work.parts),
        )  # fmt: skip
        return
    arrival.car.needs.add(work.service.name)
    if said is Answer.LATER:
        _put_off(sale, work, at, stated(cause_of_no(rng, asked), decided_by="CUSTOMER"))
        return
    sale.turned_down.append(work)
    if said is Answer.NO:
        world.feed.tell("line.declined", at, arrival.advisor, **line, **_why(world, work, asked))


def _put_off(sale: Sale, work: Work, at: datetime, reason: dict[str, Any]) -> None:
    world, arrival, rng = sale.world, sale.arrival, sale.world.rng
    until = at.date() + timedelta(days=14 if work.urgent else rng.choice((30, 60, 90, 180)))
    by_km = not work.urgent and chance(rng, set_to.DEFERRED_BY_KM)
    reading = arrival.car.odometer(until) // 500 * 500 + 500
    world.feed.tell(
        "line.deferred", at, arrival.advisor, line_id=work.line_id, visit_id=sale.visit,
        deferred_until=until, deferred_until_odometer=reading if by_km else None, **reason,
    )  # fmt: skip
    tell_put_off(world, arrival, sale.visit, work, until)


def _asked(sale: Sale, work: Work, at: datetime, stage: Stage, *, unopened: bool) -> Asked:
    world, customer, day = sale.world, sale.arrival.customer, at.date()
    missing = world.back_ordered_until(work.service.part_number, day) is not None
    return Asked(
        work.service, work.total, work.urgent, stage, world.is_full(day), missing,
        world.strength(sale.arrival.advisor), unopened, customer.angry, customer.fleet,
    )  # fmt: skip


def _why(world: World, work: Work, asked: Asked) -> dict[str, Any]:
    """The stated reason of a no, with the competitor where one is spoken of."""
    cause = cause_of_no(world.rng, asked)
    reason = stated(cause, decided_by="CUSTOMER")
    if cause is not None and CAUSES[cause].competitor and chance(world.rng, set_to.COMPETITOR_NAMED):
        price = work.total * world.rng.randint(62, 90) // 100
        reason |= {"competitor": world.rng.choice(COMPETITORS), "competitor_price": money(price)}
    return reason


def _findings(sale: Sale, at: datetime) -> list[Service]:
    """What the inspection finds that nobody booked or offered yet; older cars need more."""
    rng, car, day = sale.world.rng, sale.arrival.car, at.date()
    weights = dict(set_to.FOUND)
    weights[max(weights)] += min(car.age(day), _OLD)
    named = [service.weight * seasons.likelihood_of(service.category, day) for service in FOUND]
    found = rng.choices(FOUND, weights=named, k=choose(rng, weights))
    known = sale.offered | {work.service.name for work in sale.arrival.works}
    return [service for service in dict.fromkeys(found) if service.name not in known]
