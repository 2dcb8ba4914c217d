"""The bridge from unsold recommended lines to lost revenue, step by step, with each step's definition.

Every line and every loss of the window falls into exactly one step, so the steps add up to the cent.
"""

from servicelost.analytics.spec import Kind, Measure


def _step(key: str, label: str, definition: str) -> Measure:
    return Measure(key, label, Kind.MONEY, definition)


UNSOLD = _step("unsold", "Unsold recommended lines", "Σ amount of recommended lines of W that were not sold")
REPEATS = _step(
    "repeats",
    "Repeats on one order",
    "lines that repeat a need on the same order; its last line there is kept",
)
SOLD_HERE = _step(
    "sold_same_order",
    "Sold on the same order",
    "kept lines whose need was sold on the same order by another line",
)
AGAIN = _step(
    "presented_again",
    "Presented again later",
    "kept lines whose need was presented again on a later visit of W; only the latest amount counts",
)
UNDECIDED = _step(
    "undecided",
    "Still undecided",
    "latest lines of needs that are open: nobody has decided, nothing is lost yet",
)
DEFERRED = _step(
    "deferred", "Deferred", "latest lines of needs that the customer put off and that have not lapsed"
)
SOLD_LATER = _step(
    "sold_without_loss",
    "Sold before it was lost",
    "latest lines of needs that were sold and never stood as lost",
)
CLOSED = _step(
    "closed", "Closed, not a loss", "latest lines of needs closed without value, such as duplicates"
)
OTHER_WINDOW = _step(
    "lost_elsewhere",
    "Lost outside this selection",
    "latest lines of needs whose loss stands in another period, or with another advisor, than the line",
)
AMOUNT = _step(
    "amount_difference",
    "Loss at another amount",
    "loss less the latest line's amount, where a later decision, an average or a part set the loss",
)
LINES_ELSEWHERE = _step(
    "lines_elsewhere",
    "Lines outside this selection",
    "losses of W whose unsold recommended lines all lie outside the selection",
)
NO_LINES = _step(
    "no_recommended_line",
    "No recommended line",
    "losses that no unsold recommended line stands behind: no-shows, cancellations, scope, parts, calls",
)
GROSS = _step("lost_gross", "Lost, gross", "lost_gross(W) = Σ LOSS − Σ REVERSAL of losses of W")
RECOVERED = _step("recovered", "Recovered", "recovered_in(W)")
NET = _step("lost_net", "Lost, net", "lost_net(W) = lost_gross(W) − recovered_in(W)")

# Totals stand on their own; the steps between them are added to the total before.
TOTALS = frozenset({UNSOLD.key, GROSS.key, NET.key})
# Shown only where they are not zero: a bridge over everything has none of them.
OCCASIONAL = frozenset({SOLD_LATER.key, CLOSED.key, OTHER_WINDOW.key, AMOUNT.key, LINES_ELSEWHERE.key})
# What lies behind a step: lines, or the entries of needs.
LINE_STEPS = frozenset(
    step.key for step in (REPEATS, SOLD_HERE, AGAIN, UNDECIDED, DEFERRED, SOLD_LATER, CLOSED, OTHER_WINDOW)
)
LOSS_STEPS = frozenset({AMOUNT.key, LINES_ELSEWHERE.key, NO_LINES.key})
STEPS = (
    UNSOLD, REPEATS, SOLD_HERE, AGAIN, UNDECIDED, DEFERRED, SOLD_LATER, CLOSED, OTHER_WINDOW, AMOUNT,
    LINES_ELSEWHERE, NO_LINES, GROSS, RECOVERED, NET,
)  # fmt: skip
