"""What became of events that were sent."""

from marshmallow import Schema, fields

from servicelost.intake.results import Outcome
from servicelost.web.schemas.problems import FieldProblemSchema


class EventResultSchema(Schema):
    """The outcome of one event."""

    line = fields.Integer(metadata={"description": "Its line in an NDJSON body, from 1."})
    event_id = fields.String(allow_none=True)
    outcome = fields.String(metadata={"enum": [*Outcome], "description": Outcome.__doc__})
    code = fields.String(metadata={"description": "Why it was parked or rejected, for programs."})
    message = fields.String(metadata={"description": "Why, for people."})
    errors = fields.List(fields.Nested(FieldProblemSchema))


class EventResultsSchema(Schema):
    """The outcome of all events of one request, in the order sent."""

    accepted = fields.Integer()
    unchanged = fields.Integer()
    parked = fields.Integer()
    rejected = fields.Integer()
    results = fields.List(fields.Nested(EventResultSchema))
