"""How a measurement is told: one JSON line with the machine, the figure and what it is compared with."""

import json
import os
import platform
from pathlib import Path
from typing import Any


def machine() -> str:
    """Cores, processor and Python, in a few words."""
    try:
        info = Path("/proc/cpuinfo").read_text(encoding="utf-8")
        model = next(
            line.split(":", 1)[1].strip() for line in info.splitlines() if line.startswith("model name")
        )
    except (OSError, StopIteration):
        model = platform.processor() or "unknown processor"
    return f"{os.cpu_count()} cores, {model}, Python {platform.python_version()}"


def tell(name: str, **figures: Any) -> None:
    """Print the measurement as one JSON line."""
    print(json.dumps({"benchmark": name, **figures, "machine": machine()}), flush=True)
