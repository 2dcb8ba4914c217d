"""What a customer tells of a problem, and how it was solved, as the forms of the visit page send it."""

from marshmallow import Schema, fields, validate

from servicelost.taxonomy.severity import Severity
from servicelost.web.schemas.fields import HIGHEST_ID, Text


class ComplaintSchema(Schema):
    """A problem with the car or the service; `once` makes sending it twice harmless."""

    text = Text(2000, lines=True, required=True)
    severity = fields.Enum(Severity, by_value=True)
    service_id = fields.Integer(validate=validate.Range(1, HIGHEST_ID))
    once = Text(40, required=True)


class SolvedSchema(Schema):
    """What was done about it."""

    resolution = Text(2000, lines=True, required=True)
