"""What a fault of the database or the disk means: gone, busy or full, each as one error with a stable code.

The one place that knows the drivers' own codes. Whoever answers a person, a program or a shell asks here;
nothing is repeated, logged or worded for one of them in this file.
"""

import errno
from collections.abc import Callable

from sqlalchemy.exc import DBAPIError, PendingRollbackError, TimeoutError

from servicelost.kernel.errors import Unavailable

# SQLSTATE codes of PostgreSQL and names of SQLite's results; the longest beginning that fits decides.
_GONE = ("08", "57P", "25006", "25P03", "58", "SQLITE_CANTOPEN", "SQLITE_IOERR", "SQLITE_READONLY")
_BUSY = ("40", "55P03", "25P04", "53", "SQLITE_BUSY", "SQLITE_LOCKED", "SQLITE_PROTOCOL")
_CANCELLED = ("57014",)
_FULL = ("53100", "SQLITE_FULL", "SQLITE_IOERR_SHMSIZE")
_NO_ROOM = {errno.ENOSPC, errno.EDQUOT}


class DatabaseUnavailable(Unavailable):
    """The database does not answer, or the connection to it was cut."""

    def __init__(self, reason: str = "") -> None:
        message = "the database does not answer at the moment: try again shortly"
        super().__init__("DATABASE_UNAVAILABLE", message, reason=reason)


class DatabaseBusy(Unavailable):
    """The database gave up, because others were in the way; nothing was stored."""

    def __init__(self, reason: str = "") -> None:
        message = "the database is busy: try again in a moment"
        super().__init__("BUSY", message, retry_after=1, reason=reason)


class StatementGivenUp(Unavailable):
    """A statement took longer than it may, or whoever looks after the database cancelled it."""

    def __init__(self, reason: str = "") -> None:
        message = (
            "the database took too long over this and gave it up; nothing was stored: "
            "try again later, or ask for less"
        )
        super().__init__("TOOK_TOO_LONG", message, retry_after=30, reason=reason)


class StorageFull(Unavailable):
    """A disk has no room left; `kept` says what is safe and what to do."""

    def __init__(self, what: str = "the disk of the database", reason: str = "", kept: str = "") -> None:
        message = f"{what} is full: nothing more can be stored until somebody makes room"
        message = f"{message}; {kept}" if kept else message
        super().__init__("STORAGE_FULL", message, retry_after=60, reason=reason)


_KINDS: tuple[tuple[Callable[..., Unavailable], tuple[str, ...]], ...] = (
    (DatabaseUnavailable, _GONE),
    (DatabaseBusy, _BUSY),
    (StatementGivenUp, _CANCELLED),
    (StorageFull, _FULL),
)


def outage_of(error: BaseException) -> Unavailable | None:
    """The outage behind this error; None when it is a fault of ours or of what was sent."""
    if isinstance(error, Unavailable):
        return error
    if isinstance(error, OSError) and error.errno in _NO_ROOM:
        return StorageFull(str(error.filename) if error.filename else "a disk", _first_line(error))
    if isinstance(error, TimeoutError):  # every connection of the pool is in use
        return DatabaseBusy("no connection became free")
    if isinstance(error, PendingRollbackError):  # the connection was cut earlier in this transaction
        return DatabaseUnavailable()
    return _of_driver(error)


def _of_driver(error: BaseException) -> Unavailable | None:
    cause = error.orig if isinstance(error, DBAPIError) else error
    state = getattr(cause, "sqlstate", None) or getattr(cause, "sqlite_errorname", None)
    reason = "" if cause is None else _first_line(cause)
    if state is not None:
        fitting = [
            (len(start), kind) for kind, starts in _KINDS for start in starts if state.startswith(start)
        ]
        if fitting:
            return max(fitting, key=lambda found: found[0])[1](reason=reason)
    elif (isinstance(error, DBAPIError) and error.connection_invalidated) or _is_operational(cause):
        return DatabaseUnavailable(reason)  # the driver's own word for: nobody is there
    return None


def _is_operational(cause: BaseException | None) -> bool:
    """Whether a driver says that it was not the statement; by name, since no driver need be installed."""
    return any(kind.__name__ == "OperationalError" for kind in type(cause).__mro__)


def _first_line(error: BaseException) -> str:
    return next(iter(str(error).strip().splitlines()), "")
