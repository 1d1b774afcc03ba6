"""Nothing that was acknowledged is lost, whatever is killed, however often."""

import contextlib
import os
import random
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

import psutil
import psycopg
import pytest
from tests.config.conftest import lend_programs
from tests.config.desk import PlainDesk

from heliodesk.config import postgres
from heliodesk.config.postgres.place import place_of
from heliodesk.config.postgres.server import Server

ROUNDS = int(os.environ.get("HELIODESK_CHAOS_ROUNDS", "5"))
#: Seconds that any recovery may take on a busy machine.
PATIENCE = 180.0
Found = TypeVar("Found")
VICTIMS = ["database", "database and all its processes", "supervisor", "everything", "session"]


class Writer(threading.Thread):
    """Writes one row after the other, connecting again when cut off, and keeps what was acked."""

    def __init__(self, dsn: str) -> None:
        super().__init__(daemon=True)
        self.dsn = dsn
        self.acknowledged: list[int] = []
        self.enough = threading.Event()
        self._number = 0

    def run(self) -> None:
        while not self.enough.is_set():
            try:
                with psycopg.connect(self.dsn, autocommit=True) as connection:
                    self._write(connection)
            except psycopg.Error:
                time.sleep(0.05)

    def _write(self, connection: psycopg.Connection) -> None:
        while not self.enough.is_set():
            self._number += 1
            connection.execute("insert into kept values (%s)", [self._number])
            self.acknowledged.append(self._number)


@pytest.fixture
def desk(folder: Path) -> Iterator[PlainDesk]:
    lend_programs(folder / "data")
    plain = PlainDesk(folder)
    plain.start().ready()
    yield plain
    plain.stop()


@pytest.mark.chaos
def test_no_acknowledged_row_is_lost(desk: PlainDesk) -> None:
    dsn = postgres.dsn(desk.data)
    with psycopg.connect(dsn) as connection:
        connection.execute("create table kept (number bigint primary key)")
    writer = Writer(dsn)
    writer.start()
    for number in range(ROUNDS):
        # Written to since the last kill, so that each finds the database at work.
        assert _writes_again(writer), desk.stop()
        _kill(desk, VICTIMS[number % len(VICTIMS)])
    assert _writes_again(writer), desk.stop()
    writer.enough.set()
    writer.join()
    found = _rows(dsn)
    assert len(writer.acknowledged) > ROUNDS
    assert set(writer.acknowledged) - found == set()


@pytest.mark.chaos
def test_a_database_that_somebody_told_to_stop_is_there_again(desk: PlainDesk) -> None:
    dsn = postgres.dsn(desk.data)
    database = Server(place_of(desk.data)).process()
    assert database
    held = psycopg.connect(dsn, autocommit=True)
    held.execute("select 1")
    database.terminate()
    deadline = time.monotonic() + 60
    while database.is_running() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not database.is_running()
    held.close()
    assert _is_served(dsn)


def _is_served(dsn: str) -> bool:
    """Whether a new session is served within a minute."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        with contextlib.suppress(psycopg.OperationalError), psycopg.connect(dsn) as connection:
            return bool(connection.execute("select 1").fetchone())
        time.sleep(0.05)
    return False


def _rows(dsn: str) -> set[int]:
    """What is in the table, once the server has recovered from the last kill."""
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            with psycopg.connect(dsn) as connection:
                return {number for (number,) in connection.execute("select number from kept")}
        except psycopg.OperationalError:
            assert time.monotonic() < deadline
            time.sleep(0.1)


def _kill(desk: PlainDesk, victim: str) -> None:
    """Kill it, whatever else ends in the same moment."""
    assert desk.process
    if victim == "session":
        _end(random.choice(_until(lambda: _sessions(desk))))
    elif victim.startswith("database"):
        database = _until(lambda: _database(desk))
        family = [database, *_children(database)] if "all" in victim else [database]
        for process in family:
            _end(process)
    else:
        family = _children(psutil.Process(desk.process.pid))
        desk.process.kill()
        for process in family if victim == "everything" else []:
            _end(process)
        desk.process.communicate()
        desk.start().ready(seconds=PATIENCE)


def _database(desk: PlainDesk) -> psutil.Process | None:
    return Server(place_of(desk.data)).process()


def _sessions(desk: PlainDesk) -> list[psutil.Process]:
    database = _database(desk)
    return _children(database) if database else []


def _children(process: psutil.Process) -> list[psutil.Process]:
    try:
        return process.children(recursive=True)
    except psutil.NoSuchProcess:
        return []


def _until(found: "Callable[[], Found | None]") -> "Found":
    """What is looked for, as soon as it is there: a killed server may just be starting again."""
    deadline = time.monotonic() + PATIENCE
    while not (what := found()):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    return what


def _end(process: psutil.Process) -> None:
    with contextlib.suppress(psutil.NoSuchProcess):
        process.kill()


def _writes_again(writer: Writer) -> bool:
    """Whether rows are acknowledged again, in time."""
    before = len(writer.acknowledged)
    deadline = time.monotonic() + PATIENCE
    while len(writer.acknowledged) <= before + 1:
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True
