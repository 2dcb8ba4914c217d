"""How a refused value is told to a person: where it stood, what it was, what was expected.

Values are shown short and harmless; nothing here decides what is allowed.
"""

from collections.abc import Iterable
from difflib import get_close_matches

from servicelost.kernel.errors import FieldProblem

SHOWN_LENGTH = 80
PROBLEM_LIMIT = 50
_SHOWN_INTEGER_BITS = 200


class RefusedError(Exception):
    """A value is not what its field asks for; the problems carry paths relative to that value."""

    def __init__(self, *problems: FieldProblem) -> None:
        super().__init__(problems[0].message)
        self.problems = problems

    def within(self, name: str) -> list[FieldProblem]:
        """The same problems seen from the object that holds the value under this name."""
        return [
            FieldProblem(_path(name, problem.field), problem.message, problem.value, problem.expected)
            for problem in self.problems
        ]


def refuse(value: object, message: str, expected: str) -> RefusedError:
    """The refusal of this one value."""
    return RefusedError(FieldProblem("", message, shown(value), expected))


def shown(value: object) -> str:
    """The value as a short printable text of at most 80 characters; deep values are only described."""
    if isinstance(value, dict):
        return f"object with {len(value)} fields"
    if isinstance(value, list | tuple):
        return f"list of {len(value)} items"
    if isinstance(value, int) and value.bit_length() > _SHOWN_INTEGER_BITS:
        return f"integer of {value.bit_length()} bits"
    text = value[: SHOWN_LENGTH + 1] if isinstance(value, str) else repr(value)
    printable = "".join(char if char.isprintable() else f"\\u{ord(char):04x}" for char in text)
    return printable if len(printable) <= SHOWN_LENGTH else printable[: SHOWN_LENGTH - 1] + "…"


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The known name that looks most like this one, if any does."""
    if len(name) > SHOWN_LENGTH:
        return None
    folded = {candidate.casefold(): candidate for candidate in known}
    matches = get_close_matches(name.casefold(), folded, n=1, cutoff=0.6)
    return folded[matches[0]] if matches else None


def did_you_mean(name: object, known: Iterable[str], otherwise: str) -> str:
    """What was expected instead of an unknown name: the nearest known one, or the general rule."""
    found = nearest(name, known) if isinstance(name, str) else None
    return f"did you mean {found}?" if found else otherwise


def _path(name: str, rest: str) -> str:
    return f"{name}.{rest}" if rest and not rest.startswith("[") else name + rest
