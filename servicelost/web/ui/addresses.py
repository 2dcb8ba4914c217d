"""What the query of an address says: one text a name, or a list where it is named several times."""

from collections.abc import Collection
from typing import Any

from flask import request


def query_values(*, without: Collection[str] = ()) -> dict[str, Any]:
    """The filled-in names of the query, except those that are the page's own affair."""
    return {
        name: texts[0] if len(texts) == 1 else texts
        for name, given in request.args.to_dict(flat=False).items()
        if name not in without and (texts := [text for text in given if text.strip()])
    }
