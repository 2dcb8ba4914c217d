"""`openapi`: the description of the HTTP API, for the tools of those who call it."""

import json

import click

from servicelost.cli.installation import installation
from servicelost.web.api.document import openapi_document


@click.command()
def openapi() -> None:
    """Print the OpenAPI document as JSON."""
    click.echo(json.dumps(openapi_document(installation().app), indent=2, ensure_ascii=False))
