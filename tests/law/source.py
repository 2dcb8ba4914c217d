"""Our own source as the law tests read it: every Python file, parsed once."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
ROOMS = ("servicelost", "plugins", "examples", "benchmarks")


@cache
def package_files() -> tuple[Path, ...]:
    """Every Python file of the package, its plugins, examples and benchmarks."""
    return tuple(sorted(path for room in ROOMS for path in (ROOT / room).rglob("*.py")))


@cache
def python_files() -> tuple[Path, ...]:
    """Every Python file of ours, tests included."""
    return (*package_files(), *sorted((ROOT / "tests").rglob("*.py")))


@cache
def text_files() -> tuple[Path, ...]:
    """Every text that goes into the repository: code, pages, documents, tools."""
    folders = [*ROOMS, "docs", "tests", ".ci", "requirements"]
    kinds = {".py", ".md", ".toml", ".html", ".js", ".css", ".txt", ".ini", ".mako", ".yaml", ".sh", ""}
    nested = (path for folder in folders for path in (ROOT / folder).rglob("*"))
    return tuple(sorted(p for p in (*nested, *ROOT.iterdir()) if p.is_file() and p.suffix in kinds))


@cache
def tree(path: Path) -> ast.Module:
    """The parsed file."""
    return ast.parse(path.read_text(), filename=str(path))


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Every function and method of the file, inner ones too."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def name(path: Path) -> str:
    """The file's path as people say it."""
    return path.relative_to(ROOT).as_posix()
