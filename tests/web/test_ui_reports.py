"""The pages of reports: asking by looking, waiting, tables with definitions, the rows behind, files."""

import csv
import io
import json
import re
from collections.abc import Callable
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any

import pytest
from flask.testing import FlaskClient
from openpyxl import load_workbook
from sqlalchemy import select

from servicelost.analytics.models import ReportRun
from servicelost.analytics.registry import REPORTS
from servicelost.directory.dealerships import upsert_dealership
from servicelost.kernel.actor import SYSTEM, Role
from tests.web.conftest import World
from tests.web.ui_pages import computed, waiting_run, words


def test_every_report_is_offered_with_its_question(manager: World, client: FlaskClient) -> None:
    text = words(client.get("/service/reports").text)
    assert "Where and why At which stage of the visit is work lost, and for what reason?" in text


def test_without_a_queue_server_a_report_says_that_it_waits(manager: World, client: FlaskClient) -> None:
    page = words(client.get("/service/reports/lost-revenue").text)
    assert "Your numbers are being computed. Reports wait, because the queue server does not answer" in page


def test_looking_at_a_report_asks_for_it_once(make_world: Callable[..., World], valkey_url: str) -> None:
    world = make_world(SERVICELOST_REDIS_URL=valkey_url)
    world.sign_in(Role.SERVICE_MANAGER)
    client = world.app.test_client()
    first, second = (client.get("/service/reports/lost-revenue").text for _ in range(2))
    assert "Your numbers are being computed. Waiting for a worker." in words(first)
    assert waiting_run(first) == waiting_run(second)
    progress = client.get(f"/service/reports/runs/{waiting_run(first)}").json
    assert progress == {"done": False, "failed": False, "hint": "Waiting for a worker."}


@pytest.mark.parametrize("name", [name for name in REPORTS if name != "overview"])
def test_every_report_is_shown_with_its_definitions(manager: World, client: FlaskClient, name: str) -> None:
    page = computed(manager, client, f"/service/reports/{name}")
    notes = set(re.findall(r'href="#(def-\d+)"', page))
    assert notes == set(re.findall(r'<li id="(def-\d+)"', page))
    assert "as of" in page
    for figure in re.findall(r'<script type="application/json"[^>]*>(.*?)</script>', page, re.DOTALL):
        assert json.loads(figure)["data"]


def test_too_few_cases_are_not_judged(manager: World, client: FlaskClient) -> None:
    page = computed(manager, client, "/service/reports/where-why")
    assert "Too few to judge (n = 1)" in words(page)


def test_a_cell_leads_to_its_rows(manager: World, client: FlaskClient) -> None:
    page = computed(manager, client, "/service/reports/where-why")
    [address] = re.findall(r'<td class="sl-heat[^"]*"><a href="([^"]+)"', page)
    rows = words(client.get(address.replace("&amp;", "&")).text)
    assert "1 row behind the number" in rows
    assert "Lost, gross €240.00" in rows
    assert "20 May 2026 Lost Rear brake pads Quote declined Reception Too expensive" in rows


def test_rows_are_saved_as_files(manager: World, client: FlaskClient) -> None:
    answer = client.get("/service/rows?target=lines&format=csv")
    assert answer.headers["Content-Disposition"] == "attachment; filename=rows.csv"
    rows = list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"))))
    assert [(row["Category"], row["State"], row["Amount"]) for row in rows] == [
        ("Cabin filter", "QUOTED", "49.90"),
        ("Rear brake pads", "DECLINED", "240.00"),
    ]
    book = load_workbook(io.BytesIO(client.get("/service/rows?target=ledger&format=xlsx").data))
    assert book["Rows"]["I2"].value == "PRICE_TOO_HIGH"
    assert client.get("/service/rows?format=exe").status_code == HTTPStatus.UNPROCESSABLE_ENTITY


def test_a_report_is_saved_as_a_file(manager: World, client: FlaskClient) -> None:
    page = computed(manager, client, "/service/reports/causes")
    [csv_url, xlsx_url] = re.findall(r'href="([^"]+)" download', page)
    answer = client.get(csv_url.replace("&amp;", "&"))
    assert answer.headers["Content-Disposition"] == "attachment; filename=causes.csv"
    assert "Too expensive" in answer.data.decode("utf-8-sig")
    assert load_workbook(io.BytesIO(client.get(xlsx_url.replace("&amp;", "&")).data)).sheetnames


