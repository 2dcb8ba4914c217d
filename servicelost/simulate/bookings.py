"""Appointments in the simulation: booked, confirmed, moved, cancelled, missed or kept.

What happens once the car is on the lift is in `visits`.
"""

from datetime import date, datetime, timedelta

from servicelost.kernel.actor import Role
from servicelost.simulate import habits
from servicelost.simulate.habits import chance, choose, spread
from servicelost.simulate.menu import BOOKED, SCARCE_PART, Service
from servicelost.simulate.people import Customer
from servicelost.simulate.visits import keep_visit, tell_booked_line
from servicelost.simulate.world import Arrival, Work, World, stated
from servicelost.taxonomy.causes import Cause

_CHANNELS = {"PHONE": 62.0, "WEB": 24.0, "EMAIL": 6.0, "IN_PERSON": 8.0}


def tell_appointment(world: World, day: date) -> None:
    """One appointment for that day, from booking to its end."""
    customer, services = _who_and_what(world, day)
    arrival = _book(
        world, customer, services, world.at(day, world.rng.choice((7.5, 8, 8.5, 9, 10, 11, 13, 14)))
    )
    fates = habits.MONDAY_FATES if day.weekday() == habits.MONDAY else habits.FATES
    fate = choose(world.rng, fates)
    if fate == "cancels":
        _customer_cancels(world, arrival)
    elif fate == "cancelled":
        _dealer_cancels(world, arrival)
    elif fate == "stays_away":
        _stays_away(world, arrival)
    elif fate == "moves":
        _moves(world, arrival, arrival.when - timedelta(hours=world.rng.uniform(2, 14)))
        keep_visit(world, arrival)
    else:
        keep_visit(world, arrival)


def tell_walk_in(world: World, day: date) -> None:
    """Somebody comes without an appointment and wants a small thing done at once."""
    service = world.rng.choices(BOOKED, weights=[service.weight for service in BOOKED])[0]
    when = world.at(day, world.rng.uniform(8, 12))
    arrival = Arrival(world.somebody(day), world.one_of(Role.SERVICE_ADVISOR), when, [_wish(world, service)])
    keep_visit(world, arrival)


def _who_and_what(world: World, day: date) -> tuple[Customer, list[Service]]:
    """Somebody who comes back for turned-down work, or any customer with a usual wish."""
    due = next((wish for wish in world.returns if wish.due <= day), None)
    if due is not None:
        world.returns.remove(due)
        return due.customer, [due.service]
    customer = world.somebody(day)
    count = 2 if chance(world.rng, 0.25) else 1
    services = world.rng.choices(BOOKED, weights=[service.weight for service in BOOKED], k=count)
    return customer, list(dict.fromkeys(services))


def _book(world: World, customer: Customer, services: list[Service], when: datetime) -> Arrival:
    rng, feed = world.rng, world.feed
    booked_at = world.at(
        (when - timedelta(days=rng.choice((1, 1, 2, 3, 5, 8, 12)))).date(), rng.uniform(8, 16)
    )
    agent, appointment = world.one_of(Role.BDC_AGENT), world.new_id("A")
    advisor = world.one_of(Role.SERVICE_ADVISOR)
    feed.tell(
        "appointment.booked", booked_at, agent, appointment_id=appointment, scheduled_at=when, agent=agent,
        advisor=advisor, channel=choose(rng, _CHANNELS), customer=customer.as_data(),
        vehicle=customer.car.as_data(), services=[service.name for service in services],
    )  # fmt: skip
    works: list[Work] = []
    for service in services:
        works.append(_wish(world, service))
        tell_booked_line(world, works[-1], booked_at, agent, appointment_id=appointment)
    if (when - booked_at).days >= 2 and chance(rng, 0.6):
        feed.tell(
            "appointment.confirmed",
            when - timedelta(days=1),
            agent,
            appointment_id=appointment,
            channel="SMS",
        )
    return Arrival(customer, advisor, when, works, appointment)


def _wish(world: World, service: Service) -> Work:
    rng = world.rng
    return Work(
        world.new_id("L"), service, spread(rng, service.labour), spread(rng, service.parts), to_do=True
    )


def _customer_cancels(world: World, arrival: Arrival) -> None:
    cause = choose(world.rng, habits.CANCEL_CAUSES)
    world.feed.tell(
        "appointment.cancelled", arrival.when - timedelta(minutes=world.rng.randint(20, 60)),
        world.one_of(Role.BDC_AGENT), appointment_id=arrival.appointment, cancelled_by="CUSTOMER",
        **stated(cause, decided_by="CUSTOMER"),
    )  # fmt: skip


def _dealer_cancels(world: World, arrival: Arrival) -> None:
    cause = choose(world.rng, habits.DEALER_CANCEL_CAUSES)
    if cause is Cause.MISSING_PARTS and all(
        work.service.part_number != SCARCE_PART for work in arrival.works
    ):
        cause = Cause.NO_CAPACITY
    world.feed.tell(
        "appointment.cancelled", arrival.when - timedelta(minutes=world.rng.randint(30, 90)), arrival.advisor,
        appointment_id=arrival.appointment, cancelled_by="DEALER", **stated(cause, decided_by="DEALER"),
    )  # fmt: skip


def _stays_away(world: World, arrival: Arrival) -> None:
    rng = world.rng
    marked = arrival.when + timedelta(minutes=rng.randint(45, 120))
    cause = choose(rng, habits.NO_SHOW_CAUSES)
    world.feed.tell(
        "appointment.no_show", marked, arrival.advisor, appointment_id=arrival.appointment, **stated(cause)
    )
    if cause is Cause.DONE_ELSEWHERE or not chance(rng, 0.45):
        return
    _moves(world, arrival, marked + timedelta(hours=rng.uniform(1, 5)))
    keep_visit(world, arrival)


def _moves(world: World, arrival: Arrival, told: datetime) -> None:
    """The appointment goes to one of the next working days."""
    later = (arrival.when + timedelta(days=world.rng.randint(1, 4))).date()
    if later.weekday() == 6:
        later += timedelta(days=1)
    arrival.when = world.at(later, world.rng.choice((8, 9, 10, 13)))
    world.feed.tell(
        "appointment.rescheduled", told, world.one_of(Role.BDC_AGENT), appointment_id=arrival.appointment,
        scheduled_at=arrival.when, requested_by="CUSTOMER",
    )  # fmt: skip
