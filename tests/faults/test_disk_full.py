"""Disks that fill up: one clear sentence, nothing half, and everything goes on when there is room again."""

import csv
import json
from collections.abc import Iterator
from http import HTTPStatus
from pathlib import Path
from typing import Any

import pytest
from werkzeug.test import TestResponse

from servicelost.analytics.engine import open_lake
from servicelost.intake.service import receive
from servicelost.kernel.actor import SYSTEM
from servicelost.runtime import NAME
from servicelost.standalone.app import create_app
from tests.faults.disks import SmallDisk, small_disk
from tests.faults.outage_place import Place, place, story
from tests.integration.import_case import LINES, write_csv, write_export, write_mapping


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[SmallDisk]:
    with small_disk(tmp_path / "small", megabytes=8) as mounted:
        yield mounted


class Shop:
    """The application in this process, with its database on the small disk."""

    def __init__(self, made: Place) -> None:
        self.place = made
        self._token = {"Authorization": f"Bearer {made.fill(5)}"}
        self.line = made.line_ids()[0]
        self.app = create_app(made.environment)
        self._client = self.app.test_client()

    def get(self, path: str) -> TestResponse:
        return self._client.get(f"/service/{path}", headers=self._token)

    def send(self, events: list[dict[str, Any]]) -> TestResponse:
        body = "\n".join(json.dumps(raw) for raw in events).encode()
        headers = {**self._token, "Content-Type": "application/x-ndjson"}
        return self._client.post("/service/api/v1/events", data=body, headers=headers)

    def decline(self) -> TestResponse:
        path = f"/service/api/v1/lines/{self.line}/decline"
        return self._client.post(path, json={"cause": "NO_TIME"}, headers={**self._token, "If-Match": "1"})


@pytest.fixture
def shop(disk: SmallDisk, tmp_path: Path) -> Iterator[Shop]:
    with place(tmp_path, DATABASE_URL=f"sqlite:///{disk.folder / 'servicelost.db'}") as installed:
        made = Shop(installed)
        yield made
        made.app.extensions[NAME].dispose()


def assert_full(answer: TestResponse) -> None:
    assert (answer.status_code, answer.json["code"]) == (HTTPStatus.SERVICE_UNAVAILABLE, "STORAGE_FULL")
    assert answer.json["message"].startswith("the disk of the database is full")
    assert answer.headers["Retry-After"] == "60"


def test_a_full_database_disk_is_a_plain_503_and_reading_goes_on(disk: SmallDisk, shop: Shop) -> None:
    assert shop.get("api/v1/health").json["database"] == "ok"
    disk.fill()
    assert_full(shop.send(story(10, "D")))
    assert_full(shop.decline())
    assert shop.get(f"api/v1/lines/{shop.line}").json["state"] == "RECOMMENDED"
    assert shop.get("sign-in").status_code == HTTPStatus.OK
    told = shop.place.run("token", "create", "another", "--scope", "events:write")
    assert (told.returncode, told.stdout) == (1, "")
    assert told.stderr.startswith("Error: the disk of the database is full: nothing more can be stored")
    assert len(told.stderr.splitlines()) == 1
    disk.make_room()
    assert shop.decline().status_code == HTTPStatus.OK
    assert shop.send(story(10, "D")).json["accepted"] == 12
    assert shop.place.check(6 + 12) == 1


def test_a_disk_that_fills_in_the_middle_of_a_batch_leaves_nothing_half(disk: SmallDisk, shop: Shop) -> None:
    sent = story(700, "D")
    disk.fill(leave=60)
    assert_full(shop.send(sent))
    disk.make_room()
    results = shop.send(sent).json
    assert results["accepted"] + results["unchanged"] == len(sent)
    assert shop.decline().status_code == HTTPStatus.OK
    assert shop.place.check(6 + len(sent)) == 1


def lake_files(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def lines_in(lake: Path) -> int:
    return int(open_lake(str(lake)).table("lines").count().to_pyarrow().as_py())


def receive_all(installed: Place, events: list[dict[str, Any]]) -> None:
    with installed.opened() as runtime:
        receive(lambda: runtime.unit(SYSTEM), events)


@pytest.mark.slow
def test_a_full_lake_is_told_in_a_sentence_and_the_old_one_is_still_read(
    disk: SmallDisk, tmp_path: Path
) -> None:
    lake = disk.folder / "lake"
    with place(tmp_path, LAKE_URL=str(lake)) as installed:
        installed.fill(20)
        disk.fill()
        never = installed.run("lake", "refresh")
        assert (never.returncode, lake_files(lake) <= {"lock"}) == (1, True)
        disk.make_room()
        assert installed.run("lake", "refresh").returncode == 0
        before, lines = lake_files(lake), lines_in(lake)
        assert lines == 20

        receive_all(installed, story(600, "N"))
        disk.fill(leave=12)  # enough to begin with
        for command in ("refresh", "rebuild"):
            told = installed.run("lake", command)
            assert told.returncode == 1, told
            assert f"Error: the disk of the lake, {lake}, is full: nothing more can be stored" in told.stderr
            assert "Traceback" not in told.stderr
            assert lake_files(lake) == before
        assert (lines_in(lake), installed.run("lake", "status").returncode) == (lines, 0)

        disk.make_room()
        assert installed.run("lake", "refresh").returncode == 0
        verified = installed.run("lake", "status", "--verify")
        assert "The lake says what the database says." in verified.stdout, verified
        assert lines_in(lake) == 620


@pytest.mark.slow
def test_a_full_disk_leaves_the_result_file_that_was_there(disk: SmallDisk, tmp_path: Path) -> None:
    with place(tmp_path) as installed:
        installed.fill(5)
        output = disk.folder / "result.json"
        command = ("report", "run", "trend", "--format", "json", "--output", str(output))
        output.write_text("yesterday's")
        disk.fill()
        told = installed.run(*command)
        assert (told.returncode, output.read_text()) == (1, "yesterday's")
        assert "is full: nothing more can be stored" in told.stderr
        assert lake_files(disk.folder) == {"result.json", "filler"}
        disk.make_room()
        assert installed.run(*command).returncode == 0
        assert json.loads(output.read_text())["report"] == "trend"


@pytest.mark.slow
def test_no_room_for_rejected_rows_keeps_the_accepted_ones(disk: SmallDisk, tmp_path: Path) -> None:
    with place(tmp_path) as installed:
        installed.fill()
        mapping, [orders, lines] = write_mapping(tmp_path), write_export(tmp_path, 300)
        with lines.open() as stream:
            good = list(csv.reader(stream))[1:]
        bad = [("O1", f"X{number}", "Brakes", "much", "", "") for number in range(600)]
        write_csv(lines, LINES, [*good, *bad])
        rejects = disk.folder / "rejects"
        command = ("import", "--mapping", str(mapping), "--rejects", str(rejects), str(orders), str(lines))
        disk.fill()
        told = installed.run(*command)
        assert told.returncode == 1
        assert f"the disk of the rejected rows, {rejects}, is full" in told.stderr
        assert "what was taken in is kept; then run the import again" in told.stderr
        assert "Traceback" not in told.stderr
        disk.make_room()
        again = installed.run(*command)
        assert again.returncode == 1  # rows were rejected
        with max(rejects.glob("*.csv"), key=lambda path: path.stat().st_size).open(newline="") as stream:
            assert len(list(csv.reader(stream))) == 1 + len(bad)
        assert installed.check(300 + 900 + 600) > 0
