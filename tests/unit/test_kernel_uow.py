"""The unit of work: one commit at the outermost edge, or as a guest in a host's transaction."""

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import event, func, select
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm import Session, scoped_session, sessionmaker

from servicelost.kernel.actor import SYSTEM
from servicelost.kernel.book import Book
from servicelost.kernel.errors import RuleViolation, StaleRow
from servicelost.kernel.uow import UnitOfWork, repeated
from servicelost.opportunities.followup.models import PROBLEM_BY_SOURCE, Problem
from tests.factories import MONDAY, House, house


@pytest.fixture
def world(database_url: str) -> Iterator[House]:
    with house(database_url) as made:
        yield made


@pytest.fixture
def host(world: House) -> Iterator[Session]:
    """A session of the application that mounted us."""
    with Session(world.engine) as session:
        yield session


def guest(world: House, host: Any) -> UnitOfWork:
    """A unit of ours inside the host's transaction."""
    return UnitOfWork(world.engine, world.pool, world.bus, world.clock, SYSTEM, host=host)


def problem(number: int) -> Problem:
    return Problem(dealership_id=1, source="dms", source_id=f"X-{number}", state="OPEN", text="noise",
                   recorded_at=MONDAY, occurred_at=MONDAY)  # fmt: skip


def stored(world: House) -> int:
    """How many problems everybody sees."""
    with world.engine.connect() as connection:
        return connection.execute(select(func.count()).select_from(Problem)).scalar_one()


def write(unit: UnitOfWork, number: int, calls: list[str]) -> None:
    with unit as book:
        book.add(problem(number))
        book.after_commit(lambda: calls.append(f"call {number}"))


def test_nested_use_is_one_transaction_with_one_commit(world: House) -> None:
    commits: list[int] = []
    event.listen(world.engine, "commit", lambda connection: commits.append(1))
    unit, calls = world.unit(), []
    with unit as outer:
        outer.add(problem(1))
        commits.clear()  # ids may be drawn in a transaction of their own
        with unit as inner:
            assert inner is outer
            inner.after_commit(lambda: calls.append(stored(world)))
            inner.add(problem(2))
        assert (commits, calls) == ([], [])
    assert len(commits) == 1
    assert calls == [2], "told after the commit, when everybody can see the rows"


def test_a_unit_can_be_used_again_after_it_ended(world: House) -> None:
    unit = world.unit()
    for number in (1, 2):
        with unit as book:
            book.add(problem(number))
    assert stored(world) == 2


@pytest.mark.parametrize("flushed", [False, True])
def test_an_error_rolls_everything_back_and_drops_the_calls(world: House, flushed: bool) -> None:
    calls: list[str] = []
    with pytest.raises(ZeroDivisionError), world.unit() as book:
        book.add(problem(1))
        book.after_commit(lambda: calls.append("never"))
        if flushed:
            book.flush()
        raise ZeroDivisionError
    assert (stored(world), calls) == (0, [])
    write(world.unit(), 1, calls)
    assert (stored(world), calls) == (1, ["call 1"])


def test_a_reading_unit_reads_while_another_writes(world: House) -> None:
    write(world.unit(), 1, [])
    with world.unit() as writing:
        row = writing.add(problem(2))
        writing.flush()
        with UnitOfWork(world.engine, world.pool, world.bus, world.clock, SYSTEM, reading=True) as book:
            assert book.find(Problem, row.id) is None
            assert book.one(PROBLEM_BY_SOURCE, 1, "dms", "X-1") is not None


def test_a_failed_beginning_leaves_the_unit_usable(world: House, monkeypatch: pytest.MonkeyPatch) -> None:
    unit = world.unit()

    def refuse(*_: Any) -> None:
        raise OperationalError("BEGIN", {}, Exception("database is locked"))

    event.listen(world.engine, "begin", refuse)
    with pytest.raises(OperationalError), unit:
        raise AssertionError("unreachable")
    event.remove(world.engine, "begin", refuse)
    assert world.engine.pool.checkedout() == 0  # type: ignore[attr-defined]
    with unit as book:
        book.add(problem(1))
    assert stored(world) == 1


def test_a_guest_writes_in_the_hosts_transaction_and_never_commits(world: House, host: Session) -> None:
    calls: list[str] = []
    write(guest(world, host), 1, calls)
    assert host.in_transaction()
    assert host.execute(select(func.count()).select_from(Problem)).scalar_one() == 1
    assert calls == []
    host.commit()
    assert (stored(world), calls) == (1, ["call 1"])
    host.execute(select(1))
    host.commit()
    assert calls == ["call 1"], "once, not at each later commit"


