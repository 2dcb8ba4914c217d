"""How reports and their runs look in answers of the API; a result is the report's own JSON document."""

from marshmallow import Schema, fields


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
    result = fields.Raw(allow_none=True, metadata={"description": "The document, when DONE."})
