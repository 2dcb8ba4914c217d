"""Where the lake's files lie: a folder, local or shared between machines, and the one lock on it.

This is the seam for other kinds of storage: nobody else in the lake opens, lists or removes a file
by itself. What the files mean is not known here.
"""

import fcntl
import os
import secrets
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import unquote, urlsplit

from servicelost.kernel.errors import ServiceLostError

_LOCK = "lock"
_POLL = 0.05


class LakeError(ServiceLostError):
    """The lake cannot be used as it is; the message says what to do."""


class Folder:
    """The lake's folder at a path or a ``file://`` URL."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("", "file"):
            message = (
                f"the lake must be a folder or a file:// URL, got {url!r}; mount shared storage as a folder"
            )
            raise LakeError("LAKE_URL", message)
        self.root = Path(unquote(parts.path) if parts.scheme else url).absolute()

    def path(self, name: str) -> Path:
        """The place of a file."""
        return self.root / name

    def new_name(self, kind: str, number: int) -> str:
        """A name nobody used before for a file of this kind."""
        (self.root / kind).mkdir(parents=True, exist_ok=True)
        return f"{kind}/{number:08d}-{secrets.token_hex(4)}.parquet"

    def settle(self, name: str) -> int:
        """Make sure a file just written survives a loss of power; returns its size in bytes."""
        with self.path(name).open("rb") as file:
            os.fsync(file.fileno())
            return os.fstat(file.fileno()).st_size

    def read_text(self, name: str) -> str | None:
        """The file's text, or None where there is no such file."""
        try:
            return self.path(name).read_text("utf-8")
        except FileNotFoundError:
            return None

    def replace_text(self, name: str, text: str) -> None:
        """Put a new text in place of the old one; readers see the one or the other, whole."""
        fresh = self.path(f"{name}.new")
        try:
            with fresh.open("w", encoding="utf-8") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
            fresh.replace(self.path(name))
        except OSError:
            fresh.unlink(missing_ok=True)
            raise
        _settle_folder(self.root)

    def data_names(self) -> set[str]:
        """The names of all data files there are, needed or not."""
        return {path.relative_to(self.root).as_posix() for path in self.root.glob("*/*.parquet")}

    def remove(self, names: Iterable[str]) -> None:
        """Delete these files; one that is gone already is fine."""
        for name in names:
            self.path(name).unlink(missing_ok=True)

    @contextmanager
    def locked(self, wait: float) -> Iterator[None]:
        """Hold the one lock on changing the lake, which dies with the process.

        Raises LakeError when it is still taken after `wait` seconds.
        """
        self.root.mkdir(parents=True, exist_ok=True)
        until = time.monotonic() + wait
        with self.path(_LOCK).open("a") as file:
            while not _taken(file.fileno()):
                if time.monotonic() >= until:
                    raise LakeError(
                        "LAKE_BUSY", f"the lake {self.root} is being changed by another process: try later"
                    )
                time.sleep(_POLL)
            yield


def _taken(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _settle_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
