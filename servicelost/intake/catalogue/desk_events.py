"""Event types around the visit: parts, capacity, calls, contacts, leads, complaints, customers, cars.

The vocabulary of shared fields is in `field_groups`.
"""

from decimal import Decimal

from servicelost.intake.catalogue import codes
from servicelost.intake.catalogue import field_groups as use
from servicelost.intake.catalogue.field_groups import required
from servicelost.intake.catalogue.fields import EventType, Field, Kind

_HIGHEST_QUANTITY = Decimal("99999.999")
_PART_NUMBER = required(use.text("part_number", "the part", 40))
_ON_HAND = Field("on_hand", Kind.DECIMAL, "quantity in stock at that moment", maximum=_HIGHEST_QUANTITY)
_QUANTITY = Field(
    "quantity", Kind.DECIMAL, "quantity asked for", required=True, positive=True, maximum=_HIGHEST_QUANTITY
)
_PART = (
    required(use.identifier("request_id", "the request")), _PART_NUMBER, _QUANTITY, _ON_HAND,
    use.money("unit_price", "price of one"), use.money("unit_cost", "cost of one"),
    Field("emergency", Kind.BOOLEAN, "whether it was bought at short notice elsewhere"),
    use.code("channel", codes.PARTS_CHANNELS, "where it was asked for"),
    use.CUSTOMER, use.VEHICLE, use.VISIT_ID,
)  # fmt: skip
_FILTER = {"request_id": "P-3", "part_number": "26300-35505", "quantity": "2", "unit_price": "14.90"}
_DAY_HOURS = Decimal("9999.99")

PART_EVENTS = (
    EventType(
        "part.availability", "What is in stock of a part, and until when it is on back-order.",
        (_PART_NUMBER, required(_ON_HAND), Field("back_order_until", Kind.DATE, "expected delivery")),
        {"part_number": "26300-35505", "on_hand": "0", "back_order_until": "2026-04-01"},
    ),
    EventType("part.requested", "A part was asked for.", _PART, {**_FILTER, "channel": "COUNTER"}),
    EventType("part.sold", "A part was sold.", _PART, {**_FILTER, "on_hand": "12", "channel": "COUNTER"}),
    EventType(
        "part.not_supplied", "A part that was asked for was not sold.", (*_PART, *use.LOSS),
        {**_FILTER, "on_hand": "0", "channel": "PHONE", "cause": "MISSING_PARTS"},
    ),
    EventType(
        "capacity.day", "Hours of a skill, available and booked, on one day.",
        (
            Field("date", Kind.DATE, "the day", required=True),
            required(use.SKILL),
            Field("hours_available", Kind.DECIMAL, "hours available", required=True, maximum=_DAY_HOURS),
            Field("hours_booked", Kind.DECIMAL, "hours booked", required=True, maximum=_DAY_HOURS),
        ),
        {"date": "2026-03-09", "skill": "GENERAL", "hours_available": "48", "hours_booked": "45.5"},
    ),
)  # fmt: skip

_CALL = (
    required(use.identifier("call_id", "the call")),
    use.text("phone", "the number that called", 40),
    use.CUSTOMER,
    use.code("purpose", codes.CALL_PURPOSES, "what it was about"),
    use.SERVICE,
)
_CONTACT = (
    required(use.identifier("contact_id", "the contact")),
    required(use.code("channel", codes.CHANNELS, "how")),
    required(use.code("direction", codes.DIRECTIONS, "who began: IN the customer, OUT the dealer")),
    use.CUSTOMER, use.VEHICLE, use.identifier("employee", "who spoke or wrote (employee id)"), use.VISIT_ID,
    use.text("outcome", "what came of it"), use.NOTE,
)  # fmt: skip

