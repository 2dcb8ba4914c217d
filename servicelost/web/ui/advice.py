"""What to do about a cause that is the dealer's to change: a sentence each, for the top of the overview.

Advice in words only; which causes are shown is decided by the report.
"""

from collections.abc import Mapping

from servicelost.taxonomy.causes import Cause

ADVICE: Mapping[str, str] = {
    Cause.FORGOT: "Remind by message the day before and in the morning, and ask for a confirmation.",
    Cause.NO_CONTACT: "Give every missed call and open quote an owner and a time today to call back.",
    Cause.LATE_RESPONSE: "Answer leads within the hour; look at who is at the desk when they come in.",
    Cause.MISSING_PARTS: "Stock what was asked for three times in a year; look at the parts by number.",
    Cause.NO_CAPACITY: "Compare booked with available hours by weekday, and offer the empty ones first.",
    Cause.NO_SKILL: "Plan this skill on more days, or train a second technician.",
    Cause.NO_LOANER: "Offer a ride, a bicycle or waiting work before saying that no car is free.",
    Cause.WAIT_TOO_LONG: "Promise times the workshop keeps; book short work into gaps.",
    Cause.PRICE_TOO_HIGH: "Check these services against what others ask, and offer a second, cheaper way.",
    Cause.COMPETITOR_OFFER: "Write down who and for how much; match where the margin allows it.",
    Cause.NOT_NEEDED: "Show a photo or a measured value with every recommendation.",
    Cause.TRUST_QUALITY: "Call these customers yourself; look at what came back to the workshop.",
    Cause.CREDIT_BLOCK: "Clear the payment question when the appointment is booked.",
}

# The report that looks closer at a cause.
REPORT_OF: Mapping[str, str] = {
    Cause.MISSING_PARTS: "parts-demand",
    Cause.NO_CAPACITY: "capacity",
    Cause.NO_SKILL: "capacity",
    Cause.WAIT_TOO_LONG: "capacity",
}
