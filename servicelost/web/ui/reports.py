"""The pages of reports."""

from servicelost.web.permissions import Action
from servicelost.web.ui.blueprint import page


@page("/reports", Action.READ_REPORTS)
def reports() -> str:
    """All reports."""
    return ""
