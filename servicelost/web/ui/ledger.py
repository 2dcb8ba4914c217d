"""The pages of the ledger: the list with its filters, one entry with its history, taking a loss back.

The reverse form appends an entry; nothing is ever edited or deleted.
"""

from http import HTTPStatus
from typing import Any

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from servicelost.directory.dealerships import list_dealerships
from servicelost.directory.models import Employee
from servicelost.kernel.book import Book
from servicelost.kernel.errors import Conflict, InvalidInput, RuleViolation
from servicelost.kernel.money import from_minor
from servicelost.opportunities.ledger.models import LedgerEntry
from servicelost.opportunities.pipeline.corrections import reverse_loss
from servicelost.taxonomy.causes import CAUSES, NOT_A_LOSS, Cause
from servicelost.taxonomy.stages import STAGES
from servicelost.web.current import current_runtime
from servicelost.web.identity import current_actor
from servicelost.web.permissions import Action
from servicelost.web.schemas.ledger import LedgerQuerySchema, ReverseSchema
from servicelost.web.sight import get_visible, only_visible
from servicelost.web.ui.blueprint import ID, page
from servicelost.web.ui.forms import read_form
from servicelost.web.ui.frame import Message, say
from servicelost.web.ui.labels import ENTRY_MARKS
from servicelost.web.ui.ledger_lists import EntryRow, all_entries, list_entries, view_entry
from servicelost.web.ui.refusals import describe
from servicelost.web.ui.row_files import write_rows

_COLUMNS = (
    "day", "entry", "dealership", "order", "work", "event", "where", "why", "advisor", "grade", "amount",
    "currency", "document",
)  # fmt: skip


@page("/ledger", Action.READ_LEDGER)
def ledger() -> ResponseReturnValue:
    """The entries, newest first."""
    try:
        filters = read_form(LedgerQuerySchema(), request.args)
    except InvalidInput as error:
        say(Message(describe(error).message, wrong=True))
        filters = {}
    actor = current_actor()
    with current_runtime().unit(actor, reading=True) as book:
        if "format" in request.args:
            rows = (_file_row(row) for row in all_entries(book, actor, filters))
            return write_rows(rows, _COLUMNS, "ledger", request.args["format"])
        found, dealerships, people = list_entries(book, actor, filters), list_dealerships(book), _people(book)
    causes = {code: info.label for code, info in CAUSES.items() if code not in NOT_A_LOSS}
    return render_template(
        "servicelost/ledger.html",
        found=found,
        kinds=ENTRY_MARKS,
        stages=STAGES,
        causes=causes,
        dealerships=dealerships,
        people=people,
        chosen=request.args,
    )


@page(f"/ledger/{ID}entry_id>", Action.READ_LEDGER)
def entry(entry_id: int) -> ResponseReturnValue:
    """One entry with its history."""
    with current_runtime().unit(current_actor(), reading=True) as book:
        return _show(book, entry_id), HTTPStatus.OK


@page(f"/ledger/{ID}entry_id>/reverse", Action.REVERSE_LOSSES, method="POST")
def reverse(entry_id: int) -> ResponseReturnValue:
    """Take the loss back by a reversing entry."""
    runtime, actor = current_runtime(), current_actor()

    def take_back(book: Book) -> None:
        get_visible(book, LedgerEntry, entry_id)
        reverse_loss(book, entry_id, form["reason"], form["note"])

    try:
        form = read_form(ReverseSchema(), request.form)
        runtime.repeated(actor, take_back)
    except (Conflict, InvalidInput, RuleViolation) as error:
        problem = describe(error)
        say(Message(problem.message, wrong=True))
        with runtime.unit(actor, reading=True) as book:
            return _show(book, entry_id), problem.status
    return redirect(url_for(".entry", entry_id=entry_id), HTTPStatus.SEE_OTHER)


def _people(book: Book) -> list[tuple[int, str]]:
    """Those whose losses stand in the ledger, by name."""
    entry, person = LedgerEntry.__table__.c, Employee.__table__.c
    named = select(entry.advisor_id).where(entry.advisor_id.is_not(None)).distinct()
    statement = only_visible(select(person.id, person.name), book.actor, person.dealership_id)
    found = book.connection.execute(statement.where(person.id.in_(named)).order_by(person.name, person.id))
    return [(row.id, row.name) for row in found]


def _file_row(row: EntryRow) -> dict[str, Any]:
    amount = from_minor(row.signed_minor, row.currency)
    return {**vars(row), "entry": row.mark.label, "work": row.service, "amount": amount}


def _show(book: Book, entry_id: int) -> str:
    view = view_entry(book, get_visible(book, LedgerEntry, entry_id))
    reasons = {code: CAUSES[code] for code in Cause if code in NOT_A_LOSS}
    return render_template("servicelost/entry.html", view=view, reasons=reasons, typed=request.form)
