"""Visits in the simulation, from reception over inspection and work to the invoice.

How findings are quoted and decided is in `selling`; appointments before the visit in `bookings`.
"""

from datetime import datetime, timedelta

from servicelost.kernel.actor import Role
from servicelost.simulate import parameters as set_to
from servicelost.simulate.afterwards import tell_afterwards, tell_next_time
from servicelost.simulate.dice import chance, choose
from servicelost.simulate.feed import hours, money
from servicelost.simulate.selling import Sale, answer_at_collection, offer_again, sell_findings
from servicelost.simulate.world import Arrival, Return, Work, World, stated
from servicelost.taxonomy.causes import Cause


def keep_visit(world: World, arrival: Arrival) -> None:
    """The car comes and is taken in, unless it is turned away at the door."""
    rng, came = world.rng, arrival.when + timedelta(minutes=world.rng.randint(-10, 25))
    if arrival.appointment is not None:
        tell_arrived(world, arrival, came)
        full = world.is_full(came.date())
        if chance(rng, set_to.TURNED_AWAY_FULL if full else set_to.TURNED_AWAY):
            _turn_away(world, arrival, came + timedelta(minutes=5))
            return
    visit = open_visit(world, arrival, came + timedelta(minutes=8))
    _receive(world, arrival, visit, came + timedelta(minutes=15))
    if chance(rng, set_to.ORDERS_CANCELLED):
        _cancel_order(world, arrival, visit, came + timedelta(hours=2))
        tell_next_time(world, arrival, less=set_to.STAYS_LESS_WHEN_MISSED)
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


def tell_arrived(world: World, arrival: Arrival, at: datetime) -> None:
    """The car of the appointment is there."""
    world.feed.tell(
        "appointment.arrived", at, arrival.advisor, appointment_id=arrival.appointment,
        odometer=arrival.car.odometer(at.date()),
    )  # fmt: skip


def open_visit(world: World, arrival: Arrival, at: datetime) -> str:
    """Open the repair order; gives back its number."""
    visit, promised = world.new_id(), world.at(at.date(), world.rng.choice((12, 15, 16, 16.5, 17, 17.5)))
    walked_in = arrival.appointment is None
    world.feed.tell(
        "visit.walk_in" if walked_in else "visit.opened", at, arrival.advisor, visit_id=visit,
        appointment_id=arrival.appointment, customer=arrival.customer.data, vehicle=arrival.car.data,
        advisor=arrival.advisor, pay_type="CUSTOMER_PAY", odometer=arrival.car.odometer(at.date()),
        promised_at=max(promised, at + timedelta(hours=1)),
    )  # fmt: skip
    if walked_in:
        for work in arrival.works:
            tell_booked_line(world, work, at + timedelta(minutes=2), arrival.advisor, visit_id=visit)
    return visit


def _turn_away(world: World, arrival: Arrival, at: datetime) -> None:
    world.feed.tell(
        "visit.turned_away", at, arrival.advisor, appointment_id=arrival.appointment,
        **stated(Cause.NO_CAPACITY, decided_by="DEALER"),
    )  # fmt: skip
    tell_next_time(world, arrival, less=set_to.STAYS_LESS_WHEN_ANGRY)


def _receive(world: World, arrival: Arrival, visit: str, at: datetime) -> None:
    """At the counter some booked work is cut off or made smaller."""
    for work in list(arrival.works):
        if arrival.comeback or not chance(world.rng, set_to.SCOPE_CUT) or work.total < 5_000:
            continue
        cause = stated(choose(world.rng, set_to.CUT_CAUSES), decided_by="CUSTOMER")
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
    world.feed.tell(
        "visit.cancelled", at, arrival.advisor, visit_id=visit, cancelled_by="CUSTOMER",
        **stated(choose(world.rng, set_to.ORDER_CAUSES), decided_by="CUSTOMER"),
    )  # fmt: skip


def _work(world: World, arrival: Arrival, visit: str, at: datetime) -> None:
    rng = world.rng
    inspected = chance(rng, set_to.INSPECTED)
    technician = world.one_of(Role.TECHNICIAN)
    sale = Sale(world, arrival, visit, technician)
    offer_again(sale, at - timedelta(minutes=20))
    world.feed.tell("visit.stage_changed", at, technician, visit_id=visit, stage="WORK", inspected=inspected)
    if inspected:
        at = sell_findings(sale, at + timedelta(minutes=20))
    at += timedelta(hours=rng.uniform(1.5, 3))
    done = [work for work in arrival.works if _perform(world, arrival, work, visit, technician, at)]
    at = _check(world, done, visit, at + timedelta(minutes=20), ready=bool(sale.waiting))
    at = answer_at_collection(sale, at + timedelta(minutes=15))
    if done:
        _invoice(world, done, arrival, visit, at + timedelta(minutes=5))
    at += timedelta(minutes=40)
    world.feed.tell("visit.closed", at, arrival.advisor, visit_id=visit)
    arrival.works = done
    tell_afterwards(world, arrival, visit, sale.turned_down, at)


def _perform(world: World, arrival: Arrival, work: Work, visit: str, technician: str, at: datetime) -> bool:
    """The work is done, unless its part is not there."""
    arrives = world.back_ordered_until(work.service.part_number, at.date())
    if arrives is not None:
        comes = chance(world.rng, set_to.PART_COMES_BACK)
        later = arrives if not work.urgent and (comes or chance(world.rng, 0.5)) else None
        if comes:
            world.returns.append(Return(arrives, arrival.customer, arrival.car, work.service))
        arrival.car.needs.add(work.service.name)
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


def _check(world: World, done: list[Work], visit: str, at: datetime, *, ready: bool) -> datetime:
    """Quality control where there is one, with rework where it fails; gives back when the car is ready."""
    inspector = world.one_of(Role.TECHNICIAN)
    if done and chance(world.rng, set_to.REWORK / world.strength(inspector)):
        left = len(done) > 1 and chance(world.rng, set_to.LEAVES_UNMENDED)
        world.feed.tell(
            "quality.failed", at, inspector, visit_id=visit, inspector=inspector, lines=[done[0].line_id],
            customer_left=left, note="Not to specification, to be done again",
        )  # fmt: skip
        if left:
            done.pop(0)
            return at
        at += timedelta(minutes=50)
        world.feed.tell("quality.passed", at, inspector, visit_id=visit, inspector=inspector)
    elif done and chance(world.rng, set_to.CHECKED):
        world.feed.tell("quality.passed", at, inspector, visit_id=visit, inspector=inspector)
    elif ready:
        world.feed.tell("visit.stage_changed", at, inspector, visit_id=visit, stage="DELIVERY")
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
        arrival.car.needs.discard(work.service.name)
    world.feed.tell("visit.delivered", at + timedelta(minutes=10), arrival.advisor, visit_id=visit)
