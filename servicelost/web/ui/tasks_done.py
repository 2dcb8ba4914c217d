"""A task is done: one tap on Today or among the follow-ups ends it in one's own name, another takes it back.

Which tasks end so is said in the pipeline's `task_endings`.
"""

from collections.abc import Callable
from http import HTTPStatus

from flask import redirect
from flask.typing import ResponseReturnValue

from servicelost.kernel.book import Book
from servicelost.kernel.errors import RuleViolation
from servicelost.opportunities.followup.models import Task
from servicelost.opportunities.pipeline.task_endings import finish_by_hand, take_back_end
from servicelost.web.current import current_runtime
from servicelost.web.identity import current_actor
from servicelost.web.permissions import Action
from servicelost.web.sight import get_visible
from servicelost.web.ui.blueprint import ID, page
from servicelost.web.ui.call_messages import DONE, UNDONE, come_back
from servicelost.web.ui.calling import shown_again

_TASK = f"/follow-ups/tasks/{ID}task_id>"


@page(f"{_TASK}/done", Action.LOG_CONTACTS, method="POST")
def finish_task(task_id: int) -> ResponseReturnValue:
    """It is done."""
    return _act(task_id, finish_by_hand, DONE)


@page(f"{_TASK}/undo", Action.LOG_CONTACTS, method="POST")
def undo_task(task_id: int) -> ResponseReturnValue:
    """That was a wrong tap."""
    return _act(task_id, take_back_end, UNDONE)


def _act(task_id: int, verb: Callable[[Book, Task], None], done: str) -> ResponseReturnValue:
    runtime, actor = current_runtime(), current_actor()
    try:
        runtime.repeated(actor, lambda book: verb(book, get_visible(book, Task, task_id)))
    except RuleViolation as error:
        with runtime.unit(actor, reading=True) as book:
            return shown_again(book, error)
    return redirect(come_back(f"t-{task_id}", **{done: task_id}), HTTPStatus.SEE_OTHER)