def test_a_host_that_rolls_back_takes_our_rows_and_calls_with_it(world: House, host: Session) -> None:
    calls: list[str] = []
    write(guest(world, host), 1, calls)
    host.rollback()
    write(guest(world, host), 2, calls)
    host.commit()
    assert (stored(world), calls) == (1, ["call 2"])


def test_a_host_that_closes_without_a_commit_drops_the_calls(world: House, host: Session) -> None:
    calls: list[str] = []
    write(guest(world, host), 1, calls)
    host.close()
    host.execute(select(1))
    host.commit()
    assert (stored(world), calls) == (0, [])


def test_several_guests_of_one_transaction_are_all_called_in_order(world: House, host: Session) -> None:
    calls: list[str] = []
    for number in (1, 2, 3):
        write(guest(world, host), number, calls)
    assert calls == [], "not at the release of a savepoint either"
    host.commit()
    assert (stored(world), calls) == (3, ["call 1", "call 2", "call 3"])


def test_our_failure_leaves_the_hosts_own_work_alone(world: House, host: Session) -> None:
    calls: list[str] = []
    write(guest(world, host), 1, calls)
    with pytest.raises(ZeroDivisionError), guest(world, host) as book:
        book.add(problem(2))
        book.flush()
        book.after_commit(lambda: calls.append("never"))
        raise ZeroDivisionError
    with pytest.raises(IntegrityError):
        write(guest(world, host), 1, calls)
    host.commit()
    assert (stored(world), calls) == (1, ["call 1"])


def test_a_savepoint_of_the_host_around_us_decides_too(world: House, host: Session) -> None:
    calls: list[str] = []
    with host.begin_nested() as kept:
        write(guest(world, host), 1, calls)
        kept.commit()
    dropped = host.begin_nested()
    write(guest(world, host), 2, calls)
    dropped.rollback()
    assert calls == []
    host.commit()
    assert (stored(world), calls) == (1, ["call 1"])


def test_a_savepoint_of_the_host_beside_us_does_not_concern_us(world: House, host: Session) -> None:
    calls: list[str] = []
    write(guest(world, host), 1, calls)
    host.begin_nested().rollback()
    with pytest.raises(ZeroDivisionError), host.begin_nested():
        raise ZeroDivisionError
    host.commit()
    assert (stored(world), calls) == (1, ["call 1"])


def test_a_guest_may_come_by_a_scoped_session(world: House) -> None:
    calls: list[str] = []
    scoped = scoped_session(sessionmaker(world.engine))
    write(guest(world, scoped), 1, calls)
    other = Session(world.engine)
    other.commit()
    assert calls == []
    scoped.commit()
    scoped.remove()
    assert (stored(world), calls) == (1, ["call 1"])


def test_ids_of_a_guest_are_not_given_twice_after_a_rollback(world: House, host: Session) -> None:
    write(guest(world, host), 1, [])
    host.rollback()
    for number in (2, 3, 4):
        write(guest(world, host), number, [])
    host.commit()
    write(world.unit(), 5, [])
    assert stored(world) == 4


class Deadlock(Exception):
    sqlstate = "40P01"


@pytest.mark.parametrize(
    "error",
    [
        StaleRow("line", 1),
        IntegrityError("INSERT", {}, Exception("unique")),
        OperationalError("UPDATE", {}, Deadlock()),
        OperationalError("BEGIN", {}, Exception("database is locked")),
    ],
    ids=["stale", "integrity", "deadlock", "locked"],
)
def test_work_that_lost_a_race_is_repeated_with_a_fresh_book(world: House, error: Exception) -> None:
    books: list[Book] = []

    def work(book: Book) -> str:
        books.append(book)
        book.add(problem(1))
        if len(books) < 3:
            raise error
        return "done"

    assert repeated(world.unit, work) == "done"
    assert len({id(book) for book in books}) == 3
    assert stored(world) == 1


def test_work_that_always_loses_gives_up_with_the_error(world: House) -> None:
    tries: list[int] = []

    def work(book: Book) -> None:
        tries.append(1)
        raise StaleRow("line", 1)

    with pytest.raises(StaleRow):
        repeated(world.unit, work, attempts=3)
    assert len(tries) == 3


@pytest.mark.parametrize(
    "error",
    [RuleViolation("NO", "no"), OperationalError("SELECT", {}, Exception("server closed the connection"))],
    ids=["rule", "connection"],
)
def test_what_repeating_cannot_cure_is_not_repeated(world: House, error: Exception) -> None:
    tries: list[int] = []

    def work(book: Book) -> None:
        tries.append(1)
        raise error

    with pytest.raises(type(error)):
        repeated(world.unit, work)
    assert len(tries) == 1
