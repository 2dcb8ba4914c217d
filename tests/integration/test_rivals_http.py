"""Two web servers on one database, and many who decide about the same lines over HTTP at once.

Whoever is overtaken is told what the other did; nobody meets an error of ours, and nothing counts twice.
"""

import random
import threading
from collections import Counter
from collections.abc import Iterator, Sequence
from http import HTTPStatus
from pathlib import Path
from typing import Any

import pytest

from tests.desk import event
from tests.faults.outage_place import Client, Place, place, story
from tests.waiting import PATIENCE

pytestmark = pytest.mark.slow

LINES, TURNS, DECIDERS, SENDERS = 5, 15, 6, 2


class Person(threading.Thread):
    """Looks at a line, decides about what was seen, and counts the answers."""

    def __init__(self, client: Client, lines: Sequence[int], number: int) -> None:
        super().__init__()
        self.client, self.lines, self.dice = client, lines, random.Random(number)
        self.statuses: Counter[int] = Counter()
        self.wrong: list[str] = []

    def run(self) -> None:
        """Take all turns."""
        for _ in range(TURNS):
            line = self.dice.choice(self.lines)
            seen = self.client.get(f"api/v1/lines/{line}").headers["etag"]
            answer = self.client.decide(line, self.dice.choice(("decline", "authorize")), seen)
            self.statuses[answer.status] += 1
            if answer.status == HTTPStatus.CONFLICT:
                self._check(answer.json)
            elif answer.status != HTTPStatus.OK:
                self.wrong.append(f"{answer.status}: {answer.text}")

    def _check(self, told: dict[str, Any]) -> None:
        fields = {problem["field"] for problem in told["errors"]}
        if told["code"] == "STALE" and not (fields >= {"state", "changed_by"} and told["current"]):
            self.wrong.append(str(told))


class Sender(threading.Thread):
    """Sends the same events as another sender, in small batches."""

    def __init__(self, client: Client, events: Sequence[dict[str, Any]]) -> None:
        super().__init__()
        self.client, self.events = client, events
        self.outcomes: Counter[str] = Counter()

    def run(self) -> None:
        """Send everything once."""
        for start in range(0, len(self.events), 10):
            answer = self.client.send(*self.events[start : start + 10])
            self.outcomes.update(result["outcome"] for result in answer.json["results"])


@pytest.fixture
def installed(database_url: str, tmp_path: Path) -> Iterator[Place]:
    with place(tmp_path, DATABASE_URL=database_url) as made:
        yield made


def test_who_is_overtaken_over_http_hears_what_the_other_did(installed: Place) -> None:
    token = installed.fill(LINES)
    first, second = installed.serve(token), installed.serve(token)
    lines = installed.line_ids()
    events = [*story(20, "B"), *(_declined(number) for number in range(20))]
    people = [Person((first, second)[number % 2], lines, number) for number in range(DECIDERS)]
    senders = [Sender(client, events) for client in (first, second)]
    for thread in (*people, *senders):
        thread.start()
    for thread in (*people, *senders):
        thread.join(PATIENCE)
        assert not thread.is_alive()
    assert [wrong for person in people for wrong in person.wrong] == []
    statuses = sum((person.statuses for person in people), Counter[int]())
    assert set(statuses) == {HTTPStatus.OK, HTTPStatus.CONFLICT}, "they met, and they got on"
    assert sum((sender.outcomes for sender in senders), Counter[str]()) == {
        "ACCEPTED": len(events),
        "UNCHANGED": len(events) * (SENDERS - 1),
    }
    installed.check(len(story(LINES)) + len(events))


def _declined(number: int) -> dict[str, Any]:
    line = {"visit_id": f"B-{number // 5}", "line_id": f"B-{number // 5}-{number}"}
    return event("line.declined", 2, f"declined-{number}", cause="NO_TIME", **line)
