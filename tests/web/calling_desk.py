"""What waits to be called about, and what a tap on its row keeps."""

from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from servicelost.kernel.actor import SYSTEM, Role
from servicelost.opportunities.ledger.models import LedgerEntry
from servicelost.opportunities.pipeline.models import Opportunity
from tests.web.conftest import World, event
from tests.web.ui_pages import forms

TODAY, LIST = "/service/today", "/service/follow-ups"


def wait_for_calls(world: World) -> World:
    """A call missed 20 minutes ago, from a number nobody knows, and postponed work that is due."""
    world.send(
        event("call.missed", "NORTH", 40, call_id="T-1", phone="030 901820", purpose="SERVICE"),
        event("line.deferred", "NORTH", 5, visit_id="RO-1", line_id="L-1", deferred_until="2026-05-20"),
    )
    world.sign_in(Role.SERVICE_ADVISOR)
    return world


def need(world: World, kind: str) -> Opportunity:
    wanted = Opportunity.call_id.is_not(None) if kind == "call" else Opportunity.deferred_until.is_not(None)
    with world.runtime.unit(SYSTEM, reading=True) as book:
        return book.get(Opportunity, book.connection.scalars(select(Opportunity.id).where(wanted)).one())


def rows_of(world: World, model: Any, *columns: str) -> list[tuple[Any, ...]]:
    with world.runtime.unit(SYSTEM, reading=True) as book:
        query = select(*(getattr(model, name) for name in columns)).order_by(model.id)
        return [tuple(row) for row in book.connection.execute(query)]


def tap(world: World, client: FlaskClient, kind: str, page: str = TODAY, **typed: str) -> TestResponse:
    found = forms(client.get(page).text)
    [address] = [one for one in found if f"/{need(world, kind).id}/called" in one]
    return client.post(address, data={**found[address], **typed})


def undo(client: FlaskClient, page: str) -> TestResponse:
    """Send the first undo of the page, wherever it leads back to."""
    [(address, held), *_] = [(to, form) for to, form in forms(client.get(page).text).items() if "/undo" in to]
    return client.post(address, data=held)


def ledger(world: World) -> list[tuple[Any, ...]]:
    return rows_of(world, LedgerEntry, "kind", "event", "cause")
