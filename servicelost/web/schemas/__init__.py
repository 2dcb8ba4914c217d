"""marshmallow schemas: what requests may hold and answers look like, shared by forms and JSON.

No rule of the trade: a schema checks form, the domain checks sense.
"""
