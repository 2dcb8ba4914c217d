"""Texts with the values of columns in them: `"{RO#}/{Service}"`.

A template only puts texts together; there are no expressions in it. `{{` and `}}` stand for braces.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

S = TypeVar("S")
_PART = re.compile(r"\{\{|\}\}|\{([^{}]*)\}|[^{}]+|[{}]")


@dataclass(frozen=True)
class Template:
    """Literal texts and names in turn; `names` are columns or computed values."""

    source: str
    parts: tuple[tuple[str, bool], ...]

    @property
    def names(self) -> list[str]:
        """The names in braces, in order."""
        return [text for text, is_name in self.parts if is_name]


def parse_template(source: str) -> Template:
    """The template; raises ValueError that says what is wrong with the braces."""
    parts: list[tuple[str, bool]] = []
    for match in _PART.finditer(source):
        written, name = match[0], match[1]
        if written in ("{{", "}}"):
            parts.append((written[0], False))
        elif name is not None:
            parts.append((_checked(name, source), True))
        elif written in "{}":
            raise ValueError(
                f"a single {written} in {source!r}: write {{column}}, or {written * 2} for the sign itself"
            )
        else:
            parts.append((written, False))
    return Template(source, tuple(parts))


def compile_template(template: Template, getter: Callable[[str], Callable[[S], str]]) -> Callable[[S], str]:
    """A function that fills the template; a lone name keeps its value as it is, type included."""
    parts = [(getter(text) if is_name else None, text) for text, is_name in template.parts]
    if len(parts) == 1 and parts[0][0] is not None:
        return parts[0][0]

    def fill(scope: S) -> str:
        return "".join([text if get is None else get(scope) for get, text in parts])

    return fill


def _checked(name: str, source: str) -> str:
    if not name.strip():
        raise ValueError(f"empty braces in {source!r}: a column name belongs between them")
    return name.strip()
