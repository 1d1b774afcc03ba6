"""One desk for all scenarios that leave it well, and folders for those that need their own."""

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.config.conftest import lend_programs, remove_database
from tests.scenarios.running import RunningDesk


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
def shared_desk() -> Iterator[RunningDesk]:
    with scratch() as folder:
        lend_programs(folder / "data")
        desk = RunningDesk(folder)
        try:
            populate(desk.start())
            yield desk
        finally:
            desk.stop()


@pytest.fixture
def desk(shared_desk: RunningDesk) -> RunningDesk:
    """The shared desk, up and with nothing left to file, whatever the last test did to it."""
    assert shared_desk.process
    if shared_desk.process.poll() is not None:
        shared_desk.start()
    shared_desk.filed()
    return shared_desk
