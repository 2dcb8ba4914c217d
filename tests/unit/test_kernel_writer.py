"""The writer on real databases: every way of storing rows stores the same, and what it refuses."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError, StatementError

from servicelost.intake.models import EventStatus, ReceivedEvent
from servicelost.kernel.book import Book
from servicelost.kernel.changes import ChangeEntry
from servicelost.kernel.db import Base
from servicelost.kernel.errors import StaleRow
from servicelost.kernel.uow import repeated
from servicelost.opportunities.followup.models import Contact, Problem, Task
from servicelost.opportunities.pipeline.models import Opportunity
from servicelost.opportunities.pipeline.states import OpportunityState
from tests.factories import MONDAY, House, house

# Fewer rows go out as plain statements, more of them on PostgreSQL by COPY and unnest.
SIZES = pytest.mark.parametrize("size", [2, 50])
AWKWARD = [
    "tab\there", "line\nbreak\r\n", "back\\slash \\N \\. \\t", 'quote" and \'', "NULL", "{a,b}", ",", " ",
    "ünï¢ødé \U0001f697 \u202e", "\u2028", "%s %(x)s :name", "x" * 5000,
]  # fmt: skip


@pytest.fixture
def world(database_url: str) -> Iterator[House]:
    with house(database_url) as made:
        yield made


def opportunity(number: int, **values: Any) -> Opportunity:
    defaults = {
        "dealership_id": 1, "need_key": f"need {number}", "live": 1, "state": OpportunityState.OPEN,
        "source": "VISIT", "opened_at": MONDAY,
    }  # fmt: skip
    return Opportunity(**{**defaults, **values})


def contact(number: int, **values: Any) -> Contact:
    return Contact(dealership_id=1, source="dms", source_id=f"K-{number}", kind="ATTEMPT", channel="SMS",
                   occurred_at=MONDAY, **values)  # fmt: skip


def received(number: int, **values: Any) -> ReceivedEvent:
    return ReceivedEvent(
        source="dms",
        event_id=f"e{number}",
        type="line.booked",
        content_hash="0" * 32,
        status=EventStatus.PARKED,
        occurred_at=MONDAY,
        received_at=MONDAY,
        **values,
    )


def store(world: House, rows: list[Any]) -> list[int]:
    with world.unit() as book:
        return [book.add(row).id for row in rows]


def stored(world: House, model: type[Base]) -> list[Any]:
    with world.engine.connect() as connection:
        return [
            model(**row) for row in connection.execute(select(model.__table__).order_by(model.id)).mappings()
        ]


def values(row: Any) -> dict[str, Any]:
    return {column.key: getattr(row, column.key) for column in row.__table__.columns}


# Where one connection has to play both parts, a version that ours would not have.
OTHER = 9


def interfere(world: House, book: Book, statement: Any) -> None:
    """Somebody else gets in between; on SQLite by the same connection, since it has one writer."""
    if world.engine.dialect.name == "sqlite":
        book.connection.execute(statement)
    else:
        with world.engine.begin() as other:
            other.execute(statement)


def logged(world: House) -> dict[str, list[int]]:
    """The ids in the change log by table, each as often as it stands there."""
    ids: dict[str, list[int]] = {}
    for entry in stored(world, ChangeEntry):
        ids.setdefault(entry.table_name.removeprefix("servicelost_"), []).extend(entry.row_ids)
    return {table: sorted(found) for table, found in ids.items()}


@SIZES
def test_new_rows_are_stored_as_they_are(world: House, size: int) -> None:
    rows = [
        opportunity(
            number,
            state=OpportunityState.DEFERRED if number % 2 else "OPEN",
            amount_minor=number or None,
            won_minor=-(2**40) if number % 3 else 2**40,
            deferred_until=date(2026, 2, 28) if number % 2 else None,
            opened_at=datetime(2026, 1, 1, 12, 0, 0, number, tzinfo=timezone(timedelta(hours=-5))),
        )
        for number in range(size)
    ]
    store(world, rows)
    found = stored(world, Opportunity)
    assert [values(row) for row in found] == [values(row) for row in rows]
    assert {row.opened_at.tzinfo for row in found} == {UTC}


@SIZES
def test_awkward_text_and_json_survive(world: House, size: int) -> None:
    texts = [AWKWARD[number % len(AWKWARD)] for number in range(size)]
    payloads: list[Any] = [{"t": text, "n": [1, None, True, {}]} if place % 4 else None
                           for place, text in enumerate(texts)]  # fmt: skip
    rows = [received(number, why=texts[number], payload=payloads[number]) for number in range(size)]
    store(world, rows)
    assert [(row.why, row.payload) for row in stored(world, ReceivedEvent)] == list(
        zip(texts, payloads, strict=True)
    )
    with world.unit() as book:
        for row_id, text in zip((row.id for row in rows), reversed(texts), strict=True):
            row = book.get(ReceivedEvent, row_id)
            row.why, row.payload = text, {"again": text}
    assert [(row.why, row.payload) for row in stored(world, ReceivedEvent)] == [
        (text, {"again": text}) for text in reversed(texts)
    ]


@SIZES
def test_booleans_and_blanks_survive(world: House, size: int) -> None:
    rows = [
        contact(number, automatic=number % 2 == 0, note=None if number % 3 else "") for number in range(size)
    ]
    store(world, rows)
    assert [(row.automatic, row.note) for row in stored(world, Contact)] == [
        (row.automatic, row.note) for row in rows
    ]


@SIZES
def test_changed_rows_are_stored_each_with_its_own_values(world: House, size: int) -> None:
    ids = store(world, [opportunity(number) for number in range(size)])
    later = MONDAY + timedelta(days=1)
    with world.unit() as book:
        book.preload_ids(Opportunity, ids)
        for number, row_id in enumerate(ids):
            row = book.get(Opportunity, row_id)
            row.presentations += 1
            # Read back a state is plain text, newly set it is a member of its enumeration.
            if number % 2:
                row.state, row.won_at, row.won_minor = OpportunityState.WON, later, 2**33 + number
            elif number % 3:
                row.deferred_until, row.live, row.closed_reason = date(2026, 5, 1), None, "DUPLICATE"
    for number, row in enumerate(stored(world, Opportunity)):
        assert (row.version, row.presentations) == (2, 1)
        expected = ("WON", later, 2**33 + number) if number % 2 else ("OPEN", None, None)
        assert (row.state, row.won_at, row.won_minor) == expected
        closed = not number % 2 and bool(number % 3)
        assert (row.deferred_until, row.live) == ((date(2026, 5, 1), None) if closed else (None, 1))


@SIZES
def test_a_column_may_become_empty_everywhere(world: House, size: int) -> None:
    ids = store(world, [opportunity(number, amount_minor=5, first_lost_at=MONDAY) for number in range(size)])
    with world.unit() as book:
        for row_id in ids:
            row = book.get(Opportunity, row_id)
            row.amount_minor = row.first_lost_at = row.live = None
    assert {(row.amount_minor, row.first_lost_at, row.live) for row in stored(world, Opportunity)} == {
        (None,) * 3
    }


@SIZES
def test_a_stale_row_is_named_and_nothing_is_written(world: House, size: int) -> None:
    ids = store(world, [opportunity(number) for number in range(size)])
    victim = ids[size // 2]
    with pytest.raises(StaleRow) as refused, world.unit() as book:
        for row_id in ids:
            book.get(Opportunity, row_id).presentations = 7
        book.add(opportunity(999))
        interfere(
            world, book, Opportunity.__table__.update().where(Opportunity.id == victim).values(version=OTHER)
        )
    assert (refused.value.table, refused.value.row_id, refused.value.code) == ("opportunity", victim, "STALE")
    assert f"opportunity {victim}" in str(refused.value)
    found = stored(world, Opportunity)
    assert len(found) == size
    assert {row.presentations for row in found} == {0}
    assert {row.version for row in found if row.id != victim} == {1}


def test_a_deleted_row_is_stale_too(world: House) -> None:
    [row_id] = store(world, [opportunity(1)])
    with pytest.raises(StaleRow, match=f"opportunity {row_id}"), world.unit() as book:
        book.get(Opportunity, row_id).presentations = 7
        interfere(world, book, Opportunity.__table__.delete())


def test_append_only_rows_cannot_be_changed(world: House) -> None:
    [row_id] = store(world, [contact(1)])
    with pytest.raises(TypeError, match=f"Contact rows are append-only: {row_id}"), world.unit() as book:
        book.get(Contact, row_id).note = "changed"
    assert stored(world, Contact)[0].note is None


@SIZES
def test_updates_come_before_inserts_of_the_same_table(world: House, size: int) -> None:
    """A need's live place is handed over within one plan, whichever was planned first."""
    ids = store(world, [opportunity(number) for number in range(size)])
    with world.unit() as book:
        old = [book.get(Opportunity, row_id) for row_id in ids]
        for number in range(size):
            book.add(opportunity(number))
        for row in old:
            row.live = None
    assert sum(row.live or 0 for row in stored(world, Opportunity)) == size


