"""What the books of a test send to the database, listened to at the driver's door.

Nothing is replaced: every statement still goes to the real database.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from servicelost.kernel.driver import Driver


@contextmanager
def statements() -> Iterator[list[str]]:
    """The statements sent meanwhile, in their order."""
    sent: list[str] = []

    def listened(way: str) -> Any:
        real = getattr(Driver, way)

        def send(driver: Driver, statement: str, records: Any) -> Any:
            sent.append(statement)
            return real(driver, statement, records)

        return send

    def listened_together(real: Any) -> Any:
        def send(driver: Driver, asked: Any) -> Any:
            sent.extend(statement for statement, _ in asked)
            return real(driver, asked)

        return send

    with pytest.MonkeyPatch.context() as patch:
        for way in ("rows", "run", "copy"):
            patch.setattr(Driver, way, listened(way))
        patch.setattr(Driver, "rows_of_each", listened_together(Driver.rows_of_each))
        yield sent
