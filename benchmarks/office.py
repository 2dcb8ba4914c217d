"""A dealer group at work: advisors and managers at their pages, and a DMS that sends events.

What each of them does and how often; the clock and the counting are in `load`. Pages are used as a browser
uses them: signed in by the form, with cookies, deciding by the forms that stand on the page.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from random import Random
from urllib.parse import urlencode

from benchmarks.served import API
from benchmarks.wire import Answer, request_bytes
from benchmarks.workshop import arrival

SITE = "/service"
_FORM = re.compile(rf'action="({SITE}/visits/\d+/lines/(\d+)/(approve|decline|defer))"')
_FIELD = r'name="{}" value="([^"]*)"'
_REPORTS = ("lost-revenue", "where-why", "causes", "trend", "recommendations")
_ADVISOR = {"today": 25, "visit": 40, "decide": 25, "search": 10}
MANAGER = {"today": 10, "visit": 15, "decide": 5, "ledger": 35, "report": 25, "home": 10}


@dataclass(frozen=True, slots=True)
class Step:
    """One request of an act: what kind it is counted as, and the bytes of it."""

    kind: str
    request: bytes


Act = Iterator[Step]


@dataclass(slots=True)
class Person:
    """Somebody with a browser; `visits` are the cars in his hands."""

    name: str
    password: str
    manager: bool
    visits: list[int]
    rng: Random
    cookies: dict[str, str] = field(default_factory=dict)
    seen: Answer | None = None

    def take(self, answer: Answer) -> None:
        """Keep the answer and the cookies that came with it."""
        self.seen = answer
        for name, value in answer.cookies:
            self.cookies[name] = value

    def sign_in(self) -> Act:
        """Open the form and send it."""
        yield self._get("sign-in page", f"{SITE}/sign-in")
        form = {"username": self.name, "password": self.password, "csrf_token": self._field("csrf_token")}
        yield self._post("sign-in", f"{SITE}/sign-in", form)

    def next_act(self) -> Act:
        """What this person does next."""
        mix = MANAGER if self.manager else _ADVISOR
        name = self.rng.choices(list(mix), list(mix.values()))[0]
        return self.act(name)

    def act(self, name: str) -> Act:
        """The act of this name, request by request; each looks at the answer to the one before."""
        if name == "decide":
            return self._decide()
        pages = {
            "today": f"{SITE}/visits",
            "visit": self._visit(),
            "search": f"{SITE}/visits?" + urlencode({"q": f"NOW-{self.rng.randrange(80)}"}),
            "ledger": f"{SITE}/ledger?" + urlencode({"page": self.rng.randint(1, 5)}),
            "report": f"{SITE}/reports/{self.rng.choice(_REPORTS)}",
            "home": f"{SITE}/",
        }
        return self.look(name, pages[name])

    def look(self, kind: str, path: str) -> Act:
        """Open one page."""
        yield self._get(kind, path)

    def search(self, text: str) -> Act:
        """Type the text into the field of a page and send it."""
        yield self._get("visits", f"{SITE}/visits")
        yield self._post("search", f"{SITE}/search", {"text": text, "csrf_token": self._field("csrf_token")})

    def _decide(self) -> Act:
        yield self._get("visit", self._visit())
        forms = list(_FORM.finditer(self._page()))
        if not forms:
            return
        form = self.rng.choice(forms)
        kind = form.group(3)
        values = {name: self._field(name, form.end()) for name in ("csrf_token", "version")}
        if kind != "approve":
            cause = "PRICE_TOO_HIGH" if kind == "decline" else "NO_TIME"
            values |= {"decided_by": "CUSTOMER", "cause": cause}
        if kind == "defer":
            values["deferred_until"] = self._field("deferred_until", form.end())
        yield self._post(kind, form.group(1), values)
        if self.seen is not None and self.seen.status == 303:
            yield self._get("visit", self.seen.headers["location"].partition("#")[0])

    def _visit(self) -> str:
        return f"{SITE}/visits/{self.rng.choice(self.visits)}"

    def _page(self) -> str:
        assert self.seen is not None
        return self.seen.body.decode()

    def _field(self, name: str, after: int = 0) -> str:
        found = re.compile(_FIELD.format(name)).search(self._page(), after)
        assert found is not None, f"the page has no field {name}"
        return found.group(1)

    def _get(self, kind: str, path: str) -> Step:
        return Step(kind, request_bytes("GET", path, self._headers()))

    def _post(self, kind: str, path: str, form: Mapping[str, str]) -> Step:
        headers = self._headers() | {"Content-Type": "application/x-www-form-urlencoded"}
        return Step(kind, request_bytes("POST", path, headers, urlencode(form).encode()))

    def _headers(self) -> dict[str, str]:
        cookie = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        return {"Cookie": cookie} if cookie else {}


@dataclass(slots=True)
class Dms:
    """The dealers' own system: tells of each car that comes in, event by event, with an API token."""

    secret: str
    codes: list[str]
    first: int
    told: int = 0

    def next_act(self, now: datetime) -> Act:
        """Another car at the next dealership in turn."""
        code = self.codes[self.told % len(self.codes)]
        number = self.first + self.told // len(self.codes)
        self.told += 1
        headers = {"Authorization": f"Bearer {self.secret}", "Content-Type": "application/json"}
        for event in arrival(code, number, now):
            yield Step("event", request_bytes("POST", f"{API}/events", headers, json.dumps(event).encode()))
