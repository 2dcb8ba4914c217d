"""The answer to why a visit is left with work undecided, as the form of the visit page sends it."""

from marshmallow import fields

from servicelost.opportunities.pipeline.leaving import Leaving
from servicelost.web.schemas.decisions import ReasonSchema


class FinishSchema(ReasonSchema):
    """One answer for all lines that are undecided; OTHER needs the note."""

    answer = fields.Enum(Leaving, by_value=True, required=True)
