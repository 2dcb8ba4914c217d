"""A second chance on the page of a visit: work turned down before is added with one tap, or left."""

from http import HTTPStatus

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from servicelost.kernel.actor import SYSTEM, Role
from servicelost.opportunities.ledger.models import EntryKind, LedgerEntry
from servicelost.opportunities.pipeline.models import Decision, Opportunity
from servicelost.workflow.models.lines import Line
from servicelost.workflow.models.visits import Visit
from tests.web.conftest import World
from tests.web.ui_pages import submit, words

CAR = {"customer": {"id": "C-1"}, "vehicle": {"id": "V-1", "odometer": 91000}}


def happened(world: World, kind: str, event_id: str, **data: object) -> None:
    world.send(
        {
            "type": kind, "event_id": event_id, "source": "dms", "dealership": "NORTH",
            "occurred_at": world.clock.now().isoformat(), "data": data,
        }
    )  # fmt: skip


@pytest.fixture
def second_visit(world: World, client: FlaskClient) -> str:
    """The car comes again; on its first visit one thing was declined and one postponed."""
    world.sign_in(Role.SERVICE_ADVISOR)
    happened(world, "line.declined", "no", line_id="L-1", visit_id="RO-1", cause="PRICE_TOO_HIGH")
    happened(world, "line.deferred", "later", line_id="L-2", visit_id="RO-1", deferred_until_odometer=90000)
    happened(world, "visit.closed", "over", visit_id="RO-1")
    happened(world, "visit.walk_in", "again", visit_id="RO-2", **CAR)
    with world.runtime.unit(SYSTEM, reading=True) as book:
        found = book.connection.scalars(select(Visit.id).where(Visit.source_id == "RO-2"))
        return f"/service/visits/{found.one()}"


def rows_of(world: World, model: type) -> list:  # type: ignore[type-arg]
    with world.runtime.unit(SYSTEM, reading=True) as book:
        ids = book.connection.scalars(select(model.id).order_by(model.id)).all()
        return [book.get(model, row_id) for row_id in ids]


def need(world: World, line_source_id: str) -> Opportunity:
    line_id = world.line_id(line_source_id)
    return next(row for row in rows_of(world, Opportunity) if row.line_id == line_id)


def test_it_stands_at_the_top_with_cause_and_what_is_due_first(
    world: World, client: FlaskClient, second_visit: str
) -> None:
    told = words(client.get(second_visit).text)
    assert "Postponed Cabin filter €49.90 ▲ Yellow 20 May 2026, until 90,000 km ◷ due now" in told
    assert "Declined Rear brake pads €240.00 ● Red 20 May 2026, too expensive" in told
    assert told.index("Cabin filter") < told.index("Rear brake pads")


def test_what_is_added_and_sold_is_recovered(world: World, client: FlaskClient, second_visit: str) -> None:
    wanted = need(world, "L-1")
    answer = submit(client, second_visit, "/again", {"add": wanted.id})
    assert answer.status_code == HTTPStatus.SEE_OTHER
    assert "Rear brake pads: recommended." in words(client.get(answer.location).text)
    added = rows_of(world, Line)[-1]
    assert (added.amount_minor, added.severity, added.state) == (24_000, "RED", "RECOMMENDED")
    assert "Declined Rear brake pads" not in words(client.get(second_visit).text)
    submit(client, second_visit, f"{added.id}/approve", {})
    happened(world, "visit.closed", "over2", visit_id="RO-2")
    loss, recovery = rows_of(world, LedgerEntry)
    assert (recovery.kind, recovery.loss_id, recovery.revenue_minor) == (EntryKind.RECOVERY, loss.id, 24_000)
    assert need(world, "L-1").state == "WON"


def test_tapping_twice_adds_it_once(world: World, client: FlaskClient, second_visit: str) -> None:
    wanted = need(world, "L-1").id
    page = client.get(second_visit).text
    before = len(rows_of(world, Line))
    token = page.split('name="csrf_token" value="')[1].split('"')[0]
    for _ in range(2):
        answer = client.post(f"{second_visit}/again", data={"csrf_token": token, "add": wanted})
        assert answer.status_code == HTTPStatus.SEE_OTHER
    assert len(rows_of(world, Line)) == before + 1


def test_all_of_it_is_added_with_one_tap(world: World, client: FlaskClient, second_visit: str) -> None:
    assert "Add all 2 to this visit" in client.get(second_visit).text
    submit(client, second_visit, "/again", {"add": "all"})
    told = words(client.get(second_visit).text)
    assert "Second chance" not in told
    assert "To decide €289.90" in told


def test_not_this_time_is_kept_and_changes_no_money(
    world: World, client: FlaskClient, second_visit: str
) -> None:
    wanted, entries = need(world, "L-1"), len(rows_of(world, LedgerEntry))
    submit(client, second_visit, "/again", {"not_now": wanted.id})
    told = words(client.get(second_visit).text)
    assert "20 May 2026, too expensive not this time" in told
    assert "Add all" not in told
    assert len(rows_of(world, LedgerEntry)) == entries
    last = rows_of(world, Decision)[-1]
    assert (last.kind, last.note, last.actor) == ("NOTED", "not this time", "ana")


def test_work_of_another_car_is_refused(world: World, client: FlaskClient, second_visit: str) -> None:
    happened(world, "visit.walk_in", "other", visit_id="RO-3", customer={"id": "C-9"}, vehicle={"id": "V-9"})
    happened(world, "line.recommended", "o1", visit_id="RO-3", line_id="L-9", service="Tyres", amount="300")
    happened(world, "line.declined", "o2", visit_id="RO-3", line_id="L-9")
    answer = submit(client, second_visit, "/again", {"add": need(world, "L-9").id})
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "is not open any more" in answer.text


def test_a_visit_that_is_over_offers_nothing(world: World, client: FlaskClient, second_visit: str) -> None:
    happened(world, "visit.closed", "over2", visit_id="RO-2")
    page = client.get(second_visit).text
    assert "Declined Rear brake pads" in words(page)
    assert "Add to this visit" not in page


def test_another_dealership_cannot_reach_it(world: World, client: FlaskClient, second_visit: str) -> None:
    wanted = need(world, "L-1").id
    page = client.get(second_visit).text
    token = page.split('name="csrf_token" value="')[1].split('"')[0]
    world.sign_in(Role.SERVICE_ADVISOR, at="SOUTH", name="sue")
    answer = client.post(f"{second_visit}/again", data={"csrf_token": token, "add": wanted})
    assert answer.status_code in (HTTPStatus.NOT_FOUND, HTTPStatus.FORBIDDEN)
