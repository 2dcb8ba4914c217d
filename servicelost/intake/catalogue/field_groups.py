"""Groups of fields that many event types share: the line, the loss, the customer, the vehicle.

Only fields used by more than one event type belong here.
"""

from dataclasses import replace
from decimal import Decimal

from servicelost.intake.catalogue import codes
from servicelost.intake.catalogue.fields import Field, Kind

HIGHEST_ODOMETER = 5_000_000


def required(field: Field) -> Field:
    """The same field, but it must be there."""
    return replace(field, required=True)


def text(name: str, help_text: str, longest: int | None = None) -> Field:
    """An optional short text."""
    return Field(name, Kind.TEXT, help_text, max_length=longest)


def identifier(name: str, help_text: str) -> Field:
    """An optional id of the sender's own."""
    return Field(name, Kind.ID, help_text)


def code(name: str, known: tuple[str, ...], help_text: str) -> Field:
    """An optional code out of a list."""
    return Field(name, Kind.CODE, help_text, codes=known)


def money(name: str, help_text: str) -> Field:
    """An optional amount in the dealership's currency, net of tax."""
    return Field(name, Kind.MONEY, help_text)


def moment(name: str, help_text: str) -> Field:
    """An optional time with offset."""
    return Field(name, Kind.DATETIME, help_text)


APPOINTMENT_ID = identifier("appointment_id", "the appointment")
VISIT_ID = identifier("visit_id", "the visit (repair order)")
LINE_ID = identifier("line_id", "the line, unique within the source")
QUOTE_ID = identifier("quote_id", "the quote; without it the visit's latest one")
ADVISOR = identifier("advisor", "the service advisor (employee id)")
TECHNICIAN = identifier("technician", "the technician (employee id)")
AGENT = identifier("agent", "who took it (employee id)")
PAY_TYPE = code("pay_type", codes.PAY_TYPES, "who pays")
PROMISED_AT = moment("promised_at", "when the car was promised to be ready")
ODOMETER = Field("odometer", Kind.INTEGER, "odometer reading", maximum=HIGHEST_ODOMETER)
NOTE = Field("note", Kind.LONG_TEXT, "a remark")
REASON = Field("reason", Kind.LONG_TEXT, "why, in the words of the customer")
SERVICE = text("service", "the named service, as free text: it identifies the need")
HOURS = Field("hours", Kind.DECIMAL, "flat-rate hours", maximum=Decimal("9999.99"))
LABOUR = money("labour", "labour, net of tax")
PARTS = money("parts", "parts, net of tax")
SKILL = text("skill", "the skill that the work needs or the hours are of, such as ELECTRIC", 40)
AMOUNT = money("amount", "the total, when labour and parts are not known apart")
PRICE = (LABOUR, PARTS, AMOUNT, HOURS)
EXPECTED_AMOUNT = money("expected_amount", "what the visit is expected to bring")
VALID_UNTIL = Field("valid_until", Kind.DATE, "the last day the quote is valid")
DEFERRED_UNTIL = Field("deferred_until", Kind.DATE, "the day it is due again")
LINES = Field("lines", Kind.ID, "line ids; without them every undecided line of the visit", many=True)

CUSTOMER = Field(
    "customer", Kind.OBJECT, "the customer",
    fields=(
        required(identifier("id", "the customer's id")),
        text("name", "full name"),
        text("phone", "telephone number as written", 40),
        text("email", "e-mail address", 254),
        Field("fleet", Kind.BOOLEAN, "whether it is a fleet or a company"),
        text("language", "language, such as en or pt-BR", 35),
    ),
)  # fmt: skip
VEHICLE = Field(
    "vehicle", Kind.OBJECT, "the car",
    fields=(
        required(identifier("id", "the car's id")),
        text("vin", "vehicle identification number", 17),
        text("plate", "registration plate", 20),
        text("make", "make", 60),
        text("model", "model", 80),
        Field("model_year", Kind.INTEGER, "model year", minimum=1900, maximum=2100),
        Field("odometer", Kind.INTEGER, "odometer reading", maximum=HIGHEST_ODOMETER),
        code("odometer_unit", codes.DISTANCE_UNITS, "unit of the odometer"),
    ),
)  # fmt: skip

LOSS = (
    Field("cause", Kind.CAUSE, "why it was lost: a standard cause or one of the dealership's own"),
    Field("contributing", Kind.CAUSE, "further causes", many=True),
    NOTE,
    text("competitor", "name of the competitor"),
    money("competitor_price", "the competitor's price"),
    code("owner", codes.OWNERS, "who could have changed it, where it differs from the cause's default"),
    code("decided_by", codes.PARTIES, "who decided"),
)
CANCELLED_BY = Field("cancelled_by", Kind.CODE, "who cancelled", required=True, codes=codes.CANCELLERS)

LINE_IDS = (required(LINE_ID), VISIT_ID, APPOINTMENT_ID)
LINE_OWNER = (("visit_id", "appointment_id"),)
LINE = (
    *LINE_IDS,
    text("op_code", "the dealer's labour operation code", 60),
    SERVICE,
    code("category", codes.CATEGORIES, "standard service category"),
    text("position", "where on the car, such as FRONT_LEFT", 40),
    text("description", "what is to be done", 1000),
    Field("complaint", Kind.LONG_TEXT, "what the customer reports"),
    Field("cause_text", Kind.LONG_TEXT, "what the technician found"),
    Field("correction", Kind.LONG_TEXT, "what was done about it"),
    code("severity", codes.SEVERITIES, "how urgent it is"),
    PAY_TYPE,
    *PRICE,
    TECHNICIAN,
    text("part_number", "the main part", 40),
    SKILL,
)
