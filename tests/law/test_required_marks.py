"""A run that must not skip fails when it skips: the hook that CI relies on."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.law.source import ROOT

TESTS = """
import os
import pytest

@pytest.mark.browser
def test_in_a_browser():
    pytest.skip("no browser here")

@pytest.mark.browser
@pytest.mark.xfail(reason="known", strict=False)
def test_known_to_fail():
    assert False

def test_without_a_mark():
    pytest.skip("not today")

def test_programs_under_test_do_not_see_the_variable():
    assert "SERVICELOST_TEST_REQUIRE" not in os.environ
"""


def run(folder: Path, required: str, *options: str) -> "subprocess.CompletedProcess[str]":
    (folder / "test_sample.py").write_text(TESTS)
    (folder / "pytest.ini").write_text("[pytest]\nmarkers = browser: x\n")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "tests.conftest", *options, str(folder)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "SERVICELOST_TEST_REQUIRE": required}
    return subprocess.run(command, env=environment, cwd=folder, capture_output=True, text=True, timeout=60)


@pytest.mark.parametrize("options", [(), ("-n", "2")])
def test_skipping_what_is_required_fails_the_run(tmp_path: Path, options: tuple[str, ...]) -> None:
    done = run(tmp_path, "postgres,browser", *options)
    assert done.returncode == 1, done.stdout
    assert "skipped, but required" in done.stdout
    assert "test_in_a_browser (browser)" in done.stdout
    assert done.stdout.count("(browser)") == 1


@pytest.mark.parametrize("required", ["", "postgres"])
def test_skipping_anything_else_does_not(tmp_path: Path, required: str) -> None:
    done = run(tmp_path, required)
    assert done.returncode == 0, done.stdout
    assert "required" not in done.stdout
