"""Putting the API into an application; the endpoints come with the modules named here."""

from flask import Flask

from servicelost.web.api import description, events, health, ledger, reports, search, visits
from servicelost.web.api.blueprint import add_catch_all, blueprint
from servicelost.web.api.document import describe_api

PATH = "/api/v1"
ENDPOINTS = (events, visits, search, ledger, reports, health, description)

add_catch_all()


def mount_api(app: Flask, url_prefix: str) -> None:
    """Register the API under the module's own prefix."""
    describe_api(app, blueprint, url_prefix + PATH)
