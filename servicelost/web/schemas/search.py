"""What is searched for, and how what was found looks in answers of the API."""

from marshmallow import Schema, fields

from servicelost.web.schemas.fields import Amount, Text
from servicelost.web.schemas.visits import CustomerSchema, VehicleSchema
from servicelost.web.searching import LONGEST_TEXT


class SearchSchema(Schema):
    """A text: a name, a plate, a telephone number or its end, the end of a VIN, an order number."""

    text = Text(LONGEST_TEXT, required=True)


class OpenWorkSchema(Schema):
    """Work that was turned down or put off and may still be sold; net of tax."""

    lines = fields.Integer()
    amount = Amount()
    currency = fields.String()


class FoundPersonSchema(Schema):
    """A customer with the car that came last, or a car with its owner."""

    dealership = fields.String(metadata={"description": "The dealership's code."})
    customer = fields.Nested(CustomerSchema, allow_none=True)
    vehicle = fields.Nested(VehicleSchema, allow_none=True)
    cars = fields.Integer(metadata={"description": "How many cars the customer has."})
    newest_visit_id = fields.Integer(allow_none=True)
    open_work = fields.Nested(OpenWorkSchema)


class FoundVisitSchema(Schema):
    """A visit found by the number of its repair order."""

    id = fields.Integer()
    dealership = fields.String()
    source_id = fields.String(allow_none=True)
    state = fields.String()
    planned_at = fields.AwareDateTime(allow_none=True)
    opened_at = fields.AwareDateTime(allow_none=True)
    customer = fields.Nested(CustomerSchema, allow_none=True)
    vehicle = fields.Nested(VehicleSchema, allow_none=True)


class FoundAppointmentSchema(Schema):
    """An appointment found by its number."""

    id = fields.Integer()
    dealership = fields.String()
    source_id = fields.String()
    state = fields.String()
    scheduled_at = fields.AwareDateTime()
    visit_id = fields.Integer()
    customer = fields.Nested(CustomerSchema, allow_none=True)
    vehicle = fields.Nested(VehicleSchema, allow_none=True)


class FoundSchema(Schema):
    """What was found, of each kind at most 20: what fits exactly first, then what was here last."""

    people = fields.List(fields.Nested(FoundPersonSchema))
    visits = fields.List(fields.Nested(FoundVisitSchema))
    appointments = fields.List(fields.Nested(FoundAppointmentSchema))
    more = fields.List(
        fields.String(), metadata={"description": "The lists of which there is more than is shown."}
    )
