"""Refreshing and rebuilding the lake, killed at random while events come in: the next one goes on."""

import threading
import time
from collections import Counter
from itertools import islice
from pathlib import Path

import pytest

from servicelost.analytics.lake.manifest import read_manifest
from servicelost.analytics.lake.storage import Folder
from servicelost.analytics.lake.upkeep import rebuild, refresh
from servicelost.analytics.lake.verification import verify
from servicelost.intake.service import receive
from servicelost.kernel.actor import SYSTEM
from servicelost.simulate.dealership import SOUTH
from servicelost.simulate.demo import load_demo
from servicelost.simulate.generate import Size, simulate
from tests.faults.killing import LONG, Assassin
from tests.faults.place import Place
from tests.waiting import PATIENCE

LOADED = Size(weeks=6 if LONG else 2, visits_a_day=5)
COMING_IN = Size(weeks=26 if LONG else 4, visits_a_day=5)
PORTION = 10


class Traffic:
    """Events of another dealership that come in a portion at a time, until the block ends."""

    def __init__(self, place: Place) -> None:
        place.add_dealership(SOUTH)
        self._place = place
        self._events = iter(simulate(place.runtime.clock.now(), SOUTH, size=COMING_IN))
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._flow, daemon=True)
        self.outcomes: Counter[str] = Counter()

    def __enter__(self) -> "Traffic":
        self.send()
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._stop.set()
        self._thread.join(PATIENCE)
        assert not self._thread.is_alive()

    def send(self) -> None:
        """Send the next portion."""
        portion = list(islice(self._events, PORTION))
        results = receive(lambda: self._place.runtime.unit(SYSTEM), portion)
        self.outcomes.update(result.outcome.value for result in results)

    def _flow(self) -> None:
        while not self._stop.wait(0.2):
            self.send()


@pytest.fixture
def fed(place: Place) -> Place:
    """An installation with a lake."""
    load_demo(place.runtime, size=LOADED)
    refresh(place.runtime.engine, place.runtime.lake_url, place.runtime.clock)
    return place


def files(place: Place) -> set[str]:
    """The lake's data files."""
    return Folder(place.runtime.lake_url).data_names()


def sign(place: Place) -> object:
    """Changes with every file, every new state and every emptied change log."""
    folder = place.folder / "lake"
    return sorted((path.name, changed_at(path)) for path in folder.glob("*")), len(files(place))


def changed_at(path: Path) -> int:
    """When the file was written last; 0 where it was taken away or renamed meanwhile."""
    try:
        return path.stat().st_mtime_ns
    except FileNotFoundError:
        return 0


def orphans(place: Place) -> set[str]:
    """Files that neither the lake's state needs nor those who may still read an older one."""
    manifest = read_manifest(Folder(place.runtime.lake_url))
    assert manifest is not None
    return files(place) - manifest.names() - set(manifest.retired)


def seconds_of_a_rebuild(place: Place) -> float:
    began = time.monotonic()
    rebuild(place.runtime.engine, place.runtime.lake_url, place.runtime.clock)
    return time.monotonic() - began


def test_the_next_refresh_goes_on_where_a_killed_one_stopped(fed: Place, assassin: Assassin) -> None:
    seconds = seconds_of_a_rebuild(fed)
    with Traffic(fed) as traffic:
        while assassin.left:
            victim = fed.start("lake", assassin.dice.choice(["refresh", "refresh", "rebuild"]))
            if not assassin.strike(victim, lambda: sign(fed), signs=8, seconds=seconds, patience=30):
                assert victim.process.returncode == 0, victim.said()
            if assassin.left % 5 == 0:
                assert verify(fed.runtime.engine, fed.runtime.lake_url) == []
    assert traffic.outcomes.keys() == {"ACCEPTED"}
    refresh(fed.runtime.engine, fed.runtime.lake_url, fed.runtime.clock)
    assert fed.run("lake", "status", "--verify") == 0
    traffic.send()
    refresh(fed.runtime.engine, fed.runtime.lake_url, fed.runtime.clock)
    assert orphans(fed) == set()
    assert not list((fed.folder / "lake").glob("*.new"))
