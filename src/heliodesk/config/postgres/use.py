"""Using the embedded database for as long as a process needs it.

Three locks in the data folder keep order: ``desk.lock`` is held by the one ``heliodesk serve``,
``database.users`` is shared by all who use the server, ``database.lock`` is held for the moment
of starting or stopping it. The last user stops the server; ``serve`` stops it whoever is left.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

from heliodesk.config.postgres.cluster import ROLE
from heliodesk.config.postgres.errors import DatabaseTrouble
from heliodesk.config.postgres.lock import FileLock
from heliodesk.config.postgres.place import Place, place_of
from heliodesk.config.postgres.server import RECOVERY_SECONDS, Server, Tell

STOP_SECONDS = 60.0


def dsn(data: Path) -> str:
    """The address of the embedded database of a data folder, whether it runs or not."""
    return dsn_of(place_of(data))


def dsn_of(place: Place, database: str = ROLE, role: str = ROLE) -> str:
    """The address of a database in a place."""
    return f"postgresql://{role}@/{database}?host={quote(str(place.sockets), safe='')}"


@contextmanager
def running(data: Path, *, durable: bool = True, tell: Tell = lambda _: None) -> Iterator[Server]:
    """Have the database of a data folder running, started now if need be, while the block runs."""
    with _shared(data, durable=durable, tell=tell) as (server, users):
        try:
            yield server
        finally:
            with _door(server.place):
                users.release()
                if users.take():
                    server.stop(patience=STOP_SECONDS)
                else:
                    server.leave()


@contextmanager
def owned(
    data: Path, *, patience: Callable[[], float], tell: Tell = lambda _: None
) -> Iterator[Server]:
    """Like ``running``, for the one ``serve`` of a data folder; it stops the server at its end.

    ``patience()`` says at that moment how many seconds the shutdown may take.
    """
    data.mkdir(parents=True, exist_ok=True, mode=0o700)
    desk = FileLock(data / "desk.lock")
    if not desk.take():
        raise DatabaseTrouble(
            f"Another desk already serves the folder {data} ({desk.read_note() or 'unknown'}). "
            "Stop it first, or choose another folder with --data or HELIODESK_DATA."
        )
    try:
        with _shared(data, durable=True, tell=tell) as (server, _):
            desk.note(f"process {os.getpid()}")
            try:
                yield server
            finally:
                server.stop(patience=patience())
    finally:
        desk.release()


@contextmanager
def _shared(data: Path, *, durable: bool, tell: Tell) -> Iterator[tuple[Server, FileLock]]:
    data = data.expanduser().absolute()
    data.mkdir(parents=True, exist_ok=True, mode=0o700)
    place = place_of(data)
    users = FileLock(data / "database.users")
    if not users.share(patience=RECOVERY_SECONDS):
        raise DatabaseTrouble(f"The database of {data} has been stopping for ten minutes.")
    try:
        server = Server(place, durable=durable, tell=tell)
        with _door(place):
            server.ensure_running()
        yield server, users
    finally:
        users.release()


def _door(place: Place) -> FileLock:
    return FileLock(place.data / "database.lock", patience=RECOVERY_SECONDS)
