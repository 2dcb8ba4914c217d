"""Our database schema through time: packaged migrations with a version table of their own.

Only tables with our prefix are looked at or touched; a host's tables and its own migrations are none of our
business. The models themselves are declared in their rooms. Every process asks whether the database is up to
date, few change it: what does is loaded when it is asked for.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from servicelost.migrations.version import is_current

if TYPE_CHECKING:
    from servicelost.migrations.upgrading import MigrationError, find_drift, upgrade

__all__ = ["MigrationError", "find_drift", "is_current", "upgrade"]


def __getattr__(name: str) -> Any:
    """Load what changes databases the first time somebody asks for it."""
    if name in __all__:
        return getattr(import_module("servicelost.migrations.upgrading"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
