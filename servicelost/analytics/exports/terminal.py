"""A result as tables in a terminal, each number with its definition.

Only text; colours say nothing that the words do not say too.
"""

from collections.abc import Mapping
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from servicelost.analytics.formatting import headline, shown, shown_interval
from servicelost.analytics.spec import Kind

_MOST_ROWS = 40


def print_report(result: Mapping[str, Any], console: Console) -> None:
    """Print the presented result: title, headline numbers, bridge, tables."""
    console.print(Text(result["title"], style="bold"), Text(result["question"]), sep="\n")
    console.print(Text(f"as of {result['as_of']}   {_asked(result['params'])}", style="dim"))
    console.print(_headlines(result))
    if result["bridge"]:
        console.print(_bridge(result))
    for section in result["sections"]:
        _print_section(section, console, several=len(result["currencies"]) > 1)


def _asked(params: Mapping[str, Any]) -> str:
    return "   ".join(f"{name} {value}" for name, value in params.items())


def _headlines(result: Mapping[str, Any]) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0))
    table.add_column("Number")
    table.add_column("Value", justify="right", no_wrap=True)
    table.add_column("95 % interval", no_wrap=True)
    table.add_column("Definition", style="dim", ratio=1)
    for number in result["measures"]:
        remark = f" ({number['reason']})" if not number["available"] else ""
        few = f" (too few to judge, n = {number['n']})" if number.get("few") else ""
        interval = shown_interval(number["kind"], number["interval"])
        definition = Text(number["definition"] + remark + few)
        table.add_row(Text(number["label"]), Text(headline(number)), Text(interval), definition)
    return table


def _bridge(result: Mapping[str, Any]) -> Table:
    table = Table(title="Bridge", title_justify="left", box=None, padding=(0, 2, 0, 0))
    for name, justify in (("Step", "left"), ("Amount", "right"), ("", "left"), ("Cases", "right")):
        table.add_column(name, justify="right" if justify == "right" else "left", no_wrap=True)
    table.add_column("Definition", style="dim", ratio=1)
    for step in result["bridge"]:
        table.add_row(
            Text(step["label"], style="bold" if step["total"] else ""),
            shown(Kind.MONEY, step["value"]),
            step["currency"],
            shown(Kind.COUNT, step["n"]),
            Text(step["definition"]),
        )
    return table


def _print_section(section: Mapping[str, Any], console: Console, *, several: bool) -> None:
    title = f"{section['title']} ({section['currency']})" if several else section["title"]
    table = Table(title=title, title_justify="left", box=None, padding=(0, 2, 0, 0))
    for column in section["columns"]:
        table.add_column(column["label"], justify="left" if "vocabulary" in column else "right")
    for row in section["rows"][:_MOST_ROWS]:
        table.add_row(*(_cell(column, row) for column in section["columns"]))
    console.print(table)
    left_out = len(section["rows"]) - _MOST_ROWS
    notes = [*section["notes"], *([f"{left_out} more rows are left out here."] if left_out > 0 else [])]
    for note in notes:
        console.print(Text(note, style="dim"))


def _cell(column: Mapping[str, Any], row: Mapping[str, Any]) -> Text:
    key = column["key"]
    if "vocabulary" in column:
        return Text(row["labels"][key])
    return Text(shown(column["kind"], row[key]), style="dim" if key in row["few"] else "")
