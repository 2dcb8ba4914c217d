"""One HTML page that needs nothing else: tables first, figures drawn by the script it carries.

For sending and keeping. The pages of the application are made from templates, not here.
"""

import json
from collections.abc import Iterable, Mapping
from html import escape
from typing import Any

from servicelost.analytics.charts import Figure, figures_of, plotly_script
from servicelost.analytics.charts.palette import LIGHT
from servicelost.analytics.exports.cells import Sheet, sheets_of
from servicelost.analytics.formatting import headline, shown, shown_interval
from servicelost.analytics.spec import Kind

_STYLE = f"""
body {{ font: 16px/1.5 system-ui, sans-serif; color: {LIGHT.text}; background: {LIGHT.surface};
  margin: 2rem auto; max-width: 70rem; padding: 0 1rem; }}
table {{ border-collapse: collapse; margin: 0 0 1.5rem; }}
th, td {{ border-bottom: 1px solid {LIGHT.lines}; padding: .35rem .75rem .35rem 0; text-align: left;
  vertical-align: top; }}
td.number, th.number {{ text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }}
.scroll {{ overflow-x: auto; }}
.note, .few {{ color: {LIGHT.potential}; }}
.few::after {{ content: " *"; }}
"""


def to_html(result: Mapping[str, Any]) -> bytes:
    """The presented result as a complete HTML document."""
    figures = figures_of(result)
    parts = [
        "<!doctype html>",
        '<html lang="en"><head><meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<title>{escape(result['title'])}</title><style>{_STYLE}</style></head><body>",
        f"<h1>{escape(result['title'])}</h1><p>{escape(result['question'])}</p>",
        f'<p class="note">as of {escape(result["as_of"])}</p>',
        _headlines(result),
        *(_table(sheet) for sheet in sheets_of(result) if sheet.id != "numbers"),
        '<p class="note">* too few cases to judge</p>',
        *(_place(figure, several=len(result["currencies"]) > 1) for figure in figures),
        _script(figures),
        "</body></html>",
    ]
    return "\n".join(parts).encode("utf-8")


def _headlines(result: Mapping[str, Any]) -> str:
    rows = "".join(f"<tr>{_headline_cells(number)}</tr>" for number in result["measures"])
    head = '<th>Number</th><th class="number">Value</th><th>95 % interval</th><th>Definition</th>'
    return f'<div class="scroll"><table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>'


def _headline_cells(number: dict[str, Any]) -> str:
    interval = shown_interval(number["kind"], number["interval"])
    definition = escape(number["definition"])
    if not number["available"]:
        definition += f' <span class="note">({escape(number["reason"])})</span>'
    few = " few" if number["few"] else ""
    value = f'<td class="number{few}">{escape(headline(number))}</td>'
    return f"<td>{escape(number['label'])}</td>{value}<td>{escape(interval)}</td><td>{definition}</td>"


def _table(sheet: Sheet) -> str:
    head = "".join(
        f"<th{_class(kind)}>{escape(text)}</th>"
        for text, kind in zip(sheet.headings, sheet.kinds, strict=True)
    )
    rows = "".join(f"<tr>{_cells(sheet, line)}</tr>" for line in range(len(sheet.rows)))
    notes = "".join(f'<p class="note">{escape(note)}</p>' for note in sheet.notes)
    table = f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"
    return f'<h2>{escape(sheet.title)}</h2><div class="scroll">{table}</div>{notes}'


def _cells(sheet: Sheet, line: int) -> str:
    return "".join(
        f"<td{_class(kind, few=(line, place) in sheet.few)}>{escape(shown(kind, value))}</td>"
        for place, (kind, value) in enumerate(zip(sheet.kinds, sheet.rows[line], strict=True))
    )


def _class(kind: Kind, *, few: bool = False) -> str:
    names = [*(["number"] if kind is not Kind.TEXT else []), *(["few"] if few else [])]
    return f' class="{" ".join(names)}"' if names else ""


def _place(figure: Figure, *, several: bool) -> str:
    title = escape(f"{figure['title']} ({figure['currency']})" if several else figure["title"])
    said = "; ".join(f"{', '.join(labels)} {shown(kind, value)}" for labels, kind, value in figure["points"])
    spot = f'<div id="figure-{escape(figure["id"])}" role="img" aria-label="{escape(said) or title}"></div>'
    return f"<h2>{title}</h2>{spot}"


def _script(figures: Iterable[Figure]) -> str:
    drawn = [
        {"id": f"figure-{figure['id']}", "data": figure["data"], "layout": figure["layout"]}
        for figure in figures
    ]
    # Nothing in the data can then end the script element or open a comment in it.
    data = json.dumps(drawn, ensure_ascii=False).replace("<", "\\u003c")
    options = "{responsive: true, displaylogo: false}"
    draw = f"for (const f of figures) Plotly.newPlot(f.id, f.data, f.layout, {options});"
    return f"<script>{plotly_script()}</script><script>const figures = {data};\n{draw}</script>"
