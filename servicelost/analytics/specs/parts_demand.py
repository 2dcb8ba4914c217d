"""What the report `parts-demand` says and how each of its numbers is defined.

A lost sale of a part is one for want of the part: what was refused for its price is no demand and stands
apart. Guides in the definitions are those of the parts trade, and no more than guides.
"""

from servicelost.analytics import metrics
from servicelost.analytics.spec import Kind, Measure, ReportSpec, Section

MOST_UNDER_RECORDED = 0.01
PHASE_IN = 3

DEMAND = Measure(
    "demand",
    "Demand",
    Kind.COUNT,
    "true_demand(W) = sales + lost(unavailability), in requests: litres and pieces cannot be added; a price "
    "refusal, a request still open and one taken back are no demand",
    leads=False,
)
SALES = Measure(
    "part_sales",
    "Sold",
    Kind.COUNT,
    "requests sold, and completed or invoiced lines of work with a part number of which no request says the "
    "same order and part; requests by the day they were made, lines by the day of their order",
    leads=False,
)
EMERGENCY = Measure(
    "emergency",
    "Emergency",
    Kind.COUNT,
    "sales for which the part was bought in at short notice",
    leads=False,
)
LOST = Measure(
    "parts_lost",
    "Lost",
    Kind.COUNT,
    "lost(unavailability) = count of losses of W with the cause MISSING_PARTS and a part number, that were "
    "not reversed: asked for, not there, and not sold; a later sale does not undo it (ADMI)",
)
FILL_RATE = Measure(
    "fill_rate",
    "Fill rate",
    Kind.PERCENT,
    "fill_rate(W) = (demand − (emergency + lost)) / demand; Wilson 95 % interval; guide 85–95 % (CATA)",
)
GROSS = Measure(
    "parts_gross",
    "Lost, gross",
    Kind.MONEY,
    "lost_gross of the losses counted in parts_lost: of a part asked for price × quantity, of work the whole "
    "line",
)
PARTS_VALUE = Measure(
    "parts_value",
    "Of it parts",
    Kind.MONEY,
    "the parts in parts_gross, where labour and parts are known apart; the rest is the work that went with "
    "them",
    leads=False,
)
QUANTITY = Measure(
    "quantity",
    "Quantity",
    Kind.QUANTITY,
    "Σ quantity of the requests in the demand, in the part's own unit; lines of work say none",
)
LOST_COST = Measure(
    "lost_cost", "Lost, at cost", Kind.MONEY, "Σ unit cost × quantity of lost requests that say their cost"
)
LOST_SALES_PCT = Measure(
    "lost_sales_pct",
    "Lost of sales, at cost",
    Kind.PERCENT,
    "lost_sales_pct(W) = lost at cost / sales of parts at cost, of requests that say their cost; guide "
    "5–10 % (ACG Smart Parts); under 1 % is rather a loss not recorded than a part always there",
)
CANDIDATES_COUNT = Measure(
    "candidates",
    "Parts to stock",
    Kind.COUNT,
    f"parts of a dealership with ≥ {PHASE_IN} demands in the 12 months to the end of W (phase-in rule) of "
    "which at least one was lost or an emergency purchase",
    leads=False,
)
REFUSED = Measure(
    "price_refused",
    "Refused for the price",
    Kind.COUNT,
    "count of losses of W with the event PART_NOT_SUPPLIED and the cause PRICE_TOO_HIGH; no demand for stock",
)
REFUSED_VALUE = Measure(
    "price_refused_value",
    "Refused for the price, amount",
    Kind.MONEY,
    "lost_gross of the parts refused for the price",
)
UNNAMED = Measure(
    "unnamed_lost",
    "Lost without a part number",
    Kind.COUNT,
    "count of losses of W with the cause MISSING_PARTS of which no request and no line says the part; in no "
    "table and in no rate",
)
UNNAMED_VALUE = Measure(
    "unnamed_value",
    "Lost without a part number, amount",
    Kind.MONEY,
    "lost_gross of the losses without a part number",
)
OPEN = Measure(
    "open_requests", "Still open", Kind.COUNT, "requests made in W of which no outcome is told", leads=False
)
YEAR_DEMAND = Measure(
    "demand_12m", "Demand, 12 months", Kind.COUNT, "demand in the 12 months to the end of W", leads=False
)
YEAR_LOST = Measure("lost_12m", "Lost, 12 months", Kind.COUNT, "parts_lost in the 12 months to the end of W")
YEAR_EMERGENCY = Measure(
    "emergency_12m",
    "Emergency, 12 months",
    Kind.COUNT,
    "emergency purchases in the 12 months to the end of W",
    leads=False,
)
YEAR_GROSS = Measure(
    "lost_gross_12m",
    "Lost, gross, 12 months",
    Kind.MONEY,
    "parts_gross in the 12 months to the end of W",
)
YEAR_QUANTITY = Measure(
    "quantity_12m", "Quantity, 12 months", Kind.QUANTITY, "quantity in the 12 months to the end of W"
)
ON_HAND = Measure(
    "on_hand",
    "On hand",
    Kind.QUANTITY,
    "the quantity on hand as it was last told by the end of W, with stock or with a request; empty where "
    "nobody ever told it",
)

_NUMBERS = (DEMAND, SALES, EMERGENCY, LOST, FILL_RATE, GROSS, PARTS_VALUE)

CANDIDATES = Section(
    "candidates",
    "Parts to stock",
    (metrics.DEALERSHIP, metrics.PART),
    (YEAR_DEMAND, YEAR_LOST, YEAR_EMERGENCY, YEAR_GROSS, YEAR_QUANTITY, ON_HAND),
    notes=(
        "Asked for at least three times in twelve months and not always there: the largest loss comes first.",
    ),
)
PARTS = Section("parts", "By part", (metrics.PART,), (*_NUMBERS, QUANTITY))
REFUSALS = Section(
    "refusals",
    "Not sold for another reason",
    (metrics.CAUSE,),
    (metrics.LOST_GROSS, metrics.LOSS_COUNT),
    notes=("The part was there or could have been: these losses say nothing about the stock.",),
)
CHANNELS = Section("channels", "Where it was asked for", (metrics.CHANNEL,), _NUMBERS)
PERIODS = Section(
    "periods",
    "By period",
    (metrics.PERIOD,),
    _NUMBERS,
    notes=("A period of which nothing about parts was told is a gap, not a zero.",),
)
DEALERSHIPS = Section("dealerships", "By dealership", (metrics.DEALERSHIP,), _NUMBERS)

HINTS = {
    "under_recorded": "Lost sales are under 1 % of sales at cost: that is rather not recorded than not lost.",
    "no_sales": "no sales of parts were sent for this window: a rate of losses alone would say nothing",
    "some_without": "not every dealership that lost parts has sent sales of parts in this window",
    "no_cost": "no request of this window says its cost",
}

SPEC = ReportSpec(
    name="parts-demand",
    title="Parts demand",
    question="Which parts are missing when they are asked for, what does it cost, and which should we stock?",
    parameters=("dealership", "from", "to", "grain", "part"),
    groups=(),
    measures=(
        GROSS, FILL_RATE, CANDIDATES_COUNT, REFUSED_VALUE, REFUSED, DEMAND, SALES, EMERGENCY, LOST,
        PARTS_VALUE, LOST_COST, LOST_SALES_PCT, UNNAMED, UNNAMED_VALUE, OPEN,
    ),
    sections=(CANDIDATES, PARTS, PERIODS, CHANNELS, REFUSALS, DEALERSHIPS),
    function="servicelost.analytics.reports.parts_demand:compute",
)  # fmt: skip
