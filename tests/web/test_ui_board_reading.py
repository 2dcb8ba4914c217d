"""The board as it is read: pages of a column, filters, what tells of changes, how many statements it asks."""

import re
from datetime import timedelta
from http import HTTPStatus

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event as sqlalchemy_event

from servicelost.kernel.actor import Role
from tests.statements import statements
from tests.web.board_desk import BOARD, Staff, many_cards, take
from tests.web.conftest import World
from tests.web.ui_pages import words


@pytest.fixture
def staff(world: World) -> Staff:
    made = Staff(world)
    made.sign_in("Ana")
    return made


def test_a_column_comes_in_pages_that_leave_nothing_out(
    world: World, client: FlaskClient, staff: Staff
) -> None:
    many_cards(world, 60)
    page = client.get(BOARD).text
    assert "Unsorted 62 cards" in words(page)
    seen = re.findall(r'id="card-(\d+)"', page)
    assert len(seen) == 25
    while more := re.search(r'href="([^"]+)" data-sl-more', page):
        page = client.get(more.group(1).replace("&amp;", "&")).text
        seen += re.findall(r'id="card-(\d+)"', page)
    assert len(seen) == len(set(seen)) == 62


@pytest.mark.parametrize(
    ("query", "shown"),
    [("severity=RED", 1), ("severity=GREEN", 0), ("least=100", 1), ("source=MPI_FINDING", 2),
     ("source=CALL", 0), ("age=1", 0), ("severity=%F0", 2), ("age=x", 2), ("category=0", 0)],
)  # fmt: skip
def test_filters_stand_in_the_address(
    world: World, client: FlaskClient, staff: Staff, query: str, shown: int
) -> None:
    page = client.get(f"{BOARD}?{query}").text
    assert len(re.findall(r'id="card-', page)) == shown


def test_the_pulse_changes_with_every_card_and_else_says_nothing(
    world: World, client: FlaskClient, staff: Staff
) -> None:
    first = client.get(f"{BOARD}/pulse")
    tag = {"If-None-Match": first.headers["ETag"]}
    assert client.get(f"{BOARD}/pulse", headers=tag).status_code == HTTPStatus.NOT_MODIFIED
    take(client, world)
    second = client.get(f"{BOARD}/pulse", headers=tag)
    assert second.status_code == HTTPStatus.OK
    assert second.json != first.json
    [piece] = re.findall(r'data-sl-pulse="([^"]+)"', client.get(f"{BOARD}/columns/UNSORTED?piece=1").text)
    assert second.json is not None
    assert second.json["UNSORTED"] == piece


def test_late_cards_say_so(world: World, client: FlaskClient, staff: Staff) -> None:
    assert "◷ late" not in words(client.get(BOARD).text)
    world.clock.move(timedelta(days=4))
    assert "◷ late 4 days" in words(client.get(BOARD).text)


def test_a_board_takes_the_same_statements_for_two_cards_and_for_sixty(
    world: World, client: FlaskClient, staff: Staff
) -> None:
    sent: list[str] = []
    sqlalchemy_event.listen(
        world.runtime.engine, "before_cursor_execute", lambda *told: sent.append(str(told[2]))
    )

    def count() -> int:
        sent.clear()
        with statements() as of_books:
            client.get(BOARD)
        return len(sent) + len(of_books)

    count()
    few = count()
    many_cards(world, 60)
    assert count() == few
    assert few <= 15


def test_hints_are_for_who_sees_the_whole_board(world: World, client: FlaskClient, staff: Staff) -> None:
    assert "Nothing stands out" in client.get(f"{BOARD}/hints").text
    staff.sign_in("Mia", Role.SERVICE_MANAGER)
    assert "too few to judge (n = " in client.get(f"{BOARD}/hints").text
    many_cards(world, 9)
    world.clock.move(timedelta(days=4))
    told = words(client.get(f"{BOARD}/hints?piece=1").text)
    assert "Unsorted stands still. 11 of 11 cards" in told
    assert "have not moved for 3 days or more" in told
