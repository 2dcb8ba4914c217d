"""Where an opportunity comes from, and the channels through which outside leads arrive.

The identity of an opportunity is a matter of its source system and its need, not of this list.
"""

from collections.abc import Mapping
from enum import StrEnum

from servicelost.taxonomy.codes import Words, glossary


class OpportunitySource(StrEnum):
    """What opened the opportunity."""

    BOOKING = "BOOKING"
    VISIT = "VISIT"
    QUOTE = "QUOTE"
    MPI_FINDING = "MPI_FINDING"
    LEAD_EXTERNAL = "LEAD_EXTERNAL"
    CALL = "CALL"
    DEFERRED_DUE = "DEFERRED_DUE"
    SERVICE_DUE = "SERVICE_DUE"
    RECALL_CAMPAIGN = "RECALL_CAMPAIGN"
    PARTS_COUNTER = "PARTS_COUNTER"
    MANUAL = "MANUAL"


class LeadChannel(StrEnum):
    """How an outside lead came in."""

    OEM = "OEM"
    WEB = "WEB"
    CAMPAIGN = "CAMPAIGN"
    MARKETPLACE = "MARKETPLACE"
    TELEMATICS = "TELEMATICS"
    OTHER = "OTHER"


SOURCES: Mapping[OpportunitySource, Words[OpportunitySource]] = glossary(
    (OpportunitySource.BOOKING, "Booking", "Work named when the appointment was booked."),
    (OpportunitySource.VISIT, "Visit", "A walk-in, or work asked for when the order was opened."),
    (OpportunitySource.QUOTE, "Quote", "Work that was quoted."),
    (OpportunitySource.MPI_FINDING, "Inspection", "Work found by the inspection of the car."),
    (
        OpportunitySource.LEAD_EXTERNAL,
        "Outside lead",
        "A lead of the manufacturer, the web, a campaign, a marketplace or the car itself.",
    ),
    (OpportunitySource.CALL, "Call", "A call that came in."),
    (OpportunitySource.DEFERRED_DUE, "Postponed work due", "Work postponed earlier that is due now."),
    (OpportunitySource.SERVICE_DUE, "Service due", "Regular service due by date or distance."),
    (
        OpportunitySource.RECALL_CAMPAIGN,
        "Recall or campaign",
        "A recall or a service campaign of the manufacturer.",
    ),
    (OpportunitySource.PARTS_COUNTER, "Parts counter", "A part asked for at the counter."),
    (OpportunitySource.MANUAL, "Made by hand", "A card that somebody added to the board."),
)

LEAD_CHANNELS: Mapping[LeadChannel, Words[LeadChannel]] = glossary(
    (LeadChannel.OEM, "Manufacturer", "The manufacturer passed it on."),
    (LeadChannel.WEB, "Web", "The dealership's own website or app."),
    (LeadChannel.CAMPAIGN, "Campaign", "A reply to a campaign."),
    (LeadChannel.MARKETPLACE, "Marketplace", "A portal that compares or arranges service."),
    (LeadChannel.TELEMATICS, "Car", "The car itself asked for service."),
    (LeadChannel.OTHER, "Other", "Any other way."),
)
