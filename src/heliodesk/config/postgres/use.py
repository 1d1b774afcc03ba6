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
    server = Server(place_of(_made(data)), durable=durable, tell=tell)
    with _shared(server) as users:
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
    """Like ``running``, for ``serve``, which stops the server at its end whoever else uses it.

    ``patience()`` says at that moment how many seconds the shutdown may take.
    """
    server = Server(place_of(_made(data)), tell=tell)
    try:
        with _shared(server):
            yield server
    finally:
        server.stop(patience=patience())


@contextmanager
def the_only_desk(data: Path) -> Iterator[None]:
    """Be the one ``serve`` of a data folder.

    Raises:
        DatabaseTrouble: there is one already.
    """
    lock = FileLock(_made(data) / "desk.lock")
    if not lock.take():
        raise DatabaseTrouble(
            f"Another desk already serves the folder {data} ({lock.read_note() or 'starting'}). "
            "Stop it first, or choose another folder with --data or HELIODESK_DATA."
        )
    try:
        lock.note(f"process {os.getpid()}")
        yield
    finally:
        lock.release()


def is_served(data: Path) -> bool:
    """Whether a ``serve`` runs on this data folder."""
    lock = FileLock(_made(data) / "desk.lock")
    free = lock.take()
    lock.release()
    return not free


@contextmanager
def _shared(server: Server) -> Iterator[FileLock]:
    """Be one of the server's users, and have it running."""
    users = FileLock(server.place.data / "database.users")
    if not users.share(patience=RECOVERY_SECONDS):
        raise DatabaseTrouble("The database has been stopping for ten minutes.")
    try:
        with _door(server.place):
            server.ensure_running()
        yield users
    finally:
        users.release()


def _made(data: Path) -> Path:
    data = data.expanduser().absolute()
    data.mkdir(parents=True, exist_ok=True, mode=0o700)
    return data


def _door(place: Place) -> FileLock:
    return FileLock(place.data / "database.lock", patience=RECOVERY_SECONDS)
