"""A dealership told in events, its lake, and reports computed from it: the whole way of a number."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from servicelost.analytics.drill import DrillPage, open_drill, read_drill
from servicelost.analytics.engine import open_lake
from servicelost.analytics.execution import compute_now
from servicelost.analytics.lake.upkeep import refresh
from servicelost.analytics.opening import opened
from servicelost.analytics.params import read_params
from servicelost.analytics.registry import get_spec
from servicelost.kernel.actor import SYSTEM
from servicelost.web.reporting import codes_of
from tests.desk import Desk


class ToldWorld(Desk):
    """A desk whose reports can be asked for."""

    def __init__(self, url: str, lake: Path) -> None:
        super().__init__(url)
        self.lake_url = str(lake)

    def report(self, name: str, **values: Any) -> dict[str, Any]:
        """The document of the report; ``from_`` stands for ``from``."""
        spec = get_spec(name)
        refresh(self.engine, self.lake_url, self.clock)
        given = {key.rstrip("_"): value for key, value in values.items()}
        params = read_params(spec, given, SYSTEM, self._codes())
        return opened(compute_now(lambda: self.unit(SYSTEM), open_lake(self.lake_url), spec, params))

    def rows_behind(self, drill: Mapping[str, Any]) -> DrillPage:
        """The rows a number of a report leads to."""
        with self.unit(SYSTEM) as book:
            return open_drill(book.connection, read_drill(drill, SYSTEM, codes_of(book)))

    def _codes(self) -> dict[str, int]:
        with self.unit(SYSTEM) as book:
            return codes_of(book)


@contextmanager
def told_world(url: str, folder: Path) -> Iterator[ToldWorld]:
    """Make one and close it in the end."""
    world = ToldWorld(url, folder / "lake")
    yield world
    world.engine.dispose()
