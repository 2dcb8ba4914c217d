"""Where files that somebody asked for go: whole, or not at all, so that no half file is taken for a result.

What is in them, and which format they have, is said by whoever writes.
"""

import os
import secrets
from pathlib import Path

import click

TERMINAL = Path("-")


def write_whole(path: Path, content: bytes) -> None:
    """Put the content into the file, in place of what is there; `TERMINAL` is stdout."""
    if path == TERMINAL:
        click.echo(content, nl=False)  # which also flushes, so a full disk is an error that can be told
    elif path.exists() and not path.is_file():  # a pipe or a device has nothing to replace
        path.write_bytes(content)
    else:
        _replace(path.resolve(), content)


def _replace(path: Path, content: bytes) -> None:
    fresh = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        with fresh.open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(path)
    except BaseException:
        fresh.unlink(missing_ok=True)
        raise
