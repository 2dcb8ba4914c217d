"""What the report `overview` says: a period in one look, beside others, and what to do first.

Numbers that other reports have keep their formula; only those of its own are defined here.
"""

from servicelost.analytics import metrics
from servicelost.analytics.spec import Dimension, Kind, Measure, ReportSpec, Section, Vocabulary
from servicelost.analytics.specs import recommendations, where_why
from servicelost.analytics.specs.causes import CUMULATIVE

MONTHS = 13
MOST_SERVICES = 8
MOST_FIRST = 5

DATA_QUALITY = Measure(
    "data_quality",
    "Data quality",
    Kind.COUNT,
    "100 × mean of the shares of the table of data quality that can be computed; 100 is best. No loss "
    "recorded is no quality: then there is no score",
)
QUALITY_SHARE = Measure(
    "quality_share",
    "Share",
    Kind.PERCENT,
    "with a reason: losses with a cause other than UNKNOWN and OTHER / losses; stated: losses whose cause a "
    "person stated / losses; sure: lost_gross of grades A and B / lost_gross; priced: recommended lines with "
    "an amount / recommended lines",
)
ENTERED = Measure(
    "entered",
    "Came to this stage",
    Kind.MONEY,
    "realized(W) + lost_gross of this stage and all later ones",
)
STAGE_LOST_RATE = Measure(
    "loss_rate", "Lost here", Kind.PERCENT, "loss_rate(stage) = lost_gross of the stage / what came to it"
)
LEFT = Measure("left", "Went on", Kind.MONEY, "what came to the stage − lost_gross of the stage")

WINDOW = Dimension("window", "Window", Vocabulary.WINDOW)
QUALITY = Dimension("quality", "What is known", Vocabulary.QUALITY)

COMPARED = Section(
    "compared",
    "Beside other periods",
    (WINDOW,),
    (
        metrics.LOST_GROSS, metrics.RECOVERED, metrics.LOST_NET, metrics.REALIZED, metrics.LOST_PCT,
        metrics.LOSS_COUNT,
    ),
    notes=(
        "Each row is a window of its own; the one before has as many days as this one has had so far.",
        "A window in which nothing at all was recorded has no numbers.",
    ),
)  # fmt: skip
PARETO = Section(
    "pareto",
    "The largest causes",
    (metrics.CAUSE,),
    (metrics.LOST_GROSS, metrics.SHARE_OF_LOST, CUMULATIVE, metrics.LOSS_COUNT),
)
SERVICES = Section(
    "services",
    "Services lost most",
    (metrics.CATEGORY,),
    (metrics.LOST_GROSS, metrics.SHARE_OF_LOST, metrics.LOSS_COUNT),
)
ADVISORS = Section(
    "advisors",
    "Advisors",
    (metrics.ADVISOR,),
    (recommendations.LINES, recommendations.VALUE, recommendations.CLOSING_VALUE,
     recommendations.UNSOLD_VALUE),
    notes=(
        "Who differs from all others only as much as chance would have it, is not different: look at the "
        "interval. Too few lines are not judged.",
    ),
)  # fmt: skip
SERIES = Section(
    "series",
    "Month by month",
    (metrics.PERIOD,),
    (metrics.LOST_GROSS, metrics.RECOVERED, metrics.LOST_NET, metrics.REALIZED, metrics.LOST_PCT),
    notes=("A month in which nothing at all was recorded is a gap; the last one may not be over yet.",),
)
FLOW = Section(
    "flow",
    "Money through the stages",
    (metrics.STAGE,),
    (ENTERED, metrics.LOST_GROSS, STAGE_LOST_RATE, LEFT),
    notes=("What nobody lost and nobody has paid yet is not in it.",),
)
QUALITY_SHARES = Section("quality", "Data quality", (QUALITY,), (QUALITY_SHARE,))
FIRST = Section(
    "first",
    "What to do first",
    (metrics.STAGE, metrics.CAUSE),
    (metrics.LOST_GROSS, metrics.SHARE_OF_LOST, metrics.LOSS_COUNT),
    notes=("The largest losses that the dealer could have changed, and that somebody explained.",),
)

SPEC = ReportSpec(
    name="overview",
    title="Overview",
    question="What was lost, where and why, compared with before, and what should be done first?",
    parameters=("dealership", "from", "to", "advisor", "category", "pay_type"),
    groups=(),
    measures=(
        metrics.LOST_NET, metrics.LOST_PCT, metrics.RECOVERED, metrics.LOST_GROSS,
        metrics.CONTROLLABLE_SHARE, DATA_QUALITY, metrics.UNKNOWN_SHARE, metrics.LOSS_COUNT,
        recommendations.CLOSING_VALUE,
    ),
    sections=(
        FIRST, COMPARED, where_why.MATRIX, PARETO, SERIES, FLOW, SERVICES, ADVISORS, QUALITY_SHARES,
    ),
    function="servicelost.analytics.reports.overview:compute",
)  # fmt: skip
