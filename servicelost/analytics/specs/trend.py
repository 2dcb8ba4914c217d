"""What the report `trend` says and how each of its numbers is defined."""

from servicelost.analytics import metrics
from servicelost.analytics.spec import Kind, Measure, ReportSpec, Section

MINIMUM_PERIODS = 6

_SLOPE = (
    "Theil–Sen: median of (y_j − y_i)/(j − i) over all pairs of whole, recorded periods; 95 % interval by "
    f"Sen's method; not given for fewer than {MINIMUM_PERIODS} periods"
)
GROSS_SLOPE = Measure("gross_slope", "Lost, gross: change a period", Kind.MONEY, _SLOPE)
NET_SLOPE = Measure("net_slope", "Lost, net: change a period", Kind.MONEY, _SLOPE)
REVENUE_SLOPE = Measure("revenue_slope", "Invoiced: change a period", Kind.MONEY, _SLOPE)
RECORDED = Measure(
    "recorded_periods",
    "Periods with recording",
    Kind.COUNT,
    "periods with at least one line of work or ledger entry; other periods are gaps, not zeros",
)
WHOLE = Measure(
    "whole_periods",
    "Whole periods",
    Kind.COUNT,
    "recorded periods that neither the window nor the present cuts short",
)

SERIES = Section(
    "series",
    "By period",
    (metrics.PERIOD,),
    (
        metrics.LOST_GROSS,
        metrics.RECOVERED,
        metrics.LOST_NET,
        metrics.REALIZED,
        metrics.LOST_PCT,
        metrics.LOSS_COUNT,
    ),
    notes=(
        "A period in which nothing at all was recorded is a gap; one with records and no loss is zero.",
        "A rise may be better recording: compare the number of losses and of recommended lines.",
    ),
)

SPEC = ReportSpec(
    name="trend",
    title="Trend",
    question="Is the loss growing or shrinking, beyond what chance does from period to period?",
    parameters=(
        "dealership", "from", "to", "grain", "advisor", "category", "pay_type", "severity", "stage", "event",
        "cause", "grade", "owner",
    ),
    groups=(),
    measures=(GROSS_SLOPE, NET_SLOPE, REVENUE_SLOPE, RECORDED, WHOLE),
    sections=(SERIES,),
    function="servicelost.analytics.reports.trend:compute",
)  # fmt: skip
