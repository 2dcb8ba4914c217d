"""Taking events in: parse, remember by id, apply in chunks, park what comes too early.

The same path serves one event over HTTP and an import of a million rows. What an event does is
said in `apply`; nothing here knows a visit from a call.
"""

from collections import deque
from collections.abc import Callable, Iterable, Sequence
from itertools import islice

from sqlalchemy.exc import DataError, IntegrityError, OperationalError

from servicelost.directory.models import DEALERSHIP_BY_CODE
from servicelost.intake.apply import apply_event, provides
from servicelost.intake.catalogue import IntakeEvent, parse_event
from servicelost.intake.loading import preload
from servicelost.intake.models import RECEIVED_BY_EVENT, WAITS_FOR, EventStatus, EventWait, ReceivedEvent
from servicelost.intake.patience import waits_for
from servicelost.intake.payload import pack, unpack
from servicelost.intake.results import EventResult, Outcome, rejected
from servicelost.intake.terms import terms_of
from servicelost.kernel.book import Book
from servicelost.kernel.errors import Conflict, FieldProblem, InvalidInput, ServiceLostError, StaleRow
from servicelost.kernel.uow import UnitOfWork, repeated

MakeUnit = Callable[[], UnitOfWork]
Numbered = tuple[int, IntakeEvent]
NumberedRaw = tuple[int, object]

CHUNK = 1000
_WOKEN_AT_ONCE = 100
_ONE_BY_ONE = (StaleRow, IntegrityError, OperationalError, DataError)


def receive(make_unit: MakeUnit, raws: Iterable[object], *, chunk: int = CHUNK) -> list[EventResult]:
    """Take in raw events (parsed JSON); one result each, in the order sent. Idempotent by (source, event_id).

    Within a chunk events are applied by the time they happened; what is wrong with one never
    hinders the others.
    """
    results: list[EventResult] = []
    rest = enumerate(raws)
    while part := list(islice(rest, chunk)):
        results.extend(_receive_chunk(make_unit, part))
    return results


def _receive_chunk(make_unit: MakeUnit, part: Sequence[NumberedRaw]) -> list[EventResult]:
    try:
        with make_unit() as book:
            return receive_in(book, part)
    except _ONE_BY_ONE:
        events, results = repeated(make_unit, lambda book: _parse_all(book, part))
        return _in_order_sent([*results, *(_apply_alone(make_unit, numbered) for numbered in events)])


def receive_in(book: Book, part: Sequence[NumberedRaw]) -> list[EventResult]:
    """Take in numbered raw events within a unit of work that somebody else commits."""
    events, results = _parse_all(book, part)
    return _in_order_sent([*results, *apply_in(book, events)])


def _parse_all(book: Book, part: Sequence[NumberedRaw]) -> tuple[list[Numbered], list[EventResult]]:
    """The events by the time they happened, and the results of those that are none."""
    events: list[Numbered] = []
    results: list[EventResult] = []
    for index, raw in part:
        try:
            events.append((index, parse_event(raw, terms_of(book, raw))))
        except ServiceLostError as error:
            results.append(rejected(index, _id_of(raw), error))
    return sorted(events, key=lambda numbered: numbered[1].occurred_at), results


def _in_order_sent(results: Iterable[EventResult]) -> list[EventResult]:
    return sorted(results, key=lambda result: result.index)


def apply_all(make_unit: MakeUnit, events: Sequence[Numbered]) -> list[EventResult]:
    """Apply parsed events in this order, in one transaction; one by one if that is refused."""
    if not events:
        return []
    try:
        with make_unit() as book:
            return apply_in(book, events)
    except _ONE_BY_ONE:
        return [_apply_alone(make_unit, numbered) for numbered in events]


def _apply_alone(make_unit: MakeUnit, numbered: Numbered) -> EventResult:
    index, event = numbered
    try:
        return repeated(make_unit, lambda book: apply_in(book, [numbered]))[0]
    except DataError as error:
        told = f"the database refused a value of this event: {error.orig}"
        return rejected(index, event.event_id, InvalidInput("NOT_STORABLE", told))


def apply_in(book: Book, events: Sequence[Numbered]) -> list[EventResult]:
    """Apply parsed events within a unit of work that somebody else commits."""
    preload(book, [event for _, event in events])
    return [_take_in(book, index, event) for index, event in events]


