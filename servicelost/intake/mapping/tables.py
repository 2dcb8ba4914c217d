"""Reading TOML tables strictly: every key is asked for, and what nobody asked for is an error.

Errors name the file, the line and the place, and the nearest known key. What the keys mean is the
loaders' business.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, NoReturn, TypeVar

from servicelost.intake.catalogue.problems import nearest, shown
from servicelost.kernel.errors import FieldProblem, InvalidInput

T = TypeVar("T")
_HEADER = re.compile(r"^\s*\[(\[)?(.+?)\]\]?\s*(#.*)?$")
_KEY = re.compile(
    r"""^\s*((?:"[^"]*"|'[^']*'|[A-Za-z0-9_-]+)(?:\s*\.\s*(?:"[^"]*"|'[^']*'|[A-Za-z0-9_-]+))*)\s*="""
)
_PIECE = re.compile(r'"([^"]*)"|\'([^\']*)\'|([A-Za-z0-9_-]+)')

Path = tuple[str, ...]


@dataclass(frozen=True)
class Document:
    """The mapping file itself, for pointing into it."""

    name: str
    text: str

    def refuse(self, path: Path, message: str, value: object = None, expected: str | None = None) -> NoReturn:
        """Raise InvalidInput that names the place."""
        line = self._line_of(path)
        place = f"{self.name}{f' line {line}' if line else ''}: {'.'.join(path) or 'the mapping'}"
        hint = f" ({expected})" if expected else ""
        told = shown(value) if value is not None else None
        problem = FieldProblem(".".join(path), message, told, expected)
        raise InvalidInput("INVALID_MAPPING", f"{place} {message}{hint}", errors=[problem])

    def _line_of(self, path: Path) -> int | None:
        """The line that shares the longest beginning with the path, or None."""
        best, best_line = 0, None
        for line, known in self._places():
            shared = next((n for n, (a, b) in enumerate(zip(known, path, strict=False)) if a != b), None)
            length = min(len(known), len(path)) if shared is None else shared
            if length > best:
                best, best_line = length, line
        return best_line

    def _places(self) -> Iterable[tuple[int, Path]]:
        header: Path = ()
        counts: dict[Path, int] = {}
        for number, line in enumerate(self.text.splitlines(), start=1):
            if match := _HEADER.match(line):
                header = _pieces(match[2])
                if match[1]:
                    counts[header] = counts.get(header, 0) + 1
                header = _numbered(header, counts)
                yield number, header
            elif match := _KEY.match(line):
                yield number, header + _pieces(match[1])


@dataclass
class Table:
    """One table of the document; `done` refuses the keys nobody asked for."""

    document: Document
    path: Path
    content: Mapping[str, Any]
    asked: set[str] = field(default_factory=set)

    def take(self, key: str, kind: type[T], default: T | None = None, *, expected: str = "") -> T:
        """The value under the key; refused if it is missing without a default or of another type."""
        self.asked.add(key)
        value = self.content.get(key, default)
        if value is None:
            self.refuse("is missing", key=key, expected=expected)
        if not isinstance(value, kind) or (
            isinstance(value, bool) and kind is not bool and kind is not object
        ):
            self.refuse(
                "is of the wrong type", key=key, value=value, expected=expected or f"a {kind.__name__}"
            )
        return value

    def optional(self, key: str, kind: type[T], *, expected: str = "") -> T | None:
        """The value under the key, or None."""
        self.asked.add(key)
        return self.take(key, kind, expected=expected) if key in self.content else None

    def texts(self, key: str, default: tuple[str, ...] | None = None) -> tuple[str, ...]:
        """One text or a list of texts."""
        self.asked.add(key)
        value = self.content.get(key, default)
        items = [value] if isinstance(value, str) else value
        if (
            not isinstance(items, list | tuple)
            or not items
            or not all(isinstance(item, str) for item in items)
        ):
            self.refuse("is not a text or a list of texts", key=key, value=value)
        return tuple(items)

    def choice(self, key: str, known: tuple[str, ...], default: str) -> str:
        """One of a few words."""
        value = self.take(key, str, default)
        if value not in known:
            self.refuse("is not a known word", key=key, value=value, expected="one of " + ", ".join(known))
        return value

    def table(self, key: str) -> "Table":
        """The table under the key; an empty one if it is missing."""
        return Table(self.document, (*self.path, key), self.take(key, dict, {}, expected="a table"))

    def tables(self, key: str) -> list["Table"]:
        """The list of tables under the key."""
        found = self.take(key, list, [], expected=f"a list of tables, written [[{key}]]")
        return [
            Table(self.document, (*self.path, f"{key}[{number}]"), item)
            if isinstance(item, dict)
            else self.refuse("is not a list of tables", key=key, value=item, expected=f"[[{key}]]")
            for number, item in enumerate(found, start=1)
        ]

    def done(self) -> None:
        """Refuse every key that was not asked for."""
        for key in self.content:
            if key not in self.asked:
                found = nearest(key, self.asked)
                expected = (
                    f"did you mean {found}?" if found else "known are: " + ", ".join(sorted(self.asked))
                )
                self.refuse("is not a key of this table", key=key, expected=expected)

    def checked(self, key: str, value: str, check: Callable[[str], T]) -> T:
        """What `check` makes of the value; its ValueError becomes a refusal at this place."""
        try:
            return check(value)
        except ValueError as error:
            self.refuse(f"is not valid: {error}", key=key, value=value)

    def refuse(self, message: str, *, key: str = "", value: object = None, expected: str = "") -> NoReturn:
        """Raise InvalidInput that names this table, or a key of it."""
        self.document.refuse((*self.path, key) if key else self.path, message, value, expected or None)


def _pieces(dotted: str) -> Path:
    return tuple(double or single or bare for double, single, bare in _PIECE.findall(dotted))


def _numbered(header: Path, counts: Mapping[Path, int]) -> Path:
    """The header with the number of its list entry: ("events", "data") becomes ("events[3]", "data")."""
    return tuple(
        f"{piece}[{counts[header[: depth + 1]]}]" if header[: depth + 1] in counts else piece
        for depth, piece in enumerate(header)
    )
