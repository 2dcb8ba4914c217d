"""How an installation says that it works."""

from marshmallow import Schema, fields


class HealthSchema(Schema):
    """`ok`, or what is down."""

    status = fields.String(metadata={"description": "ok or degraded"})
    database = fields.String(metadata={"description": "ok or down"})
    queue = fields.String(metadata={"description": "ok or down"})
