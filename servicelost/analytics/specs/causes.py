"""What the report `causes` says and how each of its numbers is defined."""

from servicelost.analytics import metrics
from servicelost.analytics.spec import Kind, Measure, ReportSpec, Section
from servicelost.analytics.specs.where_why import COUNT_SHARE

CUMULATIVE = Measure(
    "cumulative",
    "Cumulative",
    Kind.PERCENT,
    "Σ cause_share of this cause and all larger ones; cause_share(c) = lost_gross(c) / lost_gross",
)
STATED_SHARE = Measure(
    "stated_share",
    "Reason stated by a person",
    Kind.PERCENT,
    "count(losses with basis STATED) / count(losses); Wilson 95 % interval",
)
STATED = Measure("stated", "Stated", Kind.COUNT, "losses of the row whose cause somebody stated")
AUTOMATIC = Measure(
    "automatic", "Automatic", Kind.COUNT, "losses of the row whose cause follows from the event alone"
)

_NUMBERS = (metrics.LOST_GROSS, metrics.SHARE_OF_LOST, metrics.LOSS_COUNT, COUNT_SHARE)

PARETO = Section(
    "pareto",
    "Causes by money",
    (metrics.CAUSE,),
    (
        metrics.LOST_GROSS,
        metrics.SHARE_OF_LOST,
        CUMULATIVE,
        metrics.LOSS_COUNT,
        COUNT_SHARE,
        STATED,
        AUTOMATIC,
    ),
)
OWNERS = Section(
    "owners",
    "Who could have changed it",
    (metrics.OWNER,),
    _NUMBERS,
    notes=(
        "Losses with cause UNKNOWN stand apart and are not in the denominator of the controllable share.",
    ),
)
BASES = Section("bases", "How the cause is known", (metrics.BASIS,), _NUMBERS)
EVENTS = Section("events", "Causes by event", (metrics.EVENT, metrics.CAUSE), _NUMBERS)

SPEC = ReportSpec(
    name="causes",
    title="Causes",
    question="Which few reasons explain most of the loss, and which of them are ours to change?",
    parameters=(
        "dealership", "from", "to", "advisor", "category", "pay_type", "severity", "stage", "event", "grade",
    ),
    groups=(),
    measures=(
        metrics.LOST_GROSS, metrics.LOSS_COUNT, metrics.CONTROLLABLE_SHARE, metrics.UNKNOWN_SHARE,
        STATED_SHARE,
    ),
    sections=(PARETO, OWNERS, BASES, EVENTS),
    function="servicelost.analytics.reports.causes:compute",
)  # fmt: skip
