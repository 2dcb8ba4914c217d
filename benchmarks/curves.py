"""The figures of a saved run written into docs/performance.md, and how they grow drawn beside it.

`python -m benchmarks > results.jsonl`, then `python -m benchmarks.curves results.jsonl [MORE...]`. Only what
stands between the marks of the page is replaced; how a line is measured is known to its part alone.
"""

import json
import sys
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks.drawing import Panel, draw

Line = Mapping[str, Any]

PAGE = Path(__file__).parent.parent / "docs" / "performance.md"
PICTURE = PAGE.with_suffix(".svg")
_OWN_COLUMN = {"benchmark", "machine", "compared_with", "ratio"}


def main(files: Sequence[str]) -> None:
    """Read the lines of all files and rewrite the page and its picture."""
    lines = [json.loads(text) for file in files for text in Path(file).read_text().splitlines() if text]
    page, picture = rewrite(PAGE.read_text(encoding="utf-8"), lines)
    PAGE.write_text(page, encoding="utf-8")
    if picture:
        PICTURE.write_text(picture, encoding="utf-8")


def rewrite(page: str, lines: Sequence[Line]) -> tuple[str, str]:
    """The page with these figures in it, and the picture of the curves, which is empty if there are none."""
    panels = _panels(lines)
    page = _between(page, "machine", "\n".join(f"* {name}" for name in _machines(lines)))
    page = _between(page, "figures", _figures(line for line in lines if "curve" not in line))
    if not panels:
        return page, ""
    picture = f"![Seconds over rows, ours beside the raw engine]({PICTURE.name})"
    return _between(page, "curves", f"{picture}\n\n{_growth(panels)}"), draw(panels)


def _between(page: str, mark: str, content: str) -> str:
    """The page with this between the two marks; raises ValueError when the page has no such marks."""
    begin, end = f"<!-- {mark} -->", f"<!-- /{mark} -->"
    start, stop = page.index(begin) + len(begin), page.index(end)
    return f"{page[:start]}\n{content}\n{page[stop:]}"


def _machines(lines: Iterable[Line]) -> list[str]:
    return list(dict.fromkeys(line["machine"] for line in lines))


def _figures(lines: Iterable[Line]) -> str:
    rows = ["| What | Measured | Beside | Ratio |", "| --- | --- | --- | --- |"]
    for line in lines:
        told = "; ".join(_words(name, value) for name, value in line.items() if name not in _OWN_COLUMN)
        beside, ratio = line.get("compared_with", ""), line.get("ratio", "")
        rows.append(f"| {line['benchmark']} | {told} | {beside} | {ratio} |")
    return "\n".join(rows)


def _words(name: str, value: Any) -> str:
    """A field as people read it: a list by its first and last, a table by its parts."""
    label = name.replace("_", " ")
    if isinstance(value, list):
        return f"{label} " + (f"{value[0]} to {value[-1]}" if value else "none")
    if isinstance(value, dict):
        return f"{label} " + ", ".join(f"{key} {part}" for key, part in value.items())
    return f"{label} {value:,}" if isinstance(value, int) else f"{label} {value}"


def _panels(lines: Iterable[Line]) -> list[Panel]:
    """One panel a curve, its points in order of rows; the last of several runs counts."""
    points: dict[str, dict[int, tuple[float, float]]] = defaultdict(dict)
    for line in lines:
        if "curve" in line:
            points[line["curve"]][line["rows"]] = (line["seconds"], line["raw_seconds"])
    return [
        Panel(name, tuple((rows, *found[rows]) for rows in sorted(found))) for name, found in points.items()
    ]


def _growth(panels: Iterable[Panel]) -> str:
    rows = ["| What | Rows | Seconds | Raw engine | Ratio |", "| --- | --: | --: | --: | --: |"]
    for panel in panels:
        for count, ours, raw in panel.points:
            rows.append(f"| {panel.name} | {count:,} | {ours:.3g} | {raw:.3g} | {ours / raw:.2f} |")
    return "\n".join(rows)


if __name__ == "__main__":
    main(sys.argv[1:])
