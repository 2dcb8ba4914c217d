"""The laws of shape: short files, short functions, honest names, and a word at the top of every module."""

import ast
from pathlib import Path

from tests.law.source import ROOT, functions, name, package_files, python_files, tree

LONGEST_FILE = 300
LONGEST_INIT = 40
LONGEST_FUNCTION = 40
NAMES_THAT_SAY_NOTHING = {
    "util",
    "utils",
    "helper",
    "helpers",
    "common",
    "core",
    "misc",
    "stuff",
    "base",
    "lib",
}


def lines(path: Path) -> int:
    return len(path.read_text().splitlines())


def test_the_laws_see_the_source() -> None:
    assert ROOT / "servicelost" / "__init__.py" in package_files()
    assert Path(__file__) in python_files()


def test_files_are_short() -> None:
    long = {name(path): lines(path) for path in python_files() if lines(path) > LONGEST_FILE}
    assert not long, f"more than {LONGEST_FILE} lines: split by idea"


def test_packages_begin_with_names_only() -> None:
    inits = [path for path in package_files() if path.name == "__init__.py"]
    long = {name(path): lines(path) for path in inits if lines(path) > LONGEST_INIT}
    assert not long, f"more than {LONGEST_INIT} lines: an __init__ only names what is public"


def test_functions_are_short() -> None:
    long = {
        f"{name(path)}:{function.lineno} {function.name}": length
        for path in package_files()
        for function in functions(path)
        if (length := (function.end_lineno or function.lineno) - function.lineno + 1) > LONGEST_FUNCTION
    }
    assert not long, f"more than {LONGEST_FUNCTION} lines"


def test_every_file_and_package_has_a_name_that_says_something() -> None:
    empty = [
        name(path)
        for path in package_files()
        if NAMES_THAT_SAY_NOTHING & {path.stem, *path.relative_to(ROOT).parent.parts}
    ]
    assert not empty


def test_every_module_says_what_it_is_for() -> None:
    silent = [name(path) for path in python_files() if not ast.get_docstring(tree(path))]
    assert not silent


def test_no_room_stands_empty() -> None:
    packages = {path.parent for path in package_files() if path.name == "__init__.py"}
    empty = [
        name(folder)
        for folder in packages
        if len([path for path in folder.rglob("*") if path.is_file() and path.suffix != ".pyc"]) < 2
    ]
    assert not empty