def test_a_long_table_is_cut_on_the_page_and_whole_in_the_file(manager: World, client: FlaskClient) -> None:
    address = "/service/reports/where-why?group_by=period"
    assert "Showing" not in words(computed(manager, client, address))
    with manager.runtime.unit(SYSTEM) as book:
        run = book.get(ReportRun, book.connection.scalars(select(ReportRun.id)).one())
        document = json.loads(run.result or "")
        [long] = [section for section in document["sections"] if section["id"] == "matrix-by-period"]
        long["values"] = {key: values * 6500 for key, values in long["values"].items()}
        run.result = json.dumps(document)
    page = computed(manager, client, address)
    text = words(page)
    assert (
        text.count(
            "Showing the first 200 of 6,500 rows; the whole table is in the files. Save as CSV · Excel"
        )
        == 1
    )
    assert page.count('scope="row" class="sl-nowrap">May 2026 so far</th>') == 200
    [csv_url] = {url for url in re.findall(r'href="([^"]+)" download', page) if "csv" in url}
    saved = client.get(csv_url.replace("&amp;", "&")).data.decode("utf-8-sig")
    assert saved.count("2026-05,") == 6500


def test_what_the_form_cannot_mean_is_told(manager: World, client: FlaskClient) -> None:
    answer = client.get("/service/reports/lost-revenue?from=soon")
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "from: &#39;soon&#39; is not understood" in answer.text
    assert client.get("/service/reports/nonsense").status_code == HTTPStatus.NOT_FOUND


def test_the_form_keeps_what_was_chosen(manager: World, client: FlaskClient) -> None:
    page = client.get("/service/reports/causes?stage=WORK&from=2026-01-01").text
    assert '<option value="WORK" selected>' in page
    assert 'name="from" value="2026-01-01"' in page


def test_a_failed_run_is_told_and_not_waited_for(manager: World, client: FlaskClient) -> None:
    run_id = waiting_run(client.get("/service/reports/causes").text)
    with manager.runtime.unit(SYSTEM) as book:
        run = book.get(ReportRun, run_id)
        run.state, run.error = "FAILED", "the disk is full"
    progress = client.get(f"/service/reports/runs/{run_id}").json
    assert progress == {"done": False, "failed": True, "hint": "It could not be computed: the disk is full"}


def test_home_says_what_was_lost(manager: World, client: FlaskClient) -> None:
    text = words(computed(manager, client, "/service/?period=month"))
    assert "Lost, net 1 €240" in text
    assert "What to do first" in text
    assert "The largest causes" in text


def test_the_overview_keeps_its_filters_in_the_address(manager: World, client: FlaskClient) -> None:
    page = computed(manager, client, "/service/?from=2026-01-01&to=2026-12-31&pay_type=WARRANTY")
    assert 'name="from" value="2026-01-01"' in page
    assert '<option value="WARRANTY" selected>' in page
    [month] = re.findall(r'href="([^"]*period=month[^"]*)"', page)
    assert "pay_type=WARRANTY" in month
    assert "from=" not in month
    assert "No loss is recorded in this period" in words(page)


def test_the_overview_tells_what_the_address_cannot_mean(manager: World, client: FlaskClient) -> None:
    answer = client.get("/service/?from=soon")
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "from: &#39;soon&#39; is not understood" in answer.text


def test_a_period_ends_with_the_day_that_has_come_to_any_of_the_dealerships(
    manager: World, client: FlaskClient
) -> None:
    """At the turn of the year one dealership is in the old quarter and the other in the new one."""
    with manager.runtime.unit(SYSTEM) as book:
        upsert_dealership(book, {"code": "NORTH", "timezone": "America/New_York"})
        upsert_dealership(book, {"code": "SOUTH", "timezone": "Asia/Kathmandu"})
    manager.clock.move(datetime(2027, 1, 1, 0, 30, tzinfo=UTC) - manager.clock.now())
    manager.sign_in(Role.GROUP_MANAGER, at=None)

    def dates(query: str) -> list[str]:
        return re.findall(r'name="(?:from|to)" value="([\d-]+)"', client.get(f"/service/{query}").text)

    assert dates("?period=quarter") == ["2027-01-01", "2027-01-01"]
    assert dates("?period=quarter&dealership=NORTH") == ["2026-10-01", "2026-12-31"]
    assert dates("?period=quarter&dealership=SOUTH") == ["2027-01-01", "2027-01-01"]


