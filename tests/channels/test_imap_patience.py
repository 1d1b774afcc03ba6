"""``mail fetch`` waits for a database that is away, and not for ever."""

import os
import subprocess
import sys
import threading

import psycopg
import pytest

from heliodesk.channels.imap import watching
from heliodesk.channels.imap.session import ImapAccount

NOWHERE = "postgresql://nobody@127.0.0.1:1/nothing"


def test_the_command_gives_up_with_a_sentence() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "heliodesk", "mail", "fetch", "--patience", "0"],
        env=os.environ | {"DATABASE_URL": NOWHERE},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 75
    assert "The database does not answer" in done.stderr
    assert "Gave up after 0 s; mail waits on its server." in done.stderr
    assert "Traceback" not in done.stderr


class Database:
    """Answers or is away, in turn; then it is away for good."""

    def __init__(self, *there: bool) -> None:
        self.there = list(there)
        self.asked = 0

    def __call__(self, dsn: str) -> list[ImapAccount]:
        self.asked += 1
        if self.there and self.there.pop(0):
            return []
        raise psycopg.OperationalError("connection refused")


class Hours(threading.Event):
    """Never set; waiting moves the hands of the clock, and takes no time. Ends after a day."""

    def __init__(self) -> None:
        super().__init__()
        self.now = 0.0

    def wait(self, timeout: float | None = None) -> bool:
        self.now += timeout or 0.0
        if self.now > 24 * 3600:
            self.set()
        return self.is_set()

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def hours(monkeypatch: pytest.MonkeyPatch) -> Hours:
    made = Hours()
    monkeypatch.setattr(watching, "time", made)
    return made


def test_a_database_that_comes_back_is_waited_for_anew(
    hours: Hours, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = Database(True, *[False] * 7, True, *[False] * 7, True)
    monkeypatch.setattr(watching, "accounts", database)
    with pytest.raises(watching.DatabaseAway, match="connection refused"):
        watching.watch_all(hours, "", most_bytes=1, patience=120)
    assert hours.now == 16 * 15 + 120


def test_a_part_of_a_running_desk_waits_for_ever(
    hours: Hours, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = Database()
    monkeypatch.setattr(watching, "accounts", database)
    watching.watch_all(hours, "", most_bytes=1)
    assert database.asked > 24 * 3600 / 15
