"""Tests that need a system server: skipped by name, or failed where none may be missing."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

CONFTEST = Path(__file__).parents[1] / "conftest.py"
TEST = """
import pytest

@pytest.mark.needs("ghost")
def test_with_ghost():
    pass

def test_without():
    pass
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "conftest.py").write_text(
        CONFTEST.read_text() + "\n\nPROGRAMS['ghost'] = ('/nowhere/ghost',)\n"
    )
    (tmp_path / "test_it.py").write_text(TEST)
    (tmp_path / "pytest.ini").write_text("[pytest]\nmarkers = needs(name): x\n")
    return tmp_path


def _pytest(folder: Path, **environment: str) -> "subprocess.CompletedProcess[str]":
    kept = {
        name: value for name, value in os.environ.items() if name != "HELIODESK_TEST_REQUIRE_ALL"
    }
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:django", "-p", "no:randomly"],
        cwd=folder,
        env=kept | environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_what_is_missing_is_named_in_the_last_lines(folder: Path) -> None:
    done = _pytest(folder)
    assert done.returncode == 0
    assert "1 passed, 1 skipped" in done.stdout
    assert "NOT TESTED on this machine" in done.stdout
    last = "\n".join(done.stdout.splitlines()[-4:])
    assert "ghost: 1 tests skipped, because it is not here" in last


def test_nothing_may_be_missing_where_all_is_required(folder: Path) -> None:
    done = _pytest(folder, HELIODESK_TEST_REQUIRE_ALL="1")
    assert done.returncode == 1
    assert "needs ghost, which is not on this machine" in done.stdout
    assert "1 passed, 1 error" in done.stdout
