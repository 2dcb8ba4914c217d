"""The pages of visits: finding one, deciding about its lines by plain forms, taking back, being refused."""

from datetime import timedelta
from http import HTTPStatus

from flask.testing import FlaskClient
from sqlalchemy import select

from servicelost.kernel.actor import SYSTEM, Role
from servicelost.opportunities.ledger.models import LedgerEntry
from servicelost.web import deciding
from tests.web.conftest import World
from tests.web.ui_pages import forms, submit, words


def ledger_of(world: World) -> list[LedgerEntry]:
    with world.runtime.unit(SYSTEM, reading=True) as book:
        ids = book.connection.scalars(select(LedgerEntry.id).order_by(LedgerEntry.id)).all()
        return [book.get(LedgerEntry, entry_id) for entry_id in ids]


def test_the_list_shows_the_visits_in_the_house(world: World, client: FlaskClient, visit_url: str) -> None:
    page = client.get("/service/visits").text
    assert visit_url in page
    assert "RO-1 20 May 2026" in words(page)
    assert "Jo Doe Skoda Octavia" in words(page)
    assert "2 lines" in words(page)
    assert visit_url not in client.get("/service/visits?state=planned").text


def test_a_number_leads_straight_to_its_visit(world: World, client: FlaskClient, visit_url: str) -> None:
    answer = client.get("/service/visits?q=RO-1")
    assert (answer.status_code, answer.location) == (HTTPStatus.FOUND, visit_url)
    assert "No visit has an order number that begins with" in client.get("/service/visits?q=RO-9").text


def test_a_visit_shows_its_lines_with_colour_and_word(
    world: World, client: FlaskClient, visit_url: str
) -> None:
    text = words(client.get(visit_url).text)
    assert "● Red Rear brake pads" in text
    assert "€240.00 Quoted" in text
    assert "To decide €289.90" in text


def test_approving_is_one_form(world: World, client: FlaskClient, visit_url: str) -> None:
    line = world.line()
    answer = submit(client, visit_url, f"{line.id}/approve", {})
    assert answer.status_code == HTTPStatus.SEE_OTHER
    assert world.line().state == "AUTHORIZED"
    assert "Rear brake pads: approved." in client.get(answer.location).text


def test_declining_writes_the_loss_with_cause_and_competitor(
    world: World, client: FlaskClient, visit_url: str
) -> None:
    typed = {
        "cause": "PRICE_TOO_HIGH",
        "competitor": "Fast Fit",
        "competitor_price": "189.00",
        "note": "by phone",
    }
    answer = submit(client, visit_url, f"{world.line().id}/decline", typed)
    assert answer.status_code == HTTPStatus.SEE_OTHER
    [loss] = ledger_of(world)
    assert (loss.cause, loss.amount_minor, loss.competitor_price_minor) == ("PRICE_TOO_HIGH", 24_000, 18_900)
    assert (loss.recorded_by, loss.decided_by, loss.note) == ("ana", "CUSTOMER", "by phone")
    assert "declined, too expensive, Fast Fit, by phone." in client.get(answer.location).text


def test_a_cause_nobody_stated_is_not_invented(world: World, client: FlaskClient, visit_url: str) -> None:
    submit(client, visit_url, f"{world.line().id}/decline", {})
    [loss] = ledger_of(world)
    assert (loss.cause, loss.cause_basis) == ("UNKNOWN", "AUTOMATIC")


def test_a_decline_can_be_taken_back_for_a_minute(world: World, client: FlaskClient, visit_url: str) -> None:
    line_id = world.line().id
    done = submit(client, visit_url, f"{line_id}/decline", {"cause": "NO_TIME"}).location
    answer = submit(client, done, f"{line_id}/undo", {})
    assert answer.status_code == HTTPStatus.SEE_OTHER
    assert [entry.kind for entry in ledger_of(world)] == ["LOSS", "REVERSAL"]
    assert f"{visit_url}/lines/{line_id}/approve" in forms(client.get(visit_url).text)


def test_the_offer_to_take_back_ends_after_a_minute(
    world: World, client: FlaskClient, visit_url: str
) -> None:
    line_id = world.line().id
    done = submit(client, visit_url, f"{line_id}/decline", {"cause": "NO_TIME"}).location
    world.clock.move(timedelta(seconds=61))
    assert f"{line_id}/undo" not in client.get(done).text


