"""After a visit in the simulation: calls about work turned down or put off, comebacks, complaints, goodbyes.

Everything told here is heard of days later; whoever met the need meanwhile is left in peace.
"""

from collections.abc import Callable
from datetime import date, datetime, timedelta

from servicelost.kernel.actor import Role
from servicelost.simulate import parameters as set_to
from servicelost.simulate.deciding import Asked, cause_of_no
from servicelost.simulate.dice import chance
from servicelost.simulate.world import Arrival, Return, Work, World, stated
from servicelost.taxonomy.causes import Cause
from servicelost.taxonomy.stages import Stage

_COMPLAINTS = (
    "The noise from the front axle is still there.",
    "The car was not ready at the promised time.",
    "Nobody called before the price went up.",
    "The warning lamp came on again on the way home.",
    "There were greasy marks on the seat.",
)


def tell_afterwards(
    world: World, arrival: Arrival, visit: str, turned_down: list[Work], at: datetime
) -> None:
    """What follows the visit that ended at this time."""
    rng = world.rng
    if arrival.works and not arrival.comeback and chance(rng, set_to.COMEBACKS):
        _comes_back(world, arrival, visit, at)
    elif chance(rng, set_to.COMPLAINTS):
        _complains(world, arrival, visit, at + timedelta(days=1))
    if turned_down:
        agent = world.one_of(Role.BDC_AGENT)
        if chance(rng, set_to.CALLED_BACK * world.strength(agent)):
            _later(
                world,
                at,
                rng.choice((1, 3, 10)),
                lambda day: _call(world, arrival, visit, turned_down, agent, day),
            )
        else:
            _may_return(world, arrival, turned_down, at.date(), set_to.RETURNS_ALONE)
    tell_next_time(world, arrival)


def tell_put_off(world: World, arrival: Arrival, visit: str, work: Work, until: date) -> None:
    """Work was put off to that day: then some customers are called, about red work nearly all of them."""
    if work.urgent and until > world.today - timedelta(days=set_to.RED_LEFT_DAYS):
        return
    if work.urgent or chance(world.rng, set_to.DUE_CALLED):
        day = world.next_working_day(until)
        world.agenda[day].append(lambda: _call_when_due(world, arrival, visit, work, day))


def tell_next_time(world: World, arrival: Arrival, less: float = 0.0) -> None:
    """The car becomes due again, or its owner leaves; only a car sold or a move is ever heard of."""
    if not arrival.in_rhythm:
        _try_again(world, arrival)
        return
    day = arrival.when.date()
    stays = set_to.STAYS - less + set_to.STAYS_BY_STRENGTH * (world.strength(arrival.advisor) - 1)
    leaving = world.roster.comes_again(arrival.customer, arrival.car, day, stays)
    if leaving is None:
        return
    heard = world.at(world.next_working_day(day + timedelta(days=world.rng.randint(20, 120))), 12)
    if leaving.sold is not None:
        world.feed.tell("vehicle.sold", heard, vehicle=leaving.sold.data)
    if leaving.moved is not None:
        world.feed.tell("customer.moved", heard, customer=leaving.moved.data)


def _later(world: World, at: datetime, days: int, tell: Callable[[date], None]) -> None:
    day = world.next_working_day(at.date() + timedelta(days=days - 1))
    world.agenda[day].append(lambda: tell(day))


def _call(world: World, arrival: Arrival, visit: str, works: list[Work], agent: str, day: date) -> None:
    """Somebody asks about the work that was turned down; half the time the customer is reached."""
    left = _left(arrival, works)
    if not left:
        return
    reached = _contact(world, arrival, visit, agent, world.at(day, world.rng.uniform(9, 16)))
    _may_return(world, arrival, left, day, set_to.RETURNS_REACHED if reached else set_to.RETURNS_TRIED)


