"""Parts as forks of the supervisor: they end, fail and die as processes of their own do."""

import os
import signal
import time
from pathlib import Path

import pytest

from heliodesk.config.server.forked import Forked


def _ends() -> None:
    return


def _fails() -> None:
    raise RuntimeError("the part fell over")


def _refuses() -> None:
    raise SystemExit("It cannot be done.")


def test_a_part_that_returns_ends_well() -> None:
    assert Forked("heliodesk test", _ends).wait() == 0


def test_a_part_that_fails_ends_with_1_and_says_why(capfd: pytest.CaptureFixture[str]) -> None:
    assert Forked("heliodesk test", _fails).wait() == 1
    assert "the part fell over" in capfd.readouterr().err


def test_a_part_that_gives_up_says_so_in_its_words(capfd: pytest.CaptureFixture[str]) -> None:
    assert Forked("heliodesk test", _refuses).wait() == 1
    assert capfd.readouterr().err == "It cannot be done.\n"


def test_a_killed_part_tells_the_signal() -> None:
    part = Forked("heliodesk test", lambda: time.sleep(60))
    assert part.poll() is None
    part.kill()
    assert part.wait() == -signal.SIGKILL
    part.terminate()


def test_a_part_has_a_group_of_its_own_and_is_told_apart() -> None:
    part = Forked("heliodesk test", lambda: time.sleep(60))
    deadline = time.monotonic() + 10
    try:
        while not _title(part.pid).startswith("heliodesk test"):
            assert time.monotonic() < deadline
            time.sleep(0.01)
        assert os.getpgid(part.pid) == part.pid
    finally:
        part.kill()
        part.wait()


def _title(number: int) -> str:
    return Path(f"/proc/{number}/cmdline").read_text(errors="replace")
