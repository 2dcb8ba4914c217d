"""The book: what it reads, remembers, plans and undoes."""

from collections.abc import Iterator
from typing import Any

import pytest

from servicelost.kernel.book import Book
from servicelost.kernel.errors import NotFound
from servicelost.opportunities.followup.models import (
    CONTACT_BY_SOURCE,
    PROBLEM_BY_SOURCE,
    PROBLEMS_OF_CUSTOMER,
    PROBLEMS_OF_VEHICLE,
    Contact,
    Problem,
)
from servicelost.workflow.models.lines import LINES_OF_VISIT, Line
from servicelost.workflow.models.visits import Visit
from tests.factories import MONDAY, House, house
from tests.statements import statements


@pytest.fixture
def world(database_url: str) -> Iterator[House]:
    with house(database_url) as made:
        yield made


def asked_for(world: House, keys: int) -> int:
    """The queries that so many keys take: on SQLite, where no way to and fro is saved, one a key."""
    return keys if world.engine.dialect.name == "sqlite" else -(-keys // 1000)


def problem(number: int, **values: Any) -> Problem:
    """A problem that customer 7 told, unless said otherwise."""
    defaults = {
        "dealership_id": 1, "source": "dms", "source_id": f"X-{number}", "state": "OPEN", "text": "noise",
        "customer_id": 7, "recorded_at": MONDAY, "occurred_at": MONDAY,
    }  # fmt: skip
    return Problem(**{**defaults, **values})


def contact(number: int) -> Contact:
    return Contact(dealership_id=1, source="dms", source_id=f"K-{number}", kind="ATTEMPT", channel="SMS",
                   occurred_at=MONDAY)  # fmt: skip


def store(world: House, *rows: Any) -> list[int]:
    with world.unit() as book:
        return [book.add(row).id for row in rows]


def texts(world: House) -> dict[str, str]:
    """What is stored, as a fresh unit reads it."""
    with world.unit() as book:
        return {row.source_id: row.text for row in book.many(PROBLEMS_OF_CUSTOMER, 7)}


def test_a_row_is_read_once_and_is_the_same_object_by_every_way(world: House) -> None:
    [row_id] = store(world, problem(1))
    with world.unit() as book, statements() as sent:
        row = book.get(Problem, row_id)
        assert book.find(Problem, row_id) is row
        assert len(sent) == 1
        assert book.one(PROBLEM_BY_SOURCE, 1, "dms", "X-1") is row
        assert book.many(PROBLEMS_OF_CUSTOMER, 7) == [row]
        assert book.one(PROBLEM_BY_SOURCE, 1, "dms", "X-1") is row
        assert len(sent) == 3, "one for each way, none for the repetition"


def test_what_is_missing_is_remembered_as_missing(world: House) -> None:
    with world.unit() as book, statements() as sent:
        for _ in range(3):
            assert book.one(PROBLEM_BY_SOURCE, 1, "dms", "X-9") is None
        assert len(sent) == 1
        with pytest.raises(NotFound, match="Problem 99 does not exist"):
            book.get(Problem, 99)


def test_many_gives_rows_by_id_in_a_list_of_the_callers_own(world: House) -> None:
    ids = store(world, *(problem(number) for number in (3, 1, 2)))
    with world.unit() as book:
        rows = book.many(PROBLEMS_OF_CUSTOMER, 7)
        assert [row.id for row in rows] == sorted(ids)
        rows.clear()
        assert len(book.many(PROBLEMS_OF_CUSTOMER, 7)) == 3


def test_preloading_many_keys_takes_few_queries_and_asks_nothing_twice(world: House) -> None:
    store(world, *(problem(number, customer_id=number % 500) for number in range(900)))
    with world.unit() as book, statements() as sent:
        book.many(PROBLEMS_OF_CUSTOMER, 3)
        book.preload(PROBLEMS_OF_CUSTOMER, ((number,) for number in [*range(500), *range(600)]))
        book.preload(PROBLEMS_OF_CUSTOMER, ((number,) for number in range(3000)))
        assert len(sent) == 1 + asked_for(world, 599) + asked_for(world, 2400), "in portions of 1000"
        assert len(book.many(PROBLEMS_OF_CUSTOMER, 3)) == 2
        assert book.many(PROBLEMS_OF_CUSTOMER, 599) == []
        assert len(sent) == 1 + asked_for(world, 599) + asked_for(world, 2400)


def test_preloading_by_several_columns_and_by_ids(world: House) -> None:
    ids = store(world, problem(1), problem(2))
    with world.unit() as book, statements() as sent:
        book.preload(PROBLEM_BY_SOURCE, [(1, "dms", f"X-{number}") for number in (1, 2, 3)])
        book.preload_ids(Problem, [*ids, 999])
        assert [book.get(Problem, row_id).id for row_id in ids] == ids
        found = [book.one(PROBLEM_BY_SOURCE, 1, "dms", f"X-{number}") for number in (1, 2, 3)]
        assert [row.id if row else None for row in found] == [*ids, None]
        assert len(sent) == asked_for(world, 3) + 1, "known rows are not read by id, the unknown id once"


def test_new_rows_are_found_at_once_beside_stored_ones_and_only_once(world: House) -> None:
    [stored] = store(world, problem(1))
    with world.unit() as book:
        before = book.add(problem(2))  # before anybody asked for the customer's problems
        assert [row.id for row in book.many(PROBLEMS_OF_CUSTOMER, 7)] == [stored, before.id]
        after = book.add(problem(3))  # when the shelf is known
        assert [row.id for row in book.many(PROBLEMS_OF_CUSTOMER, 7)] == [stored, before.id, after.id]
        book.preload(PROBLEMS_OF_CUSTOMER, [(7,), (8,)])
        assert len(book.many(PROBLEMS_OF_CUSTOMER, 7)) == 3
        assert book.get(Problem, before.id) is before
        assert book.one(PROBLEM_BY_SOURCE, 1, "dms", "X-3") is after


def test_a_new_parent_is_known_to_have_no_children(world: House) -> None:
    with world.unit() as book:
        values = {"dealership_id": 1, "source": "dms", "state": "RECEPTION", "stage": "RECEPTION"}
        visit = book.add(Visit(**values))
        with statements() as sent:
            assert book.many(LINES_OF_VISIT, visit.id) == []
            line = book.add(
                Line(dealership_id=1, visit_id=visit.id, source="dms", source_id="L-1", state="BOOKED",
                     origin="BOOKED", created_at=MONDAY)
            )  # fmt: skip
            assert book.many(LINES_OF_VISIT, visit.id) == [line]
        assert sent == []


def test_defaults_are_filled_in_and_all_rows_of_a_model_look_alike(world: House) -> None:
    with world.unit() as book:
        row = book.add(contact(1))
        assert row.automatic is False
        assert row.note is None
        assert set(row.__dict__) >= {column.key for column in Contact.__table__.columns}
        assert book.add(problem(1)).version == 1


def test_a_memo_is_made_once(world: House) -> None:
    made: list[int] = []
    with world.unit() as book:
        for _ in range(3):
            assert book.memo("costly", lambda: made.append(1)) is None
    assert made == [1]


def test_a_step_that_fails_undoes_added_changed_and_shelved_rows(world: House) -> None:
    store(world, problem(1))
    called: list[str] = []
    with world.unit() as book:
        kept = book.add(problem(2))
        with pytest.raises(ZeroDivisionError), book.step():
            for row in book.many(PROBLEMS_OF_CUSTOMER, 7):
                row.text = "changed"
            lost = book.add(problem(3))
            book.after_commit(lambda: called.append("never"))
            raise ZeroDivisionError
        assert [row.text for row in book.many(PROBLEMS_OF_CUSTOMER, 7)] == ["noise", "noise"]
        assert book.one(PROBLEM_BY_SOURCE, 1, "dms", "X-3") is None
        assert book.find(Problem, lost.id) is None
        assert book.get(Problem, kept.id) is kept
        book.add(problem(3, text="second try"))
    assert texts(world) == {"X-1": "noise", "X-2": "noise", "X-3": "second try"}
    assert called == []


def test_rows_added_by_a_failed_step_do_not_come_back_with_a_later_read(world: House) -> None:
    with world.unit() as book:
        with pytest.raises(ZeroDivisionError), book.step():
            book.add(problem(1))  # nobody has asked for this shelf yet
            raise ZeroDivisionError
        assert book.many(PROBLEMS_OF_CUSTOMER, 7) == []
        assert book.many(PROBLEMS_OF_VEHICLE, None) == []


def test_a_step_that_succeeds_inside_one_that_fails_is_undone_with_it(world: House) -> None:
    [row_id] = store(world, problem(1))
    with world.unit() as book:
        with pytest.raises(ZeroDivisionError), book.step():
            with book.step():
                book.get(Problem, row_id).text = "inner"
                book.add(problem(2))
            raise ZeroDivisionError
        assert book.get(Problem, row_id).text == "noise"
    assert texts(world) == {"X-1": "noise"}


def test_a_failed_step_inside_one_that_succeeds_takes_only_its_own_with_it(world: House) -> None:
    first, second = store(world, problem(1), problem(2))
    with world.unit() as book, book.step():
        book.get(Problem, first).text = "outer"
        with pytest.raises(ZeroDivisionError), book.step():
            book.get(Problem, first).text = "inner"
            book.get(Problem, second).text = "inner"
            book.add(problem(3))
            raise ZeroDivisionError
        assert book.get(Problem, first).text == "outer"
    assert texts(world) == {"X-1": "outer", "X-2": "noise"}


def test_flushing_twice_writes_each_change_once(world: House) -> None:
    [stored] = store(world, problem(1))
    with world.unit() as book:
        new = book.add(problem(2))
        book.get(Problem, stored).text = "first"
        book.flush()
        assert (book.get(Problem, stored).version, new.version) == (2, 1)
        book.flush()
        assert book.get(Problem, stored).version == 2, "nothing was left to write"
        new.text = "second"
        book.get(Problem, stored).text = "second"
        book.flush()
        assert (book.get(Problem, stored).version, new.version) == (3, 2)
    assert texts(world) == {"X-1": "second", "X-2": "second"}


def test_rows_are_found_once_after_a_flush(world: House) -> None:
    with world.unit() as book:
        early = book.add(problem(1))
        book.flush()
        assert book.many(PROBLEMS_OF_CUSTOMER, 7) == [early]
        late = book.add(problem(2))
        assert book.many(PROBLEMS_OF_CUSTOMER, 7) == [early, late]
        book.flush()
        assert book.one(PROBLEM_BY_SOURCE, 1, "dms", "X-2") is late
        assert book.many(PROBLEMS_OF_CUSTOMER, 7) == [early, late]


def test_a_step_may_fail_after_a_flush_and_still_undoes_its_own(world: House) -> None:
    with world.unit() as book:
        flushed = book.add(problem(1))
        book.flush()
        with pytest.raises(ZeroDivisionError), book.step():
            book.get(Problem, flushed.id).text = "changed"
            book.add(problem(2))
            raise ZeroDivisionError
        assert flushed.text == "noise"
    assert texts(world) == {"X-1": "noise"}


def test_a_row_changed_and_changed_back_is_not_written(world: House) -> None:
    [row_id] = store(world, problem(1))
    with world.unit() as book:
        row = book.get(Problem, row_id)
        row.text = "changed"
        row.text = "noise"
    with world.unit() as book:
        assert book.get(Problem, row_id).version == 1


def test_what_a_lookup_searches_by_must_not_change(world: House) -> None:
    [row_id] = store(world, problem(1))
    with (
        pytest.raises(TypeError, match=r"Problem\.customer_id is what a lookup searches by"),
        world.unit() as book,
    ):
        book.get(Problem, row_id).customer_id = 8
    assert texts(world) == {"X-1": "noise"}


def test_append_only_rows_are_read_like_all_others(world: House) -> None:
    [row_id] = store(world, contact(1))
    with world.unit() as book:
        assert book.one(CONTACT_BY_SOURCE, 1, "dms", "K-1") is book.get(Contact, row_id)


def test_events_reach_exactly_their_listeners_and_their_errors_their_publisher(world: House) -> None:
    class Told(Exception):
        pass

    def listener(book: Book, fact: Any) -> None:
        raise Told

    world.bus.subscribe(type("Fact", (), {}), listener)  # type: ignore[type-var]
    fact_type = next(reversed(world.bus._listeners))
    with world.unit() as book:
        book.publish(object())  # type: ignore[arg-type]
        with pytest.raises(Told):
            book.publish(fact_type())
