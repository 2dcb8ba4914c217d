"""Problems that customers tell, on the page of a visit: recording one, and saying how it was solved.

The same verbs as the events of a complaint; what is open is read in `open_problems`.
"""

from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue
from marshmallow import Schema

from servicelost.directory.models import ServiceCategory
from servicelost.kernel.book import Book
from servicelost.kernel.errors import Conflict, InvalidInput, NotFound, RuleViolation
from servicelost.opportunities.followup.models import Problem
from servicelost.opportunities.followup.problems import record_problem, resolve_problem
from servicelost.opportunities.pipeline.second_chance import BY_HAND
from servicelost.web.current import current_runtime
from servicelost.web.identity import current_actor
from servicelost.web.languages import gettext as _
from servicelost.web.permissions import Action
from servicelost.web.schemas.complaints import ComplaintSchema, SolvedSchema
from servicelost.web.sight import get_visible
from servicelost.web.ui.blueprint import ID, page
from servicelost.web.ui.decision_forms import OpenStrip, show_visit
from servicelost.web.ui.forms import read_form
from servicelost.web.ui.refusals import describe
from servicelost.workflow.models.visits import Visit

_PROBLEMS = f"/visits/{ID}visit_id>/problems"
Verb = Callable[[Book, Visit, Mapping[str, Any]], object]


@page(_PROBLEMS, Action.DECIDE_LINES, method="POST")
def record_complaint(visit_id: int) -> ResponseReturnValue:
    """The customer told of a problem with the car or the service."""
    return _send(visit_id, "complaint", ComplaintSchema(), _record)


@page(f"{_PROBLEMS}/{ID}problem_id>/solved", Action.DECIDE_LINES, method="POST")
def solve_complaint(visit_id: int, problem_id: int) -> ResponseReturnValue:
    """It is solved, and how."""

    def solve(book: Book, visit: Visit, sent: Mapping[str, Any]) -> None:
        problem = get_visible(book, Problem, problem_id)
        if not _is_of(problem, visit):
            raise NotFound("NOT_FOUND", f"visit {visit.id} knows no problem {problem_id}")
        resolve_problem(
            book, dealership_id=problem.dealership_id, source=problem.source, source_id=problem.source_id,
            at=book.now, resolution=sent["resolution"],
        )  # fmt: skip

    return _send(visit_id, f"solved-{problem_id}", SolvedSchema(), solve)


def _record(book: Book, visit: Visit, sent: Mapping[str, Any]) -> None:
    service_id, severity = sent.get("service_id"), sent.get("severity")
    if service_id is not None:
        get_visible(book, ServiceCategory, service_id)
    record_problem(
        book, dealership_id=visit.dealership_id, source=BY_HAND, source_id=sent["once"], at=book.now,
        text=sent["text"], visit_id=visit.id, customer_id=visit.customer_id, vehicle_id=visit.vehicle_id,
        category_id=service_id, severity=severity.value if severity else None,
    )  # fmt: skip


def _is_of(problem: Problem, visit: Visit) -> bool:
    """Whether it is a problem of this visit, its car or its customer."""
    shared = (
        (problem.visit_id, visit.id),
        (problem.vehicle_id, visit.vehicle_id),
        (problem.customer_id, visit.customer_id),
    )
    return problem.dealership_id == visit.dealership_id and any(
        own is not None and own == other for own, other in shared
    )


def _send(visit_id: int, kind: str, schema: Schema, verb: Verb) -> ResponseReturnValue:
    runtime, actor = current_runtime(), current_actor()
    try:
        sent = read_form(schema, request.form.to_dict())
        runtime.repeated(actor, lambda book: verb(book, get_visible(book, Visit, visit_id), sent))
    except (Conflict, InvalidInput, RuleViolation) as error:
        with runtime.unit(actor, reading=True) as book:
            opened = OpenStrip(None, kind, request.form)
            visit = get_visible(book, Visit, visit_id)
            return show_visit(book, visit, opened=opened, problem=describe(_in_plain_words(error)))
    done = "recorded" if kind == "complaint" else "solved"
    return redirect(
        url_for(".visit", visit_id=visit_id, problem=done, _anchor="problems"), HTTPStatus.SEE_OTHER
    )


def _in_plain_words(error: Exception) -> Exception:
    missing = isinstance(error, InvalidInput) and {problem.field for problem in error.errors} & {
        "text",
        "resolution",
    }
    if not missing:
        return error
    return InvalidInput("WORDS_NEEDED", _("Say it in a few words, at most 2,000 characters."))
