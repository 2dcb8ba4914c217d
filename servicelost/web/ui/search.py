"""The search: a form that every page has, and the page of what was found, by kind, each leading to its page.

What is found is decided in `web.searching`; the text stays out of every address (`kept_search`).
"""

from dataclasses import dataclass
from http import HTTPStatus

from flask import Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from servicelost.directory.calendar import local_day
from servicelost.directory.models import Customer, Dealership, Vehicle
from servicelost.kernel.book import Book
from servicelost.kernel.errors import InvalidInput
from servicelost.web.current import current_runtime
from servicelost.web.identity import current_actor
from servicelost.web.permissions import Action
from servicelost.web.schemas.search import SearchSchema
from servicelost.web.searching import MOST_SHOWN, search
from servicelost.web.ui.blueprint import page
from servicelost.web.ui.forms import read_form
from servicelost.web.ui.frame import Message, say
from servicelost.web.ui.kept_search import keep_text, kept_text
from servicelost.web.ui.labels import APPOINTMENT_MARKS, VISIT_MARKS, Mark
from servicelost.web.ui.refusals import describe
from servicelost.web.ui.visit_lists import car_name, visit_rows
from servicelost.workflow.models.appointments import Appointment


@dataclass(frozen=True)
class Booking:
    """An appointment that was found, and where it stands on the page of its day."""

    row: Appointment
    mark: Mark
    customer: str
    car: str
    dealership: Dealership
    url: str


@page("/search", Action.SEARCH, endpoint="search")
def show_found() -> ResponseReturnValue:
    """What was found for the text that was sent last."""
    return _show(kept_text())


@page("/search", Action.SEARCH, method="POST", endpoint="find")
def find() -> ResponseReturnValue:
    """Take the text; an order's own number leads straight to its visit."""
    if not request.form.get("text", "").strip():
        return _kept("", url_for(".search"))
    try:
        text: str = read_form(SearchSchema(), request.form.to_dict())["text"]
    except InvalidInput as error:
        problem = describe(error)
        say(Message(problem.message, wrong=True))
        return _show(""), problem.status
    with current_runtime().unit(current_actor(), reading=True) as book:
        visit = search(book, text).only_visit(text)
    return _kept(text, url_for(".search") if visit is None else url_for(".visit", visit_id=visit.id))


def _kept(text: str, address: str) -> Response:
    response = redirect(address, HTTPStatus.SEE_OTHER)
    assert isinstance(response, Response)
    keep_text(response, text)
    return response


def _show(text: str) -> str:
    with current_runtime().unit(current_actor(), reading=True) as book:
        found = search(book, text) if text else None
        return render_template(
            "servicelost/search.html",
            text=text,
            found=found,
            most=MOST_SHOWN,
            visits=visit_rows(book, found.visits.rows) if found else [],
            bookings=[_booking(book, row) for row in found.appointments.rows] if found else [],
            visit_marks=VISIT_MARKS,
            car_name=car_name,
        )


def _booking(book: Book, row: Appointment) -> Booking:
    dealership = book.get(Dealership, row.dealership_id)
    customer = None if row.customer_id is None else book.find(Customer, row.customer_id)
    vehicle = None if row.vehicle_id is None else book.find(Vehicle, row.vehicle_id)
    day = local_day(dealership, row.scheduled_at).isoformat()
    url = url_for(".today", day=day, at=dealership.id, _anchor=f"a-{row.id}")
    name = (customer.name if customer else None) or ""
    return Booking(row, APPOINTMENT_MARKS[row.state], name, car_name(vehicle), dealership, url)
