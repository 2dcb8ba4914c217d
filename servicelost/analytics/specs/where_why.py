"""What the report `where-why` says and how each of its numbers is defined."""

from servicelost.analytics import metrics
from servicelost.analytics.spec import Kind, Measure, ReportSpec, Section

COUNT_SHARE = Measure(
    "count_share",
    "Share of losses",
    Kind.PERCENT,
    "losses of the row / losses of all rows; Wilson 95 % interval",
)
_NUMBERS = (metrics.LOST_GROSS, metrics.SHARE_OF_LOST, metrics.LOSS_COUNT, COUNT_SHARE)

MATRIX = Section("matrix", "Where × why", (metrics.STAGE, metrics.CAUSE), _NUMBERS)
STAGES = Section("stages", "Where", (metrics.STAGE,), (*_NUMBERS, metrics.RECOVERED, metrics.LOST_NET))
BY_PERIOD = Section(
    "matrix-by-period",
    "Where × why by period",
    (metrics.PERIOD, metrics.STAGE, metrics.CAUSE),
    (metrics.LOST_GROSS, metrics.LOSS_COUNT),
)

SPEC = ReportSpec(
    name="where-why",
    title="Where and why",
    question="At which stage of the visit is work lost, and for what reason?",
    parameters=(
        "dealership", "from", "to", "grain", "advisor", "category", "pay_type", "severity", "grade", "owner",
        "group_by",
    ),
    groups=("period",),
    measures=(metrics.LOST_GROSS, metrics.LOSS_COUNT, metrics.UNKNOWN_SHARE, metrics.CONTROLLABLE_SHARE),
    sections=(MATRIX, STAGES, BY_PERIOD),
    function="servicelost.analytics.reports.where_why:compute",
)  # fmt: skip
