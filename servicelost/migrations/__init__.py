"""Our database schema through time: packaged migrations with a version table of their own.

Only tables with our prefix are looked at or touched; a host's tables and its own migrations are none of our
business. The models themselves are declared in their rooms.
"""

from servicelost.migrations.upgrading import MigrationError, find_drift, is_current, upgrade

__all__ = ["MigrationError", "find_drift", "is_current", "upgrade"]
