"""The file formats of a result by name, with content type and file ending.

How each is written stands in its own file.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from servicelost.analytics.exports.cells import Sheet, sheets_of
from servicelost.analytics.exports.page import to_html
from servicelost.analytics.exports.spreadsheets import to_csv, to_xlsx
from servicelost.kernel.errors import FieldProblem, InvalidInput


@dataclass(frozen=True)
class ExportFormat:
    """A format; `of_tables` formats can hold a single section."""

    name: str
    content_type: str
    write: Callable[[Mapping[str, Any], str | None], bytes]


def _tables(write: Callable[[list[Sheet]], bytes]) -> Callable[[Mapping[str, Any], str | None], bytes]:
    def written(result: Mapping[str, Any], section: str | None) -> bytes:
        found = [sheet for sheet in sheets_of(result) if section in (None, sheet.id)]
        if not found:
            known = ", ".join(sheet.id for sheet in sheets_of(result))
            raise _refused("section", str(section), known)
        return write(found)

    return written


def _whole(write: Callable[[Mapping[str, Any]], bytes]) -> Callable[[Mapping[str, Any], str | None], bytes]:
    return lambda result, _section: write(result)


def _to_json(result: Mapping[str, Any]) -> bytes:
    return json.dumps(result, ensure_ascii=False, indent=1).encode("utf-8")


FORMATS: Mapping[str, ExportFormat] = {
    fmt.name: fmt
    for fmt in (
        ExportFormat("csv", "text/csv; charset=utf-8", _tables(to_csv)),
        ExportFormat(
            "xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", _tables(to_xlsx)
        ),
        ExportFormat("json", "application/json", _whole(_to_json)),
        ExportFormat("html", "text/html; charset=utf-8", _whole(to_html)),
    )
}


def export(result: Mapping[str, Any], name: str, section: str | None = None) -> bytes:
    """The presented result in the named format; CSV and XLSX may hold one `section` alone.

    Raises InvalidInput for an unknown format or section.
    """
    known = FORMATS.get(name)
    if known is None:
        raise _refused("format", name, ", ".join(FORMATS))
    return known.write(result, section)


def _refused(field: str, value: str, known: str) -> InvalidInput:
    message = f"{field}: {value!r} is not known, expected one of {known}"
    return InvalidInput("BAD_PARAMETER", message, errors=[FieldProblem(field, message, value, known)])
