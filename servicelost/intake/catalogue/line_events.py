"""Event types of lines, quotes, quality control and invoices.

The vocabulary of shared fields is in `field_groups`.
"""

from dataclasses import replace

from servicelost.intake.catalogue import codes
from servicelost.intake.catalogue import field_groups as use
from servicelost.intake.catalogue.field_groups import required
from servicelost.intake.catalogue.fields import EventType, Field, Kind

_LINE = (required(use.LINE_ID), use.VISIT_ID)
_VISIT = required(use.VISIT_ID)
_CHANNEL = use.code("channel", codes.QUOTE_CHANNELS, "how it reached the customer")
_WORK = (*_LINE, use.TECHNICIAN, use.HOURS)
_INVOICE_LINE = Field(
    "lines", Kind.OBJECT, "the lines invoiced", many=True,
    fields=(
        required(use.LINE_ID), *use.PRICE,
        use.money("cost", "what the line cost the dealer"),
        use.money("discount", "price given away on the line"),
    ),
)  # fmt: skip
_BRAKES = {
    "line_id": "L-1", "visit_id": "RO-500", "service": "Brake fluid", "severity": "YELLOW",
    "labour": "80.00", "parts": "38.50", "hours": "0.8", "technician": "E-9",
}  # fmt: skip
_REF = {"line_id": "L-1", "visit_id": "RO-500"}

LINE_EVENTS = (
    EventType(
        "line.booked", "Work was booked for an appointment or a visit.", use.LINE,
        {"line_id": "L-9", "appointment_id": "A-100", "service": "Annual service", "amount": "260.00"},
        one_of=use.LINE_OWNER,
    ),
    EventType("line.recommended", "Work was recommended.", use.LINE, _BRAKES, one_of=use.LINE_OWNER),
    EventType(
        "line.quoted", "The line was priced, in a new version of the quote.",
        (*use.LINE_IDS, *use.PRICE, use.QUOTE_ID, use.VALID_UNTIL),
        {**_REF, "amount": "118.50", "quote_id": "Q-7", "valid_until": "2026-04-09"}, one_of=use.LINE_OWNER,
    ),
    EventType(
        "line.authorized", "The customer, or whoever pays, agreed to the line.",
        (*_LINE, use.code("method", codes.AUTHORIZATION_METHODS, "how consent was given"),
         use.text("authorized_by", "who agreed"), *use.PRICE),
        {**_REF, "method": "VERBAL_PHONE", "authorized_by": "Ana Lopez", "amount": "118.50"},
    ),
    EventType(
        "line.declined", "The line was declined.",
        (*_LINE, *use.LOSS, use.code("stage", codes.STAGES, "where it was declined; else the visit's stage")),
        {**_REF, "cause": "PRICE_TOO_HIGH", "competitor": "Fast Fit", "competitor_price": "89.00",
         "decided_by": "CUSTOMER"},
    ),
    EventType(
        "line.deferred", "The line was postponed.",
        (*_LINE, use.DEFERRED_UNTIL,
         replace(use.ODOMETER, name="deferred_until_odometer", help="the reading it is due at"),
         *use.LOSS),
        {**_REF, "deferred_until": "2026-09-01", "cause": "NO_TIME"},
    ),
    EventType(
        "line.removed", "A booked or agreed line was taken off the order.", (*_LINE, *use.LOSS),
        {**_REF, "cause": "CANNOT_AFFORD", "decided_by": "CUSTOMER"},
    ),
    EventType(
        "line.reduced", "A line was cut to a smaller total.", (*_LINE, *use.PRICE, *use.LOSS),
        {**_REF, "amount": "60.00", "cause": "PRICE_TOO_HIGH"}, one_of=(("amount", "labour", "parts"),),
    ),
    EventType("line.started", "Work on the line began.", _WORK, {**_REF, "technician": "E-9"}),
    EventType("line.completed", "Work on the line was done.", _WORK, {**_REF, "hours": "0.8"}),
    EventType(
        "line.not_performed", "Agreed work was not done.", (*_LINE, use.DEFERRED_UNTIL, *use.LOSS),
        {**_REF, "cause": "MISSING_PARTS", "decided_by": "DEALER"},
    ),
)  # fmt: skip

QUOTE_EVENTS = (
    EventType(
        "quote.sent", "A quote went out to the customer.",
        (_VISIT, use.QUOTE_ID, _CHANNEL, use.LINES, use.VALID_UNTIL),
        {"visit_id": "RO-500", "quote_id": "Q-7", "channel": "SMS", "lines": ["L-1"]},
    ),
    EventType(
        "quote.opened", "The customer looked at the quote.", (_VISIT, use.QUOTE_ID, _CHANNEL),
        {"visit_id": "RO-500", "quote_id": "Q-7"},
    ),
    EventType(
        "quote.expired", "The quote ran out without an answer.", (_VISIT, use.QUOTE_ID, *use.LOSS),
        {"visit_id": "RO-500", "quote_id": "Q-7", "cause": "NO_CONTACT"},
    ),
)  # fmt: skip

_CHECKED = (
    _VISIT,
    use.identifier("inspector", "who checked (employee id)"),
    Field("lines", Kind.ID, "the line ids concerned", many=True),
    use.NOTE,
)
QUALITY_EVENTS = (
    EventType(
        "quality.passed", "Quality control passed.", _CHECKED, {"visit_id": "RO-500", "inspector": "E-2"},
    ),
    EventType(
        "quality.failed", "Quality control failed; the lines need rework.",
        (*_CHECKED, Field("customer_left", Kind.BOOLEAN, "whether the customer took the car as it was")),
        {"visit_id": "RO-500", "inspector": "E-2", "lines": ["L-1"], "customer_left": False},
    ),
    EventType(
        "invoice.posted", "An invoice of the visit was posted.",
        (_VISIT, required(use.identifier("invoice_id", "the invoice")), _INVOICE_LINE,
         use.money("total", "total net of tax"), use.money("tax", "tax")),
        {"visit_id": "RO-500", "invoice_id": "I-900", "total": "118.50", "tax": "24.89",
         "lines": [{"line_id": "L-1", "labour": "80.00", "parts": "38.50", "hours": "0.8", "cost": "41.00"}]},
    ),
)  # fmt: skip
