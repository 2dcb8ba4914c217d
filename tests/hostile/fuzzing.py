"""What the fuzz tests share: how long they run, what may happen to an import, and how mutants are made.

An import of anything may end in a refusal of ours or in rejected rows that say why; nothing else may happen.
"""

import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from servicelost.intake.mapping import MappedRow, MappedSource, parse_mapping
from servicelost.kernel.errors import ServiceLostError
from tests.hostile.length import LONG

# Processor seconds for one made-up file of a few kilobytes: generous, but a hang is found.
MOST_SECONDS = 5.0


def profile(examples: int) -> settings:
    """So many examples, the same ones each time; in a long run a hundred times as many and always others."""
    return settings(
        max_examples=examples * (100 if LONG else 1),
        derandomize=not LONG,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )


def read_all(mapping: bytes, paths: Sequence[Path]) -> list[MappedRow] | None:
    """Everything the files give through the mapping; None if mapping or files are refused with a reason."""
    began = time.process_time()
    try:
        groups = list(MappedSource.open(parse_mapping(mapping, "fuzz.toml"), paths).read())
    except ServiceLostError as refusal:
        assert refusal.message
        groups = None
    assert time.process_time() - began < MOST_SECONDS
    for bad in (bad for group in groups or () for bad in group.rejected):
        assert bad.problems
        assert all(str(problem) for problem in bad.problems)
    return groups


@st.composite
def mutants(draw: st.DrawFn, original: bytes, most: int = 6) -> bytes:
    """The bytes with a few places cut out, repeated, overwritten or moved."""
    content = bytearray(original)
    for _ in range(draw(st.integers(1, most))):
        at = draw(st.integers(0, len(content)))
        length = draw(st.integers(0, 60))
        piece = draw(st.one_of(st.binary(max_size=8), st.just(bytes(content[at : at + length]))))
        start = draw(st.integers(0, len(content)))
        content[start : start + draw(st.integers(0, len(piece)))] = piece
    return bytes(content)


@st.composite
def text_mutants(draw: st.DrawFn, original: str, words: Sequence[str], most: int = 4) -> str:
    """The text with a few lines deleted, repeated, swapped, or given another value or name."""
    lines = original.splitlines()
    for _ in range(draw(st.integers(1, most))):
        at = draw(st.integers(0, len(lines) - 1))
        match draw(st.sampled_from(["delete", "repeat", "move", "value", "name"])):
            case "delete":
                del lines[at]
            case "repeat":
                lines.insert(draw(st.integers(0, len(lines))), lines[at])
            case "move":
                lines.insert(draw(st.integers(0, len(lines) - 1)), lines.pop(at))
            case "value":
                lines[at] = lines[at].partition("=")[0] + "= " + draw(st.sampled_from(words))
            case _:
                lines[at] = _renamed(draw, lines[at], lines)
    return "\n".join(lines)


def _renamed(draw: Any, line: str, lines: Sequence[str]) -> str:
    """The line with one of its words put in the place of another word of the text."""
    ours = line.split() or [""]
    theirs = draw(st.sampled_from(lines)).split() or ["x"]
    return line.replace(draw(st.sampled_from(ours)), draw(st.sampled_from(theirs)))
