"""Findings of an inspection in the simulation: recommended, quoted, and what the customer says to each.

The rest of the visit is in `visits`; how likely what is, in `habits`.
"""

from datetime import datetime, timedelta
from typing import Any

from servicelost.kernel.actor import Role
from servicelost.simulate import habits
from servicelost.simulate.feed import hours, money
from servicelost.simulate.habits import chance, spread
from servicelost.simulate.menu import COMPETITORS, FOUND, SCARCE_PART, Service
from servicelost.simulate.people import Car
from servicelost.simulate.world import Arrival, Work, World, stated
from servicelost.taxonomy.causes import CAUSES, Cause
from servicelost.taxonomy.severity import Severity

_BY_NAME = {service.name: service for service in FOUND}


def sell_findings(world: World, arrival: Arrival, visit: str, technician: str, at: datetime) -> datetime:
    """Recommend what is found, show the customer a quote, hear the answers; gives back when they came."""
    booked = {work.service.name for work in arrival.works}
    found = [service for service in _findings(world, arrival.customer.car) if service.name not in booked]
    if not found:
        return at
    works = {work.line_id: (work, urgent) for work, urgent in _recommend(world, found, visit, technician, at)}
    if not chance(world.rng, _quote_share(world, arrival.advisor)):
        return at  # nobody shows them: closing the visit will say so
    _quote(world, arrival, visit, at + timedelta(minutes=15))
    answered = at + timedelta(minutes=60)
    if chance(world.rng, habits.THINKS_IT_OVER):
        answered = world.at(world.next_working_day(at.date()), 9.5)
    for work, urgent in works.values():
        _hear_answer(world, arrival, visit, work, answered, urgent=urgent)
    return answered


def _findings(world: World, car: Car) -> list[Service]:
    """What an earlier visit left undone is mostly found again; older cars need more."""
    rng = world.rng
    again = [_BY_NAME[name] for name in sorted(car.needs) if chance(rng, 0.6)]
    age = world.at(car.since, 0).year - car.model_year
    count = rng.choices((0, 1, 2, 3, 4), weights=(28, 30, 22, 12, 4 + age))[0]
    fresh = rng.choices(FOUND, weights=[service.weight for service in FOUND], k=count)
    return list(dict.fromkeys((*again, *fresh)))


def _recommend(
    world: World, found: list[Service], visit: str, technician: str, at: datetime
) -> list[tuple[Work, bool]]:
    works = []
    for service in found:
        work = Work(
            world.new_id("L"), service, spread(world.rng, service.labour), spread(world.rng, service.parts)
        )
        urgent = chance(world.rng, service.red)
        works.append((work, urgent))
        world.feed.tell(
            "line.recommended", at, technician, line_id=work.line_id, visit_id=visit, op_code=service.op_code,
            service=service.name, category=service.category.value, position=service.position,
            severity=(Severity.RED if urgent else Severity.YELLOW).value, pay_type=service.pay_type.value,
            labour=money(work.labour), parts=money(work.parts), hours=hours(service.centihours),
            technician=technician, part_number=service.part_number, skill=service.skill,
        )  # fmt: skip
    return works


def _quote_share(world: World, advisor: str) -> float:
    shy = world.dealership.staff(Role.SERVICE_ADVISOR)[1]
    return habits.QUOTES_SHOWN_BY_THE_SHY if advisor == shy else habits.QUOTES_SHOWN


def _quote(world: World, arrival: Arrival, visit: str, at: datetime) -> None:
    quote, channel = world.new_id("Q"), world.rng.choice(("SMS", "EMAIL", "IN_PERSON"))
    world.feed.tell(
        "quote.sent", at, arrival.advisor, visit_id=visit, quote_id=quote, channel=channel,
        valid_until=(at + timedelta(days=14)).date(),
    )  # fmt: skip
    if channel != "IN_PERSON" and chance(world.rng, 0.6):
        world.feed.tell("quote.opened", at + timedelta(minutes=12), visit_id=visit, quote_id=quote)


def _hear_answer(
    world: World, arrival: Arrival, visit: str, work: Work, at: datetime, *, urgent: bool
) -> None:
    answer = habits.decision(world.rng, work.service, urgent=urgent)
    car, line = arrival.customer.car, {"line_id": work.line_id, "visit_id": visit}
    if answer == "yes":
        work.to_do = True
        arrival.works.append(work)
        method = habits.consent_method(world.rng)
        world.feed.tell(
            "line.authorized", at, arrival.advisor, **line, method=method.value,
            authorized_by=arrival.customer.name, labour=money(work.labour), parts=money(work.parts),
        )  # fmt: skip
        return
    car.needs.add(work.service.name)
    world.plan_return(arrival.customer, work.service, at.date())
    if answer == "later":
        until = at.date() + timedelta(days=world.rng.choice((30, 60, 90, 180)))
        world.feed.tell(
            "line.deferred", at, arrival.advisor, **line, deferred_until=until,
            **stated(Cause.NO_TIME, decided_by="CUSTOMER"),
        )  # fmt: skip
    elif answer == "no":
        world.feed.tell("line.declined", at, arrival.advisor, **line, **_why(world, work, at))


def _why(world: World, work: Work, at: datetime) -> dict[str, Any]:
    """The stated reason of a no; the scarce part speaks for itself while it is on back-order."""
    rng, missing = world.rng, world.back_ordered_until(at.date()) is not None
    if missing and work.service.part_number == SCARCE_PART and chance(rng, 0.75):
        return stated(Cause.MISSING_PARTS, decided_by="CUSTOMER")
    cause = habits.decline_cause(rng, work.service, monday=at.weekday() == habits.MONDAY)
    reason = stated(cause, decided_by="CUSTOMER")
    if cause is not None and CAUSES[cause].competitor and chance(rng, 0.6):
        price = work.total * rng.randint(62, 90) // 100
        reason |= {"competitor": rng.choice(COMPETITORS), "competitor_price": money(price)}
    return reason
