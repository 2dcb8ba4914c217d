"""The laws of conduct: who commits, what tests may fake, and what must never be written down here."""

import ast
import re
from pathlib import Path

import pytest

from tests.law.source import ROOT, name, package_files, python_files, text_files, tree

# Where a transaction may end, and why there.
MAY_COMMIT = {
    "servicelost/kernel/uow.py": "the one unit of work",
}

# A path on somebody's machine; /etc, /tmp and /srv in documents are everybody's.
MACHINE_PATH = re.compile(
    r"(?<![\w.:/])(?:/home/\w+|/root|/Users/\w+|/work|/workspace|/opt/\w+|[A-Z]:\\\w+)(?:[/\\]|\b)"
)


def calls(path: Path, method: str) -> list[int]:
    """The lines on which something's method of this name is called."""
    return [
        node.lineno
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == method
    ]


def imports(path: Path) -> set[str]:
    """The full names of the modules that the file imports."""
    found: set[str] = set()
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return found


def test_only_the_unit_of_work_commits() -> None:
    others = {
        name(path): found
        for path in package_files()
        if name(path).startswith("servicelost/")
        and name(path) not in MAY_COMMIT
        and (found := calls(path, "commit"))
    }
    assert not others


@pytest.mark.parametrize("path", MAY_COMMIT)
def test_who_may_commit_does(path: str) -> None:
    assert calls(ROOT / path, "commit"), "take it off the list"


def test_no_test_uses_mocks() -> None:
    mocked = [
        name(path) for path in python_files() if {"mock", "unittest.mock", "pytest_mock"} & imports(path)
    ]
    assert not mocked


def test_nobody_pickles() -> None:
    pickled = [name(path) for path in package_files() if {"pickle", "marshal", "shelve"} & imports(path)]
    assert not pickled


def test_no_text_names_a_path_of_one_machine() -> None:
    found = {
        f"{name(path)}:{number}": line.strip()
        for path in text_files()
        if path != Path(__file__)
        for number, line in enumerate(path.read_text(errors="replace").splitlines(), start=1)
        if MACHINE_PATH.search(line)
    }
    assert not found


@pytest.mark.parametrize(
    "text", ["cd /workspace/main", "see /root/x", 'p = "/home/ana/x"', "C:\\Users\\ana", "(/Users/ana/)"]
)
def test_machine_paths_are_recognised(text: str) -> None:
    assert MACHINE_PATH.search(text)


@pytest.mark.parametrize(
    "text", ["/api/v1/work", "docs/work", "https://x.org/home/ana", "~/x", "/service/worklist"]
)
def test_other_paths_are_left_alone(text: str) -> None:
    assert not MACHINE_PATH.search(text)


def test_pinned_packages_name_no_host() -> None:
    for path in (ROOT / "requirements").iterdir():
        assert not re.search(r"https?:|file://|^-", path.read_text(), re.MULTILINE), name(path)
