"""Red work whose day has passed: it never lapses silently, a person says that it is lost.

Housekeeping asks for that by a task; what lapses by itself is in `deferring`.
"""

from servicelost.kernel.book import Book
from servicelost.opportunities.followup.models import TASKS_OF_OPPORTUNITY
from servicelost.opportunities.followup.tasks import TaskState, finish_task
from servicelost.opportunities.pipeline.deferring import ACKNOWLEDGE_RED, acknowledge, lapse
from servicelost.opportunities.pipeline.models import Opportunity
from servicelost.opportunities.pipeline.states import Effect


def let_go(book: Book, opportunity: Opportunity, note: str | None = None) -> Effect:
    """Acknowledge the work, end the task that asked for it, and post the loss; raises RuleViolation."""
    acknowledge(book, opportunity, book.now, note)
    for task in book.many(TASKS_OF_OPPORTUNITY, opportunity.id):
        if task.kind == ACKNOWLEDGE_RED and task.state == TaskState.OPEN:
            finish_task(book, task, "ACKNOWLEDGED", note)
    return lapse(book, opportunity)
