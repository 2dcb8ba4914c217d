"""The composition root: who listens to what, which job name is which task, what runs again and again.

Everything concrete meets here and nowhere else. No rule of the trade is written in this room.
"""

from servicelost.wiring.assembly import build_bus, build_runtime
from servicelost.wiring.models import MODEL_MODULES
from servicelost.wiring.tasks import PERIODIC, TASKS, warm_up

__all__ = ["MODEL_MODULES", "PERIODIC", "TASKS", "build_bus", "build_runtime", "warm_up"]
