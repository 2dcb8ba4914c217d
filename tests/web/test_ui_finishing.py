"""Leaving a visit with work undecided: one question, and what each answer comes to."""

from http import HTTPStatus

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from servicelost.kernel.actor import SYSTEM
from servicelost.opportunities.followup.models import Task
from servicelost.opportunities.ledger.models import LedgerEntry
from servicelost.web import deciding
from tests.web.conftest import World
from tests.web.ui_pages import forms, submit, words


def rows_of(world: World, model: type) -> list:  # type: ignore[type-arg]
    with world.runtime.unit(SYSTEM, reading=True) as book:
        ids = book.connection.scalars(select(model.id).order_by(model.id)).all()
        return [book.get(model, row_id) for row_id in ids]


def answer(world: World, client: FlaskClient, url: str, **typed: str) -> TestResponse:
    held = forms(client.get(url).text)[f"{url}/finish"]
    ticked = [f"{line.id}:{line.version}" for line in (world.line("L-1"), world.line("L-2"))]
    return client.post(f"{url}/finish", data={**held, "line": ticked, **typed})


def test_the_question_is_asked_while_something_is_undecided(
    world: World, client: FlaskClient, visit_url: str
) -> None:
    assert "Finish: 2 lines undecided" in words(client.get(visit_url).text)
    for source_id in ("L-1", "L-2"):
        submit(client, visit_url, f"{world.line(source_id).id}/approve", {})
    told = words(client.get(visit_url).text)
    assert "Nothing is left open" in told
    assert "Why is nothing decided?" not in told


@pytest.mark.parametrize(
    ("said", "cause"), [("PRICE", "PRICE_TOO_HIGH"), ("TIME", "NO_TIME"), ("AVAILABILITY", "NO_CAPACITY")]
)
def test_an_answer_declines_each_open_line_with_its_cause_and_is_taken_back(
    world: World, client: FlaskClient, visit_url: str, said: str, cause: str
) -> None:
    done = answer(world, client, visit_url, answer=said)
    assert done.status_code == HTTPStatus.SEE_OTHER
    assert [(loss.amount_minor, loss.cause) for loss in rows_of(world, LedgerEntry)] == [
        (24_000, cause),
        (4_990, cause),
    ]
    submit(client, done.location, "/undo", {})
    assert [world.line(source_id).state for source_id in ("L-1", "L-2")] == ["QUOTED", "QUOTED"]


def test_availability_is_the_part_where_the_line_names_one(
    world: World, client: FlaskClient, visit_url: str
) -> None:
    world.send(
        {
            "type": "line.recommended", "event_id": "part", "source": "dms", "dealership": "NORTH",
            "occurred_at": world.clock.now().isoformat(),
            "data": {"visit_id": "RO-1", "line_id": "L-3", "service": "Timing belt", "amount": "780.00",
                     "part_number": "TB-1"},
        }
    )  # fmt: skip
    line = world.line("L-3")
    held = forms(client.get(visit_url).text)[f"{visit_url}/finish"]
    client.post(
        f"{visit_url}/finish", data={**held, "line": f"{line.id}:{line.version}", "answer": "AVAILABILITY"}
    )
    assert [loss.cause for loss in rows_of(world, LedgerEntry)] == ["MISSING_PARTS"]


def test_other_asks_for_words_and_declines_nothing_without(
    world: World, client: FlaskClient, visit_url: str
) -> None:
    refused = answer(world, client, visit_url, answer="OTHER")
    assert refused.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "Rear brake pads: cause OTHER needs a note" in refused.text
    assert not rows_of(world, LedgerEntry)
    answer(world, client, visit_url, answer="OTHER", note="his brother is a mechanic")
    assert {loss.note for loss in rows_of(world, LedgerEntry)} == {"his brother is a mechanic"}


def test_still_open_loses_nothing_and_asks_again_tomorrow(
    world: World, client: FlaskClient, visit_url: str
) -> None:
    for _ in range(2):
        left = answer(world, client, visit_url, answer="STILL_OPEN")
    assert "It stays open" in client.get(left.location).text
    assert not rows_of(world, LedgerEntry)
    assert world.line("L-1").state == "QUOTED"
    [task] = rows_of(world, Task)
    assert (task.kind, task.due_at.isoformat()) == ("ASK_AGAIN", "2026-05-21T07:00:00+00:00")
    tomorrow = "/service/today?day=2026-05-21"
    assert "Quote still open: ask again" in client.get(tomorrow).text
    for source_id in ("L-1", "L-2"):
        assert "Quote still open: ask again" in client.get(tomorrow).text
        submit(client, visit_url, f"{world.line(source_id).id}/approve", {})
    assert "Quote still open: ask again" not in client.get(tomorrow).text


def test_a_colleague_who_was_quicker_is_named_with_the_line(
    world: World, client: FlaskClient, visit_url: str
) -> None:
    lines = [world.line("L-1"), world.line("L-2")]
    held = forms(client.get(visit_url).text)[f"{visit_url}/finish"]
    with world.runtime.unit(SYSTEM) as book:
        deciding.authorize(book, lines[1].id, None, {})
    sent = {
        **held,
        "line": [f"{line.id}:{line.version}" for line in lines],
        "answer": "OTHER",
        "note": "dear",
    }
    refused = client.post(f"{visit_url}/finish", data=sent)
    assert refused.status_code == HTTPStatus.CONFLICT
    assert "Cabin filter: system changed this line meanwhile" in words(refused.text)
    assert forms(refused.text)[f"{visit_url}/finish"]["note"] == "dear"
    assert world.line("L-1").state == "QUOTED"


def test_a_closed_order_asks_by_itself(world: World, client: FlaskClient, visit_url: str) -> None:
    world.send(
        {
            "type": "visit.closed", "event_id": "over", "source": "dms", "dealership": "NORTH",
            "occurred_at": world.clock.now().isoformat(), "data": {"visit_id": "RO-1"},
        }
    )  # fmt: skip
    page = client.get(visit_url).text
    assert "hidden" not in page.split('id="finish-strip"')[1].split(">")[0]
