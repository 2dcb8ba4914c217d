"""Text files that are there whole or not at all, whatever happens to the process that writes them.

A draft is written under a hidden name and gets its own name in one step when it is done. What is in it is no
concern of this file.
"""

import fcntl
import filecmp
import os
import secrets
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import TextIO

_PREFIX, _SUFFIX = ".draft-", ".part"


class Draft:
    """A new file in the folder; leaving the block removes what was not published."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._path, self.stream = _open_locked(folder)

    def __enter__(self) -> "Draft":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._path.unlink(missing_ok=True)
        with suppress(OSError):  # on a full disk the rest cannot be written, and nobody wants it
            self.stream.close()

    def publish(self, names: Iterator[Path]) -> Path:
        """Give the file the first free of these names and return it.

        A file is never overwritten, somebody may be mending it; one that already says the same is taken
        as ours.
        """
        self.stream.flush()
        for name in names:
            try:
                _link(self._path, name)
            except FileExistsError:
                if not filecmp.cmp(self._path, name, shallow=False):
                    continue
            return name
        raise AssertionError("there is always another name")


def sweep_drafts(folder: Path) -> None:
    """Remove what processes that are gone have left unfinished."""
    for path in folder.glob(f"{_PREFIX}*{_SUFFIX}"):
        with suppress(FileNotFoundError, BlockingIOError, PermissionError), path.open("a") as left:
            fcntl.flock(left, fcntl.LOCK_EX | fcntl.LOCK_NB)  # refused while its writer lives
            path.unlink()


def _open_locked(folder: Path) -> tuple[Path, TextIO]:
    while True:
        path = folder / f"{_PREFIX}{secrets.token_hex(4)}{_SUFFIX}"
        stream = path.open("x", encoding="utf-8-sig", errors="backslashreplace", newline="")
        fcntl.flock(stream, fcntl.LOCK_EX)
        if os.fstat(stream.fileno()).st_nlink:
            return path, stream
        stream.close()  # somebody swept it away before it was locked


def _link(draft: Path, name: Path) -> None:
    try:
        name.hardlink_to(draft)
    except FileExistsError:
        raise
    except OSError:  # a file system without links
        if name.exists():
            raise FileExistsError(name) from None
        draft.rename(name)
