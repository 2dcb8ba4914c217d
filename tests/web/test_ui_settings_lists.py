"""Causes, competitors and the mapping of services: added, changed, switched off, and logged."""

import re
from http import HTTPStatus

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from servicelost.administration.people import LANGUAGE, choose
from servicelost.directory.causes import change_cause, define_cause, list_causes
from servicelost.directory.competitors import add_competitor, ensure_competitor
from servicelost.directory.dealerships import dealership_by_code
from servicelost.directory.models import Competitor, Dealership, DealershipCause, LaborOperation
from servicelost.directory.services import ensure_operation, ensure_service, map_operation
from servicelost.kernel.actor import SYSTEM, Role
from servicelost.taxonomy.categories import ServiceCategoryCode
from servicelost.taxonomy.causes import Cause
from servicelost.web import deciding
from servicelost.workflow.models.lines import Line
from tests.web.conftest import World, event
from tests.web.settings_desk import SETTINGS, Counter, logged
from tests.web.ui_pages import forms, submit, words

LOG = "/service/log?kind=part"
CAUSES, COMPETITORS, MAPPING = f"{SETTINGS}/causes", f"{SETTINGS}/competitors", f"{SETTINGS}/mapping"


@pytest.fixture(autouse=True)
def manager(world: World) -> None:
    """The manager of NORTH is signed in."""
    world.sign_in(Role.SERVICE_MANAGER, name="mia")


def add_snow(world: World, code: str = "NORTH") -> str:
    """A cause of the dealership's own; its page."""
    with world.runtime.unit(SYSTEM) as book:
        row = define_cause(book, dealership_by_code(book, code), "SNOW", "Snow on the road", Cause.NO_TIME)
        return f"{CAUSES}/{row.id}"


def add_rival(world: World, name: str, code: str = "NORTH") -> str:
    """A competitor; its page."""
    with world.runtime.unit(SYSTEM) as book:
        return f"{COMPETITORS}/{add_competitor(book, dealership_by_code(book, code), name).id}"


def own_causes(world: World) -> list[DealershipCause]:
    with world.runtime.unit(SYSTEM, reading=True) as book:
        return list_causes(book, book.get(Dealership, world.ids["NORTH"]))


def decline(world: World, **why: str) -> None:
    with world.runtime.unit(SYSTEM) as book:
        deciding.decline(book, world.line_id("L-1"), None, why)


def at_north(world: World) -> str:
    return f"?dealership={world.ids['NORTH']}"


# Causes


def test_a_cause_is_added_with_a_code_made_from_its_words(world: World, client: FlaskClient) -> None:
    assert "None yet." in client.get(CAUSES).text
    typed = {"label": "Neige sur l'été", "parent": "NO_TIME"}
    sent = submit(client, CAUSES, f"/causes{at_north(world)}", typed)
    assert sent.status_code == HTTPStatus.SEE_OTHER
    [row] = own_causes(world)
    assert (row.code, row.label, row.parent) == ("NEIGE_SUR_L_ETE", "Neige sur l'été", "NO_TIME")
    assert "NEIGE_SUR_L_ETE · named 0 times" in words(client.get(CAUSES).text)
    assert len(logged(world, "CAUSE_DEFINED")) == 1


@pytest.mark.parametrize(
    ("typed", "field", "status"),
    [
        ({"label": " ", "parent": "NO_TIME"}, "label", HTTPStatus.UNPROCESSABLE_ENTITY),
        ({"label": "Snow", "parent": "WEATHER"}, "parent", HTTPStatus.UNPROCESSABLE_ENTITY),
        ({"label": "Снег", "parent": "NO_TIME"}, "code", HTTPStatus.UNPROCESSABLE_ENTITY),
        ({"label": "Mine", "code": "diy", "parent": "NO_TIME"}, "", HTTPStatus.CONFLICT),
        ({"label": "Snow again", "code": "SNOW", "parent": "NO_TIME"}, "", HTTPStatus.CONFLICT),
    ],
)
def test_a_cause_that_cannot_be_keeps_what_was_typed(
    world: World, client: FlaskClient, typed: dict[str, str], field: str, status: HTTPStatus
) -> None:
    add_snow(world)
    sent = submit(client, CAUSES, f"/causes{at_north(world)}", typed)
    assert sent.status_code == status
    assert f'value="{typed["label"]}"' in sent.text
    assert not field or f'id="wrong-{field}"' in sent.text
    assert len(own_causes(world)) == 1