CONTACT_EVENTS = (
    EventType(
        "call.received", "A call was answered.", (*_CALL, use.AGENT),
        {"call_id": "T-5", "phone": "+34 600 000 000", "purpose": "SERVICE", "agent": "E-6"},
    ),
    EventType(
        "call.missed", "A call was missed or hung up while waiting.",
        (*_CALL, Field("waited_seconds", Kind.INTEGER, "how long the caller waited", maximum=86_400)),
        {"call_id": "T-6", "phone": "+34 600 000 000", "purpose": "SERVICE", "waited_seconds": 95},
    ),
    EventType(
        "contact.attempted", "Somebody or something tried to reach the customer.",
        (*_CONTACT, Field("automatic", Kind.BOOLEAN, "whether a machine did it")),
        {"contact_id": "K-1", "channel": "SMS", "direction": "OUT", "automatic": True, "visit_id": "RO-500"},
    ),
    EventType(
        "contact.two_way", "A real exchange with the customer took place.", _CONTACT,
        {"contact_id": "K-2", "channel": "PHONE", "direction": "OUT", "outcome": "Will come"},
    ),
    EventType(
        "lead.received", "Somebody showed interest in a service.",
        (
            required(use.identifier("lead_id", "the lead")),
            required(use.code("channel", codes.LEAD_CHANNELS, "where it came from")),
            use.CUSTOMER, use.VEHICLE, use.SERVICE, use.EXPECTED_AMOUNT, use.NOTE,
        ),
        {"lead_id": "W-8", "channel": "WEB", "service": "Brake inspection", "customer": {"id": "C-17"}},
    ),
)  # fmt: skip

_COMPLAINT = required(use.identifier("complaint_id", "the complaint"))
_CUSTOMER = required(use.CUSTOMER)
_CAR = required(use.VEHICLE)

CUSTOMER_EVENTS = (
    EventType(
        "complaint.recorded", "The customer complained.",
        (_COMPLAINT, use.VISIT_ID, use.CUSTOMER, use.VEHICLE, use.SERVICE,
         required(Field("text", Kind.LONG_TEXT, "the complaint")),
         use.code("severity", codes.SEVERITIES, "how serious it is")),
        {"complaint_id": "X-1", "visit_id": "RO-500", "text": "Noise is still there", "severity": "RED"},
    ),
    EventType(
        "complaint.resolved", "The complaint was settled.",
        (_COMPLAINT, Field("resolution", Kind.LONG_TEXT, "how")),
        {"complaint_id": "X-1", "resolution": "Bushing replaced under warranty"},
    ),
    EventType("vehicle.sold", "The customer no longer has the car.", (_CAR,), {"vehicle": {"id": "V-88"}}),
    EventType("vehicle.totalled", "The car is a total loss.", (_CAR,), {"vehicle": {"id": "V-88"}}),
    EventType(
        "vehicle.odometer", "An odometer reading.",
        (_CAR, required(use.ODOMETER), use.code("unit", codes.DISTANCE_UNITS, "unit of the reading")),
        {"vehicle": {"id": "V-88"}, "odometer": 51000, "unit": "KM"},
    ),
    EventType(
        "customer.consent", "The customer gave or withdrew consent to be contacted.",
        (_CUSTOMER, required(use.code("channel", codes.CHANNELS, "for which channel")),
         required(use.code("purpose", codes.CONSENT_PURPOSES, "for what")),
         required(use.code("status", codes.CONSENT_STATUSES, "what was decided")),
         Field("evidence", Kind.LONG_TEXT, "where it is written", max_length=2000)),
        {"customer": {"id": "C-17"}, "channel": "EMAIL", "purpose": "MARKETING", "status": "WITHDRAWN"},
    ),
    EventType("customer.moved", "The customer moved away.", (_CUSTOMER,), {"customer": {"id": "C-17"}}),
    EventType("customer.deceased", "The customer died.", (_CUSTOMER,), {"customer": {"id": "C-17"}}),
    EventType(
        "competitor.offer", "A competitor's price became known.",
        (required(use.text("competitor", "name of the competitor")),
         required(use.money("price", "the price, net of tax")),
         use.SERVICE, use.VISIT_ID, use.LINE_ID),
        {"competitor": "Fast Fit", "price": "89.00", "service": "Brake fluid", "visit_id": "RO-500"},
    ),
)  # fmt: skip
