"""The home page: what was lost this quarter, in one look, and what waits to be decided in the house."""

from flask import render_template
from flask.typing import ResponseReturnValue

from servicelost.web.permissions import Action
from servicelost.web.ui.blueprint import page


@page("/", Action.USE_MODULE)
def home() -> ResponseReturnValue:
    """The first page after signing in."""
    return render_template("servicelost/page.html")
