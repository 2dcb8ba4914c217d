"""The laws of dependence: what is imported is declared, and what is declared is pinned."""

import ast
import sys
import tomllib
from collections.abc import Iterable
from importlib.metadata import packages_distributions
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.law.source import ROOT, name, package_files, tree

# What is loaded only by those who have installed the extra.
OF_EXTRAS = {"servicelost/kernel/pipelining.py": "postgres"}


def project() -> dict[str, Any]:
    found: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    return found


def names(requirements: Iterable[str]) -> set[str]:
    return {canonicalize_name(Requirement(text).name) for text in requirements}


def declared(*extras: str) -> set[str]:
    optional = project()["optional-dependencies"]
    return names(project()["dependencies"]).union(*(names(optional[extra]) for extra in extras))


def foreign_imports(files: Iterable[Path]) -> dict[str, str]:
    """Each top-level module of somebody else with one of these files that imports it when loaded."""
    found: dict[str, str] = {}
    for path in files:
        for node in ast.iter_child_nodes(tree(path)):
            modules = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            modules += [node.module] if isinstance(node, ast.ImportFrom) and node.module else []
            found |= {module.partition(".")[0]: name(path) for module in modules}
    ours = {path.name for path in (ROOT / "plugins").glob("*")} | {"servicelost", "benchmarks"}
    return {
        module: where for module, where in found.items() if module not in {*ours, *sys.stdlib_module_names}
    }


def hidden(files: Iterable[Path], *extras: str) -> dict[str, str]:
    """What these files import that neither the package nor the extras declare."""
    owners = packages_distributions()
    return {
        module: where
        for module, where in foreign_imports(files).items()
        if not declared(*extras) & {canonicalize_name(owner) for owner in owners.get(module, ())}
    }


def test_what_the_package_imports_is_declared() -> None:
    found = hidden(path for path in package_files() if name(path) not in OF_EXTRAS)
    assert not found, "installed only because something else needs it: declare it in pyproject.toml"


@pytest.mark.parametrize(("file", "extra"), OF_EXTRAS.items())
def test_what_an_extra_brings_is_imported_by_few(file: str, extra: str) -> None:
    assert hidden([ROOT / file])
    assert not hidden([ROOT / file], extra)


@pytest.mark.parametrize(("lock", "extras"), [("runtime", ()), ("dev", ("dev", "postgres"))])
def test_what_is_declared_is_pinned(lock: str, extras: tuple[str, ...]) -> None:
    lines = (ROOT / "requirements" / f"{lock}.txt").read_text().splitlines()
    pinned = [Requirement(line) for line in lines if line and not line.startswith("#")]
    assert all(str(pin.specifier).startswith("==") for pin in pinned)
    assert declared(*extras) <= names(map(str, pinned)), "run `make lock`"
