"""Visits in the simulation, from reception over inspection and work to the invoice.

How findings are quoted and decided is in `selling`; appointments before the visit in `bookings`.
"""

from datetime import datetime, timedelta

from servicelost.kernel.actor import Role
from servicelost.simulate import habits
from servicelost.simulate.feed import hours, money
from servicelost.simulate.habits import chance, choose
from servicelost.simulate.menu import SCARCE_PART
from servicelost.simulate.selling import sell_findings
from servicelost.simulate.world import Arrival, Work, World, stated
from servicelost.taxonomy.causes import Cause


def keep_visit(world: World, arrival: Arrival) -> None:
    """The car comes and is taken in, unless it is turned away at the door."""
    rng, came = world.rng, arrival.when + timedelta(minutes=world.rng.randint(-10, 25))
    odometer = arrival.customer.car.odometer(came.date())
    if arrival.appointment is not None:
        world.feed.tell(
            "appointment.arrived",
            came,
            arrival.advisor,
            appointment_id=arrival.appointment,
            odometer=odometer,
        )
        if chance(rng, 0.05 if came.weekday() == habits.MONDAY else 0.005):
            _turn_away(world, arrival, came + timedelta(minutes=5))
            return
    visit = world.new_id()
    kind = "visit.walk_in" if arrival.appointment is None else "visit.opened"
    world.feed.tell(
        kind, came + timedelta(minutes=8), arrival.advisor, visit_id=visit,
        appointment_id=arrival.appointment, customer=arrival.customer.as_data(),
        vehicle=arrival.customer.car.as_data(), advisor=arrival.advisor, pay_type="CUSTOMER_PAY",
        odometer=odometer, promised_at=world.at(came.date(), 17),
    )  # fmt: skip
    if arrival.appointment is None:
        for work in arrival.works:
            tell_booked_line(world, work, came + timedelta(minutes=10), arrival.advisor, visit_id=visit)
    _receive(world, arrival, visit, came + timedelta(minutes=15))
    if chance(rng, 0.012):
        _cancel_order(world, arrival, visit, came + timedelta(hours=2))
    else:
        _work(world, arrival, visit, came + timedelta(minutes=45))


def tell_booked_line(world: World, work: Work, at: datetime, actor: str, **where: str) -> None:
    """Work the customer came for; `where` is the appointment or the visit it belongs to."""
    service = work.service
    world.feed.tell(
        "line.booked", at, actor, line_id=work.line_id, **where, op_code=service.op_code,
        service=service.name, category=service.category.value, position=service.position,
        pay_type=service.pay_type.value, labour=money(work.labour), parts=money(work.parts),
        hours=hours(service.centihours), part_number=service.part_number, skill=service.skill,
    )  # fmt: skip


def _turn_away(world: World, arrival: Arrival, at: datetime) -> None:
    world.feed.tell(
        "visit.turned_away", at, arrival.advisor, appointment_id=arrival.appointment,
        **stated(Cause.NO_CAPACITY, decided_by="DEALER"),
    )  # fmt: skip


def _receive(world: World, arrival: Arrival, visit: str, at: datetime) -> None:
    """At the counter some booked work is cut off or made smaller."""
    for work in list(arrival.works):
        if not chance(world.rng, 0.05) or work.total < 5_000:
            continue
        cause = stated(choose(world.rng, habits.CUT_CAUSES), decided_by="CUSTOMER")
        if len(arrival.works) > 1 and chance(world.rng, 0.5):
            arrival.works.remove(work)
            world.feed.tell(
                "line.removed", at, arrival.advisor, line_id=work.line_id, visit_id=visit, **cause
            )
        else:
            work.labour, work.parts = work.labour * 7 // 10, work.parts * 7 // 10
            world.feed.tell(
                "line.reduced", at, arrival.advisor, line_id=work.line_id, visit_id=visit,
                labour=money(work.labour), parts=money(work.parts), **cause,
            )  # fmt: skip


