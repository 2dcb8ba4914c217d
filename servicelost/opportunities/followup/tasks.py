"""Tasks of following up: something a person has to do, by when, and what came of it.

Rules that create tasks by cadence are not here.
"""

from datetime import datetime
from enum import StrEnum

from servicelost.kernel.book import Book
from servicelost.kernel.errors import RuleViolation
from servicelost.kernel.machine import Machine
from servicelost.opportunities.followup.models import TASKS_OF_OPPORTUNITY, Task


class TaskState(StrEnum):
    """Where a task stands."""

    OPEN = "OPEN"
    DONE = "DONE"
    DROPPED = "DROPPED"


class TaskAction(StrEnum):
    """What can be done with a task."""

    FINISH = "FINISH"
    DROP = "DROP"
    TAKE_BACK = "TAKE_BACK"


TASK_MACHINE: Machine[TaskState, TaskAction] = Machine(
    "task",
    {
        (TaskState.OPEN, TaskAction.FINISH): TaskState.DONE,
        (TaskState.OPEN, TaskAction.DROP): TaskState.DROPPED,
        # Said to be done by a wrong tap.
        (TaskState.DONE, TaskAction.TAKE_BACK): TaskState.OPEN,
    },
)


def open_task(
    book: Book, kind: str, *, due_at: datetime, dealership_id: int, opportunity_id: int | None = None,
    customer_id: int | None = None, visit_id: int | None = None, problem_id: int | None = None,
    owner_id: int | None = None, note: str | None = None,
) -> Task:  # fmt: skip
    """Open a task; an open one of the same kind for the same opportunity is not doubled."""
    if opportunity_id is not None:
        for task in book.many(TASKS_OF_OPPORTUNITY, opportunity_id):
            if task.kind == kind and task.state == TaskState.OPEN:
                return task
    return book.add(
        Task(
            dealership_id=dealership_id, kind=kind, state=TaskState.OPEN, opportunity_id=opportunity_id,
            customer_id=customer_id, visit_id=visit_id, problem_id=problem_id, owner_id=owner_id,
            due_at=due_at, created_at=book.now, note=note,
        )
    )  # fmt: skip


def finish_task(book: Book, task: Task, outcome: str, note: str | None = None) -> None:
    """The task is done, with its outcome."""
    if not outcome.strip():
        raise RuleViolation("OUTCOME_REQUIRED", "a finished task needs its outcome", field="outcome")
    _end(book, task, TaskAction.FINISH, outcome, note)


def drop_task(book: Book, task: Task, why: str) -> None:
    """The task is not needed any more, and why."""
    _end(book, task, TaskAction.DROP, why, None)


def reopen_task(task: Task) -> None:
    """The task was not done after all."""
    task.state = TASK_MACHINE.next(TaskState(task.state), TaskAction.TAKE_BACK)
    task.done_at = task.done_by = task.outcome = None


def _end(book: Book, task: Task, action: TaskAction, outcome: str, note: str | None) -> None:
    task.state = TASK_MACHINE.next(TaskState(task.state), action)
    task.done_at, task.done_by, task.outcome = book.now, book.actor.name, outcome
    task.note = note or task.note
