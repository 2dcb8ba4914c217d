"""What a person or a system says when deciding about a line; one schema for the form and for JSON.

Which cause goes with which event is the ledger's rule; own causes of a dealership are resolved later.
"""

from marshmallow import Schema, fields, validate

from servicelost.taxonomy.authorization import AuthorizationMethod
from servicelost.taxonomy.parties import Owner, Party
from servicelost.taxonomy.stages import Stage
from servicelost.web.schemas.fields import Amount, Moment, Text

_HIGHEST_ODOMETER = 10_000_000


class DecisionSchema(Schema):
    """What every decision may say."""

    occurred_at = Moment(metadata={"description": "When it was decided, with an offset. Default: now."})


class ReasonSchema(DecisionSchema):
    """Why not, as far as it was said; nothing is invented in place of what was not."""

    cause = Text(40, metadata={"description": "A code of the taxonomy or of the dealership's own causes."})
    contributing = fields.List(Text(40), validate=validate.Length(max=10))
    note = Text(1000, lines=True, metadata={"description": "In words; mandatory for OTHER."})
    competitor = Text(200, metadata={"description": "Whose offer it was."})
    competitor_price = Amount(metadata={"description": "Net, in the dealership's currency."})
    owner = fields.Enum(Owner, by_value=True, metadata={"description": "Dealer, customer or external."})
    decided_by = fields.Enum(Party, by_value=True)
    stage = fields.Enum(Stage, by_value=True, metadata={"description": "Default: where the visit stands."})


class DeclineSchema(ReasonSchema):
    """The customer said no."""


class DeferSchema(ReasonSchema):
    """The customer said not now: until a day, or until an odometer reading."""

    deferred_until = fields.Date(metadata={"description": "A day such as 2026-03-31."})
    deferred_until_odometer = fields.Integer(
        strict=True,
        validate=validate.Range(1, _HIGHEST_ODOMETER),
        metadata={"description": "In kilometres."},
    )


class RemoveSchema(ReasonSchema):
    """Work was taken off the order."""


class AuthorizeSchema(DecisionSchema):
    """The customer agreed; an amount is the agreed price."""

    method = fields.Enum(AuthorizationMethod, by_value=True)
    authorized_by = Text(200, metadata={"description": "Who said yes."})
    labour = Amount()
    parts = Amount()
    amount = Amount(metadata={"description": "The whole, where its split is not known."})