def _cancel_order(world: World, arrival: Arrival, visit: str, at: datetime) -> None:
    causes = {Cause.WAIT_TOO_LONG: 50.0, Cause.PRICE_TOO_HIGH: 30.0, Cause.AUTH_NOT_GIVEN: 20.0}
    world.feed.tell(
        "visit.cancelled", at, arrival.advisor, visit_id=visit, cancelled_by="CUSTOMER",
        **stated(choose(world.rng, causes), decided_by="CUSTOMER"),
    )  # fmt: skip


def _work(world: World, arrival: Arrival, visit: str, at: datetime) -> None:
    inspected = chance(world.rng, 0.88)
    technician = world.one_of(Role.TECHNICIAN)
    world.feed.tell("visit.stage_changed", at, technician, visit_id=visit, stage="WORK", inspected=inspected)
    if inspected:
        at = sell_findings(world, arrival, visit, technician, at + timedelta(minutes=20))
    at += timedelta(hours=world.rng.uniform(1.5, 3))
    done = [work for work in arrival.works if work.to_do and _perform(world, work, visit, technician, at)]
    at += timedelta(minutes=20)
    if done:
        at = _check(world, done, visit, at)
        _invoice(world, done, arrival, visit, at + timedelta(minutes=20))
    world.feed.tell("visit.closed", at + timedelta(minutes=40), arrival.advisor, visit_id=visit)
    if arrival.customer.car.needs and chance(world.rng, 0.3):
        _call_back(world, arrival, visit, at + timedelta(days=world.rng.choice((1, 3, 10))))


def _call_back(world: World, arrival: Arrival, visit: str, at: datetime) -> None:
    """Somebody asks about the work that was turned down; half the time the customer is reached."""
    agent = world.one_of(Role.BDC_AGENT)
    contact = {
        "contact_id": world.new_id("K"), "channel": "PHONE", "direction": "OUT", "employee": agent,
        "customer": arrival.customer.as_data(), "visit_id": visit,
    }  # fmt: skip
    if chance(world.rng, 0.5):
        world.feed.tell("contact.two_way", at, agent, **contact, outcome="Will think about it")
    else:
        world.feed.tell("contact.attempted", at, agent, **contact, automatic=False)


def _perform(world: World, work: Work, visit: str, technician: str, at: datetime) -> bool:
    """The work is done, unless the scarce part is not there."""
    arrives = world.back_ordered_until(at.date())
    if work.service.part_number == SCARCE_PART and arrives is not None:
        later = arrives if chance(world.rng, 0.6) else None
        world.feed.tell(
            "line.not_performed", at, technician, line_id=work.line_id, visit_id=visit, deferred_until=later,
            **stated(Cause.MISSING_PARTS, decided_by="DEALER"),
        )  # fmt: skip
        return False
    world.feed.tell(
        "line.completed", at, technician, line_id=work.line_id, visit_id=visit, technician=technician,
        hours=hours(work.service.centihours),
    )  # fmt: skip
    return True


def _check(world: World, done: list[Work], visit: str, at: datetime) -> datetime:
    """Quality control, with rework where it fails; gives back when the car is ready."""
    inspector = world.one_of(Role.TECHNICIAN)
    if chance(world.rng, 0.04):
        world.feed.tell(
            "quality.failed", at, inspector, visit_id=visit, inspector=inspector, lines=[done[0].line_id],
            customer_left=False, note="Not to specification, to be done again",
        )  # fmt: skip
        at += timedelta(minutes=50)
    world.feed.tell("quality.passed", at, inspector, visit_id=visit, inspector=inspector)
    return at


def _invoice(world: World, done: list[Work], arrival: Arrival, visit: str, at: datetime) -> None:
    total = sum(work.total for work in done)
    lines = [
        {
            "line_id": work.line_id, "labour": money(work.labour), "parts": money(work.parts),
            "hours": hours(work.service.centihours),
            "cost": money(work.labour * 4 // 10 + work.parts * 7 // 10),
        }
        for work in done
    ]  # fmt: skip
    world.feed.tell(
        "invoice.posted", at, arrival.advisor, visit_id=visit, invoice_id=world.new_id("INV"), lines=lines,
        total=money(total), tax=money(total * 19 // 100),
    )  # fmt: skip
    for work in done:
        arrival.customer.car.needs.discard(work.service.name)
    world.feed.tell("visit.delivered", at + timedelta(minutes=10), arrival.advisor, visit_id=visit)
