"""What the forms of a visit may hold; amounts, days and texts are read as the API reads them.

No rule of the trade: which cause fits or which day is possible is refused by the workflow.
"""

from typing import Any

from marshmallow import fields, validate

from servicelost.web.schemas.fields import Amount, Text
from servicelost.web.ui.forms import Form

_HIGHEST_ODOMETER = 5_000_000


def _called(label: str) -> dict[str, Any]:
    return {"label": label}


class _LineForm(Form):
    version = fields.Integer(required=True, metadata=_called("version"))


class ApproveForm(_LineForm):
    """Nothing but the line."""


class DeclineForm(_LineForm):
    """Why not, and who offers it cheaper; everything may be left open."""

    cause = Text(40, metadata=_called("cause"))
    note = Text(2000, lines=True, metadata=_called("note"))
    competitor = Text(200, metadata=_called("competitor"))
    competitor_price = Amount(metadata=_called("competitor's price"))


class DeferForm(_LineForm):
    """Until when, and why."""

    cause = Text(40, metadata=_called("cause"))
    note = Text(2000, lines=True, metadata=_called("note"))
    until = fields.Date(metadata=_called("day"))
    other_until = fields.Date(metadata=_called("day"))
    until_km = fields.Integer(
        validate=validate.Range(1, _HIGHEST_ODOMETER), metadata=_called("odometer reading")
    )
