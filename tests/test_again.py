"""A browser test has a second try on fresh fixtures; it is listed, and other tests have none."""

import subprocess
import sys
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1]
CONFTEST = """
from itertools import count
import pytest
from tests.again import *
made = count(1)

@pytest.fixture(scope="module")
def server():
    return next(made)
"""
TESTS = """
import pytest

@pytest.mark.browser
def test_moody(server):
    assert server == 2, "the server is number 1"

@pytest.mark.browser
def test_steady(server):
    assert server == 2

@pytest.mark.browser
def test_broken(server):
    assert server == 10

def test_plain(server):
    assert server == 10
"""


def test_only_a_browser_test_is_run_again_and_it_is_said(tmp_path: Path) -> None:
    (tmp_path / "conftest.py").write_text(CONFTEST)
    (tmp_path / "test_it.py").write_text(TESTS)
    command = [sys.executable, "-m", "pytest", "-c", str(PROJECT / "pyproject.toml")]
    told = subprocess.run(
        [*command, "--rootdir", str(tmp_path), "-p", "no:cacheprovider", str(tmp_path)],
        cwd=PROJECT,
        capture_output=True,
        text=True,
    ).stdout
    assert "2 failed, 2 passed, 2 again" in told
    for name in ("test_moody", "test_broken"):
        assert f"run twice: test_it.py::{name}, the first time" in told
    assert "AssertionError: the server is number 1" in told
