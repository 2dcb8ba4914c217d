"""Codes and their words, and reading a code that somebody sent: forgiving about case, never guessing.

The codes themselves and the spellings accepted for them live in their own files, not here.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from enum import StrEnum
from typing import Generic, TypeVar

from servicelost.kernel.errors import FieldProblem, InvalidInput

C = TypeVar("C", bound=StrEnum)


@dataclass(frozen=True)
class Words(Generic[C]):
    """A code in words: a short label for a list and a sentence of help."""

    code: C
    label: str
    help: str


def glossary(*rows: tuple[C, str, str]) -> Mapping[C, Words[C]]:
    """A table of words by code, in the order given."""
    return {code: Words(code, label, text) for code, label, text in rows}


def read_code(codes: type[C], text: str, *, field: str, spellings: Mapping[str, C] | None = None) -> C:
    """The code meant by the text; raises InvalidInput that names the nearest known code."""
    folded = text.strip().upper().replace(" ", "_").replace("-", "_")
    found = codes.__members__.get(folded) or (spellings or {}).get(folded)
    if found is None:
        raise _unknown(codes, text, folded, field)
    return found


def _unknown(codes: type[C], text: str, folded: str, field: str) -> InvalidInput:
    known = [code.value for code in codes]
    near = get_close_matches(folded, known, n=1)
    hint = f"did you mean {near[0]}?" if near else "known are: " + ", ".join(known)
    message = f"{field}: {text!r} is not a known code; {hint}"
    expected = near[0] if near else ", ".join(known)
    return InvalidInput("UNKNOWN_CODE", message, errors=[FieldProblem(field, message, text, expected)])
