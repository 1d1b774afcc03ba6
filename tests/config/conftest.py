"""Folders for databases of the tests' own."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

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


def remove_database(data: Path) -> None:
    """Stop the server of a data folder and remove all that it left anywhere."""
    place = place_of(data)
    Server(place, durable=False).stop(patience=0)
    for left in (place.sockets, place.home):
        shutil.rmtree(left, ignore_errors=True)
