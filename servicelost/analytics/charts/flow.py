"""The figure of money on its way through the stages: what leaves at each, what goes on, what is invoiced."""

from typing import Any

from servicelost.analytics.charts.figure import Figure, amount, layout, links, points
from servicelost.analytics.charts.palette import Theme, mixed
from servicelost.analytics.spec import Kind

_INVOICED, _LOST = "Invoiced", "Lost"


def flow_figure(section: dict[str, Any], theme: Theme) -> Figure:
    """Stages from left to right; at each one what was lost there turns down."""
    rows, currency = section["rows"], section["currency"]
    stages = [row["labels"]["stage"] for row in rows]
    end, gone = len(stages), len(stages) + 1
    ways = [(place, place + 1, row["left"], theme.won, "") for place, row in enumerate(rows)]
    ways += [
        (place, gone, row["lost_gross"], theme.lost, link)
        for place, (row, link) in enumerate(zip(rows, links(rows), strict=True))
    ]
    drawn = [way for way in ways if (amount(way[2]) or 0.0) > 0]
    trace = {
        "type": "sankey",
        "arrangement": "snap",
        "node": {
            "label": [*stages, _INVOICED, _LOST],
            "color": [*[theme.potential] * len(stages), theme.won, theme.lost],
            "x": [*(0.001 + 0.8 * place / (end - 1) for place in range(end)), 0.999, 0.999],
            "y": [*[0.35] * end, 0.3, 0.88],
            "pad": 18,
            "thickness": 14,
            "line": {"width": 0},
            "hovertemplate": f"%{{label}}: %{{value:,.2f}} {currency}<extra></extra>",
        },
        "link": {
            "source": [way[0] for way in drawn],
            "target": [way[1] for way in drawn],
            "value": [amount(way[2]) for way in drawn],
            "color": [mixed(way[3], theme.surface, 0.55) for way in drawn],
            "customdata": [way[4] for way in drawn],
            "hovertemplate": f"%{{source.label}} → %{{target.label}}: %{{value:,.2f}} {currency}<extra/>",
        },
    }
    lost = points(rows, ("stage",), "lost_gross", Kind.MONEY)
    title = "Money through the stages"
    return Figure(id="flow", title=title, points=lost, data=[trace], layout=layout(theme))
