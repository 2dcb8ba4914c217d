"""What is typed to move an appointment of today: cancelled by whom and why, or another time."""

from marshmallow import Schema, fields

from servicelost.taxonomy.parties import Party
from servicelost.web.schemas.fields import Text


class CancelSchema(Schema):
    """Called off: `why` is who and the cause in one, such as ``CUSTOMER:NO_TIME``, as a chip sends it."""

    why = Text(60)
    cancelled_by = fields.Enum(Party, by_value=True)
    note = Text(1000, lines=True)


class RescheduleSchema(Schema):
    """A new time on the dealership's own clock: one that was proposed, or a day and time of one's own."""

    proposed = fields.NaiveDateTime()
    scheduled_at = fields.NaiveDateTime()