def _call_when_due(world: World, arrival: Arrival, visit: str, work: Work, day: date) -> None:
    """The day has come to which the work was put off: the customer comes, refuses, or is not reached."""
    rng = world.rng
    if work.service.name not in arrival.car.needs:
        return
    agent, at = world.one_of(Role.BDC_AGENT), world.at(day, rng.uniform(9, 16))
    if arrival.car.gone:
        _refuse(world, visit, work, Cause.DONE_ELSEWHERE, agent, at)
        return
    comes = set_to.DUE_COMES * world.strength(agent)
    if chance(rng, comes):
        _contact(world, arrival, visit, agent, at, "Will come")
        _expect(world, arrival, work, day + timedelta(days=rng.randint(2, 9)))
    elif work.urgent or chance(rng, set_to.DUE_REFUSES / (1 - comes)):
        asked = Asked(work.service, work.total, work.urgent, Stage.FOLLOW_UP, full=world.is_full(day),
                      missing=False, strength=1.0, fleet=arrival.customer.fleet)  # fmt: skip
        _refuse(world, visit, work, cause_of_no(rng, asked), agent, at)
    else:
        _contact(world, arrival, visit, agent, at, reached=False)


def _refuse(world: World, visit: str, work: Work, cause: Cause | None, agent: str, at: datetime) -> None:
    world.feed.tell(
        "line.declined", at, agent, line_id=work.line_id, visit_id=visit, stage="FOLLOW_UP",
        **stated(cause, decided_by="CUSTOMER"),
    )  # fmt: skip


def _contact(
    world: World, arrival: Arrival, visit: str, agent: str, at: datetime, outcome: str | None = None,
    *, reached: bool | None = None,
) -> bool:  # fmt: skip
    """A telephone call to the customer; True if he was reached."""
    if reached is None:
        reached = outcome is not None or chance(world.rng, set_to.REACHED)
    contact = {
        "contact_id": world.new_id("K"), "channel": "PHONE", "direction": "OUT", "employee": agent,
        "customer": arrival.customer.data, "visit_id": visit,
    }  # fmt: skip
    if reached:
        world.feed.tell("contact.two_way", at, agent, **contact, outcome=outcome or "Will think about it")
    else:
        world.feed.tell("contact.attempted", at, agent, **contact, automatic=False)
    return reached


def _left(arrival: Arrival, works: list[Work]) -> list[Work]:
    """What of it is still to be done on a car that is still here."""
    car = arrival.car
    return [] if car.gone else [work for work in works if work.service.name in car.needs]


def _may_return(world: World, arrival: Arrival, works: list[Work], day: date, share: float) -> None:
    for work in works:
        if chance(world.rng, share):
            _expect(world, arrival, work, day + timedelta(days=world.rng.randint(*set_to.RETURN_DAYS)))


def _expect(world: World, arrival: Arrival, work: Work, day: date) -> None:
    world.returns.append(Return(day, arrival.customer, arrival.car, work.service))


def _try_again(world: World, arrival: Arrival) -> None:
    """Who wanted one thing done and got nothing comes for it another day."""
    day = arrival.when.date() + timedelta(days=world.rng.randint(3, 12))
    for work in _left(arrival, arrival.works):
        _expect(world, arrival, work, day)


def _comes_back(world: World, arrival: Arrival, visit: str, at: datetime) -> None:
    """The same thing is wrong again within days; the dealership puts it right."""
    service = world.rng.choice(arrival.works).service
    day = at.date() + timedelta(days=world.rng.randint(2, 16))
    world.returns.append(Return(day, arrival.customer, arrival.car, service, comeback=True))
    if chance(world.rng, set_to.COMPLAINTS_OF_COMEBACKS):
        _complains(world, arrival, visit, at + timedelta(days=2))


def _complains(world: World, arrival: Arrival, visit: str, at: datetime) -> None:
    """A complaint; most are settled within days."""
    arrival.customer.angry, complaint = True, world.new_id("X")
    world.feed.tell(
        "complaint.recorded", at, complaint_id=complaint, visit_id=visit, customer=arrival.customer.data,
        vehicle=arrival.car.data, text=world.rng.choice(_COMPLAINTS),
        severity=world.rng.choice(("YELLOW", "YELLOW", "RED")),
    )  # fmt: skip
    if chance(world.rng, set_to.COMPLAINTS_SETTLED):
        world.feed.tell(
            "complaint.resolved", at + timedelta(days=world.rng.randint(1, 9)), complaint_id=complaint,
            resolution="Put right without charge",
        )  # fmt: skip
