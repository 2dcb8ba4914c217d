"""`servicelost web` under a profiler, which writes where the time went when the process is stopped.

`python -m benchmarks.decline profile` shows it at work. A profiler slows everything down: read the shares.
"""

import cProfile
import os
import pstats
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import waitress

from servicelost.standalone.script import main

_FILE = "BENCHMARK_PROFILE"


class _Profiled:
    """The application, each request of it profiled; for one thread at a time."""

    def __init__(self, app: Any, profile: cProfile.Profile) -> None:
        self._app, self._profile = app, profile

    def __call__(self, environ: Any, start_response: Any) -> Iterable[bytes]:
        answer: Iterable[bytes] = self._profile.runcall(self._app, environ, start_response)
        return answer


def serve() -> None:
    """Run the command line with waitress wrapped; on the way out write both orders of the profile."""
    profile, plain = cProfile.Profile(), waitress.serve
    waitress.serve = lambda app, **options: plain(_Profiled(app, profile), **options | {"threads": 1})
    try:
        main(prog_name="servicelost")
    finally:
        with Path(os.environ[_FILE]).open("w", encoding="utf-8") as out:
            for order in ("tottime", "cumulative"):
                pstats.Stats(profile, stream=out).strip_dirs().sort_stats(order).print_stats(70)


if __name__ == "__main__":
    serve()
