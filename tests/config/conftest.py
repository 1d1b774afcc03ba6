"""Folders for databases of the tests' own."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from heliodesk.config.postgres.engine import wheel_version
from heliodesk.config.postgres.for_tests import RUN_FOLDER
from heliodesk.config.postgres.place import place_of
from heliodesk.config.postgres.server import Server


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder with a short path that the server's user may enter, unlike pytest's own."""
    made = Path(tempfile.mkdtemp(prefix="heliodesk-"))
    made.chmod(0o711)
    yield made
    for data in made.iterdir():
        if data.is_dir():
            remove_database(data)
    shutil.rmtree(made)


def lend_programs(data: Path) -> Path:
    """Make a data folder that borrows the programs copied for the tests' own server, if any."""
    data.mkdir()
    lent = Path(os.environ[RUN_FOLDER]).parent / f"template-{wheel_version()}" / "engine"
    if lent.is_dir():
        (data / "engine").symlink_to(lent)
    return data


def remove_database(data: Path) -> None:
    """Stop the server of a data folder and remove all that it left anywhere."""
    place = place_of(data)
    Server(place, durable=False).stop(patience=0)
    if (place.home / "engine").is_symlink():
        (place.home / "engine").unlink()
    for left in (place.sockets, place.home):
        shutil.rmtree(left, ignore_errors=True)
