"""After a tap on a row to follow up: where one goes back to, and what is said there, with the undo."""

from typing import Any

from flask import request, url_for

from servicelost.kernel.book import Book
from servicelost.opportunities.followup.models import Task
from servicelost.opportunities.followup.tasks import TaskState
from servicelost.opportunities.pipeline.call_undoing import undoable_call
from servicelost.opportunities.pipeline.calling import calls_in
from servicelost.opportunities.pipeline.models import DECISIONS_OF_OPPORTUNITY, Opportunity
from servicelost.opportunities.pipeline.task_endings import is_undoable
from servicelost.web.languages import gettext as _
from servicelost.web.ui.frame import Message, say
from servicelost.web.ui.labels import CALL_LABELS, TASK_LABELS

# What an address says was done: a call, a task, or the taking back of one of them.
CALLED, DONE, UNDONE = "called", "finished", "undone"
_LIST = "list"
_LONGEST_NUMBER = 18


def came_from_list() -> bool:
    """Whether the row stands in the list of all follow-ups, and not on Today."""
    return request.endpoint == "servicelost_ui.follow_ups" or request.args.get("from") == _LIST


def came_from() -> dict[str, Any]:
    """What a form carries on, so that its sender comes back to the page as it was."""
    names = ("at", "who", "when", "page") if came_from_list() else ("at", "who", "day")
    kept = {name: text for name in names if (text := request.args.get(name))}
    return {"from": _LIST, **kept} if came_from_list() else kept


def come_back(row: str, **done: int) -> str:
    """The address of the row on the page that the form stood on, with what is to be said there."""
    kept = {name: text for name, text in came_from().items() if name != "from"} | done
    page = ".follow_ups" if came_from_list() else ".today"
    return url_for(page, **kept, _anchor=row)


def say_what_came_of_it(book: Book) -> None:
    """What was done by the tap that the address names, with the undo while there is one."""
    if UNDONE in request.args:
        say(Message(_("Taken back.")))
    if (need_id := _named(CALLED)) is not None:
        _say_of_call(book, need_id)
    if (task_id := _named(DONE)) is not None:
        _say_of_task(book, task_id)


def _say_of_call(book: Book, need_id: int) -> None:
    need = book.find(Opportunity, need_id)
    if need is None or not book.actor.may_see(need.dealership_id):
        return
    calls = calls_in(book.many(DECISIONS_OF_OPPORTUNITY, need.id))
    if calls is None:
        return
    told = _("Called: %(outcome)s.", outcome=_(CALL_LABELS[calls.outcome]).lower())
    undoable = undoable_call(book, need.id) is not None
    say(Message(told, undo_url=url_for(".undo_call", card_id=need.id, **came_from()) if undoable else None))


def _say_of_task(book: Book, task_id: int) -> None:
    task = book.find(Task, task_id)
    if task is None or not book.actor.may_see(task.dealership_id) or task.state != TaskState.DONE:
        return
    told = _("Done: %(task)s.", task=task.note or _(TASK_LABELS.get(task.kind, task.kind)))
    undo_url = url_for(".undo_task", task_id=task.id, **came_from()) if is_undoable(book, task) else None
    say(Message(told, undo_url=undo_url))


def _named(parameter: str) -> int | None:
    """The row that the address names under this parameter."""
    text = request.args.get(parameter, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _LONGEST_NUMBER else None
