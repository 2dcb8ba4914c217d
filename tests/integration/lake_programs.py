"""Programs that the lake's tests run as processes of their own, to be killed or to run side by side."""

import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from servicelost.analytics.engine import open_lake
from servicelost.analytics.lake import parquet, publishing, tidy, upkeep
from servicelost.analytics.lake.storage import Folder
from tests.integration.lake_world import World, contents

# Where a process dies: (thing, function), before or after it has done its work for the n-th time.
POINTS: dict[str, tuple[Any, str, bool, int]] = {
    "before the first file": (parquet, "write_table", False, 1),
    "in the middle of the files": (parquet, "write_table", True, 3),
    "before the list of entries": (upkeep, "write_ids", False, 1),
    "before the swap": (publishing, "write_manifest", False, 1),
    "between text and swap": (Path, "replace", False, 1),
    "after the swap": (publishing, "write_manifest", True, 1),
    "after the change log is emptied": (publishing, "settle", True, 1),
    "before clearing away": (Folder, "remove", False, 1),
}


def main(program: str, *arguments: str) -> None:
    """Run one of the programs below."""
    {"die": die, "refresh": refresh_often, "write": write_often, "fork": fork}[program](*arguments)


def die(database_url: str, lake: str, point: str, what: str) -> None:
    """Refresh, rebuild or tidy the lake and be killed at the point."""
    if what == "tidy":
        tidy._MERGED = 2  # so that two small files are a crowd
    owner, name, after, times = POINTS[point]
    setattr(owner, name, _deadly(getattr(owner, name), after, times))
    world = World(database_url, Path(lake))
    getattr(upkeep, what)(world.engine, lake, world.clock)


def _deadly(call: Callable[..., Any], after: bool, times: int) -> Callable[..., Any]:
    left = [times]

    def killing(*arguments: Any, **named: Any) -> Any:
        left[0] -= 1
        if not left[0] and not after:
            os.kill(os.getpid(), signal.SIGKILL)
        result = call(*arguments, **named)
        if not left[0]:
            os.kill(os.getpid(), signal.SIGKILL)
        return result

    return killing


def refresh_often(database_url: str, lake: str, times: str) -> None:
    """Refresh the lake again and again."""
    world = World(database_url, Path(lake))
    for _ in range(int(times)):
        upkeep.refresh(world.engine, lake, world.clock)


def write_often(database_url: str, lake: str, times: str, seed: str) -> None:
    """Commit new visits again and again."""
    world = World(database_url, Path(lake), seed=int(seed))
    world.dealerships = [1, 2]
    for _ in range(int(times)):
        world.change_visits(2)


def fork(database_url: str, lake: str) -> None:
    """Read the lake, then read it again in a forked child."""
    before = contents(open_lake(lake))
    child = os.fork()
    if child == 0:
        os._exit(0 if contents(open_lake(lake)) == before else 3)
    _, outcome = os.waitpid(child, 0)
    sys.exit(os.waitstatus_to_exitcode(outcome))


if __name__ == "__main__":
    main(*sys.argv[1:])
