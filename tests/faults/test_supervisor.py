"""`servicelost run` killed itself: its processes end, and a new start works at once on the same port."""

import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

from tests.faults.killing import LONG, Victim, wait_until
from tests.faults.place import Place
from tests.faults.test_kill_endpoint import free_port

Start = Callable[[], Victim]
# A whole installation is started for each of these.
in_the_long_run = pytest.mark.skipif(not LONG, reason="only in `make faults`")


def programs(folder: Path) -> list[psutil.Process]:
    """Every process of ours that works with the instance folder."""
    found = []
    for process in psutil.process_iter():
        with suppress(psutil.Error):
            if process.environ().get("SERVICELOST_INSTANCE_PATH") == str(folder):
                found.append(process)
    return found


def queue_servers(folder: Path) -> list[psutil.Process]:
    """The queue servers that listen in the instance folder; they write over their environment."""
    found = []
    for process in psutil.process_iter():
        with suppress(psutil.Error):
            command = " ".join(process.cmdline())
            if "-server " in command and str(folder) in command:
                found.append(process)
    return found


def nothing_runs(folder: Path) -> bool:
    return not programs(folder) and not queue_servers(folder)


@pytest.fixture
def start(tmp_path: Path, sqlite_url: str) -> Iterator[Start]:
    """Start `servicelost run` and wait until everything in it works."""
    with Place(tmp_path / "instance", sqlite_url, port=str(free_port())) as place:

        def begin() -> Victim:
            (place.folder / "run.log").unlink(missing_ok=True)
            running = place.start("run")
            wait_until(lambda: "Stop with Ctrl-C" in running.said() or not running.runs(), 120)
            assert running.runs(), running.said()
            wait_until(lambda: len(programs(place.folder)) >= 4, told=running.said())
            wait_until(lambda: queue_servers(place.folder), told=running.said())
            return running

        yield begin
        for process in [*programs(place.folder), *queue_servers(place.folder)]:
            process.kill()


def stop(running: Victim) -> None:
    running.process.terminate()
    assert running.process.wait(60) == 0, running.said()


@in_the_long_run
@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the next start ends the processes")
def test_all_processes_end_with_a_killed_supervisor(start: Start, tmp_path: Path) -> None:
    running = start()
    running.kill(alone=True)
    wait_until(lambda: nothing_runs(tmp_path / "instance"), told=running.said())
    stop(start())


def test_a_new_start_works_at_once(start: Start, tmp_path: Path) -> None:
    start().kill(alone=True)
    again = start()
    assert len(queue_servers(tmp_path / "instance")) == 1
    stop(again)
    assert nothing_runs(tmp_path / "instance")


@in_the_long_run
def test_a_queue_server_that_lost_all_its_users_is_used_again_and_ended(start: Start, tmp_path: Path) -> None:
    running = start()
    [server] = queue_servers(tmp_path / "instance")
    for process in [running.process, *programs(tmp_path / "instance")]:
        process.kill()
    running.process.wait()
    wait_until(lambda: not programs(tmp_path / "instance"))
    again = start()
    assert queue_servers(tmp_path / "instance") == [server]
    stop(again)
    assert nothing_runs(tmp_path / "instance")
