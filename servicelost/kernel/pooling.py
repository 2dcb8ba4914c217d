"""How connections to a PostgreSQL are opened and taken from the pool, so that a restart of it is noticed.

For engines of our own; a host's engine is not ours to change. What an outage means is said in `outages`.
"""

import select
from collections.abc import Mapping
from datetime import timedelta
from functools import partial
from typing import Any

from sqlalchemy import URL, Dialect, Engine, event
from sqlalchemy.exc import DisconnectionError

# What libpq is told unless the URL says otherwise: how long to knock, and when to take silence for the end.
_PATIENCE = {
    "connect_timeout": 5,
    "keepalives_idle": 30,
    "keepalives_interval": 10,
    "keepalives_count": 3,
    "tcp_user_timeout": 30_000,
}
# Unless server, role or URL set their own: nobody waits for a lock longer than a person does, and a process
# that hangs in the middle of a transaction does not keep its locks for ever.
_LIMITS = {"lock_timeout": "10s", "idle_in_transaction_session_timeout": "5min"}
_LIMIT = "SELECT set_config(%s, %s, false) WHERE current_setting(%s) = '0'"


def connect_options(url: URL) -> dict[str, Any]:
    """Arguments for the driver that the URL leaves open."""
    return {name: value for name, value in _PATIENCE.items() if name not in url.query}


def watch_connections(engine: Engine, statement_timeout: timedelta | None = None) -> None:
    """Set limits on each new connection and check each one that is taken from the pool.

    Set once a connection they cost no round trip later; without a `statement_timeout` none is set.
    """
    limits = _LIMITS | _limit_of_statements(statement_timeout)
    event.listen(engine, "connect", partial(_set_limits, limits))
    event.listen(engine, "connect", partial(_send_numbers_alike, engine.dialect))
    event.listen(engine, "checkout", partial(_check, engine.dialect))


def _limit_of_statements(timeout: timedelta | None) -> dict[str, str]:
    return {} if timeout is None else {"statement_timeout": f"{timeout // timedelta(milliseconds=1)}ms"}


def _set_limits(limits: Mapping[str, str], connection: Any, _record: Any) -> None:
    connection.autocommit = True
    with connection.cursor() as cursor:
        for name, value in limits.items():
            cursor.execute(_LIMIT, (name, value, name))
    connection.autocommit = False


def _send_numbers_alike(dialect: Dialect, connection: Any, _record: Any) -> None:
    """Let every whole number have one type: by its size it would have three, and a statement many plans."""
    connection.adapters.register_dumper(int, dialect.loaded_dbapi.types.numeric.Int8Dumper)


def _check(dialect: Dialect, connection: Any, _record: Any, _proxy: Any) -> None:
    """Refuse a connection that the server has closed; the pool then opens another.

    Costs no round trip: an idle connection on which something has come in is suspected, and only then asked.
    """
    if connection.closed:
        raise DisconnectionError
    poll = select.poll()
    poll.register(connection.pgconn.socket, select.POLLIN)
    if poll.poll(0) and not _answers(dialect, connection):
        raise DisconnectionError


def _answers(dialect: Dialect, connection: Any) -> bool:
    try:
        return bool(dialect.do_ping(connection))
    except dialect.loaded_dbapi.Error:
        return False
