"""The supervisor with real processes: all start, a dead one comes again, and nothing is left running."""

import os
import pty
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from servicelost.jobs.leftovers import Roll
from tests.processes import alive
from tests.waiting import PATIENCE, wait_for

SUPERVISOR = """
import logging, sys
from datetime import timedelta
from pathlib import Path
from servicelost.jobs.leftovers import Roll
from servicelost.jobs.supervisor import Command, ProcessFailed, supervise

folder, grace, *names = sys.argv[1:]
logging.basicConfig(level="WARNING", format="%(message)s")
commands = [Command(name, [sys.executable, "-c", Path(folder, name).read_text(), folder]) for name in names]
try:
    started, roll = lambda: print("started", flush=True), Roll(Path(folder, "roll"))
    supervise(commands, grace=timedelta(seconds=float(grace)), started=started, roll=roll)
except ProcessFailed as error:
    sys.exit(str(error))
print("stopped", flush=True)
"""

NOTE = """
import os, pathlib, signal, subprocess, sys, time
def note(word):
    with open(pathlib.Path(sys.argv[1], "notes"), "a") as notes:
        notes.write(f"{word} {os.getpid()}\\n")
"""
STEADY = NOTE + "note('steady'); time.sleep(600)"
POLITE = (
    NOTE
    + """
def leave(*_):
    note("bye")
    sys.exit(0)
signal.signal(signal.SIGTERM, leave)
note("polite")
time.sleep(600)
"""
)
DEAF = NOTE + "signal.signal(signal.SIGTERM, lambda *_: note('told')); note('deaf'); time.sleep(600)"
PARENT = (
    NOTE
    + """
signal.signal(signal.SIGTERM, signal.SIG_IGN)
sleep = [sys.executable, "-c", "import time; time.sleep(600)"]
child = subprocess.Popen(sleep, start_new_session=True)
pathlib.Path(sys.argv[1], "grandchild").write_text(f"{child.pid} ")
time.sleep(600)
"""
)
HOPELESS = NOTE + "note('hopeless'); sys.exit(3)"

# Makes its standard input the terminal that a Ctrl-C is typed into, then runs Python with the arguments.
AT_TERMINAL = """
import fcntl, os, sys, termios
os.setsid()
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
os.execv(sys.executable, [sys.executable, *sys.argv[1:]])
"""

