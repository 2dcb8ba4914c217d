"""What takes too long for every run: taking in, and building the lake anew, at ten million rows.

`python -m benchmarks.longer [intake] [rebuild]`, about half an hour; its lines belong into the same file as
those of `python -m benchmarks`. Measured is what the parts themselves measure.
"""

import sys
import tempfile
from collections.abc import Sequence

from benchmarks import intake, lake
from benchmarks.databases import databases

_ROWS = 10_000_000


def main(parts: Sequence[str]) -> None:
    """Measure the named parts, or both."""
    if "rebuild" in parts or not parts:
        with tempfile.TemporaryDirectory() as folder:
            lake.alone("make", folder, _ROWS)
            lake.alone("rebuild", folder, _ROWS)
    if "intake" in parts or not parts:
        with databases() as engines:
            intake.measure("postgresql", engines["postgresql"], (_ROWS,))


if __name__ == "__main__":
    main(sys.argv[1:])
