"""What each event does: it calls one verb of the workflow, the directory or the follow-up.

No rule of the trade lives here: references are found, units converted, and the verb is called.
"""

from servicelost.intake.apply.handlers import HANDLERS, apply_event, provides

__all__ = ["HANDLERS", "apply_event", "provides"]
