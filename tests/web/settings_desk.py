"""What tests of the settings pages share: reading the audit log, counting the statements of a page."""

from http import HTTPStatus

from flask.testing import FlaskClient
from sqlalchemy import event as sqlalchemy_event
from sqlalchemy import select

from servicelost.administration.models import AuditEntry
from servicelost.kernel.actor import SYSTEM
from tests.statements import statements
from tests.web.conftest import World

SETTINGS = "/service/settings"


def logged(world: World, action: str) -> list[tuple[object, object]]:
    """What stands in the audit log of this action: before and after."""
    with world.runtime.unit(SYSTEM, reading=True) as book:
        found = select(AuditEntry.before, AuditEntry.after).where(AuditEntry.action == action)
        return [tuple(row) for row in book.connection.execute(found.order_by(AuditEntry.id))]


class Counter:
    """How many statements a page takes."""

    def __init__(self, world: World, client: FlaskClient) -> None:
        self._client, self._sent = client, list[str]()
        sqlalchemy_event.listen(
            world.runtime.engine, "before_cursor_execute", lambda *told: self._sent.append(str(told[2]))
        )

    def __call__(self, url: str) -> int:
        self._client.get(url)
        self._sent.clear()
        with statements() as of_books:
            assert self._client.get(url).status_code == HTTPStatus.OK
        return len(self._sent) + len(of_books)