def test_home_is_honest_about_an_empty_period(manager: World, client: FlaskClient) -> None:
    manager.send(
        {
            "type": "part.not_supplied", "event_id": "old", "source": "dms", "dealership": "SOUTH",
            "occurred_at": "2025-01-10T10:00:00Z",
            "data": {"request_id": "P-1", "part_number": "X", "quantity": "1", "unit_price": "10.00"},
        }
    )  # fmt: skip
    manager.sign_in(Role.SERVICE_MANAGER, at="SOUTH", name="sue")
    text = words(computed(manager, client, "/service/?period=week"))
    assert "No loss is recorded in this period; the latest is of Fri, 10 Jan 2025" in text


def test_home_without_any_loss_asks_how_they_are_logged(world: World, client: FlaskClient) -> None:
    world.sign_in(Role.SERVICE_MANAGER, at="SOUTH", name="sue")
    assert "No loss is recorded. Nobody loses nothing" in words(client.get("/service/").text)


def test_the_overview_says_what_has_changed(manager: World, client: FlaskClient) -> None:
    manager.send(
        {
            "type": "part.not_supplied", "event_id": "before", "source": "dms", "dealership": "NORTH",
            "occurred_at": "2025-01-10T10:00:00Z",
            "data": {"request_id": "P-1", "part_number": "X", "quantity": "1", "unit_price": "480.00"},
        }
    )  # fmt: skip
    today = manager.clock.now().date()
    page = computed(manager, client, f"/service/?from={today.replace(month=1, day=1)}&to={today}")
    assert "on the period before: €480" in words(page)
    assert 'class="sl-text-recovered">▾ 50.0' in page.replace("\N{NO-BREAK SPACE}", " ")


def ask_for_part(world: World, number: int, **data: Any) -> None:
    """A part KX-1 was asked for at NORTH: sold, or not supplied where a cause says why."""
    world.send(
        {
            "type": "part.not_supplied" if "cause" in data else "part.sold", "event_id": f"part {number}",
            "source": "dms", "dealership": "NORTH", "occurred_at": "2026-05-20T10:00:00Z",
            "data": {"request_id": f"P-{number}", "part_number": "KX-1", "quantity": "1",
                     "unit_price": "480.00", **data},
        }
    )  # fmt: skip


def test_a_missing_part_is_followed_from_the_overview_to_the_ledger(
    manager: World, client: FlaskClient
) -> None:
    ask_for_part(manager, 1, cause="MISSING_PARTS", on_hand="0")
    ask_for_part(manager, 2)
    home = computed(manager, client, "/service/?from=2026-01-01&to=2026-12-31")
    [address] = re.findall(r'<a href="([^"]*/reports/parts-demand[^"]*)"', home)
    assert "from=2026-01-01" in address
    page = computed(manager, client, address.replace("&amp;", "&"))
    assert "Lost, gross 1 €480" in words(page)
    [row] = re.findall(r"<tr>\s*<th[^>]*>KX-1</th>(.*?)</tr>", page, re.DOTALL)
    assert len(re.findall("<a ", row)) == 2, "lost and its money lead to rows, demand and sales to none"
    address = re.findall(r'<a href="([^"]+)"', row)[0].replace("&amp;", "&")
    rows = words(client.get(address).text)
    assert "1 row behind the number" in rows
    assert "Part KX-1" in rows
    saved = client.get(f"{address}&format=csv").data.decode("utf-8-sig")
    assert next(csv.DictReader(io.StringIO(saved)))["Part"] == "KX-1"


def test_a_part_is_typed_and_a_skill_is_chosen(manager: World, client: FlaskClient) -> None:
    hours = {"date": "2026-05-20", "skill": "electric", "hours_available": "8", "hours_booked": "6"}
    manager.send(
        {
            "type": "capacity.day", "event_id": "hours", "source": "dms", "dealership": "NORTH",
            "occurred_at": "2026-05-20T05:00:00Z", "data": hours,
        }
    )  # fmt: skip
    ask_for_part(manager, 1, cause="MISSING_PARTS", on_hand="0")
    page = computed(manager, client, "/service/reports/parts-demand?part=kx-1")
    assert 'type="text" name="part" value="kx-1"' in page
    page = computed(manager, client, "/service/reports/capacity?skill=ELECTRIC&weekday=3")
    assert '<option value="ELECTRIC" selected>' in page
    assert '<option value="3" selected>Wednesday</option>' in page
    assert "8.0 h" in words(page)
