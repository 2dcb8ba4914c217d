"""What a form says about a card of the board; what may be done with it is said by the board's own rules."""

from marshmallow import Schema, fields, validate

from servicelost.opportunities.pipeline.cards import WAYS_TO_LOSE
from servicelost.taxonomy.loss_events import LossEvent
from servicelost.web.schemas.decisions import ReasonSchema
from servicelost.web.schemas.fields import HIGHEST_ID, Amount, Text

_VERSION = validate.Range(1, 2**31 - 1)


class CardSchema(Schema):
    """Which state of the card the person saw."""

    version = fields.Integer(validate=_VERSION)


class MoveSchema(CardSchema):
    """Where to."""

    to = Text(40, required=True)


class HandSchema(CardSchema):
    """To whom."""

    employee = fields.Integer(required=True, validate=validate.Range(1, HIGHEST_ID))


class LoseSchema(ReasonSchema):
    """Where and why it was lost; `event` for cards without a visit."""

    version = fields.Integer(validate=_VERSION)
    event = fields.Enum(LossEvent, by_value=True, validate=validate.OneOf(list(WAYS_TO_LOSE)))


class NoteSchema(Schema):
    """A few words."""

    note = Text(1000, required=True, lines=True)


class NewCardSchema(Schema):
    """Somebody asked for something."""

    customer = Text(200)
    phone = Text(60)
    service = Text(200)
    amount = Amount()
    note = Text(1000, lines=True)
    mine = fields.Boolean()
