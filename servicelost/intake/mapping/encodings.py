"""Which encoding a text file has: a byte order mark, else UTF-8 if it is valid, else Windows-1252.

Guessing among the many single-byte encodings would be wrong without a word; a mapping names its own.
"""

import codecs
from functools import cache
from pathlib import Path

from servicelost.kernel.errors import InvalidInput

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_CHUNK = 1 << 20
_SAMPLE = 4096


def encoding_of(path: Path, declared: str) -> str:
    """The encoding to read the file with; raises InvalidInput for a name Python does not know."""
    with path.open("rb") as stream:
        start = stream.read(_SAMPLE)
    for mark, encoding in _MARKS:
        if start.startswith(mark):
            return encoding
    if declared != "auto":
        return _known(declared)
    if (guess := _utf16_without_mark(start)) is not None:
        return guess
    return "utf-8" if _is_utf8(path) else "cp1252"


@cache
def keeps_bytes(encoding: str) -> bool:
    """Whether Python can carry bytes that are no characters through this encoding one by one."""
    return encoding.startswith("utf-8") or len(bytes(range(256)).decode(encoding, "replace")) == 256


def _known(name: str) -> str:
    try:
        b"a".decode(name, "replace")
        return codecs.lookup(name).name
    except LookupError:
        message = (
            f"the mapping names the encoding {name!r}, which is not known; expected such as utf-8 or cp1252"
        )
        raise InvalidInput("INVALID_MAPPING", message) from None


def _utf16_without_mark(start: bytes) -> str | None:
    """Western text in UTF-16 has a zero in every other byte."""
    half = max(len(start) // 2, 1)
    if start[1::2].count(0) > half * 0.7:
        return "utf-16-le"
    return "utf-16-be" if start[0::2].count(0) > half * 0.7 else None


def _is_utf8(path: Path) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    with path.open("rb") as stream:
        try:
            while chunk := stream.read(_CHUNK):
                decoder.decode(chunk)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return False
    return True
