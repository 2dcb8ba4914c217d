"""What the report `lost-revenue` says and how each of its numbers is defined."""

from servicelost.analytics import metrics
from servicelost.analytics.spec import Kind, Measure, ReportSpec, Section

CONSERVATIVE = Measure(
    "conservative",
    "Conservative figure",
    Kind.MONEY,
    "lost_gross(W) of grades A and B: quoted, booked or menu prices",
)
UNSOLD_SHARE = Measure(
    "unsold_share",
    "Unsold share of recommended work",
    Kind.PERCENT,
    "value of recommended lines of W that were not sold / value of all recommended lines of W; repeats "
    "included, so it is not a share of revenue; bootstrap by visit for the 95 % interval",
)
OUTSTANDING = Measure(
    "outstanding",
    "Still to win back",
    Kind.MONEY,
    "Σ LOSS − Σ REVERSAL − Σ released, of losses of W, up to now",
)
PRICE_GAP = Measure(
    "price_gap",
    "Recovered below price",
    Kind.MONEY,
    "recovery_price_gap(W) = Σ released − Σ revenue of the recoveries counted in recovered_in(W)",
)
CAPTURE_LATENCY = Measure(
    "capture_latency",
    "Capture latency",
    Kind.HOURS,
    "median(recorded_at − occurred_at) of the losses of W; an import of old orders makes it long",
)

MEASURES = (
    metrics.LOST_GROSS,
    metrics.RECOVERED,
    metrics.LOST_NET,
    metrics.LOST_PCT,
    UNSOLD_SHARE,
    CONSERVATIVE,
    metrics.CONTROLLABLE_SHARE,
    metrics.UNKNOWN_SHARE,
    metrics.LOSS_COUNT,
    metrics.LOSSES,
    metrics.REVERSED,
    metrics.REALIZED,
    OUTSTANDING,
    PRICE_GAP,
    metrics.LOST_HOURS,
    CAPTURE_LATENCY,
)

_MONEY = (metrics.LOST_GROSS, metrics.RECOVERED, metrics.LOST_NET, metrics.SHARE_OF_LOST, metrics.LOSS_COUNT)

PERIODS = Section(
    "periods",
    "By period",
    (metrics.PERIOD,),
    (
        metrics.LOSSES,
        metrics.REVERSED,
        metrics.LOST_GROSS,
        metrics.RECOVERED,
        metrics.LOST_NET,
        metrics.REALIZED,
        metrics.LOST_PCT,
        metrics.LOSS_COUNT,
        metrics.LOST_HOURS,
    ),
    notes=("Each period is a window of its own: recovered and net do not add up to those of a longer one.",),
)
GRADES = Section("grades", "By confidence of the amount", (metrics.GRADE,), _MONEY)

_GROUPS = {
    "dealership": (metrics.DEALERSHIP, "By dealership"),
    "advisor": (metrics.ADVISOR, "By advisor"),
    "category": (metrics.CATEGORY, "By service"),
    "pay_type": (metrics.PAY_TYPE, "By pay type"),
    "severity": (metrics.SEVERITY, "By severity"),
    "stage": (metrics.STAGE, "By stage"),
    "event": (metrics.EVENT, "By event"),
    "cause": (metrics.CAUSE, "By cause"),
    "owner": (metrics.OWNER, "By owner"),
}
GROUPS = {
    group: Section(f"by-{group.replace('_', '-')}", title, (dimension,), _MONEY)
    for group, (dimension, title) in _GROUPS.items()
}

SPEC = ReportSpec(
    name="lost-revenue",
    title="Lost revenue",
    question="How much was lost, how much of it came back, and how sure are the amounts?",
    parameters=(
        "dealership", "from", "to", "grain", "advisor", "category", "pay_type", "severity", "group_by",
    ),
    groups=tuple(GROUPS),
    measures=MEASURES,
    sections=(PERIODS, GRADES, *GROUPS.values()),
    function="servicelost.analytics.reports.lost_revenue:compute",
)  # fmt: skip
