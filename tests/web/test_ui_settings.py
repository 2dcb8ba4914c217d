"""Thresholds and the log of changes: what a manager reads and changes, and what nobody else does."""

import re
from http import HTTPStatus

import pytest
from flask.testing import FlaskClient
from markupsafe import escape

from servicelost.administration.audit import record_audit
from servicelost.administration.preferences import change_setting, read_setting
from servicelost.administration.settings import AVERAGE_RO, NO_SHOW_AFTER, SETTINGS
from servicelost.kernel.actor import SYSTEM, Role
from tests.web.conftest import World
from tests.web.settings_desk import Counter
from tests.web.ui_pages import forms, submit, words

SETTINGS_URL = "/service/settings"
LOG = f"{SETTINGS_URL}/log"


@pytest.fixture(autouse=True)
def manager(world: World) -> None:
    """The manager of NORTH is signed in."""
    world.sign_in(Role.SERVICE_MANAGER, name="mia")


def ending(world: World, key: str, code: str = "NORTH") -> str:
    return f"/thresholds/{key}?dealership={world.ids[code]}"


def value(world: World, setting: object, code: str = "NORTH") -> object:
    with world.runtime.unit(SYSTEM, reading=True) as book:
        return read_setting(book, world.ids[code], setting)  # type: ignore[arg-type]


def change(world: World, key: str, text: str, code: str = "NORTH") -> None:
    """Somebody else changes it."""
    with world.runtime.unit(SYSTEM) as book:
        change_setting(book, world.ids[code], key, text)


def test_every_setting_is_shown_with_its_meaning_and_its_default(client: FlaskClient) -> None:
    text = words(client.get(SETTINGS_URL).text)
    for setting in SETTINGS.values():
        assert setting.label in text
        assert str(escape(setting.help)) in text
    assert "from 0 to 60 · default: 5" in text
    assert "from 0 to 1,000,000 · default: –" in text


def test_a_change_counts_is_logged_and_is_given_back(world: World, client: FlaskClient) -> None:
    sent = submit(
        client, SETTINGS_URL, ending(world, "no_show_after_minutes"), {"value": " 45 ", "default": ""}
    )
    assert sent.status_code == HTTPStatus.SEE_OTHER
    page = client.get(sent.headers["Location"]).text
    assert "Saved." in page
    assert "Back to 30" in page
    assert value(world, NO_SHOW_AFTER) == 45
    assert "Setting changed No-show after: the default → 45 mia, 20 May 2026" in words(client.get(LOG).text)
    submit(client, SETTINGS_URL, ending(world, "no_show_after_minutes"), {"default": "1"})
    assert value(world, NO_SHOW_AFTER) == 30
    assert "No-show after: 45 → the default" in words(client.get(LOG).text)


@pytest.mark.parametrize(("typed", "kept"), [("465,50", "465.50"), ("1200", "1200"), ("465.5", "465.5")])
def test_money_may_have_a_decimal_comma(world: World, client: FlaskClient, typed: str, kept: str) -> None:
    submit(client, SETTINGS_URL, ending(world, "average_ro"), {"value": typed})
    assert str(value(world, AVERAGE_RO)) == kept


@pytest.mark.parametrize("typed", ["61", "five", "", "2.5", "1,000"])
def test_a_wrong_number_is_told_beside_its_field(world: World, client: FlaskClient, typed: str) -> None:
    sent = submit(client, SETTINGS_URL, ending(world, "rebook_window_days"), {"value": typed, "default": ""})
    assert sent.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert sent.text.count("Rebooking window: enter a whole number from 0 to 60.") == 2
    assert f'value="{typed}" aria-invalid="true"' in sent.text
    assert 'id="wrong-value"' in sent.text


def test_a_stale_form_tells_what_the_other_did_and_keeps_what_was_typed(
    world: World, client: FlaskClient
) -> None:
    [address] = [url for url in forms(client.get(SETTINGS_URL).text) if "no_show" in url]
    held = forms(client.get(SETTINGS_URL).text)[address]
    change(world, "no_show_after_minutes", "20")
    sent = client.post(address, data={**held, "value": "45", "default": ""})
    assert sent.status_code == HTTPStatus.CONFLICT
    assert "system changed this meanwhile, at 12:00: No-show after: the default → 20." in sent.text
    assert "Keep it as it is" in sent.text
    assert 'value="45" aria-invalid="true"' in sent.text
    assert value(world, NO_SHOW_AFTER) == 20
    again = client.post(address, data={**forms(sent.text)[address], "value": "45", "default": ""})
    assert again.status_code == HTTPStatus.SEE_OTHER
    assert value(world, NO_SHOW_AFTER) == 45


