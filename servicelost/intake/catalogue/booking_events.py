"""Event types of appointments and visits.

The vocabulary of shared fields is in `field_groups`; work on single lines in `line_events`.
"""

from servicelost.intake.catalogue import codes
from servicelost.intake.catalogue import field_groups as use
from servicelost.intake.catalogue.field_groups import required
from servicelost.intake.catalogue.fields import EventType, Field, Kind

_APPOINTMENT = required(use.APPOINTMENT_ID)
_VISIT = required(use.VISIT_ID)
_SCHEDULED_AT = required(use.moment("scheduled_at", "when the car is expected"))
_CHANNEL = use.code("channel", codes.BOOKING_CHANNELS, "how it came in")
_CAR = {"id": "V-88", "model": "Sorento", "model_year": 2021, "odometer": 48210, "odometer_unit": "KM"}
_PERSON = {"id": "C-17", "name": "Ana Lopez", "phone": "+34 600 000 000"}

APPOINTMENT_EVENTS = (
    EventType(
        "appointment.booked", "A service appointment was made.",
        (
            _APPOINTMENT, _SCHEDULED_AT, use.CUSTOMER, use.VEHICLE, use.ADVISOR, use.AGENT, _CHANNEL,
            use.code("transport", codes.TRANSPORTS, "how the customer stays mobile"),
            use.PROMISED_AT, use.EXPECTED_AMOUNT,
            Field("services", Kind.TEXT, "the services asked for", many=True),
            use.REASON,
        ),
        {"appointment_id": "A-100", "scheduled_at": "2026-03-09T08:30:00+01:00", "customer": _PERSON,
         "vehicle": _CAR, "channel": "PHONE", "services": ["Annual service"], "expected_amount": "260.00"},
    ),
    EventType(
        "appointment.confirmed", "The customer confirmed that he will come.", (_APPOINTMENT, _CHANNEL),
        {"appointment_id": "A-100", "channel": "SMS"},
    ),
    EventType(
        "appointment.rescheduled", "The appointment was moved to another time.",
        (_APPOINTMENT, _SCHEDULED_AT, use.code("requested_by", codes.CANCELLERS, "who asked"), use.REASON),
        {"appointment_id": "A-100", "scheduled_at": "2026-03-11T08:30:00+01:00", "requested_by": "CUSTOMER"},
    ),
    EventType(
        "appointment.cancelled", "The appointment was cancelled.",
        (_APPOINTMENT, use.CANCELLED_BY, *use.LOSS),
        {"appointment_id": "A-100", "cancelled_by": "CUSTOMER", "cause": "NO_TIME"},
    ),
    EventType(
        "appointment.no_show", "The customer did not come and gave no notice.", (_APPOINTMENT, *use.LOSS),
        {"appointment_id": "A-100", "cause": "NO_SHOW"},
    ),
    EventType(
        "appointment.arrived", "The car of an appointment arrived.", (_APPOINTMENT, use.ODOMETER),
        {"appointment_id": "A-100", "odometer": 48210},
    ),
)  # fmt: skip

VISIT_EVENTS = (
    EventType(
        "visit.opened", "A repair order was opened.",
        (_VISIT, use.APPOINTMENT_ID, use.CUSTOMER, use.VEHICLE, use.ADVISOR, use.TECHNICIAN, use.PAY_TYPE,
         use.ODOMETER, use.PROMISED_AT),
        {"visit_id": "RO-500", "appointment_id": "A-100", "customer": _PERSON, "vehicle": _CAR,
         "advisor": "E-4", "pay_type": "CUSTOMER_PAY", "odometer": 48210},
    ),
    EventType(
        "visit.walk_in", "A car came without an appointment.",
        (_VISIT, use.CUSTOMER, use.VEHICLE, use.ADVISOR, use.ODOMETER, use.PAY_TYPE, use.PROMISED_AT),
        {"visit_id": "RO-501", "customer": _PERSON, "vehicle": _CAR, "advisor": "E-4"},
    ),
    EventType(
        "visit.turned_away", "A car that came could not be taken in.",
        (use.APPOINTMENT_ID, use.VISIT_ID, use.CUSTOMER, use.VEHICLE, *use.LOSS),
        {"appointment_id": "A-101", "cause": "NO_CAPACITY", "decided_by": "DEALER"},
        one_of=(("appointment_id", "visit_id"),),
    ),
    EventType(
        "visit.stage_changed", "The visit reached another stage, or its inspection was done.",
        (_VISIT, required(use.code("stage", codes.VISIT_STAGES, "the stage reached")),
         Field("inspected", Kind.BOOLEAN, "whether the multi-point inspection was done")),
        {"visit_id": "RO-500", "stage": "WORK", "inspected": True},
    ),
    EventType(
        "visit.cancelled", "The visit was cancelled or voided.", (_VISIT, use.CANCELLED_BY, *use.LOSS),
        {"visit_id": "RO-500", "cancelled_by": "CUSTOMER", "cause": "WAIT_TOO_LONG"},
    ),
    EventType("visit.delivered", "The customer got the car back.", (_VISIT,), {"visit_id": "RO-500"}),
    EventType(
        "visit.closed", "The repair order was closed; lines nobody decided on are judged now.", (_VISIT,),
        {"visit_id": "RO-500"},
    ),
)  # fmt: skip
