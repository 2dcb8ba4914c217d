"""Appointments in the simulation: booked, confirmed, moved, cancelled, missed or kept.

What happens once the car is there is in `visits`; appointments of this very day in `morning`.
"""

from dataclasses import replace
from datetime import date, datetime, timedelta

from servicelost.kernel.actor import Role
from servicelost.simulate import parameters as set_to
from servicelost.simulate import seasons
from servicelost.simulate.afterwards import tell_next_time
from servicelost.simulate.dice import chance, choose
from servicelost.simulate.menu import BOOKED, Service
from servicelost.simulate.people import Car, Customer
from servicelost.simulate.visits import keep_visit, tell_booked_line
from servicelost.simulate.world import Arrival, World, even, stated
from servicelost.taxonomy.causes import Cause
from servicelost.taxonomy.paytypes import PayType

_HOURS = (7.5, 8, 8.5, 9, 9.5, 10, 11, 13, 14)


def tell_appointment(world: World, day: date) -> None:
    """One appointment for that day, from booking to its end."""
    rng, full = world.rng, world.is_full(day)
    cancels = set_to.CUSTOMER_CANCELS, set_to.DEALER_CANCELS_FULL if full else set_to.DEALER_CANCELS
    comes = 1 - sum(cancels)
    fate = choose(
        rng,
        {
            "cancels": cancels[0],
            "cancelled": cancels[1],
            "stays_away": comes * set_to.NO_SHOWS,
            "moves": comes * (1 - set_to.NO_SHOWS) * set_to.MOVES,
            "comes": comes * (1 - set_to.NO_SHOWS) * (1 - set_to.MOVES),
        },
    )
    arrival = book(world, world.at(day, rng.choice(_HOURS)), missed=fate == "stays_away")
    if fate == "cancels":
        _customer_cancels(world, arrival)
    elif fate == "cancelled":
        _dealer_cancels(world, arrival, full=full)
    elif fate == "stays_away":
        _stays_away(world, arrival)
    else:
        if fate == "moves":
            _moves(world, arrival, arrival.when - timedelta(hours=rng.uniform(2, 14)))
        keep_visit(world, arrival)


def tell_walk_in(world: World, day: date) -> None:
    """Somebody comes without an appointment and wants a small thing done at once."""
    customer, car = world.roster.next_one(day)
    work = world.price(_wanted(world, day, 1)[0], day)
    when = world.at(day, world.rng.uniform(8, 12))
    keep_visit(world, Arrival(customer, car, world.one_of(Role.SERVICE_ADVISOR), when, [work]))


def book(world: World, when: datetime, *, missed: bool = False, advisor: str | None = None) -> Arrival:
    """An appointment for that time; `missed` ones were made longer ahead and confirmed less often."""
    rng, feed, day = world.rng, world.feed, when.date()
    customer, car, services, back = _who_and_what(world, day)
    lead = choose(rng, set_to.LEAD_DAYS_OF_NO_SHOWS if missed else set_to.LEAD_DAYS)
    booked_at = world.at(day - timedelta(days=lead), rng.uniform(8, 16))
    agent, appointment = world.one_of(Role.BDC_AGENT), world.new_id("A")
    advisor = advisor or world.one_of(Role.SERVICE_ADVISOR)
    works = [world.price(service, day) for service in services]
    feed.tell(
        "appointment.booked", booked_at, agent, appointment_id=appointment, scheduled_at=when, agent=agent,
        advisor=advisor, channel=choose(rng, set_to.CHANNELS), customer=customer.data, vehicle=car.data,
        services=[service.name for service in services],
    )  # fmt: skip
    for work in works:
        tell_booked_line(world, work, booked_at, agent, appointment_id=appointment)
    if lead > 1 and chance(rng, set_to.CONFIRMED_NO_SHOWS if missed else set_to.CONFIRMED):
        at = world.at(day - timedelta(days=1), rng.uniform(9, 17))
        feed.tell("appointment.confirmed", at, agent, appointment_id=appointment, channel="SMS")
    return Arrival(
        customer, car, advisor, when, works, appointment, comeback=back == "comeback", in_rhythm=back is None
    )


