"""Several lines of a visit decided at once, all or none; taken off; each decision taken back for a minute."""

import re
from datetime import timedelta
from http import HTTPStatus

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from servicelost.kernel.actor import SYSTEM
from servicelost.opportunities.ledger.models import LedgerEntry
from servicelost.web import deciding
from tests.web.conftest import World
from tests.web.ui_pages import forms, submit, words


def states(world: World) -> list[str]:
    return [world.line(source_id).state for source_id in ("L-1", "L-2")]


def ledger_of(world: World) -> list[LedgerEntry]:
    with world.runtime.unit(SYSTEM, reading=True) as book:
        ids = book.connection.scalars(select(LedgerEntry.id).order_by(LedgerEntry.id)).all()
        return [book.get(LedgerEntry, entry_id) for entry_id in ids]


def ticks(world: World) -> list[str]:
    return [f"{line.id}:{line.version}" for line in (world.line("L-1"), world.line("L-2"))]


def together(client: FlaskClient, url: str, ticked: list[str], **typed: str) -> TestResponse:
    held = {**forms(client.get(url).text)[f"{url}/lines/several"], **typed, "line": ticked}
    return client.post(f"{url}/lines/several", data=held)


def test_two_lines_are_approved_at_once_and_taken_back_at_once(
    world: World, client: FlaskClient, visit_url: str
) -> None:
    answer = together(client, visit_url, ticks(world), act="approve")
    assert answer.status_code == HTTPStatus.SEE_OTHER
    assert states(world) == ["AUTHORIZED", "AUTHORIZED"]
    assert "2 lines: approved." in client.get(answer.location).text
    undone = submit(client, answer.location, "/undo", {})
    assert states(world) == ["QUOTED", "QUOTED"]
    assert "Taken back: 2 lines: quoted." in client.get(undone.location).text


def test_two_lines_are_declined_for_one_cause(world: World, client: FlaskClient, visit_url: str) -> None:
    answer = together(
        client, visit_url, ticks(world), act="decline", cause="PRICE_TOO_HIGH", competitor="Fast Fit"
    )
    assert [(loss.amount_minor, loss.cause) for loss in ledger_of(world)] == [
        (24_000, "PRICE_TOO_HIGH"),
        (4_990, "PRICE_TOO_HIGH"),
    ]
    submit(client, answer.location, "/undo", {})
    assert [loss.kind for loss in ledger_of(world)] == ["LOSS", "LOSS", "REVERSAL", "REVERSAL"]


def test_two_lines_are_postponed_to_one_day(world: World, client: FlaskClient, visit_url: str) -> None:
    together(client, visit_url, ticks(world), act="defer", other_day="2026-08-01", cause="NO_TIME")
    assert states(world) == ["DEFERRED", "DEFERRED"]
    assert str(world.line("L-2").deferred_until) == "2026-08-01"


def test_a_colleague_who_was_quicker_with_one_stops_all(
    world: World, client: FlaskClient, visit_url: str
) -> None:
    ticked = ticks(world)
    with world.runtime.unit(SYSTEM) as book:
        deciding.authorize(book, world.line_id("L-2"), None, {})
    answer = together(client, visit_url, ticked, act="decline", cause="NO_TIME", note="in a hurry")
    assert answer.status_code == HTTPStatus.CONFLICT
    assert "Cabin filter: system changed this line meanwhile, at 12:00: it is approved now" in words(
        answer.text
    )
    assert states(world) == ["QUOTED", "AUTHORIZED"]
    held = forms(answer.text)[f"{visit_url}/lines/several"]
    assert (held["note"], held["cause"]) == ("in a hurry", "NO_TIME")
    still_ticked = re.findall(r'value="(\d+):\d+" data-sl-pick\s+aria-label="[^"]*" checked', answer.text)
    assert still_ticked == [text.partition(":")[0] for text in ticked]


def test_nothing_ticked_is_said_and_keeps_the_words(
    world: World, client: FlaskClient, visit_url: str
) -> None:
    answer = together(client, visit_url, [], act="decline", note="all of it")
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "Tick the lines first" in answer.text
    assert forms(answer.text)[f"{visit_url}/lines/several"]["note"] == "all of it"


def test_the_enter_key_decides_nothing(world: World, client: FlaskClient, visit_url: str) -> None:
    answer = together(client, visit_url, ticks(world), note="in a hurry")
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert states(world) == ["QUOTED", "QUOTED"]


def test_a_line_is_taken_off_with_its_cause(world: World, client: FlaskClient, visit_url: str) -> None:
    line_id = world.line("L-1").id
    answer = submit(client, visit_url, f"{line_id}/remove", {"cause": "NOT_NEEDED"})
    [loss] = ledger_of(world)
    assert (loss.event, loss.cause, loss.amount_minor) == ("SCOPE_REDUCED", "NOT_NEEDED", 24_000)
    assert "Rear brake pads: taken off, not convinced." in client.get(answer.location).text
    submit(client, answer.location, "/undo", {})
    assert states(world)[0] == "QUOTED"


@pytest.mark.parametrize("kind", ["approve", "decline", "defer", "remove"])
def test_each_decision_is_taken_back_for_a_minute_only(
    world: World, client: FlaskClient, visit_url: str, kind: str
) -> None:
    line_id = world.line("L-1").id
    done = submit(client, visit_url, f"{line_id}/{kind}", {"other_day": "2026-08-01"}).location
    found = forms(client.get(done).text)
    [undo] = [address for address in found if address.endswith("/undo")]
    world.clock.move(timedelta(seconds=61))
    assert not [address for address in forms(client.get(done).text) if address.endswith("/undo")]
    late = client.post(undo, data=found[undo])
    assert late.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "can not be taken back any more" in late.text


def test_a_booking_that_is_only_planned_is_not_decided_line_by_line(
    world: World, client: FlaskClient, visit_url: str
) -> None:
    at = world.clock.now()
    day = (at + timedelta(days=2)).isoformat()
    booking = {"appointment_id": "A-1", "scheduled_at": day, "vehicle": {"id": "V-7"}}
    work = {"appointment_id": "A-1", "line_id": "B-1", "service": "Service", "amount": "90"}
    for kind, number, data in (("appointment.booked", "b1", booking), ("line.booked", "b2", work)):
        world.send({"type": kind, "event_id": number, "source": "dms", "dealership": "NORTH",
                    "occurred_at": at.isoformat(), "data": data})  # fmt: skip
    page = client.get(f"/service/visits/{world.line('B-1').visit_id}").text
    assert not [address for address in forms(page) if "/lines/" in address]
