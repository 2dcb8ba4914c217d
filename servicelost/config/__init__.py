"""How an installation is set up: the `SERVICELOST_*` keys, checked when the application starts.

Nothing a service manager would change belongs here; that is kept per dealership in `administration`.
"""

from servicelost.config.settings import PREFIX, ConfigError, Settings, known_keys

__all__ = ["PREFIX", "ConfigError", "Settings", "known_keys"]
