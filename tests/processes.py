"""Processes as the system sees them: whether one lives, and which belong to an installation."""

from contextlib import suppress
from pathlib import Path

import psutil


def alive(pid: int) -> bool:
    """Whether the process has not ended; one that nobody has taken off the system's list has."""
    with suppress(psutil.NoSuchProcess):
        return bool(psutil.Process(pid).status() != psutil.STATUS_ZOMBIE)
    return False


def programs_of(folder: Path) -> list[psutil.Process]:
    """Every process of ours that works with the instance folder."""
    found = []
    for process in psutil.process_iter():
        with suppress(psutil.Error):
            if process.environ().get("SERVICELOST_INSTANCE_PATH") == str(folder):
                found.append(process)
    return found


def queue_servers_of(folder: Path) -> list[psutil.Process]:
    """The queue servers that listen in the instance folder; they write over their environment."""
    found = []
    for process in psutil.process_iter():
        with suppress(psutil.Error):
            command = " ".join(process.cmdline())
            if "-server " in command and str(folder) in command:
                found.append(process)
    return found