def test_a_cause_is_read_in_the_language_of_the_reader(world: World, client: FlaskClient) -> None:
    url = add_snow(world)
    typed = {"label": "Snow", "label_fr": "Neige", "label_ru": "Снег", "active": "1"}
    assert submit(client, url, url, typed).status_code == HTTPStatus.SEE_OTHER
    assert "Snow" in words(client.get(CAUSES).text)
    with world.runtime.unit(world.signed_in[0] or SYSTEM) as book:
        choose(book, LANGUAGE, "fr")
    assert "Neige" in words(client.get(CAUSES).text)
    with world.runtime.unit(SYSTEM, reading=True) as book:
        visit_id = book.get(Line, world.line_id("L-1")).visit_id
    assert "Neige" in words(client.get(f"/service/visits/{visit_id}").text)
    [(before, after)] = logged(world, "CAUSE_CHANGED")
    assert (before, after) == (
        {"label": "Snow on the road", "labels": None, "active": True},
        {"label": "Snow", "labels": {"fr": "Neige", "ru": "Снег"}, "active": True},
    )


def test_a_used_cause_is_switched_off_and_says_how_often_it_was_named(
    world: World, client: FlaskClient
) -> None:
    url = add_snow(world)
    decline(world, cause="SNOW")
    assert "stands for: No time today · named once" in words(client.get(url).text)
    submit(client, url, url, {"label": "Snow on the road", "active": ""})
    assert [row.active for row in own_causes(world)] == [False]
    assert "switched off" in client.get(CAUSES).text
    assert "delete" not in client.get(url).text.replace("never deleted", "")


def test_a_stale_cause_keeps_what_was_typed(world: World, client: FlaskClient) -> None:
    url = add_snow(world)
    held = forms(client.get(url).text)[url]
    with world.runtime.unit(SYSTEM) as book:
        row = book.connection.scalars(select(DealershipCause.id)).one()
        change_cause(book, book.get(DealershipCause, row), label="Ice", labels={}, active=True)
    sent = client.post(url, data={**held, "label": "Hail", "label_nl": "Hagel"})
    assert sent.status_code == HTTPStatus.CONFLICT
    assert "system changed this meanwhile, at 12:00: Label: Snow on the road → Ice." in sent.text
    assert 'value="Hail"' in sent.text
    assert 'value="Hagel"' in sent.text
    assert [row.label for row in own_causes(world)] == ["Ice"]


# Competitors


def test_a_competitor_is_added_once(world: World, client: FlaskClient) -> None:
    assert "Nobody has named a competitor yet" in client.get(COMPETITORS).text
    ending = f"/competitors{at_north(world)}"
    assert submit(client, COMPETITORS, ending, {"name": "Quick Brakes"}).status_code == HTTPStatus.SEE_OTHER
    again = submit(client, COMPETITORS, ending, {"name": "quick  brakes"})
    assert again.status_code == HTTPStatus.CONFLICT
    assert "There is already a competitor named quick  brakes." in again.text
    empty = submit(client, COMPETITORS, ending, {"name": " "})
    assert empty.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert 'id="wrong-name"' in empty.text
    assert logged(world, "COMPETITOR_ADDED") == [(None, {"name": "Quick Brakes"})]


def test_the_old_name_goes_on_meaning_the_same(world: World, client: FlaskClient) -> None:
    url = add_rival(world, "Quick Brakes")
    decline(world, cause="COMPETITOR_OFFER", competitor="quick brakes")
    submit(client, url, url, {"name": "Quick Brakes Ltd", "active": "1"})
    assert "Quick Brakes Ltd also called: quick brakes 1 loss" in words(client.get(COMPETITORS).text)
    with world.runtime.unit(SYSTEM) as book:
        north = book.get(Dealership, world.ids["NORTH"])
        assert ensure_competitor(book, north, "QUICK BRAKES").name == "Quick Brakes Ltd"
        assert ensure_competitor(book, north, "Quick Brakes Ltd").name == "Quick Brakes Ltd"


