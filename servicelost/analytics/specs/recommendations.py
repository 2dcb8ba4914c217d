"""What the report `recommendations` says and how each of its numbers is defined."""

from servicelost.analytics import metrics
from servicelost.analytics.spec import Dimension, Kind, Measure, ReportSpec, Section

_INTERVAL = "; bootstrap by visit (fixed seed) for the 95 % interval"

LINES = Measure("lines", "Lines", Kind.COUNT, "recommended lines of W; exact repeats count as lines")
VALUE = Measure("value", "Recommended", Kind.MONEY, "Σ amount of recommended lines of W")
SOLD_LINES = Measure(
    "sold_lines", "Sold lines", Kind.COUNT, "lines authorised, started, completed or invoiced"
)
SOLD_VALUE = Measure("sold_value", "Sold", Kind.MONEY, "Σ amount of sold lines")
UNSOLD_LINES = Measure("unsold_lines", "Unsold lines", Kind.COUNT, "lines − sold lines")
UNSOLD_VALUE = Measure("unsold_value", "Unsold", Kind.MONEY, "value − sold value")
CLOSING_COUNT = Measure(
    "closing_ratio_count",
    "Closing ratio, lines",
    Kind.PERCENT,
    "closing_ratio_count = sold lines / recommended lines; Wilson 95 % interval",
)
CLOSING_VALUE = Measure(
    "closing_ratio_value",
    "Closing ratio, value",
    Kind.PERCENT,
    "closing_ratio_value = sold value / recommended value" + _INTERVAL,
)
DECLINE_RATE = Measure(
    "decline_rate",
    "Decline rate",
    Kind.PERCENT,
    "decline_rate = declined value / recommended value" + _INTERVAL,
)
LINE_SHARE = Measure(
    "line_share", "Share of lines", Kind.PERCENT, "lines of the row / recommended lines; the shares sum to 1"
)
VALUE_SHARE = Measure(
    "value_share", "Share of value", Kind.PERCENT, "value of the row / recommended value; the shares sum to 1"
)
UNPRICED = Measure(
    "unpriced_lines",
    "Lines without an amount",
    Kind.COUNT,
    "recommended lines without an amount or with zero",
)
INSPECTED = Measure("inspected", "Inspected orders", Kind.COUNT, "orders opened in W with an inspection")
COMPLETION = Measure(
    "mpi_completion",
    "Inspection completion",
    Kind.PERCENT,
    "mpi_completion = orders with an inspection / orders opened in W; Wilson 95 % interval",
)
DECLINED_PER_RO = Measure(
    "declined_per_ro",
    "Declined per inspected order",
    Kind.MONEY,
    "declined_per_ro = declined value / orders with an inspection",
)

_NUMBERS = (
    LINES, VALUE, SOLD_LINES, SOLD_VALUE, UNSOLD_LINES, UNSOLD_VALUE, CLOSING_COUNT, CLOSING_VALUE,
    DECLINE_RATE,
)  # fmt: skip


def _by(section_id: str, title: str, dimension: Dimension) -> Section:
    return Section(section_id, title, (dimension,), _NUMBERS)


STATUSES = Section(
    "statuses", "What became of it", (metrics.STATUS,), (LINES, LINE_SHARE, VALUE, VALUE_SHARE)
)
SERVICES = _by("services", "By service", metrics.CATEGORY)
SEVERITIES = _by("severities", "By severity", metrics.SEVERITY)
ADVISORS = _by("advisors", "By advisor", metrics.ADVISOR)
PERIODS = _by("periods", "By period", metrics.PERIOD)
PAY_TYPES = _by("pay-types", "By pay type", metrics.PAY_TYPE)
DEALERSHIPS = _by("dealerships", "By dealership", metrics.DEALERSHIP)
GROUPED = (SERVICES, SEVERITIES, ADVISORS, PERIODS, PAY_TYPES, DEALERSHIPS)

SPEC = ReportSpec(
    name="recommendations",
    title="Recommendations",
    question="How much of the work we recommend is sold, and where does the rest go?",
    parameters=("dealership", "from", "to", "grain", "advisor", "category", "pay_type", "severity"),
    groups=(),
    measures=(
        LINES, VALUE, SOLD_LINES, SOLD_VALUE, UNSOLD_LINES, UNSOLD_VALUE, CLOSING_COUNT, CLOSING_VALUE,
        DECLINE_RATE, UNPRICED, INSPECTED, COMPLETION, DECLINED_PER_RO,
    ),
    sections=(STATUSES, *GROUPED),
    function="servicelost.analytics.reports.recommendations:compute",
)  # fmt: skip
