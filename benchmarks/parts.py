"""The parts of the benchmark by name; `python -m benchmarks.parts NAME [quick]` runs one in this process.

What is measured stands in each part's own file.
"""

import signal
import sys
import time
from collections.abc import Callable, Mapping
from importlib import import_module

_SIZES = {True: (100_000,), False: (100_000, 1_000_000, 10_000_000)}
_FEW_TIMES = 5


def _part(name: str) -> Callable[[bool], None]:
    return lambda quick: import_module(f"benchmarks.{name}").main(quick)


def _load(quick: bool) -> None:
    load = import_module("benchmarks.load")
    load.main(load.QUICK if quick else load.SHORT)


def _lake(quick: bool) -> None:
    lake = import_module("benchmarks.lake")
    lake.main(_SIZES[quick], *((_FEW_TIMES,) if quick else ()))


# In this order, the short ones first. Of `load` a short form: five minutes are `python -m benchmarks.load`.
PARTS: Mapping[str, Callable[[bool], None]] = {
    "start": _part("start"),
    "memory": _part("memory"),
    "decline": _part("decline"),
    "load": _load,
    "pages": _part("pages"),
    "intake": _part("intake"),
    "lake": _lake,
}


def main(name: str, quick: bool) -> None:
    """Run one part."""
    # Servers and temporary folders are put away, also when somebody ends this early.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    started = time.perf_counter()
    PARTS[name](quick)
    print(f"{name}: {time.perf_counter() - started:.0f} s", file=sys.stderr)


if __name__ == "__main__":
    main(sys.argv[1], "quick" in sys.argv[2:])
