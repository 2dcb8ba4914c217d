"""The HTTP API under `<prefix>/api/v1`, described by OpenAPI; JSON in, JSON out, errors in one shape.

A view calls one function of a domain room; schemas stand in `web/schemas`.
"""
