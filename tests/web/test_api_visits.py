"""Reading visits and deciding about lines over the API."""

from http import HTTPStatus

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from servicelost.kernel.actor import SYSTEM
from servicelost.opportunities.ledger.models import LedgerEntry
from servicelost.web.scopes import Scope
from tests.web.conftest import World

API = "/service/api/v1"


@pytest.fixture
def advisor(world: World) -> dict[str, str]:
    """The header of a system that acts for an advisor at NORTH."""
    return world.token(Scope.VISITS_READ, Scope.VISITS_WRITE, at="NORTH")


def test_a_decline_is_a_loss_in_the_ledger(
    world: World, client: FlaskClient, advisor: dict[str, str]
) -> None:
    line = f"{API}/lines/{world.line_id('L-1')}"
    seen = client.get(line, headers=advisor)
    said = {"cause": "PRICE_TOO_HIGH", "competitor": "Fix It", "competitor_price": "89.00"}
    answer = client.post(f"{line}/decline", json=said, headers={**advisor, "If-Match": seen.headers["ETag"]})
    assert answer.status_code == HTTPStatus.OK, answer.json
    assert answer.json is not None
    assert answer.json["state"] == "DECLINED"
    assert answer.headers["ETag"] != seen.headers["ETag"]
    with world.runtime.unit(SYSTEM, reading=True) as book:
        entry = book.connection.execute(select(LedgerEntry.__table__)).mappings().one()
    assert (entry["kind"], entry["cause"], entry["amount_minor"], entry["competitor_price_minor"]) == (
        "LOSS",
        "PRICE_TOO_HIGH",
        24000,
        8900,
    )
    assert entry["recorded_by"] == "machine"
