"""`servicelost run`: everything started from an empty folder, and nothing left behind."""

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from http.cookiejar import CookieJar
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode, urljoin
from urllib.request import HTTPCookieProcessor, OpenerDirector, Request, build_opener

import psutil
import pytest

from tests.processes import programs_of
from tests.waiting import PATIENCE, wait_for

COMMAND = [sys.executable, "-m", "servicelost.standalone.script", "run", "--demo"]


class Running:
    """The program while it runs, and what it has printed so far."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.log = folder.parent / "run.log"
        kept = {name: value for name, value in os.environ.items() if not name.startswith("SERVICELOST_")}
        settings = {"SERVICELOST_INSTANCE_PATH": str(folder), "SERVICELOST_PORT": "0"}
        with self.log.open("wb") as out:
            self.process = subprocess.Popen(
                COMMAND, env={**kept, **settings}, stdout=out, stderr=subprocess.STDOUT
            )

    def printed(self, pattern: str) -> re.Match[str]:
        """The first thing printed that fits, as soon as it is there."""
        wait_for(lambda: self.process.poll() is not None or self._find(pattern), told=self.log.read_text)
        found = self._find(pattern)
        assert found, self.log.read_text()
        return found

    def _find(self, pattern: str) -> re.Match[str] | None:
        return re.search(pattern, self.log.read_text())

    def family(self) -> list[psutil.Process]:
        """Every process that works with the instance folder."""
        return programs_of(self.folder)

    def stop(self) -> int:
        """Press Ctrl-C and wait for the end."""
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(PATIENCE)


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Running]:
    started = Running(tmp_path / "instance")
    yield started
    if started.process.poll() is None:
        started.process.kill()
        started.process.wait()
    for process in started.family():
        process.kill()


def signed_in(address: str, name: str, password: str) -> OpenerDirector:
    """A browser in which this person is signed in."""
    browser = build_opener(HTTPCookieProcessor(CookieJar()))
    form = browser.open(address).read().decode()
    token = re.search(r'name="csrf_token" value="([\w-]+)"', form)
    assert token
    sent = urlencode({"csrf_token": token[1], "username": name, "password": password, "next": ""})
    browser.open(f"{address}sign-in", sent.encode())
    return browser


def read_json(url: str, headers: dict[str, str]) -> dict[str, Any]:
    request = Request(url, headers=headers)  # noqa: S310 - the program under test
    with build_opener().open(request) as answer:
        return dict(json.load(answer))


def computed_by_the_worker(running: Running, address: str) -> str:
    """Ask for a report over the API and give the state the real worker brings it to."""
    script = [*COMMAND[:3], "token", "create", "reader", "--scope", "reports:run", "--scope", "reports:read"]
    environment = {**os.environ, "SERVICELOST_INSTANCE_PATH": str(running.folder)}
    secret = subprocess.run(
        script, env=environment, capture_output=True, text=True, check=True
    ).stdout.strip()
    headers = {"Authorization": f"Bearer {secret}"}
    url = f"{address}api/v1/reports/trend/runs"
    request = Request(url, method="POST", headers=headers)  # noqa: S310 - the program under test
    with build_opener().open(request) as asked:
        where = urljoin(address, asked.headers["Location"])

    def state() -> str:
        return str(read_json(where, headers)["state"])

    wait_for(lambda: state() not in ("QUEUED", "RUNNING"), told=running.log.read_text)
    return state()


@pytest.mark.slow
def test_from_an_empty_folder_to_a_page_and_back_to_nothing(running: Running) -> None:
    address = running.printed(r"servicelost is running: (http://\S+)")[1]
    printed = running.printed(r"Stop with Ctrl-C").string
    assert "Lost, gross" in printed
    accounts = re.findall(r"^  (\w+) +((?:\w{4}-){3}\w{4})  .*?([A-Z_]+)$", printed, re.MULTILINE)
    assert {role for _, _, role in accounts} >= {"SERVICE_MANAGER", "SERVICE_ADVISOR", "GROUP_MANAGER"}
    for name, password, role in accounts:
        browser = signed_in(address, name, password)
        with browser.open(f"{address}visits") as page:
            assert page.status == 200
        if role == "SERVICE_ADVISOR":
            with pytest.raises(HTTPError, match="403"):
                browser.open(f"{address}ledger")
    # The worker loads the engine first, the queue server follows.
    wait_for(lambda: len(running.family()) >= 5, told=running.family)
    assert computed_by_the_worker(running, address) == "DONE"
    kept = b"".join(path.read_bytes() for path in running.folder.glob("servicelost.db*"))
    assert not any(password.encode() in kept for _, password, _ in accounts)

    assert running.stop() == 0
    assert running.family() == []
    assert not (running.folder / "queue.sock").exists()
    said = running.log.read_text()
    assert "Traceback" not in said, said


@pytest.mark.slow
def test_a_port_that_is_taken_is_named(tmp_path: Path) -> None:
    environment = {**os.environ, "SERVICELOST_INSTANCE_PATH": str(tmp_path), "SERVICELOST_HOST": "192.0.2.1"}
    done = subprocess.run(COMMAND[:-1], env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "cannot listen on 192.0.2.1" in done.stderr
    assert "Traceback" not in done.stderr
