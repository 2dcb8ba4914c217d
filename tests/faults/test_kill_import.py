"""The importer killed again and again: run once more, it ends where it would have ended undisturbed."""

import csv
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pytest

from servicelost.intake.importing import import_files
from servicelost.kernel.actor import SYSTEM
from tests.faults.export import write_export
from tests.faults.killing import LONG, Assassin
from tests.faults.place import Place

MAPPING = Path(__file__).parents[2] / "examples" / "mappings" / "us_dealer.toml"
ORDERS = 600 if LONG else 120
KILLS_A_STORY = 5

Rejects = dict[str, Counter[str]]


@dataclass(frozen=True, slots=True)
class Undisturbed:
    """An import that nobody disturbed."""

    sources: list[Path]
    facts: dict[str, Counter[str]]
    rejects: Rejects
    seconds: float


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Undisturbed:
    folder = tmp_path_factory.mktemp("undisturbed")
    sources = write_export(folder, ORDERS)
    with Place(folder / "instance", f"sqlite:///{folder / 'servicelost.db'}") as place:
        began = time.monotonic()
        import_files(
            lambda: place.runtime.unit(SYSTEM), MAPPING, sources, rejects_folder=place.folder / "rejects"
        )
        seconds = time.monotonic() - began
        return Undisturbed(sources, place.facts(), read_rejects(place), seconds)


def read_rejects(place: Place) -> Rejects:
    """The rejected rows in each file there is, which has to be whole."""
    found: Rejects = {}
    for path in sorted((place.folder / "rejects").glob("*")):
        text = path.read_text("utf-8-sig")
        assert text.endswith("\n"), f"{path.name} is torn"
        header, *rows = csv.reader(text.splitlines())
        assert header[:4] == ["!row", "!column", "!value", "!reason"]
        assert all(len(row) == len(header) for row in rows)
        found[path.name] = Counter(map(repr, rows))
    return found


def test_a_killed_import_run_again_ends_like_an_undisturbed_one(
    place: Place, assassin: Assassin, undisturbed: Undisturbed
) -> None:
    arguments = ["import", "--mapping", str(MAPPING), *map(str, undisturbed.sources)]
    assert sum(map(len, undisturbed.rejects.values())) > ORDERS // 20
    while assassin.left:
        story = min(KILLS_A_STORY, assassin.left)
        while story and assassin.strike(
            place.start(*arguments), place.received, signs=6, seconds=undisturbed.seconds
        ):
            published = {path.name for path in (place.folder / "rejects").glob("*.csv")}
            assert published <= undisturbed.rejects.keys()
            story -= 1
        assert place.run(*arguments) == 1  # rows were rejected
        place.check(undisturbed.facts)
        assert read_rejects(place) == undisturbed.rejects
        place.empty()
        for path in (place.folder / "rejects").iterdir():
            path.unlink()
