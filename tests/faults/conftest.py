"""Fixtures of the fault tests: an installation, servers to take away, an assassin and what he counts."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.killing import KILLS, SEED, TIMEOUT, Assassin, kills_of
from tests.faults.place import Place
from tests.faults.postgres import Postgres, postgres
from tests.faults.valkey import Valkey, valkey

_KINDS = ("import", "endpoint", "worker", "scheduler", "lake")
_tally: dict[str, tuple[int, str]] = {}


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """All of these take seconds; a case for which there is no kill would prove nothing and is left out."""
    ours = [item for item in items if Path(__file__).parent in item.path.parents]
    for item in ours:
        item.add_marker(pytest.mark.slow)
        item.add_marker(pytest.mark.timeout(TIMEOUT))
    idle = [item for item in ours if (case := _case(item)) is not None and not kills_of(case)]
    items[:] = [item for item in items if item not in idle]
    config.hook.pytest_deselected(items=idle)


def _case(item: pytest.Item) -> int | None:
    """The number of a case of killing; one of each kind come first, on one or the other database."""
    kind = item.path.stem.removeprefix("test_kill_")
    if kind not in _KINDS:
        return None
    number = _KINDS.index(kind)
    return number + len(_KINDS) * ((number + ("postgresql" in item.name)) % 2)


@pytest.fixture
def place(tmp_path: Path, database_url: str) -> Iterator[Place]:
    """An installation without anything in it."""
    with Place(tmp_path / "instance", database_url) as made:
        yield made


@pytest.fixture
def postgres_server() -> Iterator[Postgres]:
    """A PostgreSQL of this test's own."""
    with postgres() as running:
        yield running


@pytest.fixture
def valkey_server() -> Iterator[Valkey]:
    """A queue server of this test's own."""
    with valkey() as running:
        yield running


@pytest.fixture
def assassin(request: pytest.FixtureRequest) -> Iterator[Assassin]:
    """Who kills in this test; its seed is shown when the test fails."""
    case = _case(request.node)
    assert case is not None
    made = Assassin(request.node.name, kills_of(case))
    print(f"to repeat: SERVICELOST_FAULT_SEED={SEED} SERVICELOST_FAULT_KILLS={KILLS}")  # noqa: T201
    yield made
    request.node.user_properties.append(("kills", (made.done, SEED)))


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Note the kills of each test."""
    if report.when == "teardown":
        _tally.update((report.nodeid, done) for key, done in report.user_properties if key == "kills")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say how many programs were killed."""
    if _tally:
        terminalreporter.section("kills")
        for name, (number, seed) in _tally.items():
            terminalreporter.line(f"{number:>5}  {name}, SERVICELOST_FAULT_SEED={seed}")
        terminalreporter.line(f"{sum(number for number, _ in _tally.values()):>5}  in all")
