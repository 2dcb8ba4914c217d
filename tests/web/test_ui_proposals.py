"""What the decline strip proposes, from events and from custom; stated and inferred cause are both kept."""

from collections.abc import Iterator
from datetime import timedelta
from itertools import count
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event as sql_events
from sqlalchemy import select

from servicelost.kernel.actor import SYSTEM, Role
from servicelost.opportunities.ledger.models import LedgerEntry
from servicelost.workflow.models.lines import Line
from tests.statements import statements
from tests.web.conftest import World
from tests.web.ui_pages import forms, submit, words

_numbers = count(1)


def happened(world: World, kind: str, **data: Any) -> None:
    world.send(
        {
            "type": kind, "event_id": f"p{next(_numbers)}", "source": "dms", "dealership": "NORTH",
            "occurred_at": world.clock.now().isoformat(), "data": data,
        }
    )  # fmt: skip


@pytest.fixture
def visit_url(world: World) -> str:
    """A visit with a line whose part number is known."""
    world.sign_in(Role.SERVICE_ADVISOR)
    happened(
        world, "line.recommended", visit_id="RO-1", line_id="L-3", service="Timing belt", severity="RED",
        amount="780.00", part_number="TB-1",
    )  # fmt: skip
    return f"/service/visits/{line(world).visit_id}"


def line(world: World, source_id: str = "L-3") -> Line:
    with world.runtime.unit(SYSTEM, reading=True) as book:
        return book.get(Line, world.line_id(source_id))


def last_loss(world: World) -> LedgerEntry:
    with world.runtime.unit(SYSTEM, reading=True) as book:
        newest = select(LedgerEntry.id).order_by(LedgerEntry.id.desc()).limit(1)
        return book.get(LedgerEntry, book.connection.scalars(newest).one())


def back_ordered(world: World) -> None:
    until = (world.clock.now() + timedelta(days=8)).date().isoformat()
    happened(world, "part.availability", part_number="TB-1", on_hand="0", back_order_until=until)


def strip(page: str, line_id: int) -> str:
    return page.split(f'id="decline-{line_id}"')[1].split("</form>")[0]


def test_a_back_order_is_shown_and_confirmed_with_one_tap(
    world: World, client: FlaskClient, visit_url: str
) -> None:
    back_ordered(world)
    page = client.get(visit_url).text
    assert "▸ on back-order to 28 May 2026" in words(page)
    assert "Part not available on back-order to 28 May 2026" in words(strip(page, line(world).id))
    submit(client, visit_url, f"{line(world).id}/decline", {"confirm": "MISSING_PARTS"})
    loss = last_loss(world)
    assert (loss.cause, loss.cause_basis) == ("MISSING_PARTS", "STATED")
    assert loss.evidence is not None
    assert (loss.evidence["inferred"], loss.evidence["inferred_from"]) == ("MISSING_PARTS", "BACK_ORDER")


def test_the_stated_cause_stands_and_the_inferred_beside_it(
    world: World, client: FlaskClient, visit_url: str
) -> None:
    back_ordered(world)
    submit(client, visit_url, f"{line(world).id}/decline", {"cause": "NO_TIME"})
    loss = last_loss(world)
    assert loss.evidence is not None
    assert (loss.cause, loss.evidence["inferred"]) == ("NO_TIME", "MISSING_PARTS")
    world.sign_in(Role.SERVICE_MANAGER, name="max")
    told = words(client.get(f"/service/ledger/{loss.id}").text)
    assert "The evidence pointed to Part not available Because of part on back-order" in told


def test_without_evidence_nothing_is_inferred(world: World, client: FlaskClient, visit_url: str) -> None:
    submit(client, visit_url, f"{line(world).id}/decline", {"cause": "NO_TIME"})
    assert "inferred" not in (last_loss(world).evidence or {})


def test_a_competitors_lower_price_is_named(world: World, client: FlaskClient, visit_url: str) -> None:
    happened(world, "competitor.offer", competitor="Fast Fit", price="610.00", service="Timing belt")
    told = words(strip(client.get(visit_url).text, line(world).id))
    assert "Too expensive Fast Fit asks €610.00" in told


def test_full_days_ahead_speak_for_the_workshop(world: World, client: FlaskClient, visit_url: str) -> None:
    today = world.clock.now().date()
    for ahead in range(7):
        booked = "8.0" if ahead < 5 else "2.0"
        happened(world, "capacity.day", date=(today + timedelta(days=ahead)).isoformat(), skill="GENERAL",
                 hours_available="8.0", hours_booked=booked)  # fmt: skip
    told = words(strip(client.get(visit_url).text, line(world).id))
    assert "No workshop slot first free slot 25 May 2026" in told


def test_a_quote_nobody_opened_is_told_above_the_lines(
    world: World, client: FlaskClient, visit_url: str
) -> None:
    assert "the quote was not opened yet" in words(client.get(visit_url).text)
    happened(world, "quote.opened", visit_id="RO-1")
    told = words(client.get(visit_url).text)
    assert "Quote 1 sent 20 May 2026, 11:04, opened 20 May 2026, 12:00" in told
    assert "the quote was not opened yet" not in told


def test_what_is_usual_for_the_work_comes_first(world: World, client: FlaskClient, visit_url: str) -> None:
    for number in range(6):
        happened(world, "visit.walk_in", visit_id=f"RO-U{number}", customer={"id": f"U-{number}"},
                 vehicle={"id": f"U-{number}"})  # fmt: skip
        happened(world, "line.recommended", visit_id=f"RO-U{number}", line_id=f"U-{number}",
                 service="Timing belt", amount="700.00")  # fmt: skip
        happened(world, "line.declined", visit_id=f"RO-U{number}", line_id=f"U-{number}", cause="NOT_NEEDED")
    told = words(strip(client.get(visit_url).text, line(world).id))
    assert "Not convinced 100% of such losses" in told
    assert told.index("Not convinced") < told.index("Too expensive")


@pytest.fixture
def asked(world: World) -> Iterator[list[str]]:
    """Every statement of the connection, whoever sends it."""
    sent: list[str] = []

    def listen(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        sent.append(statement)

    sql_events.listen(world.runtime.engine, "before_cursor_execute", listen)
    yield sent
    sql_events.remove(world.runtime.engine, "before_cursor_execute", listen)


def test_a_visit_takes_the_same_statements_for_three_lines_and_for_thirty(
    world: World, client: FlaskClient, visit_url: str, asked: list[str]
) -> None:
    def kinds_of_statements() -> int:
        client.get(visit_url)
        del asked[:]
        with statements() as of_books:
            client.get(visit_url)
        # Without a network between, rows are read by one prepared statement a key: the same one.
        return len({*asked, *of_books})

    few = kinds_of_statements()
    for number in range(27):
        happened(world, "line.recommended", visit_id="RO-1", line_id=f"M-{number}", amount="50.00",
                 service=f"Service {number}", part_number=f"P-{number}")  # fmt: skip
    assert kinds_of_statements() == few
    assert few <= 20
    assert len(forms(client.get(visit_url).text)) > 80
