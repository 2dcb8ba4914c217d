"""How visits and their lines look in answers of the API."""

from marshmallow import Schema, fields

from servicelost.web.schemas.fields import Amount


class LineSchema(Schema):
    """One piece of work on a visit; amounts are net of tax in the dealership's currency."""

    id = fields.Integer()
    version = fields.Integer(metadata={"description": "Send it back in If-Match when deciding."})
    visit_id = fields.Integer()
    source = fields.String()
    source_id = fields.String(metadata={"description": "The sender's own id of the line."})
    state = fields.String()
    origin = fields.String()
    service = fields.String(allow_none=True)
    description = fields.String(allow_none=True)
    position = fields.String(allow_none=True)
    severity = fields.String(allow_none=True)
    pay_type = fields.String(allow_none=True)
    currency = fields.String()
    amount = Amount(allow_none=True)
    labour = Amount(allow_none=True)
    parts = Amount(allow_none=True)
    hours = Amount(allow_none=True, metadata={"description": "Billed hours as a decimal string."})
    decided_at = fields.AwareDateTime(allow_none=True)
    decided_by = fields.String(allow_none=True)
    deferred_until = fields.Date(allow_none=True)
    deferred_until_odometer = fields.Integer(allow_none=True)
    actions = fields.List(fields.String(), metadata={"description": "What can be done with it now."})


class CustomerSchema(Schema):
    """Whose visit it is."""

    id = fields.Integer()
    source_id = fields.String()
    name = fields.String(allow_none=True)


class VehicleSchema(Schema):
    """Which car it is."""

    id = fields.Integer()
    source_id = fields.String()
    vin = fields.String(allow_none=True)
    plate = fields.String(allow_none=True)
    make = fields.String(allow_none=True)
    model = fields.String(allow_none=True)


class VisitSchema(Schema):
    """One car in the house for one repair order."""

    id = fields.Integer()
    version = fields.Integer()
    dealership = fields.String(metadata={"description": "The dealership's code."})
    source = fields.String()
    source_id = fields.String(allow_none=True, metadata={"description": "The number of the repair order."})
    state = fields.String()
    stage = fields.String()
    walk_in = fields.Boolean()
    odometer_km = fields.Integer(allow_none=True)
    planned_at = fields.AwareDateTime(allow_none=True)
    opened_at = fields.AwareDateTime(allow_none=True)
    promised_at = fields.AwareDateTime(allow_none=True)
    closed_at = fields.AwareDateTime(allow_none=True)
    customer = fields.Nested(CustomerSchema, allow_none=True)
    vehicle = fields.Nested(VehicleSchema, allow_none=True)
    lines = fields.List(fields.Nested(LineSchema))
