"""Reading events line by line: bad lines are told apart, good ones go on, memory stays bounded."""

import io
import re

from hypothesis import given
from hypothesis import strategies as st

from servicelost.intake.catalogue import UnreadableLine, read_ndjson


def read(document: bytes, max_line_bytes: int = 1000) -> list[tuple[int, object]]:
    return list(read_ndjson(io.BytesIO(document), max_line_bytes))


def test_lines_keep_their_numbers() -> None:
    assert read(b'\xef\xbb\xbf{"a": 1}\r\n\n  \n[2]\n3') == [(1, {"a": 1}), (4, [2]), (5, 3)]


def test_a_bad_line_does_not_stop_the_next() -> None:
    results = read(b'{"a": \n\xff\xfe\n' + b"[" * 900 + b"\n" + b"1" * 990 + b'\n{"b": 2}\n')
    reasons = [value.message for _, value in results if isinstance(value, UnreadableLine)]
    assert [re.split(r"[:(]", reason)[0].strip() for reason in reasons[:2]] == ["is not JSON", "is not UTF-8"]
    assert results[-1] == (5, {"b": 2})


def test_deep_nesting_and_long_numbers_are_refused() -> None:
    deep, long_number = read(b"[" * 100_000 + b"]" * 100_000 + b"\n" + b"9" * 10_000, 1_000_000)
    assert deep[1] == UnreadableLine("is nested too deeply", "one JSON object of a few levels")
    assert isinstance(long_number[1], UnreadableLine)
    assert long_number[1].message == "contains a number that is too long"


def test_a_line_that_is_too_long_is_skipped_not_held() -> None:
    class Counting(io.BytesIO):
        largest = 0

        def readline(self, size: int | None = -1, /) -> bytes:
            line = super().readline(size)
            self.largest = max(self.largest, len(line))
            return line

    stream = Counting(b'"' + b"x" * 5_000_000 + b'"\n{"b": 2}\n')
    results = list(read_ndjson(stream, 1000))
    assert results == [(1, UnreadableLine("is too long", "at most 1000 bytes")), (2, {"b": 2})]
    assert stream.largest <= 1001


def test_a_line_of_exactly_the_limit_is_read() -> None:
    assert read(b'"abcdefgh"\n1\n', 10) == [(1, "abcdefgh"), (2, 1)]
    assert read(b'"abcdefgh"', 10) == [(1, "abcdefgh")]


@given(st.binary(max_size=200), st.integers(1, 50))
def test_any_bytes_can_be_read(document: bytes, limit: int) -> None:
    numbers = [number for number, _ in read_ndjson(io.BytesIO(document), limit)]
    assert numbers == sorted(set(numbers))