def test_postponing_takes_a_proposed_day_or_ones_own(
    world: World, client: FlaskClient, visit_url: str
) -> None:
    submit(client, visit_url, f"{world.line().id}/defer", {"cause": "NO_TIME"})
    assert str(world.line().deferred_until) == "2026-06-19"
    submit(client, visit_url, f"{world.line('L-2').id}/defer", {"other_day": "2026-08-01"})
    assert str(world.line("L-2").deferred_until) == "2026-08-01"


def test_what_is_refused_comes_back_with_what_was_typed(
    world: World, client: FlaskClient, visit_url: str
) -> None:
    line_id = world.line().id
    typed = {"cause": "OTHER", "competitor_price": "cheap"}
    answer = submit(client, visit_url, f"{line_id}/decline", typed)
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "Competitor price: is not an amount" in words(answer.text)
    assert typed.items() <= forms(answer.text)[f"{visit_url}/lines/{line_id}/decline"].items()
    assert world.line().state == "QUOTED"


def test_a_rule_of_the_ledger_is_told_on_the_page(world: World, client: FlaskClient, visit_url: str) -> None:
    answer = submit(client, visit_url, f"{world.line().id}/decline", {"cause": "OTHER"})
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "cause OTHER needs a note" in answer.text
    assert not ledger_of(world)


def test_who_is_late_sees_how_it_stands_now(world: World, client: FlaskClient, visit_url: str) -> None:
    line_id = world.line().id
    page = client.get(visit_url).text
    with world.runtime.unit(SYSTEM) as book:
        deciding.authorize(book, line_id, None, {})
    action = f"{visit_url}/lines/{line_id}/decline"
    answer = client.post(action, data=forms(page)[action] | {"note": "too dear"})
    assert answer.status_code == HTTPStatus.CONFLICT
    told = words(answer.text)
    assert "changed this line meanwhile, at 12:00: it is " in told
    assert "Keep it as it is" in told
    assert f'href="{visit_url}"' in answer.text
    assert forms(answer.text)[action]["note"] == "too dear"
    assert world.line().state == "AUTHORIZED"


def test_a_line_is_decided_on_its_own_visit_only(world: World, client: FlaskClient, visit_url: str) -> None:
    line_id = world.line().id
    found = forms(client.get(visit_url).text)[f"{visit_url}/lines/{line_id}/approve"]
    answer = client.post(f"{visit_url}1/lines/{line_id}/approve", data=found)
    assert answer.status_code == HTTPStatus.NOT_FOUND
    assert world.line().state == "QUOTED"


def test_a_link_without_script_opens_the_strip(world: World, client: FlaskClient, visit_url: str) -> None:
    line_id = world.line().id
    shut, opened = client.get(visit_url).text, client.get(f"{visit_url}?decline={line_id}").text
    assert shut.count("hidden>") == opened.count("hidden>") + 1


def test_a_technician_looks_and_does_not_decide(world: World, client: FlaskClient, visit_url: str) -> None:
    world.sign_in(Role.TECHNICIAN, name="tom")
    page = client.get(visit_url)
    assert page.status_code == HTTPStatus.OK
    assert not forms(page.text)


def test_what_was_turned_down_before_is_a_second_chance(
    world: World, client: FlaskClient, visit_url: str
) -> None:
    submit(client, visit_url, f"{world.line().id}/decline", {"cause": "NO_TIME"})
    world.send(
        {
            "type": "visit.walk_in", "event_id": "again", "source": "dms", "dealership": "NORTH",
            "occurred_at": world.clock.now().isoformat(),
            "data": {"visit_id": "RO-2", "customer": {"id": "C-1"}, "vehicle": {"id": "V-1"}},
        }
    )  # fmt: skip
    answer = client.get("/service/visits?q=RO-2", follow_redirects=True)
    assert (
        "Second chance: turned down before Declined Rear brake pads €240.00 ● Red 20 May 2026, no time today"
        in words(answer.text)
    )


def test_what_customers_are_called_is_shown_as_text(
    world: World, client: FlaskClient, visit_url: str
) -> None:
    submit(client, visit_url, f"{world.line().id}/decline", {"note": "<script>alert(1)</script>"})
    page = client.get(visit_url).text
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)" in page
