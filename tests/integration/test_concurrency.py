"""Several real processes write at once: nothing is lost, nothing counts twice, nobody meets an error."""

import multiprocessing
from collections import Counter
from collections.abc import Iterator, Sequence

import pytest
from sqlalchemy import select

from servicelost.directory.models import DEALERSHIP_BY_CODE
from servicelost.kernel.errors import StaleRow
from servicelost.opportunities.pipeline.models import Presentation
from servicelost.taxonomy.causes import Cause
from servicelost.workflow.decisions import authorize_line, decline_line
from servicelost.workflow.models.lines import LINES_BY_SOURCE, Line
from servicelost.workflow.models.log import LineEntry
from servicelost.workflow.reason import Reason
from tests.desk import CAR, PERSON, Desk, desk, event
from tests.factories import at
from tests.integration.rivals import CLICKS, LINES, ROUNDS, Rival, contend, decide_by_events, decide_by_hand
from tests.ledger_check import check_ledger
from tests.waiting import PATIENCE


@pytest.fixture
def at_desk(database_url: str) -> Iterator[Desk]:
    """A dealership with one car on several open visits, each with the same needs recommended."""
    with desk(database_url) as made:
        open_visits(made)
        yield made


def open_visits(made: Desk) -> None:
    """One car on several open visits, each with the same needs recommended."""
    visits = dict.fromkeys(visit_id for visit_id, _ in LINES)
    raws = [event("visit.opened", 0, visit_id=visit_id, vehicle=CAR, customer=PERSON) for visit_id in visits]
    raws.append(event("visit.opened", 0, visit_id="RO-new", vehicle={"id": "V-new"}))
    raws += [event("line.recommended", 1, visit_id=visit_id, line_id=line_id, amount="100.00",
                   service=f"Service {line_id[-1]}") for visit_id, line_id in LINES]  # fmt: skip
    assert {result.outcome.value for result in made.receive(*raws)} == {"ACCEPTED"}


def compete(at_desk: Desk, rivals: Sequence[Rival]) -> list[Counter[str]]:
    """Let each rival run in a process of its own, all at once; what each has to tell."""
    spawning = multiprocessing.get_context("spawn")
    barrier, answers = spawning.Barrier(len(rivals)), spawning.Queue()
    url = at_desk.engine.url.render_as_string(hide_password=False)
    processes = [
        spawning.Process(target=contend, args=(rival, url, number, barrier, answers))
        for number, rival in enumerate(rivals)
    ]
    for process in processes:
        process.start()
    told = [answers.get(timeout=PATIENCE) for _ in rivals]
    for process in processes:
        process.join(PATIENCE)
        assert process.exitcode == 0
    errors = [error for _, _, error in told if error]
    assert not errors, errors[0]
    return [Counter(outcomes) for _, outcomes, _ in sorted(told, key=lambda answer: answer[0])]


def check_nothing_lost(at_desk: Desk) -> None:
    check_ledger(at_desk.entries(), at_desk.opportunities())
    with at_desk.engine.connect() as connection:
        states = {row.id: row.state for row in connection.execute(select(Line.id, Line.state))}
        entries = connection.execute(
            select(LineEntry.line_id, LineEntry.from_state, LineEntry.to_state)
        ).all()
        presented = Counter(connection.execute(select(Presentation.opportunity_id)).scalars())
    # Each move leads on from where another one ended, and the last one to where the line is now. Had
    # two writers both moved a line from the same state, one of these steps would have no beginning.
    steps: Counter[tuple[int, str | None]] = Counter()
    for line_id, before, after in entries:
        steps[line_id, after] += 1
        steps[line_id, before] -= 1
    for line_id, state in states.items():
        steps[line_id, state] -= 1
        steps[line_id, None] += 1
    assert not {step: left for step, left in steps.items() if left}
    shown = {row.id: row.presentations for row in at_desk.opportunities() if row.presentations}
    assert shown == presented


@pytest.mark.slow
def test_several_processes_decide_on_the_same_lines_and_find_the_same_needs(at_desk: Desk) -> None:
    told = compete(at_desk, [decide_by_events] * 3 + [decide_by_hand])
    assert sum(told[:3], Counter()) == {"ACCEPTED": 3 * ROUNDS * (len(LINES) + 40)}
    check_nothing_lost(at_desk)
    found = [row for row in at_desk.opportunities() if row.amount_minor == 1000]
    assert len(found) == ROUNDS * 40, "each need once, whoever named it first"
    assert {row.presentations for row in found} == {3}
    assert len(at_desk.opportunities()) == len({line_id[-1] for _, line_id in LINES}) + len(found)


@pytest.mark.slow
def test_people_who_click_at_once_lose_no_click(at_desk: Desk) -> None:
    compete(at_desk, [decide_by_hand] * 4)
    check_nothing_lost(at_desk)
    with at_desk.engine.connect() as connection:
        [line] = connection.execute(
            select(Line.state, Line.decided_at).where(Line.source_id == "L-0-0")
        ).all()
    assert line.state == "AUTHORIZED"
    assert line.decided_at >= at(10 + (CLICKS - 1) / 4), "the newest word stands, whoever came last"


@pytest.mark.postgres
def test_a_page_that_somebody_overtook_is_told_so(pg_url: str) -> None:
    """On SQLite there is one writer at a time: who comes second reads what the first has written."""
    with desk(pg_url) as made:
        made.open_visit("RO-1", 0)
        made.recommend("RO-1", "L-1", 1, "100.00")

        def line_in(book) -> Line:  # type: ignore[no-untyped-def]
            dealership = book.one(DEALERSHIP_BY_CODE, "NORTH")
            [line] = book.many(LINES_BY_SOURCE, dealership.id, "dms", "L-1")
            return line

        with pytest.raises(StaleRow) as stale, made.unit() as slow:
            line = line_in(slow)
            with made.unit() as quick:
                authorize_line(quick, line_in(quick), at=at(2))
            decline_line(slow, line, at=at(3), reason=Reason(cause=Cause.NO_TIME))
        assert stale.value.code == "STALE"
        assert (stale.value.table, stale.value.row_id) in {("line", line.id), ("opportunity", made.only().id)}
        assert made.entries() == []
        check_nothing_lost(made)
