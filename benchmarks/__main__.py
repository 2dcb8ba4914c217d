"""All measurements, or the parts that are named: `python -m benchmarks [quick] [PART...]`.

Each part runs in a process of its own, one after the other, so that its memory is its own. Lines of JSON go
to standard output, everything else to standard error.
"""

import subprocess
import sys
import time

from benchmarks.parts import PARTS
from benchmarks.report import tell


def main(arguments: list[str]) -> int:
    """Run the parts; 1 when one of them failed, 2 when there is none of that name."""
    quick = [name for name in arguments if name == "quick"]
    names = [name for name in arguments if name != "quick"] or list(PARTS)
    unknown = [name for name in names if name not in PARTS]
    if unknown:
        print(f"there is no part {unknown[0]!r}; there are: quick {' '.join(PARTS)}", file=sys.stderr)
        return 2
    started = time.perf_counter()
    failed = [name for name in names if _run([name, *quick])]
    seconds, bound = round(time.perf_counter() - started), 120 if quick else 900
    tell(
        "total",
        seconds=seconds,
        parts=names,
        failed=failed,
        compared_with=f"the bound of {bound} s for all parts",
        ratio=round(seconds / bound, 2),
    )
    return 1 if failed else 0


def _run(arguments: list[str]) -> int:
    """Run one part in a new process that has nothing of ours loaded."""
    return subprocess.run([sys.executable, "-m", "benchmarks.parts", *arguments], check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