def test_another_dealership_is_out_of_reach(world: World, client: FlaskClient) -> None:
    [(address, held)] = [
        (url, held) for url, held in forms(client.get(SETTINGS_URL).text).items() if "no_show" in url
    ]
    south = address.replace(str(world.ids["NORTH"]), str(world.ids["SOUTH"]))
    assert client.post(south, data={**held, "value": "45"}).status_code == HTTPStatus.NOT_FOUND
    assert client.get(f"{SETTINGS_URL}?dealership={world.ids['SOUTH']}").status_code == HTTPStatus.NOT_FOUND
    assert value(world, NO_SHOW_AFTER, "SOUTH") == 30
    assert "Dealership" not in words(client.get(SETTINGS_URL).text)


def test_who_sees_both_chooses(world: World, client: FlaskClient) -> None:
    world.sign_in(Role.GROUP_MANAGER, at=None)
    submit(
        client, f"{SETTINGS_URL}?dealership={world.ids['SOUTH']}",
        ending(world, "no_show_after_minutes", "SOUTH"), {"value": "45", "default": ""},
    )  # fmt: skip
    assert (value(world, NO_SHOW_AFTER), value(world, NO_SHOW_AFTER, "SOUTH")) == (30, 45)


def test_an_advisor_is_not_shown_the_way(world: World, client: FlaskClient) -> None:
    assert 'href="/service/settings"' in client.get("/service/visits").text
    world.sign_in(Role.SERVICE_ADVISOR)
    assert "/service/settings" not in client.get("/service/visits").text
    assert client.get(SETTINGS_URL).status_code == HTTPStatus.FORBIDDEN


def test_a_key_there_is_none_of_is_not_found(world: World, client: FlaskClient) -> None:
    address = next(iter(forms(client.get(SETTINGS_URL).text)))
    held = forms(client.get(SETTINGS_URL).text)[address]
    nowhere = f"{SETTINGS_URL}/thresholds/nothing"
    assert client.post(nowhere, data=held).status_code == HTTPStatus.NOT_FOUND


# The log


def test_the_log_is_of_ones_own_dealership_and_filters(world: World, client: FlaskClient) -> None:
    change(world, "episode_days", "400")
    change(world, "win_back_days", "60", "SOUTH")
    text = words(client.get(LOG).text)
    assert "Life of a need" in text
    assert "Lost cards stay on the board: the default" not in text
    assert "Dealership added" in text
    assert "Life of a need: the default" in words(
        client.get(f"{LOG}?what=SETTING_CHANGED&day=2026-05-20").text
    )
    assert "Nothing was changed" in client.get(f"{LOG}?what=SETTING_CHANGED&day=2026-05-21").text
    assert "Nothing was changed" in client.get(f"{LOG}?who=somebody").text
    assert client.get(f"{LOG}?day=9999-12-31").status_code == HTTPStatus.OK


def test_what_belongs_to_no_dealership_is_for_who_sees_all(world: World, client: FlaskClient) -> None:
    with world.runtime.unit(SYSTEM) as book:
        record_audit(book, "ACCOUNT_CREATED", "account", 5, after={"username": "zoe", "roles": ["ADMIN"]})
    assert "zoe" not in client.get(LOG).text
    world.sign_in(Role.ADMIN, at=None)
    assert "Account made Roles: Administrator Sign-in name: zoe" in words(client.get(LOG).text)


def test_addresses_of_the_log_name_nobody(world: World, client: FlaskClient) -> None:
    submit(client, SETTINGS_URL, ending(world, "episode_days"), {"value": "400", "default": ""})
    page = client.get(LOG).text
    assert ">mia</option>" in page
    assert 'value="mia"' not in page
    [key] = re.findall(r'value="(\w+)" *>mia</option>', page)
    assert "Life of a need: the default → 400" in words(client.get(f"{LOG}?who={key}").text)


def test_the_log_takes_the_same_statements_for_few_and_for_many(world: World, client: FlaskClient) -> None:
    count = Counter(world, client)
    few = [count(LOG), count(SETTINGS_URL)]
    for number in range(2 * 60):
        change(world, "episode_days", str(100 + number))
    for key in SETTINGS:
        change(world, key, "1" if key != "episode_days" else "30")
    assert [count(LOG), count(SETTINGS_URL)] == few
    assert "Page 1" in client.get(LOG).text
    assert "Page 3" in client.get(f"{LOG}?page=3").text
