"""The numbers that several reports share, each with the one formula it has everywhere.

W is the window of the report or of one row's period, by the dealership's own days. Words only:
the arithmetic is done in `reports`. Numbers of a single report stand in that report's spec.
"""

from servicelost.analytics.spec import Dimension, Kind, Measure, Vocabulary

LOSSES = Measure("losses", "Lost at first", Kind.MONEY, "Σ LOSS entries whose day is in W")
REVERSED = Measure(
    "reversed",
    "Taken back",
    Kind.MONEY,
    "Σ REVERSAL entries of losses of W; a reversal stands in the period of its loss",
)
LOST_GROSS = Measure(
    "lost_gross", "Lost, gross", Kind.MONEY, "lost_gross(W) = Σ LOSS − Σ REVERSAL of losses of W"
)
RECOVERED = Measure(
    "recovered",
    "Recovered",
    Kind.MONEY,
    "recovered_in(W) = Σ released by RECOVERY entries, up to the end of W, of losses of W; later recoveries "
    "do not change W",
)
LOST_NET = Measure(
    "lost_net",
    "Lost, net",
    Kind.MONEY,
    "lost_net(W) = lost_gross(W) − recovered_in(W); for each window anew, never added up over shorter ones",
)
LOSS_COUNT = Measure(
    "loss_count",
    "Losses",
    Kind.COUNT,
    "count of LOSS entries of W that were not reversed: one a need and episode",
)
REALIZED = Measure(
    "realized", "Invoiced", Kind.MONEY, "realized(W) = Σ invoice lines posted in W, net of tax"
)
LOST_PCT = Measure(
    "lost_pct",
    "Lost share of revenue",
    Kind.PERCENT,
    "lost_pct(W) = lost_net(W) / (realized(W) + lost_net(W)); not available where the source has no invoices",
)
SHARE_OF_LOST = Measure("share", "Share", Kind.PERCENT, "lost_gross of the row / lost_gross of all rows")
LOST_HOURS = Measure(
    "lost_hours",
    "Lost hours",
    Kind.HOURS,
    "lost_hours(W) = Σ flat-rate hours of losses of W − of their reversals",
)
UNKNOWN_SHARE = Measure(
    "unknown_share",
    "No reason recorded",
    Kind.PERCENT,
    "unknown_share(W) = count(losses with cause UNKNOWN or OTHER) / count(losses); Wilson 95 % interval",
)
CONTROLLABLE_SHARE = Measure(
    "controllable_share",
    "Yours to fix",
    Kind.PERCENT,
    "controllable_share(W) = lost_gross with owner D / lost_gross with a cause other than UNKNOWN",
)

PERIOD = Dimension("period", "Period", Vocabulary.PERIOD)
STAGE = Dimension("stage", "Stage", Vocabulary.STAGE)
CAUSE = Dimension("cause", "Cause", Vocabulary.CAUSE)
EVENT = Dimension("event", "Event", Vocabulary.EVENT)
OWNER = Dimension("owner", "Owner", Vocabulary.OWNER)
GRADE = Dimension("grade", "Grade", Vocabulary.GRADE)
BASIS = Dimension("basis", "How known", Vocabulary.BASIS)
DEALERSHIP = Dimension("dealership", "Dealership", Vocabulary.DEALERSHIP)
ADVISOR = Dimension("advisor", "Advisor", Vocabulary.ADVISOR)
CATEGORY = Dimension("category", "Service", Vocabulary.CATEGORY)
PAY_TYPE = Dimension("pay_type", "Pay type", Vocabulary.PAY_TYPE)
SEVERITY = Dimension("severity", "Severity", Vocabulary.SEVERITY)
PART = Dimension("part", "Part", Vocabulary.PART)
CHANNEL = Dimension("channel", "Asked for at", Vocabulary.CHANNEL)
SKILL = Dimension("skill", "Skill", Vocabulary.SKILL)
WEEKDAY = Dimension("weekday", "Day of the week", Vocabulary.WEEKDAY)
STATUS = Dimension("status", "Became", Vocabulary.STATUS)