def _take_in(book: Book, index: int, event: IntakeEvent) -> EventResult:
    known = book.one(RECEIVED_BY_EVENT, event.source, event.event_id)
    try:
        if known is not None and known.content_hash != event.content_hash:
            raise _contradiction(event)
        if known is not None and known.status == EventStatus.ACCEPTED:
            return EventResult(index, Outcome.UNCHANGED, event.event_id)
        with book.step():
            apply_event(book, event)
    except ServiceLostError as error:
        things = waits_for(event, error)
        if not things:
            return rejected(index, event.event_id, error)
        _park(book, event, things, error.message, known)
        return EventResult(index, Outcome.PARKED, event.event_id, error.code, error.message)
    _remember(book, event, known)
    _wake(book, event)
    return EventResult(index, Outcome.ACCEPTED, event.event_id)


def _wake(book: Book, event: IntakeEvent) -> None:
    """Try again what waited for what the event brings or moves, and what waited for those, and so on.

    What is refused stays parked with its reason.
    """
    brought = deque(provides(event))
    book.preload(WAITS_FOR, ((thing,) for thing in brought))
    while brought:
        for parked in _waiting(book, brought.popleft()):
            if (freed := _retry(book, parked)) is not None:
                brought.extend(provides(freed))


def _waiting(book: Book, thing: str) -> list[ReceivedEvent]:
    """The oldest events that wait for this thing; many others are left to the periodic job."""
    ids = dict.fromkeys(wait.received_event_id for wait in book.many(WAITS_FOR, thing))
    parked = [row for row in (book.get(ReceivedEvent, row_id) for row_id in ids)
              if row.status == EventStatus.PARKED]  # fmt: skip
    return sorted(parked, key=lambda row: (row.occurred_at, row.id))[:_WOKEN_AT_ONCE]


def retry_parked(book: Book, parked: ReceivedEvent) -> bool:
    """Try a parked event again; True if it is accepted, else what it waits for is brought up to date."""
    event = _retry(book, parked)
    if event is not None:
        _wake(book, event)
    return event is not None


def _retry(book: Book, parked: ReceivedEvent) -> IntakeEvent | None:
    if parked.payload is None:  # accepted by the very waking that found it
        return None
    event = unpack(parked.payload)
    try:
        with book.step():
            apply_event(book, event)
    except ServiceLostError as error:
        _wait(book, parked, event, waits_for(event, error), error.message)
        return None
    _remember(book, event, parked)
    return event


def _remember(book: Book, event: IntakeEvent, known: ReceivedEvent | None) -> None:
    if known is not None:
        known.status, known.payload, known.waits_for, known.why = EventStatus.ACCEPTED, None, None, None
        return
    book.add(_row(book, event, EventStatus.ACCEPTED))


def _park(
    book: Book, event: IntakeEvent, things: Sequence[str], why: str, known: ReceivedEvent | None
) -> None:
    if known is None:
        known = _row(book, event, EventStatus.PARKED)
        known.payload = pack(event)
        book.add(known)
    _wait(book, known, event, things, why)


def _wait(book: Book, parked: ReceivedEvent, event: IntakeEvent, things: Sequence[str], why: str) -> None:
    """Let the parked event wait for what it lacks now; for people it is the first of it."""
    keys = [key_of(event, thing) for thing in things]
    for key in keys:
        if all(wait.received_event_id != parked.id for wait in book.many(WAITS_FOR, key)):
            book.add(EventWait(received_event_id=parked.id, thing=key))
    parked.waits_for, parked.why = keys[0] if keys else parked.waits_for, why


def key_of(event: IntakeEvent, thing: str) -> str:
    """The key under which an event waits for a thing of its own dealership and source."""
    return f"{event.dealership}/{event.source}/{thing}"[:300]


def _row(book: Book, event: IntakeEvent, status: EventStatus) -> ReceivedEvent:
    dealership = book.one(DEALERSHIP_BY_CODE, event.dealership)
    return ReceivedEvent(
        dealership_id=dealership.id if dealership else None,
        source=event.source,
        event_id=event.event_id,
        type=event.type,
        content_hash=event.content_hash,
        status=status,
        occurred_at=event.occurred_at,
        received_at=book.now,
    )


def _contradiction(event: IntakeEvent) -> ServiceLostError:
    message = (
        f"event {event.event_id!r} of {event.source} came before with another content: "
        "give a new fact a new event_id"
    )
    return Conflict(
        "EVENT_CONFLICT", message, errors=[FieldProblem("event_id", message, event.event_id[:80])]
    )


def _id_of(raw: object) -> str | None:
    value = raw.get("event_id") if isinstance(raw, dict) else None
    return value[:200] if isinstance(value, str) else None
