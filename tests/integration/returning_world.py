"""Stories of cars that come again and again, each time with the same few needs, told by one system or two.

Random, but each is a story that a dealership could tell: what happens to a line is what may happen to it.
"""

from datetime import timedelta
from functools import cache
from random import Random
from typing import Any

from servicelost.simulate.dealership import NORTH
from tests.integration.order_world import NOW, Raw

SERVICES = ("Brake pads", "Tyres")
CAUSES = (None, "PRICE_TOO_HIGH", "NO_TIME")


@cache
def returning_story(seed: int, sources: tuple[str, ...] = ("dms",)) -> tuple[Raw, ...]:
    """Two cars on two to four visits each, as each of the sources tells it, in order of time."""
    teller = _Teller(Random(seed))
    for source in sources:
        for car in range(2):
            teller.tell_of_car(source, f"{source}-{car}")
    return tuple(sorted(teller.told, key=lambda raw: (raw["occurred_at"], raw["event_id"])))


class _Teller:
    def __init__(self, rng: Random) -> None:
        self.rng, self.told = rng, list[Raw]()
        self.source, self.at = "", NOW

    def say(self, kind: str, **data: Any) -> None:
        """Something happens a few minutes after the last thing."""
        self.at += timedelta(minutes=self.rng.randint(2, 40))
        said = {key: value for key, value in data.items() if value is not None}
        self.told.append(
            {"type": kind, "event_id": f"e-{len(self.told)}", "source": self.source,
             "dealership": NORTH.code, "occurred_at": self.at.isoformat(), "data": said}
        )  # fmt: skip

    def tell_of_car(self, source: str, car: str) -> None:
        self.source, self.at = source, NOW - timedelta(days=150, minutes=self.rng.randint(0, 500))
        for number in range(self.rng.randint(2, 4)):
            self.at += timedelta(days=self.rng.choice([1, 3, 10, 25]))
            self._visit(f"{car}-{number}", {"vehicle": {"id": f"V-{car}"}, "customer": {"id": f"C-{car}"}})

    def _visit(self, visit: str, whose: dict[str, Any]) -> None:
        booked = {"appointment_id": f"A-{visit}"} if self.rng.random() < 0.4 else {}
        lines: list[str] = []
        if booked:
            expected = (self.at + timedelta(days=2)).isoformat()
            self.say("appointment.booked", **booked, **whose, scheduled_at=expected)
            for number in range(self.rng.randint(0, 2)):
                lines.append(f"{visit}-B{number}")
                self.say("line.booked", **booked, line_id=lines[-1], **self._work())
            if self.rng.random() < 0.3:
                self._fall_through(booked)
                return
            self.at += timedelta(days=2)
        self.say("visit.opened", visit_id=visit, **booked, **({} if booked else whose))
        self.say("visit.stage_changed", visit_id=visit, stage="WORK")
        self._sell(visit, [*lines, *(f"{visit}-R{number}" for number in range(self.rng.randint(1, 3)))])

    def _fall_through(self, booked: dict[str, Any]) -> None:
        if self.rng.random() < 0.5:
            self.say("appointment.cancelled", **booked, cancelled_by="CUSTOMER", cause="NO_TIME")
        else:
            self.at += timedelta(days=2, hours=3)
            self.say("appointment.no_show", **booked)

    def _sell(self, visit: str, lines: list[str]) -> None:
        sold: list[str] = []
        for line in lines:
            name = {"visit_id": visit, "line_id": line}
            if "-R" in line:
                self.say("line.recommended", **name, **self._work())
            if self.rng.random() < 0.3:
                self.say("line.quoted", **name, amount=self._price())
            if self._decide(name, asked_for="-B" in line):
                sold.append(line)
        self._end(visit, sold)

    def _decide(self, name: dict[str, str], *, asked_for: bool) -> bool:
        """What becomes of the line; whether it is sold."""
        why = {"cause": self.rng.choice(CAUSES), "decided_by": "CUSTOMER"}
        day = str((self.at + timedelta(days=self.rng.choice([20, 300]))).date())
        yes, no = ("line.authorized", {}), ("line.removed" if asked_for else "line.declined", why)
        other = ("line.declined", {"cause": "OTHER", "note": "somebody else's car"})
        courses: list[list[tuple[str, dict[str, Any]]]] = [
            [no], [("line.deferred", {**why, "deferred_until": day})], [yes], [yes],
            [no] if asked_for else [], [yes, ("line.removed", why)],
            [yes, ("line.not_performed", {"cause": "MISSING_PARTS"})],
            [yes, ("line.started", {}), ("line.completed", {})],
            [yes] if asked_for else [no, yes], [no] if asked_for else [no, other],
        ]  # fmt: skip
        moves = self.rng.choice(courses)
        for kind, data in moves:
            self.say(kind, **name, **data)
        return bool(moves) and moves[-1][0] in ("line.authorized", "line.completed")

    def _end(self, visit: str, sold: list[str]) -> None:
        late = self.rng.random() < 0.3
        if late:
            self.say("visit.closed", visit_id=visit)
        if sold and self.rng.random() < 0.6:
            lines = [{"line_id": line, "amount": self._price()} for line in sold]
            self.say("invoice.posted", visit_id=visit, invoice_id=f"I-{visit}", lines=lines)
        if not late:
            self.say("visit.closed", visit_id=visit)

    def _work(self) -> dict[str, str]:
        return {"service": self.rng.choice(SERVICES), "amount": self._price()}

    def _price(self) -> str:
        return f"{self.rng.randint(50, 200)}.00"
