"""A person says that a task is done, and takes a wrong tap back within a minute.

Red work past its day is not done by a tap: it is let go with what the customer said (`letting_go`).
"""

from servicelost.administration.audit import record_audit
from servicelost.kernel.book import Book
from servicelost.kernel.errors import RuleViolation
from servicelost.opportunities.followup.models import TASKS_OF_OPPORTUNITY, Task
from servicelost.opportunities.followup.tasks import TaskState, finish_task, reopen_task
from servicelost.opportunities.pipeline.deferring import ACKNOWLEDGE_RED
from servicelost.workflow.appointment_undo import UNDO_FOR

BY_HAND = "DONE"


def is_done_by_hand(kind: str) -> bool:
    """Whether a person may end such a task by saying that it is done."""
    return kind != ACKNOWLEDGE_RED


def finish_by_hand(book: Book, task: Task) -> None:
    """It is done; raises RuleViolation where it needs more than that, or has ended already."""
    if not is_done_by_hand(task.kind):
        message = "red work is not done by a tap: record what the customer said"
        raise RuleViolation("OUTCOME_REQUIRED", message)
    if task.state != TaskState.OPEN:
        raise RuleViolation("TASK_ENDED", f"{task.done_by} has done this already")
    finish_task(book, task, BY_HAND)


def is_undoable(book: Book, task: Task) -> bool:
    """Whether the book's actor has just said so, and the same was not asked for anew."""
    if (task.state, task.outcome, task.done_by) != (TaskState.DONE, BY_HAND, book.actor.name):
        return False
    return task.done_at is not None and book.now - task.done_at <= UNDO_FOR and not _asked_anew(book, task)


def take_back_end(book: Book, task: Task) -> None:
    """It was a wrong tap: the task is open again; raises RuleViolation NOT_UNDOABLE when it is too late."""
    if not is_undoable(book, task):
        message = "this can not be taken back any more: a minute has passed, or more has happened since"
        raise RuleViolation("NOT_UNDOABLE", message)
    record_audit(
        book, "TASK_REOPENED", "task", task.id, dealership_id=task.dealership_id,
        before={"done_by": task.done_by}, after={"done_by": None},
    )  # fmt: skip
    reopen_task(task)


def _asked_anew(book: Book, task: Task) -> bool:
    if task.opportunity_id is None:
        return False
    others = book.many(TASKS_OF_OPPORTUNITY, task.opportunity_id)
    return any((row.kind, row.state) == (task.kind, TaskState.OPEN) for row in others)
