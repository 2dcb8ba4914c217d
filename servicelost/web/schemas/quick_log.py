"""What is typed to log a loss that no visit stands behind: a missed call, an inquiry, a part.

Which cause goes with which of them is the ledger's rule.
"""

from marshmallow import Schema, fields, validate

from servicelost.web.schemas.decisions import ReasonSchema
from servicelost.web.schemas.fields import HIGHEST_ID, Amount, Text

_LONGEST_AGO = 7 * 24 * 60
_MOST_PIECES = 100_000


class QuickLogSchema(ReasonSchema):
    """What each of them says; `once` makes sending the same form twice one loss."""

    once = Text(40, required=True)
    dealership_id = fields.Integer(validate=validate.Range(1, HIGHEST_ID))
    minutes_ago = fields.Integer(load_default=0, validate=validate.Range(0, _LONGEST_AGO))
    phone = Text(40)


class MissedCallSchema(QuickLogSchema):
    """A call nobody answered."""

    service_id = fields.Integer(validate=validate.Range(1, HIGHEST_ID))


class InquirySchema(QuickLogSchema):
    """Somebody asked and did not book."""

    service_id = fields.Integer(validate=validate.Range(1, HIGHEST_ID))
    amount = Amount(metadata={"description": "The price that was named, net."})


class PartSchema(QuickLogSchema):
    """A part that was asked for and not sold; amounts are for one piece."""

    part_number = Text(40, required=True)
    quantity = Amount(load_default="1")
    on_hand = Amount()
    unit_price = Amount()
    channel = fields.String(load_default="COUNTER", validate=validate.OneOf(("COUNTER", "PHONE", "WORKSHOP")))


SCHEMAS: dict[str, type[Schema]] = {"call": MissedCallSchema, "inquiry": InquirySchema, "part": PartSchema}
