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
from servicelost.analytics.formatting import shown
from servicelost.analytics.spec import Kind

_STYLE = f"""
body {{ font: 16px/1.5 system-ui, sans-serif; color: {LIGHT.text}; background: {LIGHT.surface};
  margin: 2rem auto; max-width: 70rem; padding: 0 1rem; }}
table {{ border-collapse: collapse; margin: 0 0 1.5rem; }}
th, td {{ border-bottom: 1px solid {LIGHT.lines}; padding: .35rem .75rem .35rem 0; text-align: left;
  vertical-align: top; }}
td.number, th.number {{ text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }}
.scroll {{ overflow-x: auto; }}
.note {{ color: {LIGHT.potential}; }}
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
        *(_table(sheet) for sheet in sheets_of(result)),
        *(_place(figure) for figure in figures),
        _script(figures),
        "</body></html>",
    ]
    return "\n".join(parts).encode("utf-8")


def _table(sheet: Sheet) -> str:
    head = "".join(
        f"<th{_class(kind)}>{escape(text)}</th>"
        for text, kind in zip(sheet.headings, sheet.kinds, strict=True)
    )
    rows = "".join(f"<tr>{_cells(sheet, row)}</tr>" for row in sheet.rows)
    notes = "".join(f'<p class="note">{escape(note)}</p>' for note in sheet.notes)
    table = f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"
    return f'<h2>{escape(sheet.title)}</h2><div class="scroll">{table}</div>{notes}'


def _cells(sheet: Sheet, row: Iterable[Any]) -> str:
    cells = zip(sheet.kinds, row, strict=True)
    return "".join(f"<td{_class(kind)}>{escape(shown(kind, value))}</td>" for kind, value in cells)


def _class(kind: Kind) -> str:
    return "" if kind is Kind.TEXT else ' class="number"'


def _place(figure: Figure) -> str:
    name = escape(figure["id"])
    return f'<h2>{escape(figure["title"])}</h2><div id="figure-{name}" role="img" aria-label="{escape(figure["alt"])}"></div>'


def _script(figures: Iterable[Figure]) -> str:
    drawn = [
        {"id": f"figure-{figure['id']}", "data": figure["data"], "layout": figure["layout"]}
        for figure in figures
    ]
    # Inside a script element only "</" could end it early; "<!--" would open a comment.
    data = json.dumps(drawn, ensure_ascii=False).replace("<", "\\u003c")
    draw = "for (const f of figures) Plotly.newPlot(f.id, f.data, f.layout, {responsive: true, displaylogo: false});"
    return f"<script>{plotly_script()}</script><script>const figures = {data};\n{draw}</script>"
