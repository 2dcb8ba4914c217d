"""Taking events in: parse, remember by id, apply in chunks, park what comes too early.

The same path serves one event over HTTP and an import of a million rows. What an event does is
said in `apply`; nothing here knows a visit from a call.
"""

from collections.abc import Callable, Iterable, Sequence
from itertools import islice

from sqlalchemy.exc import IntegrityError, OperationalError

from servicelost.directory.models import DEALERSHIP_BY_CODE
from servicelost.intake.apply import apply_event, provides
from servicelost.intake.catalogue import IntakeEvent, parse_event
from servicelost.intake.loading import preload
from servicelost.intake.models import PARKED_FOR, RECEIVED_BY_EVENT, EventStatus, ReceivedEvent
from servicelost.intake.payload import pack, unpack
from servicelost.intake.results import EventResult, Outcome, rejected
from servicelost.intake.terms import terms_of
from servicelost.kernel.book import Book
from servicelost.kernel.errors import Conflict, FieldProblem, NotYet, ServiceLostError, StaleRow
from servicelost.kernel.uow import UnitOfWork, repeated

MakeUnit = Callable[[], UnitOfWork]
Numbered = tuple[int, IntakeEvent]
NumberedRaw = tuple[int, object]

CHUNK = 500
_INTERFERENCE = (StaleRow, IntegrityError, OperationalError)


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
    except _INTERFERENCE:
        return [_receive_alone(make_unit, numbered) for numbered in part]


def _receive_alone(make_unit: MakeUnit, numbered: NumberedRaw) -> EventResult:
    return repeated(make_unit, lambda book: receive_in(book, [numbered]))[0]


def receive_in(book: Book, part: Sequence[NumberedRaw]) -> list[EventResult]:
    """Take in numbered raw events within a unit of work that somebody else commits."""
    events: list[Numbered] = []
    results: list[EventResult] = []
    for index, raw in part:
        try:
            events.append((index, parse_event(raw, terms_of(book, raw))))
        except ServiceLostError as error:
            results.append(rejected(index, _id_of(raw), error))
    events.sort(key=lambda numbered: numbered[1].occurred_at)
    results.extend(apply_in(book, events))
    return sorted(results, key=lambda result: result.index)


def apply_all(make_unit: MakeUnit, events: Sequence[Numbered]) -> list[EventResult]:
    """Apply parsed events in this order, in one transaction; event by event if another writer interferes."""
    if not events:
        return []
    try:
        with make_unit() as book:
            return apply_in(book, events)
    except _INTERFERENCE:
        return [_apply_alone(make_unit, numbered) for numbered in events]


def _apply_alone(make_unit: MakeUnit, numbered: Numbered) -> EventResult:
    return repeated(make_unit, lambda book: apply_in(book, [numbered]))[0]


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
    except NotYet as early:
        _park(book, event, early, known)
        return EventResult(index, Outcome.PARKED, event.event_id, early.code, early.message)
    except ServiceLostError as error:
        return rejected(index, event.event_id, error)
    _remember(book, event, known)
    _wake(book, event)
    return EventResult(index, Outcome.ACCEPTED, event.event_id)


def _wake(book: Book, event: IntakeEvent) -> None:
    """Try again what waited for the fact that has just come; what is refused stays parked and says why."""
    for key in provides(event):
        for parked in sorted(book.many(PARKED_FOR, key), key=lambda row: (row.occurred_at, row.id)):
            if parked.status == EventStatus.PARKED:
                retry_parked(book, parked)


def retry_parked(book: Book, parked: ReceivedEvent) -> bool:
    """Try a parked event again; True if it has been accepted, else its reason is brought up to date."""
    assert parked.payload is not None
    event = unpack(parked.payload)
    try:
        with book.step():
            apply_event(book, event)
    except ServiceLostError as error:
        parked.why = error.message
        return False
    _remember(book, event, parked)
    _wake(book, event)
    return True


def _remember(book: Book, event: IntakeEvent, known: ReceivedEvent | None) -> None:
    if known is not None:
        known.status, known.payload, known.waits_for, known.why = EventStatus.ACCEPTED, None, None, None
        return
    book.add(_row(book, event, EventStatus.ACCEPTED))


def _park(book: Book, event: IntakeEvent, early: NotYet, known: ReceivedEvent | None) -> None:
    waits_for = key_of(event, early.waits_for)
    if known is not None:
        known.waits_for, known.why = waits_for, early.message
        return
    row = _row(book, event, EventStatus.PARKED)
    row.waits_for, row.why, row.payload = waits_for, early.message, pack(event)
    book.add(row)


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
