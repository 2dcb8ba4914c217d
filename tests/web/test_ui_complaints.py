"""Problems that customers tell, on the page of a visit: recorded once, kept when refused, then solved."""

from http import HTTPStatus

from flask.testing import FlaskClient
from sqlalchemy import select

from servicelost.kernel.actor import SYSTEM, Role
from servicelost.opportunities.followup.models import Problem
from servicelost.workflow.models.lines import Line
from tests.web.conftest import World
from tests.web.ui_pages import forms, submit, words


def problems(world: World) -> list[Problem]:
    with world.runtime.unit(SYSTEM, reading=True) as book:
        ids = book.connection.scalars(select(Problem.id).order_by(Problem.id)).all()
        return [book.get(Problem, row_id) for row_id in ids]


def tell(client: FlaskClient, url: str, text: str = "Brakes squeal again", **typed: str) -> str:
    answer = submit(client, url, "/problems", {"text": text, **typed})
    assert answer.status_code == HTTPStatus.SEE_OTHER
    return client.get(answer.location).text


def test_a_problem_is_recorded_for_car_and_customer(
    world: World, client: FlaskClient, visit_url: str
) -> None:
    page = tell(client, visit_url, severity="RED")
    assert "The problem is recorded." in page
    assert "● Red Brakes squeal again 20 May 2026" in words(page)
    assert "no offers are sent to this customer" in page
    [problem] = problems(world)
    assert (problem.state, problem.severity, problem.source) == ("OPEN", "RED", "desk")
    assert problem.vehicle_id is not None
    assert problem.customer_id is not None


def test_sending_it_twice_records_it_once(world: World, client: FlaskClient, visit_url: str) -> None:
    action = f"{visit_url}/problems"
    held = forms(client.get(visit_url).text)[action] | {"text": "Radio is dead"}
    for _ in range(2):
        assert client.post(action, data=held).status_code == HTTPStatus.SEE_OTHER
    assert len(problems(world)) == 1


def test_a_problem_without_words_comes_back_with_the_rest(
    world: World, client: FlaskClient, visit_url: str
) -> None:
    answer = submit(client, visit_url, "/problems", {"text": " ", "severity": "YELLOW"})
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "Say it in a few words" in answer.text
    assert forms(answer.text)[f"{visit_url}/problems"]["severity"] == "YELLOW"
    assert not problems(world)


def test_it_is_solved_with_words_and_stays_on_its_visit(
    world: World, client: FlaskClient, visit_url: str
) -> None:
    tell(client, visit_url)
    answer = submit(client, visit_url, "/solved", {"resolution": "New pads under goodwill"})
    told = words(client.get(answer.location).text)
    assert "✓ solved: New pads under goodwill" in told
    assert "no offers are sent" not in told
    [problem] = problems(world)
    assert (problem.state, problem.resolution) == ("RESOLVED", "New pads under goodwill")


def test_the_next_visit_shows_what_is_open_and_that_it_comes_back(
    world: World, client: FlaskClient, visit_url: str
) -> None:
    with world.runtime.unit(SYSTEM, reading=True) as book:
        service = str(book.get(Line, world.line_id("L-1")).category_id)
    tell(client, visit_url, service_id=service)
    tell(client, visit_url, text="Still squealing", service_id=service)
    world.send(
        {
            "type": "visit.walk_in", "event_id": "again", "source": "dms", "dealership": "NORTH",
            "occurred_at": world.clock.now().isoformat(),
            "data": {"visit_id": "RO-2", "customer": {"id": "C-1"}, "vehicle": {"id": "V-1"}},
        }
    )  # fmt: skip
    told = words(client.get("/service/visits?q=RO-2", follow_redirects=True).text)
    assert "Still squealing 20 May 2026, Rear brake pads, told on an earlier visit ↻ 2 times" in told


def test_a_problem_of_another_dealership_cannot_be_solved(
    world: World, client: FlaskClient, visit_url: str
) -> None:
    tell(client, visit_url)
    found = forms(client.get(visit_url).text)
    [action] = [address for address in found if address.endswith("/solved")]
    world.sign_in(Role.SERVICE_ADVISOR, at="SOUTH", name="sue")
    answer = client.post(action, data=found[action] | {"resolution": "not mine"})
    assert answer.status_code in (HTTPStatus.NOT_FOUND, HTTPStatus.FORBIDDEN)
    assert problems(world)[0].state == "OPEN"
