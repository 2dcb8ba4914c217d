"""How entries of the loss ledger look in answers, and how the list is narrowed."""

from marshmallow import Schema, fields, validate

from servicelost.opportunities.ledger.models import EntryKind
from servicelost.taxonomy.causes import NOT_A_LOSS, Cause
from servicelost.taxonomy.loss_events import LossEvent
from servicelost.taxonomy.stages import Stage
from servicelost.web.schemas.fields import HIGHEST_ID, Amount, Text


class LedgerQuerySchema(Schema):
    """Which entries are listed, newest first."""

    dealership = Text(40, metadata={"description": "Code of a dealership."})
    advisor = fields.Integer(
        validate=validate.Range(1, HIGHEST_ID), metadata={"description": "Id of an employee."}
    )
    kind = fields.Enum(EntryKind, by_value=True)
    stage = fields.Enum(Stage, by_value=True)
    event = fields.Enum(LossEvent, by_value=True)
    cause = fields.Enum(Cause, by_value=True)
    first = fields.Date(data_key="from", metadata={"description": "First business day."})
    last = fields.Date(data_key="to", metadata={"description": "Last business day."})
    before = fields.Integer(
        validate=validate.Range(1, HIGHEST_ID),
        metadata={"description": "Only entries older than this one: `next` of the page before."},
    )
    limit = fields.Integer(load_default=50, validate=validate.Range(1, 500))


class LedgerEntrySchema(Schema):
    """One entry; it is never changed, only followed by others."""

    id = fields.Integer()
    kind = fields.String(metadata={"description": "LOSS, REVERSAL or RECOVERY."})
    loss_id = fields.Integer(allow_none=True, metadata={"description": "The LOSS that this is about."})
    dealership = fields.String()
    opportunity_id = fields.Integer()
    visit_id = fields.Integer(allow_none=True)
    line_id = fields.Integer(allow_none=True)
    stage = fields.String()
    origin_stage = fields.String()
    event = fields.String()
    cause = fields.String()
    cause_basis = fields.String(metadata={"description": "STATED, or AUTOMATIC where nobody said why."})
    contributing = fields.List(fields.String(), allow_none=True)
    owner = fields.String(allow_none=True)
    reason = fields.String(allow_none=True, metadata={"description": "Why a REVERSAL was written."})
    note = fields.String(allow_none=True)
    currency = fields.String()
    amount = Amount(metadata={"description": "Net; of a RECOVERY, what it releases of its LOSS."})
    labour = Amount(allow_none=True)
    parts = Amount(allow_none=True)
    revenue = Amount(allow_none=True, metadata={"description": "Of a RECOVERY: what was sold."})
    grade = fields.String()
    pay_type = fields.String(allow_none=True)
    severity = fields.String(allow_none=True)
    decided_by = fields.String(allow_none=True)
    cancelled_by = fields.String(allow_none=True)
    business_day = fields.Date(metadata={"description": "The day that decides the period."})
    occurred_at = fields.AwareDateTime()
    recorded_at = fields.AwareDateTime()
    recorded_by = fields.String()


class LedgerPageSchema(Schema):
    """A page of the ledger."""

    entries = fields.List(fields.Nested(LedgerEntrySchema))
    next = fields.Integer(allow_none=True, metadata={"description": "Send it as `before` for the next page."})


class ReverseSchema(Schema):
    """Why a loss is none."""

    reason = fields.Enum(
        Cause,
        by_value=True,
        required=True,
        validate=validate.OneOf(sorted(NOT_A_LOSS)),
        metadata={"enum": sorted(NOT_A_LOSS)},
    )
    note = Text(1000, lines=True, required=True, validate=validate.Length(min=1))
