"""Disks that fill up: one clear sentence, nothing half, and everything goes on when there is room again."""

import csv
import json
from collections.abc import Iterator
from functools import partial
from http import HTTPStatus
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from servicelost.analytics.engine import open_lake
from servicelost.analytics.lake.upkeep import rebuild, refresh
from servicelost.analytics.lake.verification import verify
from servicelost.cli.writing import write_whole
from servicelost.intake.importing import ImportSummary, import_files
from servicelost.intake.models import ReceivedEvent
from servicelost.intake.service import receive
from servicelost.kernel.actor import SYSTEM
from servicelost.kernel.outages import StorageFull
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


@pytest.mark.slow
def test_a_full_lake_is_told_in_a_sentence_and_the_old_one_is_still_read(
    disk: SmallDisk, tmp_path: Path
) -> None:
    lake = disk.folder / "lake"
    with place(tmp_path, LAKE_URL=str(lake)) as installed, installed.opened() as runtime:
        where = (runtime.engine, runtime.lake_url, runtime.clock)
        installed.fill(20)
        disk.fill()
        with pytest.raises(StorageFull):
            refresh(*where)
        assert lake_files(lake) <= {"lock"}
        disk.make_room()
        refresh(*where)
        before, lines = lake_files(lake), lines_in(lake)
        assert lines == 20

        receive(lambda: runtime.unit(SYSTEM), story(600, "N"))
        disk.fill(leave=12)  # enough to begin with
        with pytest.raises(StorageFull):
            rebuild(*where)
        assert lake_files(lake) == before
        disk.fill()
        told = installed.run("lake", "refresh")
        assert told.returncode == 1, told
        assert f"Error: the disk of the lake, {lake}, is full: nothing more can be stored" in told.stderr
        assert "Traceback" not in told.stderr
        assert (lake_files(lake), lines_in(lake)) == (before, lines)

        disk.make_room()
        refresh(*where)
        assert verify(runtime.engine, runtime.lake_url) == []
        assert lines_in(lake) == 620


@pytest.mark.slow
def test_a_full_disk_leaves_the_result_file_that_was_there(disk: SmallDisk, tmp_path: Path) -> None:
    with place(tmp_path) as installed:
        installed.fill(5)
        output = disk.folder / "result.json"
        output.write_text("yesterday's")
        disk.fill()
        told = installed.run("report", "run", "trend", "--format", "json", "--output", str(output))
        assert (told.returncode, output.read_text()) == (1, "yesterday's"), told
        assert "is full: nothing more can be stored" in told.stderr
        assert lake_files(disk.folder) == {"result.json", "filler"}
        disk.make_room()
        write_whole(output, b"today's")
        assert output.read_text() == "today's"
        assert lake_files(disk.folder) == {"result.json"}


def test_no_room_for_rejected_rows_keeps_the_accepted_ones(disk: SmallDisk, tmp_path: Path) -> None:
    orders, lines = write_export(tmp_path, 300)
    with lines.open() as stream:
        good = list(csv.reader(stream))[1:]
    bad = [("O1", f"X{number}", "Brakes", "much", "", "") for number in range(600)]
    write_csv(lines, LINES, [*good, *bad])
    mapping, rejects = write_mapping(tmp_path), disk.folder / "rejects"
    with place(tmp_path) as installed, installed.opened() as runtime:
        installed.fill()

        def take_in() -> ImportSummary:
            unit = partial(runtime.unit, SYSTEM)
            return import_files(unit, mapping, [orders, lines], rejects_folder=rejects)

        disk.fill()
        with pytest.raises(StorageFull, match="what was taken in is kept; then run the import again"):
            take_in()
        with runtime.unit(SYSTEM, reading=True) as book:
            assert book.connection.scalar(select(func.count()).select_from(ReceivedEvent))
        disk.make_room()
        [written] = take_in().rejects
        with written.open(newline="") as stream:
            assert len(list(csv.reader(stream))) == 1 + len(bad)
        assert installed.check(300 + 900 + 600) > 0
