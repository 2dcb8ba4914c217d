"""Reading events line by line from a byte stream (NDJSON), in bounded memory.

A line that is no JSON is reported and the next one is read; nothing here knows event types.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

DEFAULT_LINE_BYTES = 1_000_000
_BLANK = b" \t\r\n"


@dataclass(frozen=True)
class UnreadableLine:
    """A line that is not one JSON value, and why."""

    message: str
    expected: str


def read_ndjson(
    stream: BinaryIO, max_line_bytes: int = DEFAULT_LINE_BYTES
) -> Iterator[tuple[int, object | UnreadableLine]]:
    """Each line's number, from 1, and its value or why it has none; blank lines are left out."""
    number = 0
    while line := stream.readline(max_line_bytes + 1):
        number += 1
        if len(line) > max_line_bytes and not line.endswith(b"\n"):
            _skip_rest_of_line(stream, max_line_bytes)
            yield number, UnreadableLine("is too long", f"at most {max_line_bytes} bytes")
        elif line.strip(_BLANK):
            yield number, read_json(line, first=number == 1)


def read_json(document: bytes, *, first: bool = True) -> object | UnreadableLine:
    """The one JSON value of the document, or why there is none; a leading byte order mark is allowed."""
    try:
        value: object = json.loads(document.decode("utf-8-sig" if first else "utf-8"))
    except UnicodeDecodeError as error:
        return UnreadableLine(f"is not UTF-8 (byte {error.start + 1})", "JSON in UTF-8")
    except json.JSONDecodeError as error:
        return UnreadableLine(f"is not JSON: {error.msg} at character {error.pos + 1}", "one JSON object")
    except RecursionError:
        return UnreadableLine("is nested too deeply", "one JSON object of a few levels")
    except ValueError:
        return UnreadableLine("contains a number that is too long", "decimals as strings")
    return value


def _skip_rest_of_line(stream: BinaryIO, chunk: int) -> None:
    while (rest := stream.readline(chunk)) and not rest.endswith(b"\n"):
        pass