@SIZES
def test_a_broken_constraint_is_an_integrity_error_on_every_path(world: House, size: int) -> None:
    store(world, [opportunity(0)])
    with pytest.raises(IntegrityError), world.unit() as book:
        for number in range(size):
            book.add(opportunity(number))
    assert len(stored(world, Opportunity)) == 1


@SIZES
def test_work_that_met_another_writer_is_repeated(world: House, size: int) -> None:
    store(world, [opportunity(0)])
    tries: list[int] = []

    def work(book: Any) -> None:
        tries.append(1)
        for number in range(size):
            book.add(opportunity(number if len(tries) == 1 else 1000 + number))

    repeated(world.unit, work)
    assert len(tries) == 2
    assert len(stored(world, Opportunity)) == size + 1


def test_the_change_log_names_exactly_the_captured_rows_that_were_written(world: House) -> None:
    with world.unit() as book:
        problem = book.add(
            Problem(dealership_id=1, source="dms", source_id="X-1", state="OPEN", text="noise",
                    recorded_at=MONDAY, occurred_at=MONDAY)
        )  # fmt: skip
        book.add(Task(dealership_id=1, kind="CALL", state="OPEN", due_at=MONDAY, created_at=MONDAY))
        rows = [book.add(opportunity(number)) for number in range(60)]
        problem.text = "changed before it was written"
    ids = [row.id for row in rows]
    assert logged(world) == {"problem": [problem.id], "opportunity": ids}
    with world.unit() as book:
        for row_id in ids:
            book.get(Opportunity, row_id)  # looked at, not changed
        for row_id in ids[:50]:
            book.get(Opportunity, row_id).presentations = 1
        new = book.add(opportunity(100))
    assert logged(world)["opportunity"] == sorted([*ids, *ids[:50], new.id])
    assert logged(world)["problem"] == [problem.id]
    assert {row.recorded_at for row in stored(world, ChangeEntry)} == {MONDAY}


def test_a_failed_plan_leaves_no_trace_in_the_change_log(world: House) -> None:
    store(world, [opportunity(0)])
    before = logged(world)
    with pytest.raises(IntegrityError), world.unit() as book:
        book.add(opportunity(0))
    assert logged(world) == before


def test_a_naive_moment_is_refused_on_every_path(world: House) -> None:
    naive = datetime(2026, 3, 1, 12, 0)
    for size in (1, 50):
        with pytest.raises((StatementError, ValueError), match="naive datetime"), world.unit() as book:
            for number in range(size):
                book.add(opportunity(number, opened_at=naive))
    assert stored(world, Opportunity) == []