def test_two_names_are_made_one_and_separated_again(world: World, client: FlaskClient) -> None:
    first, second = add_rival(world, "Quick Brakes"), add_rival(world, "QB Garage")
    decline(world, cause="COMPETITOR_OFFER", competitor="QB Garage")
    submit(client, second, f"{second}/join", {"into": first.rpartition("/")[2]})
    assert "Quick Brakes also called: QB Garage 1 loss" in words(client.get(COMPETITORS).text)
    assert "another name of Quick Brakes" in client.get(second).text
    assert re.findall(r'<option value="([^"]*Brakes|QB[^"]*)">', client.get(LOG).text) == ["Quick Brakes"]
    circle = submit(client, first, first, {"name": "QB Garage", "active": "1"})
    assert circle.status_code == HTTPStatus.SEE_OTHER, "its own other name"
    submit(client, second, f"{second}/join", {"apart": "1"})
    assert "also called: QB Garage" not in client.get(COMPETITORS).text
    assert logged(world, "COMPETITOR_JOINED") == [
        ({"same_as": None}, {"same_as": "Quick Brakes"}),
        ({"same_as": "QB Garage"}, {"same_as": None}),
    ]


def test_a_competitor_of_another_dealership_is_no_other_name(world: World, client: FlaskClient) -> None:
    mine, foreign = add_rival(world, "Quick Brakes"), add_rival(world, "Slow Brakes", "SOUTH")
    add_rival(world, "QB Garage")
    assert "Slow Brakes" not in client.get(COMPETITORS).text
    sent = submit(client, mine, f"{mine}/join", {"into": foreign.rpartition("/")[2]})
    assert sent.status_code == HTTPStatus.NOT_FOUND


def test_a_competitor_is_switched_off(world: World, client: FlaskClient) -> None:
    url = add_rival(world, "Quick Brakes")
    submit(client, url, url, {"name": "Quick Brakes", "active": ""})
    assert "switched off" in client.get(COMPETITORS).text
    with world.runtime.unit(SYSTEM, reading=True) as book:
        assert book.connection.scalars(select(Competitor.active)).all() == [False]


# Mapping


def standards(world: World) -> dict[str, str | None]:
    with world.runtime.unit(SYSTEM, reading=True) as book:
        rows = book.connection.execute(select(LaborOperation.op_code, LaborOperation.standard))
        return {row.op_code: row.standard for row in rows}


def add_operations(world: World, count: int, code: str = "NORTH") -> list[int]:
    """Operations OP000 and on, unmapped; a line is done by OP001."""
    with world.runtime.unit(SYSTEM) as book:
        north = dealership_by_code(book, code)
        rows = [
            ensure_operation(book, north, f"OP{number:03}", f"Work {number}").id for number in range(count)
        ]
    visit = {"visit_id": "RO-1", "line_id": f"L-{count}{code}", "service": "Bulb", "op_code": "OP001"}
    world.send(event("line.recommended", code, -count, severity="GREEN", amount="1.00", **visit))
    return rows


def save(client: FlaskClient, url: str, **typed: object) -> HTTPStatus:
    found = forms(client.get(url).text)
    [action] = [address for address in found if "/mapping" in address]
    held = {name: text for name, text in found[action].items() if name != "tick"}
    return HTTPStatus(client.post(action, data={**held, **typed}).status_code)


def test_unmapped_operations_on_most_lines_come_first(world: World, client: FlaskClient) -> None:
    assert "Your dealer system has sent none yet" in client.get(MAPPING).text
    ids = add_operations(world, 3)
    with world.runtime.unit(SYSTEM) as book:
        map_operation(book, book.get(LaborOperation, ids[0]), ServiceCategoryCode.LIGHTS)
    page = client.get(MAPPING).text
    assert page.index("OP001") < page.index("OP002") < page.index("OP000")
    assert "2 of 3 are not mapped." in page
    assert "OP000" not in client.get(f"{MAPPING}?only=unmapped").text
    assert "OP002" not in client.get(f"{MAPPING}?q=work+1").text
    assert "Nothing fits." in client.get(f"{MAPPING}?q=100%25").text


