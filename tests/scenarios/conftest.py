"""One desk for all scenarios that leave it well, and folders for those that need their own."""

import shutil
import subprocess
import sys
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest

from tests.config.conftest import lend_programs, remove_database
from tests.scenarios.parts import MakeParts, PartsDesk, parts_of
from tests.scenarios.running import RunningDesk
from tests.scenarios.sending import senders


def populate(desk: RunningDesk) -> None:
    """Give the desk mailboxes, customers and people."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.scenarios.world"],
        env=desk.environment | {"DATABASE_URL": desk.dsn},
        cwd=Path(__file__).resolve().parents[2],
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode()


@contextmanager
def scratch() -> Iterator[Path]:
    """A folder with a short path that the database's user may enter; gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="heliodesk-"))
    folder.chmod(0o711)
    try:
        yield folder
    finally:
        if (folder / "data").exists():
            remove_database(folder / "data")
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def populated(database_server: str) -> Iterator[str]:
    """A database with tables and customers, to be copied by name."""
    name = f"heliodesk_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(database_server, autocommit=True) as connection:
        connection.execute(f"create database {name}".encode())
        with scratch() as folder:
            desk = RunningDesk(folder, database=_address(database_server, name))
            done = desk.run("db", "migrate")
            assert done.returncode == 0, done.stderr.decode()
            populate(desk)
        yield name
        connection.execute(f"drop database {name} with (force)".encode())


@pytest.fixture
def make_parts(database_server: str, populated: str) -> Iterator[MakeParts]:
    """Makes desks of single parts, each on a database of its own; settings by keyword."""
    with ExitStack() as stack:
        folder = stack.enter_context(scratch())

        def make(**settings: str) -> PartsDesk:
            name = f"heliodesk_{uuid.uuid4().hex[:12]}"
            stack.callback(_ask, database_server, f"drop database if exists {name} with (force)")
            _ask(database_server, f"create database {name} template {populated}")
            database = _address(database_server, name)
            return stack.enter_context(parts_of(folder, database, **settings))

        yield make


def _ask(server: str, statement: str) -> None:
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(statement.encode())


def _address(server: str, database: str) -> str:
    return urlsplit(server)._replace(path=f"/{database}").geturl()


@pytest.fixture(scope="session")
def shared_desk() -> Iterator[RunningDesk]:
    with scratch() as folder:
        lend_programs(folder / "data")
        desk = RunningDesk(folder)
        try:
            populate(desk.start())
            yield desk
        finally:
            desk.stop()


@pytest.fixture(autouse=True)
def _no_sender_left() -> Iterator[None]:
    """End the senders of a test that failed, so that they disturb no other."""
    yield
    for sender in senders:
        sender.given_up.set()
        sender.join(75)
    senders.clear()


@pytest.fixture
def desk(shared_desk: RunningDesk) -> RunningDesk:
    """The shared desk, up and with nothing left to file, whatever the last test did to it."""
    assert shared_desk.process
    if shared_desk.process.poll() is not None:
        shared_desk.start()
    shared_desk.filed()
    return shared_desk
