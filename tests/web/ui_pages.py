"""Reading our pages in tests as a browser would: the forms on them with all they hold, and the words."""

import re
from collections.abc import Mapping
from html.parser import HTMLParser
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from servicelost.jobs.worker import run_task
from servicelost.wiring import TASKS
from tests.web.conftest import World

_OF_FRAME = ("/language", "/search")


class _Forms(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: dict[str, dict[str, str]] = {}
        self._form: dict[str, str] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        if tag == "form" and said.get("method") == "post":
            self._form = self.found.setdefault(said["action"], {})
        elif tag == "input" and self._form is not None and "name" in said:
            chosen = said.get("type") != "radio" or "checked" in said
            if chosen:
                self._form[said["name"]] = said.get("value", "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None


def forms(page: str) -> dict[str, dict[str, str]]:
    """Every form of the page itself that changes something: what it holds, by its address."""
    parser = _Forms()
    parser.feed(page)
    return {address: held for address, held in parser.found.items() if not address.endswith(_OF_FRAME)}


def forms_of_frame(page: str) -> dict[str, dict[str, str]]:
    """The forms that every page has, in the frame around it."""
    parser = _Forms()
    parser.feed(page)
    return {address: held for address, held in parser.found.items() if address.endswith(_OF_FRAME)}


def words(page: str) -> str:
    """The page as text, in one line."""
    content = re.sub(r"<script.*?</script>", " ", page, flags=re.DOTALL)
    return " ".join(re.sub(r"<[^>]*>", " ", content).split())


def submit(client: FlaskClient, page_url: str, ending: str, typed: Mapping[str, Any]) -> TestResponse:
    """Fill in and send the form of the page whose address ends so."""
    found = forms(client.get(page_url).text)
    [action] = [address for address in found if address.endswith(ending)]
    return client.post(action, data={**found[action], **typed})


def waiting_run(page: str) -> int:
    """The run that the page waits for."""
    [found] = re.findall(r"/reports/runs/(\d+)\"", page)
    return int(found)


def computed(world: World, client: FlaskClient, address: str) -> str:
    """The page once everything it waits for has been computed."""
    for _ in range(5):
        page = client.get(address).text
        if "data-sl-run=" not in page:
            return page
        run_task(world.runtime, TASKS, "report-run", {"run_id": waiting_run(page)})
    raise AssertionError("the page waits for ever")
