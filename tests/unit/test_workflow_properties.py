"""What holds after any sequence of moves: the tables are kept, the logs replay, nothing is told twice."""

from collections.abc import Iterator, Sequence
from itertools import count, pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from servicelost.kernel.errors import ServiceLostError
from servicelost.kernel.machine import Machine
from servicelost.taxonomy.stages import Stage
from servicelost.workflow.history import entries_of_appointment, entries_of_visit
from servicelost.workflow.models.log import ENTRIES_OF_LINE, LineEntry, StageEntry
from servicelost.workflow.models.quotes import QUOTES_OF_VISIT
from servicelost.workflow.states import APPOINTMENT_MACHINE, LINE_MACHINE, VISIT_MACHINE, QuoteState
from tests.factories import House, at, house
from tests.workflow_moves import MOVES, Scene, Turn, make_scene

_names = (f"S{number}" for number in count(1))

turns = st.builds(Turn, at=st.integers(-10, 40).map(at), line=st.integers(0, 4), choice=st.integers(0, 9))
steps = st.lists(st.tuples(st.sampled_from(sorted(MOVES)), turns), min_size=5, max_size=40)
# Opened visits are where most of the rules are: half of the sequences begin with one.
plays = st.tuples(st.booleans(), steps).map(
    lambda play: [("open", Turn(at(-10), 0, 0)), *play[1]] if play[0] else play[1]
)


@pytest.fixture(scope="module")
def world() -> Iterator[House]:
    with house() as made:
        yield made


def make_move(scene: Scene, name: str, turn: Turn) -> bool:
    """Make the move or be refused by one of the house's own errors; whether it was made."""
    try:
        with scene.book.step():
            MOVES[name](scene, turn)
    except ServiceLostError as refusal:
        assert refusal.message
        return False
    return True


def check_replay(machine: Machine[Any, Any], entries: Sequence[StageEntry | LineEntry], state: str) -> None:
    assert entries[0].from_state is None
    assert entries[-1].to_state == state
    for before, entry in pairwise(entries):
        assert entry.from_state == before.to_state
        assert entry.from_state == entry.to_state or (
            machine.table[entry.from_state, entry.action] == entry.to_state
        )


def check_scene(scene: Scene) -> None:
    book, visit = scene.book, scene.visit
    check_replay(
        APPOINTMENT_MACHINE, entries_of_appointment(book, scene.appointment), scene.appointment.state
    )
    check_replay(VISIT_MACHINE, entries_of_visit(book, visit), visit.state)
    assert visit.stage in Stage.__members__
    for line in scene.lines:
        check_replay(LINE_MACHINE, book.many(ENTRIES_OF_LINE, line.id), line.state)
        assert line.amount_minor is None or line.amount_minor >= 0
        if line.labour_minor is not None and line.parts_minor is not None:
            assert line.labour_minor + line.parts_minor == line.amount_minor
    versions = book.many(QUOTES_OF_VISIT, visit.id)
    assert [quote.number for quote in versions] == list(range(1, len(versions) + 1))
    assert all((quote.sent_at is None) <= (quote.state == QuoteState.DRAFT) for quote in versions)


@settings(deadline=None, max_examples=150)
@given(play=plays)
def test_no_sequence_leaves_the_tables_and_the_logs_replay(
    world: House, play: list[tuple[str, Turn]]
) -> None:
    with world.unit() as book:
        scene = make_scene(book, next(_names))
        for name, turn in play:
            make_move(scene, name, turn)
        check_scene(scene)


@settings(deadline=None, max_examples=150)
@given(play=plays)
def test_what_is_said_twice_is_told_once(world: House, play: list[tuple[str, Turn]]) -> None:
    with world.unit() as book:
        scene = make_scene(book, next(_names))
        for name, turn in play:
            if make_move(scene, name, turn):
                told = len(world.bus.told)
                assert make_move(scene, name, turn), f"{name} was refused when it was repeated"
                assert world.told_names()[told:] == [], f"{name} was told twice"


@settings(deadline=None, max_examples=80)
@given(play=plays, name=st.sampled_from(sorted(MOVES)), turn=turns)
def test_a_refused_move_changes_nothing(
    world: House, play: list[tuple[str, Turn]], name: str, turn: Turn
) -> None:
    """Also without undoing: the rules check before they change."""
    with world.unit() as book:
        scene = make_scene(book, next(_names))
        for move, when in play:
            make_move(scene, move, when)
        before = _picture(scene)
        try:
            MOVES[name](scene, turn)
        except ServiceLostError:
            assert _picture(scene) == before


def _picture(scene: Scene) -> list[object]:
    rows = [scene.appointment, scene.visit, *scene.lines, *scene.book.many(QUOTES_OF_VISIT, scene.visit.id)]
    entries = [
        *entries_of_visit(scene.book, scene.visit),
        *entries_of_appointment(scene.book, scene.appointment),
    ]
    return [*({**row.__dict__} for row in rows), len(entries)]
