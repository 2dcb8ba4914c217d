"""Reading the query of an address, and the address of this page with another query."""

from collections.abc import Collection
from typing import Any

from flask import request, url_for


def query_values(*, without: Collection[str] = ()) -> dict[str, Any]:
    """What the filled-in names say: a text each, or a list where a name stands several times."""
    return {
        name: texts[0] if len(texts) == 1 else texts
        for name, given in request.args.to_dict(flat=False).items()
        if name not in without and (texts := [text for text in given if text.strip()])
    }


def url_with(**changes: Any) -> str:
    """The address of this page with these parts of its query set, the others kept."""
    values: dict[str, Any] = request.args.to_dict(flat=False) | (request.view_args or {})
    return url_for(f".{(request.endpoint or '').rpartition('.')[2]}", **(values | changes))


def local_address(address: str) -> str:
    """The address if it is a path of this site, else nothing: nobody shall be sent elsewhere."""
    plain = address.startswith("/") and address.isprintable() and "\\" not in address
    return address if plain and not address.startswith("//") else ""


def this_page() -> str:
    """The path of this page, to come back to; the home page's where the page only answers a form."""
    return request.full_path.rstrip("?") if request.method == "GET" else url_for(".home")
