"""Helpers of tests of the board: who works there, which card is which, and where a page shows it."""

import re
from dataclasses import replace
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import select

from servicelost.directory.dealerships import dealership_by_code
from servicelost.directory.employees import upsert_employee
from servicelost.kernel.actor import SYSTEM, Role
from servicelost.opportunities.pipeline.models import Opportunity
from tests.web.conftest import World, event
from tests.web.ui_pages import submit

BOARD = "/service/board"


class Staff:
    """Who works at the dealership, and signing in as one of them."""

    def __init__(self, world: World) -> None:
        self.world = world
        with world.runtime.unit(SYSTEM) as book:
            place = dealership_by_code(book, "NORTH")
            self.ids = {
                name: upsert_employee(
                    book, place, "dms", {"id": name, "name": f"{name} Smit", "roles": [Role.SERVICE_ADVISOR]},
                    book.now,
                ).id
                for name in ("Ana", "Ben")
            }  # fmt: skip

    def sign_in(self, name: str, role: Role = Role.SERVICE_ADVISOR) -> None:
        actor = self.world.sign_in(role, name=name.lower())
        self.world.signed_in[0] = replace(actor, employee_id=self.ids.get(name))


def card_of(world: World, line: str = "L-1") -> Opportunity:
    with world.runtime.unit(SYSTEM, reading=True) as book:
        found = select(Opportunity.id).where(Opportunity.line_id == world.line_id(line))
        return book.get(Opportunity, book.connection.scalars(found).one())


def column_of(page: str, card_id: int) -> str | None:
    """The column in which the page shows the card."""
    before = page.partition(f'id="card-{card_id}"')[0]
    return re.findall(r'data-sl-column="(\w+)"', before)[-1] if f'id="card-{card_id}"' in page else None


def take(client: FlaskClient, world: World, line: str = "L-1") -> Opportunity:
    submit(client, BOARD, f"/cards/{card_of(world, line).id}/take?from=board", {})
    return card_of(world, line)


def many_cards(world: World, number: int, **line: Any) -> None:
    """So many more cards of nobody."""
    fields = {"service": "Wipers", "amount": "32.00"} | line
    for place in range(number):
        data = {"visit_id": "RO-1", "line_id": f"M-{place}", **fields, "service": f"Service {place}"}
        world.send(event("line.recommended", "NORTH", 10, **data) | {"event_id": f"many-{place}"})
