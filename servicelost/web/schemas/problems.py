"""The one shape of every error."""

from marshmallow import Schema, fields

from servicelost.web.schemas.visits import LineSchema


class FieldProblemSchema(Schema):
    """One thing wrong with one field."""

    field = fields.String(metadata={"description": "Path of the field."})
    message = fields.String(metadata={"description": "What is wrong with it."})
    value = fields.String(metadata={"description": "What was sent, shortened."})
    expected = fields.String(metadata={"description": "What would be right."})


class ProblemSchema(Schema):
    """What every error answer holds."""

    code = fields.String(metadata={"description": "Stable code, for programs."})
    status = fields.Integer(metadata={"description": "The HTTP status."})
    message = fields.String(metadata={"description": "One sentence, for people."})
    errors = fields.List(fields.Nested(FieldProblemSchema))
    current = fields.Nested(
        LineSchema,
        metadata={"description": "With code STALE: what the request was about, as somebody else left it."},
    )
    request_id = fields.String(metadata={"description": "By which the log knows this request."})
