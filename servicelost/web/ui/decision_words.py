"""What was said with a decision, in words that people read."""

from servicelost.opportunities.pipeline.calling import takes_back_call
from servicelost.opportunities.pipeline.models import Decision
from servicelost.opportunities.pipeline.states import DecisionKind
from servicelost.web.languages import gettext as _
from servicelost.web.ui.labels import CALL_LABELS


def words_of(told: Decision) -> str | None:
    """The note of the decision; of a call, what came of it."""
    if told.kind == DecisionKind.CALLED:
        return _(CALL_LABELS[str(told.note)])
    return None if takes_back_call(told) else told.note