def _who_and_what(world: World, day: date) -> tuple[Customer, Car, list[Service], str | None]:
    """Somebody who comes back for one thing, or the next customer with a usual wish."""
    due = world.due_return(day)
    if due is not None:
        service = replace(due.service, pay_type=PayType.DEALER) if due.comeback else due.service
        return due.customer, due.car, [service], "comeback" if due.comeback else "return"
    customer, car = world.roster.next_one(day)
    return customer, car, _wanted(world, day, 2 if chance(world.rng, 0.25) else 1), None


def _wanted(world: World, day: date, count: int) -> list[Service]:
    weights = [service.weight * seasons.likelihood_of(service.category, day) for service in BOOKED]
    return list(dict.fromkeys(world.rng.choices(BOOKED, weights=weights, k=count)))


def _customer_cancels(world: World, arrival: Arrival) -> None:
    """In the evening before or shortly before the appointment."""
    rng, cause = world.rng, choose(world.rng, set_to.CANCEL_CAUSES)
    evening = world.at(arrival.when.date() - timedelta(days=1), rng.uniform(17.1, 18.5))
    shortly = arrival.when - timedelta(minutes=rng.randint(20, 60))
    world.feed.tell(
        "appointment.cancelled", evening if chance(rng, 0.6) else shortly, world.one_of(Role.BDC_AGENT),
        appointment_id=arrival.appointment, cancelled_by="CUSTOMER", **stated(cause, decided_by="CUSTOMER"),
    )  # fmt: skip
    tell_next_time(world, arrival)


def _dealer_cancels(world: World, arrival: Arrival, *, full: bool) -> None:
    day = arrival.when.date()
    missing = any(world.back_ordered_until(work.service.part_number, day) for work in arrival.works)
    cause = Cause.MISSING_PARTS if missing else Cause.NO_CAPACITY if full else Cause.NO_LOANER
    if not full and chance(world.rng, 0.3):
        cause = Cause.NO_CAPACITY
    world.feed.tell(
        "appointment.cancelled", arrival.when - timedelta(minutes=world.rng.randint(30, 90)), arrival.advisor,
        appointment_id=arrival.appointment, cancelled_by="DEALER", **stated(cause, decided_by="DEALER"),
    )  # fmt: skip
    tell_next_time(world, arrival, less=set_to.STAYS_LESS_WHEN_MISSED)


def _stays_away(world: World, arrival: Arrival) -> None:
    rng = world.rng
    marked = arrival.when + timedelta(minutes=rng.randint(45, 120))
    cause = choose(rng, set_to.NO_SHOW_CAUSES)
    tell_no_show(world, arrival, marked, cause)
    if cause is Cause.DONE_ELSEWHERE or not chance(rng, set_to.REBOOKED_NO_SHOWS):
        tell_next_time(world, arrival, less=set_to.STAYS_LESS_WHEN_MISSED)
        return
    _moves(world, arrival, marked + timedelta(hours=rng.uniform(1, 5)))
    keep_visit(world, arrival)


def tell_no_show(world: World, arrival: Arrival, at: datetime, cause: Cause | None) -> None:
    """Nobody came, and the advisor says so."""
    world.feed.tell(
        "appointment.no_show", at, arrival.advisor, appointment_id=arrival.appointment, **stated(cause)
    )


def _moves(world: World, arrival: Arrival, told: datetime) -> None:
    """The appointment goes to one of the next working days."""
    later = arrival.when.date()
    for _ in range(world.rng.randint(1, 3)):
        later = world.next_working_day(later)
    arrival.when = even(world.at(later, world.rng.choice((8, 9, 10, 13))))
    world.feed.tell(
        "appointment.rescheduled", told, world.one_of(Role.BDC_AGENT), appointment_id=arrival.appointment,
        scheduled_at=arrival.when, requested_by="CUSTOMER",
    )  # fmt: skip
