"""A report as tables for the terminal: numbers with their definitions, the bridge, the sections."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

Document = Mapping[str, Any]
_WIDTH_OF_FILES = 160
_MOST_ROWS = 40


def show_document(document: Document, *, sections: Collection[str] | None = None) -> None:
    """Print a presented document; `sections` limits which of its tables are shown."""
    console = Console()
    if not console.is_terminal:
        console = Console(width=_WIDTH_OF_FILES)
    console.print(Text(f"{document['title']}  (as of {document['as_of']})", style="bold"))
    console.print(document["question"], markup=False)
    console.print(_numbers("", document["measures"]))
    if document["bridge"]:
        console.print(_numbers("From recommended to lost", document["bridge"]))
    for section in document["sections"]:
        if sections is None or section["id"] in sections:
            _show_section(console, section)


def _numbers(title: str, numbers: Iterable[Mapping[str, Any]]) -> Table:
    table = Table(
        title=title or None, title_justify="left", box=None, show_header=False, padding=(0, 2, 0, 0)
    )
    table.add_column(no_wrap=True)
    table.add_column(justify="right", no_wrap=True)
    table.add_column(style="dim")
    for number in numbers:
        table.add_row(number["label"], _value(number), number["definition"])
    return table


def _value(number: Mapping[str, Any]) -> str:
    if not number["available"]:
        return f"not available ({number['reason']})"
    text = _written(number["kind"], number["value"])
    return f"{text} {number['currency']}" if number["kind"] == "money" else text


def _show_section(console: Console, section: Mapping[str, Any]) -> None:
    columns = section["columns"]
    table = Table(title=f"{section['title']} ({section['currency']})", title_justify="left", box=None)
    for column in columns:
        table.add_column(column["label"], justify="left" if column["kind"] == "text" else "right")
    for row in section["rows"][:_MOST_ROWS]:
        table.add_row(*(_cell(column, row) for column in columns))
    console.print(table)
    if (left := len(section["rows"]) - _MOST_ROWS) > 0:
        console.print(f"... and {left} more rows; --format json or csv has them all", style="dim")
    for note in section["notes"]:
        console.print(note, style="dim", markup=False)


def _cell(column: Mapping[str, Any], row: Mapping[str, Any]) -> str:
    key = column["key"]
    if column["kind"] == "text":
        return str(row.get("labels", {}).get(key, row[key]))
    text = _written(column["kind"], row[key])
    return f"({text})" if key in row.get("few", ()) else text


def _written(kind: str, value: Any) -> str:
    if value is None:
        return "-"
    match kind:
        case "money":
            whole, dot, cents = str(value).partition(".")
            return f"{int(whole):,}{dot}{cents}" if whole.lstrip("-") not in ("", "0") else str(value)
        case "percent":
            return f"{value * 100:.1f} %"
        case "count":
            return f"{value:,}"
        case _:
            return str(value)
