"""What the data-quality score is made of: which shares, and their words."""

from enum import StrEnum


class Quality(StrEnum):
    """A share that is better the higher it is."""

    EXPLAINED = "EXPLAINED"
    SURE = "SURE"
    PRICED = "PRICED"
    STATED = "STATED"


QUALITY_LABELS = {
    Quality.EXPLAINED: "Losses with a reason",
    Quality.SURE: "Money that is sure (grades A and B)",
    Quality.PRICED: "Recommended lines with a price",
    Quality.STATED: "Reasons stated by a person",
}
