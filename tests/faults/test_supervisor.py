"""`servicelost run` killed itself: its processes end, and a new start works at once on the same port."""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.faults.killing import LONG, Victim
from tests.faults.place import Place
from tests.ports import free_port
from tests.processes import programs_of, queue_servers_of
from tests.waiting import PATIENCE, wait_for

Start = Callable[[], Victim]
# A whole installation is started for each of these.
in_the_long_run = pytest.mark.skipif(not LONG, reason="only in `make faults`")


def nothing_runs(folder: Path) -> bool:
    return not programs_of(folder) and not queue_servers_of(folder)


@pytest.fixture
def start(tmp_path: Path, sqlite_url: str) -> Iterator[Start]:
    """Start `servicelost run` and wait until everything in it works."""
    with Place(tmp_path / "instance", sqlite_url, port=str(free_port())) as place:

        def begin() -> Victim:
            (place.folder / "run.log").unlink(missing_ok=True)
            running = place.start("run")
            wait_for(lambda: "Stop with Ctrl-C" in running.said() or not running.runs(), told=running.said)
            assert running.runs(), running.said()
            wait_for(lambda: len(programs_of(place.folder)) >= 4, told=running.said)
            wait_for(lambda: len(queue_servers_of(place.folder)) == 1, told=running.said)
            return running

        yield begin
        for process in [*programs_of(place.folder), *queue_servers_of(place.folder)]:
            process.kill()


def stop(running: Victim) -> None:
    running.process.terminate()
    assert running.process.wait(PATIENCE) == 0, running.said()


@in_the_long_run
@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the next start ends the processes")
def test_all_processes_end_with_a_killed_supervisor(start: Start, tmp_path: Path) -> None:
    running = start()
    running.kill(alone=True)
    wait_for(lambda: nothing_runs(tmp_path / "instance"), told=running.said)
    stop(start())


def test_a_new_start_works_at_once(start: Start, tmp_path: Path) -> None:
    start().kill(alone=True)
    stop(start())
    assert nothing_runs(tmp_path / "instance")


@in_the_long_run
def test_a_queue_server_that_lost_all_its_users_is_used_again_and_ended(start: Start, tmp_path: Path) -> None:
    running = start()
    [server] = queue_servers_of(tmp_path / "instance")
    for process in [running.process, *programs_of(tmp_path / "instance")]:
        process.kill()
    running.process.wait()
    wait_for(lambda: not programs_of(tmp_path / "instance"))
    again = start()
    assert queue_servers_of(tmp_path / "instance") == [server]
    stop(again)
    assert nothing_runs(tmp_path / "instance")
