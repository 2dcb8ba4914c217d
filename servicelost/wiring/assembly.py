"""Putting a runtime together: settings, database, clock, everybody who listens, and the queue."""

from servicelost.config import Settings
from servicelost.directory.searching import CARS, CUSTOMERS
from servicelost.kernel.clock import Clock
from servicelost.kernel.events import EventBus
from servicelost.opportunities.pipeline import listeners as pipeline
from servicelost.runtime import EngineSource, Runtime
from servicelost.search.upkeep import keeper_of
from servicelost.wiring.later import later
from servicelost.workflow.searching import BOOKINGS, ORDERS

_SUBSCRIBERS = (pipeline.subscribe,)
SEARCHABLE = (CUSTOMERS, CARS, ORDERS, BOOKINGS)
# A web process talks to the queue only when somebody asks for a report.
_open_queue = later("servicelost.jobs.queue:open_queue")


def build_runtime(settings: Settings, *, engine: EngineSource = None, clock: Clock | None = None) -> Runtime:
    """The runtime of one application, with everybody listening who must."""
    return Runtime(settings, engine=engine, clock=clock, bus=build_bus(), queue=_open_queue)


def build_bus() -> EventBus:
    """An event bus with all listeners of the house."""
    bus = EventBus()
    for subscribe in _SUBSCRIBERS:
        subscribe(bus)
    bus.at_end(keeper_of(SEARCHABLE))
    return bus
