"""Taking in events: one as JSON, or any number as NDJSON; what is wrong with one never hinders the others."""

from collections import Counter
from collections.abc import Iterator, Sequence
from http import HTTPStatus
from itertools import islice
from typing import Any, BinaryIO, cast

from flask import request

from servicelost.intake.catalogue import UnreadableLine, read_ndjson
from servicelost.intake.results import EventResult, Outcome
from servicelost.kernel.actor import Actor
from servicelost.kernel.errors import FieldProblem
from servicelost.runtime import Runtime
from servicelost.web.api.blueprint import endpoint
from servicelost.web.api.parsing import JSON, read_body, require_content_type
from servicelost.web.current import current_runtime
from servicelost.web.identity import current_actor
from servicelost.web.permissions import Action
from servicelost.web.problems import StatusError
from servicelost.web.schemas.events import EventResultsSchema

NDJSON = "application/x-ndjson"
_BODY = {
    "required": True,
    "content": {
        JSON: {"schema": {"$ref": "#/components/schemas/Event"}},
        NDJSON: {"schema": {"type": "string", "description": "One event a line."}},
    },
}


@endpoint(
    "POST",
    "/events",
    Action.SEND_EVENTS,
    tag="events",
    answer=EventResultsSchema,
    doc={"requestBody": _BODY},
    refusals={HTTPStatus.CONFLICT},
)
def post_events() -> dict[str, Any]:
    """Send one event, or many as NDJSON

    Idempotent by (source, event_id): what was taken in before is UNCHANGED. An event that comes before the
    one it builds on is PARKED and tried again when that comes. Of many, everything that can be taken in is,
    and each result says what became of its event; a single one that is rejected is an error answer.
    """
    require_content_type(JSON, NDJSON)
    runtime, actor = current_runtime(), current_actor()
    if request.mimetype == NDJSON:
        return _summary(list(_many(runtime, actor)))
    results = _some(runtime, actor, [(None, read_body(request.get_data()))])
    _refuse_rejected(results[0])
    return _summary(results)


def _summary(results: list[dict[str, Any]]) -> dict[str, Any]:
    counts = Counter(result["outcome"] for result in results)
    return {outcome.value.lower(): counts[outcome.value] for outcome in Outcome} | {"results": results}


def _refuse_rejected(result: dict[str, Any]) -> None:
    """Answer a single event that was rejected as any other refused request."""
    if result["outcome"] == Outcome.REJECTED.value:
        conflict = result["code"] == "EVENT_CONFLICT"
        status = HTTPStatus.CONFLICT if conflict else HTTPStatus.UNPROCESSABLE_ENTITY
        problems = [FieldProblem(**problem) for problem in result.get("errors", ())]
        raise StatusError(status, result["code"], result["message"], errors=problems)


def _many(runtime: Runtime, actor: Actor) -> Iterator[dict[str, Any]]:
    """The results of all lines, read and taken in a portion at a time."""
    from servicelost.intake.service import CHUNK  # noqa: PLC0415 - see below

    lines = read_ndjson(cast(BinaryIO, request.stream))
    while portion := list(islice(lines, CHUNK)):
        yield from _some(runtime, actor, portion)


def _some(
    runtime: Runtime, actor: Actor, portion: Sequence[tuple[int | None, object]]
) -> list[dict[str, Any]]:
    # The rules of all events are loaded with the first one that comes.
    from servicelost.intake.service import receive  # noqa: PLC0415

    numbers = [number for number, value in portion if not isinstance(value, UnreadableLine)]
    values = [value for _, value in portion if not isinstance(value, UnreadableLine)]
    taken = receive(lambda: runtime.unit(actor), values)
    results = [_shape(numbers[result.index], result) for result in taken]
    results += [_unreadable(number, value) for number, value in portion if isinstance(value, UnreadableLine)]
    return sorted(results, key=lambda result: result.get("line", 0))


def _shape(number: int | None, result: EventResult) -> dict[str, Any]:
    shape = result.as_dict()
    del shape["index"]
    return shape if number is None else {"line": number, **shape}


def _unreadable(number: int | None, value: UnreadableLine) -> dict[str, Any]:
    problem = {"field": "line", "message": value.message, "expected": value.expected}
    return {
        "line": number,
        "outcome": Outcome.REJECTED.value,
        "code": "UNREADABLE_LINE",
        "message": f"the line {value.message}; expected {value.expected}",
        "errors": [problem],
    }
