"""Waiting in tests: until something is so, and never for a length of time that a slow machine would break."""

import time
from collections.abc import Callable

# No test depends on it; it only ends the waiting for what will not come, before the test's own limit does.
PATIENCE = 120.0


def wait_for(
    condition: Callable[[], object],
    seconds: float = PATIENCE,
    *,
    told: Callable[[], object] = lambda: "waited in vain",
) -> float:
    """Wait until something is so, and give how many seconds it took; `told` explains why it never was."""
    began = time.monotonic()
    while not condition():
        assert time.monotonic() < began + seconds, told()
        time.sleep(0.02)
    return time.monotonic() - began