def test_one_is_mapped_by_its_select_and_several_by_ticks(world: World, client: FlaskClient) -> None:
    ids = add_operations(world, 4)
    assert save(client, MAPPING, **{f"category-{ids[0]}": "TYRES"}) is HTTPStatus.SEE_OTHER
    ticked = save(client, MAPPING, tick=[str(ids[1]), str(ids[2])], category="LIGHTS", act="ticked")
    assert ticked is HTTPStatus.SEE_OTHER
    assert standards(world) == {"OP000": "TYRES", "OP001": "LIGHTS", "OP002": "LIGHTS", "OP003": None}
    assert logged(world, "OPERATION_MAPPED")[0] == ({"standard": None}, {"standard": "TYRES"})
    text = words(client.get(f"{SETTINGS}/log").text)
    assert "Operation mapped · OP000 Category: – → Tyres" in text


def test_a_mapping_that_cannot_be_is_refused(world: World, client: FlaskClient) -> None:
    ids = add_operations(world, 2)
    assert save(client, MAPPING, category="LIGHTS", act="ticked") is HTTPStatus.UNPROCESSABLE_ENTITY
    assert save(client, MAPPING, **{f"category-{ids[0]}": "MAGIC"}) is HTTPStatus.UNPROCESSABLE_ENTITY
    foreign = add_operations(world, 2, "SOUTH")[0]
    sent = save(client, MAPPING, **{f"was-{foreign}": "", f"category-{foreign}": "TYRES"})
    assert sent is HTTPStatus.NOT_FOUND
    assert set(standards(world).values()) == {None}


def test_a_stale_mapping_tells_what_the_other_chose(world: World, client: FlaskClient) -> None:
    ids = add_operations(world, 2)
    found = forms(client.get(MAPPING).text)
    [(action, held)] = found.items()
    with world.runtime.unit(SYSTEM) as book:
        map_operation(book, book.get(LaborOperation, ids[0]), ServiceCategoryCode.LIGHTS)
    sent = client.post(action, data={**held, f"category-{ids[0]}": "TYRES", f"category-{ids[1]}": "GLASS"})
    assert sent.status_code == HTTPStatus.CONFLICT
    assert "at 12:00: Category: – → Lights." in sent.text
    assert sent.text.count('<option value="TYRES" selected>') == 1
    assert sent.text.count('<option value="GLASS" selected>') == 1
    assert standards(world)["OP001"] is None


def test_services_by_name_are_mapped_too(world: World, client: FlaskClient) -> None:
    with world.runtime.unit(SYSTEM) as book:
        row = ensure_service(book, dealership_by_code(book, "NORTH"), "Rear brake pads")
    url = f"{MAPPING}?what=services"
    assert "Rear brake pads" in client.get(url).text
    assert save(client, url, **{f"category-{row.id}": "BRAKE_PADS"}) is HTTPStatus.SEE_OTHER
    assert len(logged(world, "SERVICE_MAPPED")) == 1


def test_lists_take_the_same_statements_for_few_and_for_many(world: World, client: FlaskClient) -> None:
    count = Counter(world, client)
    add_operations(world, 1)
    add_rival(world, "Rival")
    add_snow(world)
    few = [count(url) for url in (MAPPING, COMPETITORS, CAUSES)]
    add_operations(world, 120)
    for number in range(60):
        add_rival(world, f"Rival {number}")
    with world.runtime.unit(SYSTEM) as book:
        for number in range(60):
            define_cause(book, dealership_by_code(book, "NORTH"), f"C{number}", f"Cause {number}", Cause.DIY)
    assert [count(url) for url in (MAPPING, COMPETITORS, CAUSES)] == few
    assert "Page 3" in client.get(f"{MAPPING}?page=3").text
