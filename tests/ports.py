"""Ports for servers under test, each given to one test only.

A port from the system's own choice may be given to any other connection before the server under test takes
it, or while that server is killed and started again; those here lie below all that a system chooses from.
"""

import os
import socket
from contextlib import suppress
from itertools import count
from random import Random

_FIRST, _EACH = 20_000, 1_000
# Several runs on one machine begin at different ports, and no test of one run gets the port of another.
_offsets = count(Random().randrange(_EACH))


def free_port() -> int:
    """A port of this worker process on which nobody listens."""
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    while True:
        port = _FIRST + worker % 10 * _EACH + next(_offsets) % _EACH
        with suppress(OSError), socket.socket() as probe:
            probe.bind(("127.0.0.1", port))
            return port