Start = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Start a supervisor over programs given by name; whatever a test leaves running is killed."""
    running: list[subprocess.Popen[str]] = []

    def begin(*, grace: float = 5, **programs: str) -> "subprocess.Popen[str]":
        for name, program in programs.items():
            (tmp_path / name).write_text(program)
        command = [sys.executable, "-c", SUPERVISOR, str(tmp_path), str(grace), *programs]
        running.append(subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True))
        return running[-1]

    yield begin
    for process in running:
        for child in psutil.Process(process.pid).children(recursive=True) if process.poll() is None else ():
            child.kill()
        process.kill()
        process.communicate()


def notes(folder: Path) -> list[tuple[str, int]]:
    path = folder / "notes"
    lines = path.read_text().splitlines() if path.exists() else []
    return [(word, int(pid)) for word, pid in map(str.split, lines)]


def wait_for_notes(folder: Path, count: int) -> list[tuple[str, int]]:
    wait_for(lambda: len(notes(folder)) >= count, told=lambda: f"only {notes(folder)}")
    return notes(folder)


def wait_for_grandchild(folder: Path) -> int:
    path = folder / "grandchild"
    wait_for(lambda: path.exists() and path.read_text())
    return int(path.read_text())


def wait_until_started(supervisor: "subprocess.Popen[str]") -> None:
    """A child may have noted something before the supervisor has started them all."""
    assert supervisor.stdout is not None
    assert supervisor.stdout.readline() == "started\n"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_stops_all_in_order(tmp_path: Path, start: Start, number: signal.Signals) -> None:
    supervisor = start(web=POLITE, worker=STEADY)
    children = wait_for_notes(tmp_path, 2)
    wait_until_started(supervisor)
    supervisor.send_signal(number)
    assert supervisor.communicate(timeout=PATIENCE) == ("stopped\n", "")
    assert supervisor.returncode == 0
    assert [word for word, _ in notes(tmp_path)].count("bye") == 1
    assert not any(alive(pid) for _, pid in children)


def test_a_process_that_dies_is_started_again(tmp_path: Path, start: Start) -> None:
    supervisor = start(web=POLITE, worker=STEADY)
    first = dict(wait_for_notes(tmp_path, 2))
    os.kill(first["steady"], signal.SIGKILL)
    again = wait_for_notes(tmp_path, 3)[2]
    assert again[0] == "steady"
    assert again[1] != first["steady"]
    assert alive(first["polite"])
    supervisor.send_signal(signal.SIGINT)
    _, errors = supervisor.communicate(timeout=PATIENCE)
    assert "the worker process ended with code -9; again in 0.5 s" in errors
    assert not alive(again[1])


def test_a_process_that_cannot_run_stops_all_with_a_clear_sentence(tmp_path: Path, start: Start) -> None:
    supervisor = start(web=POLITE, worker=HOPELESS)
    _, errors = supervisor.communicate(timeout=PATIENCE)
    assert supervisor.returncode == 1
    assert "the worker process ended 5 times, last with code 3" in errors
    assert not any(alive(pid) for _, pid in notes(tmp_path))


def test_a_program_that_does_not_exist_leaves_nothing_running(tmp_path: Path, start: Start) -> None:
    broken = SUPERVISOR.replace(
        "for name in names]", 'for name in names] + [Command("x", ["/no/such/program"])]'
    )
    (tmp_path / "web").write_text(POLITE)
    done = subprocess.run(
        [sys.executable, "-c", broken, str(tmp_path), "5", "web"],
        capture_output=True, text=True, timeout=PATIENCE,
    )  # fmt: skip
    assert "/no/such/program" in done.stderr
    assert not any(alive(pid) for _, pid in notes(tmp_path))


def test_a_deaf_process_is_killed_after_the_grace_time(tmp_path: Path, start: Start) -> None:
    supervisor = start(grace=0.3, web=DEAF)
    ((_, deaf),) = wait_for_notes(tmp_path, 1)
    supervisor.send_signal(signal.SIGTERM)
    assert supervisor.wait(PATIENCE) == 0
    assert not alive(deaf)


def test_what_a_process_started_itself_is_killed_too(tmp_path: Path, start: Start) -> None:
    supervisor = start(grace=0.3, worker=PARENT)
    grandchild = wait_for_grandchild(tmp_path)
    assert alive(grandchild)
    supervisor.send_signal(signal.SIGTERM)
    assert supervisor.wait(PATIENCE) == 0
    assert not alive(grandchild)


def test_what_a_crashed_process_left_behind_is_ended(tmp_path: Path, start: Start) -> None:
    supervisor = start(worker=PARENT.replace(", start_new_session=True", ""))
    orphan = psutil.Process(wait_for_grandchild(tmp_path))
    orphan.parent().kill()
    wait_for(lambda: not alive(orphan.pid))
    supervisor.terminate()
    assert supervisor.wait(PATIENCE) == 0


def test_a_second_signal_does_not_wait_for_the_grace_time(tmp_path: Path, start: Start) -> None:
    supervisor = start(grace=200, web=DEAF)
    wait_for_notes(tmp_path, 1)
    supervisor.send_signal(signal.SIGINT)
    wait_for_notes(tmp_path, 2)  # the first signal has been passed on
    supervisor.send_signal(signal.SIGINT)
    assert supervisor.wait(PATIENCE) == 0


def test_ctrl_c_in_a_terminal_reaches_only_the_supervisor(tmp_path: Path) -> None:
    (tmp_path / "web").write_text(POLITE)
    terminal, inside = pty.openpty()
    supervisor = [sys.executable, "-c", AT_TERMINAL, "-c", SUPERVISOR, str(tmp_path), "5", "web"]
    with subprocess.Popen(supervisor, stdin=inside, stdout=inside, stderr=inside) as process:
        ((_, polite),) = wait_for_notes(tmp_path, 1)
        os.write(terminal, b"\x03")
        assert process.wait(PATIENCE) == 0
    output = os.read(terminal, 10_000)
    os.close(terminal)
    os.close(inside)
    assert b"stopped" in output
    assert b"KeyboardInterrupt" not in output
    assert [word for word, _ in notes(tmp_path)] == ["polite", "bye"]
    assert not alive(polite)


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the next start ends the children")
def test_children_of_a_killed_supervisor_end_in_order(tmp_path: Path, start: Start) -> None:
    supervisor = start(web=POLITE)
    ((_, polite),) = wait_for_notes(tmp_path, 1)
    supervisor.kill()
    assert wait_for_notes(tmp_path, 2)[1] == ("bye", polite)


def test_the_next_start_ends_what_a_killed_supervisor_left(tmp_path: Path, start: Start) -> None:
    supervisor = start(web=DEAF, worker=PARENT)
    ((_, deaf),) = wait_for_notes(tmp_path, 1)
    grandchild = wait_for_grandchild(tmp_path)
    wait_until_started(supervisor)
    supervisor.kill()
    supervisor.wait(PATIENCE)
    assert alive(deaf)
    roll = Roll(tmp_path / "roll")
    assert roll.end_leftovers(0.2) == 2
    assert not alive(deaf)
    assert not alive(grandchild)
    assert roll.end_leftovers(0.2) == 0


def test_a_roll_is_not_believed_about_a_number_that_means_somebody_else_now(tmp_path: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"]) as stranger:
        began = psutil.Process(stranger.pid).create_time()
        (tmp_path / "roll").write_text(f"{stranger.pid} {began - 100}\n")
        assert Roll(tmp_path / "roll").end_leftovers(0.2) == 0
        assert stranger.poll() is None
        stranger.kill()


def test_an_orderly_end_leaves_no_roll(tmp_path: Path, start: Start) -> None:
    supervisor = start(web=POLITE)
    wait_for_notes(tmp_path, 1)
    wait_until_started(supervisor)
    assert (tmp_path / "roll").exists()
    supervisor.terminate()
    assert supervisor.wait(PATIENCE) == 0
    assert not (tmp_path / "roll").exists()
