"""The web process killed while a DMS sends events: who repeats what was not answered loses nothing."""

import json
import socket
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException

import pytest

from servicelost.kernel.actor import SYSTEM
from servicelost.simulate.dealership import NORTH
from servicelost.simulate.feed import RawEvent
from servicelost.simulate.generate import Size, simulate
from servicelost.standalone.app import create_app
from servicelost.web.scopes import Scope
from servicelost.web.tokens import create_token
from tests.faults.killing import LONG, Assassin, Victim
from tests.faults.place import Place
from tests.ports import free_port
from tests.waiting import wait_for

PATH = "/service/api/v1/events"
BATCH = 300
SIZE = Size(weeks=8 if LONG else 3, visits_a_day=5)
KILLS_A_STORY = 5


@dataclass(frozen=True, slots=True)
class Undisturbed:
    """All batches, and what they come to when nobody disturbs."""

    batches: list[bytes]
    facts: dict[str, Counter[str]]
    seconds: float


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Undisturbed:
    folder = tmp_path_factory.mktemp("undisturbed")
    with Place(folder / "instance", f"sqlite:///{folder / 'servicelost.db'}") as place:
        batches = list(batched(simulate(place.runtime.clock.now(), size=SIZE)))
        headers, client = open_for_business(place), create_app(place.settings).test_client()
        began = time.monotonic()
        for batch in batches:
            assert client.post(PATH, data=batch, headers=headers).get_json()["rejected"] == 0
        return Undisturbed(batches, place.facts(), time.monotonic() - began)


def batched(events: Sequence[RawEvent]) -> Iterator[bytes]:
    """The events as NDJSON, a batch at a time."""
    for start in range(0, len(events), BATCH):
        yield "".join(f"{json.dumps(event)}\n" for event in events[start : start + BATCH]).encode()


def open_for_business(place: Place) -> dict[str, str]:
    """Make the dealership and the sender's token; the headers it sends."""
    place.add_dealership(NORTH)
    with place.runtime.unit(SYSTEM) as book:
        _, secret = create_token(book, "dms", [Scope.EVENTS_WRITE])
    return {"Authorization": f"Bearer {secret}", "Content-Type": "application/x-ndjson"}


@dataclass(slots=True)
class Sender:
    """A DMS: sends one batch after another, each until it has been answered."""

    port: int
    headers: dict[str, str]
    batches: Sequence[bytes]
    answered: int = 0
    repeated: int = 0
    wrong: list[str] = field(default_factory=list)

    def send_all(self) -> None:
        """Send everything; for a thread of its own."""
        for batch in self.batches:
            while not self._send(batch):
                self.repeated += 1
                time.sleep(0.05)
            self.answered += 1

    def _send(self, batch: bytes) -> bool:
        with (
            suppress(OSError, HTTPException),
            closing(HTTPConnection("127.0.0.1", self.port, timeout=60)) as connection,
        ):
            connection.request("POST", PATH, batch, self.headers)
            answer = connection.getresponse()
            told = json.loads(answer.read())
            if answer.status != 200 or told["rejected"]:
                self.wrong.append(f"{answer.status}: {told}")
            return answer.status == 200
        return False


def listens(port: int) -> bool:
    with suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
        return True
    return False


def test_a_sender_that_repeats_unanswered_batches_loses_nothing(
    place: Place, assassin: Assassin, undisturbed: Undisturbed
) -> None:
    port = free_port()
    place.settings["SERVICELOST_PORT"] = str(port)

    def start() -> Victim:
        web = place.start("web")
        wait_for(lambda: listens(port) or not web.runs(), told=web.said)
        assert web.runs(), web.said()
        return web

    while assassin.left:
        sender = Sender(port, open_for_business(place), undisturbed.batches)
        sending = threading.Thread(target=sender.send_all, daemon=True)
        sending.start()
        story, web = min(KILLS_A_STORY, assassin.left), start()
        while story and sending.is_alive():
            share = undisturbed.seconds / len(undisturbed.batches)
            story -= assassin.strike(web, place.received, signs=2, seconds=2 * share, patience=5)
            web = start()
        sending.join(240)
        assert not sending.is_alive(), web.said()
        assert not sender.wrong
        assert sender.answered == len(undisturbed.batches)
        web.kill()
        place.check(undisturbed.facts)
        place.empty()
