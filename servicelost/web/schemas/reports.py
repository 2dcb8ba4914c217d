"""How reports and their runs look in answers of the API; a result is the report's own JSON document."""

from marshmallow import Schema, fields, validate


class MeasureSchema(Schema):
    """A number of a report with the definition that is printed beside it."""

    key = fields.String()
    label = fields.String()
    kind = fields.String()
    definition = fields.String()


class ReportSchema(Schema):
    """A report that can be run."""

    name = fields.String()
    title = fields.String()
    question = fields.String()
    parameters = fields.List(fields.String())
    groups = fields.List(fields.String(), metadata={"description": "What group_by may be."})
    measures = fields.List(fields.Nested(MeasureSchema))


class RunSchema(Schema):
    """One computation of a report and how far it is."""

    id = fields.Integer()
    report = fields.String()
    params = fields.Dict(metadata={"description": "In canonical form, dealerships in sight included."})
    state = fields.String(metadata={"description": "QUEUED, RUNNING, DONE or FAILED."})
    requested_by = fields.String()
    requested_at = fields.AwareDateTime()
    started_at = fields.AwareDateTime(allow_none=True)
    finished_at = fields.AwareDateTime(allow_none=True)
    error = fields.String(allow_none=True)
    note = fields.String(
        allow_none=True, metadata={"description": "Why a QUEUED run waits, when the queue server is down."}
    )
    result = fields.Raw(allow_none=True, metadata={"description": "The document, when DONE."})


class RunQuerySchema(Schema):
    """How much of a result is wanted."""

    rows = fields.Integer(
        load_default=None,
        validate=validate.Range(0, 1_000_000),
        metadata={"description": "At most so many rows of each table; all of them where it is not given."},
    )


class RowsQuerySchema(Schema):
    """Which rows behind a number are wanted."""

    drill = fields.String(
        required=True, metadata={"description": "A row's `drill` from the result, as JSON."}
    )
    offset = fields.Integer(load_default=0, validate=validate.Range(0, 10_000_000))
    limit = fields.Integer(load_default=50, validate=validate.Range(1, 500))


class RowsSchema(Schema):
    """A page of rows with the sums over all of them."""

    target = fields.String(metadata={"description": "ledger or lines"})
    rows = fields.List(fields.Dict())
    count = fields.Integer(metadata={"description": "How many there are in all."})
    currency = fields.String(allow_none=True)
    sums = fields.Dict(metadata={"description": "Sums of all rows; empty where currencies differ."})
