"""Where the embedded database lives: engine, cluster, socket and log, for one data folder."""

import hashlib
import os
import stat
import uuid
from dataclasses import dataclass
from pathlib import Path

from heliodesk.config.postgres.account import Account, server_account
from heliodesk.config.postgres.errors import DatabaseTrouble

SYSTEM_HOME = Path("/var/lib/heliodesk")
#: Names the folder under SYSTEM_HOME when the server's user cannot reach the data folder.
POINTER = "database-folder"
CLUSTER = "postgres"
SOCKET_NAME = ".s.PGSQL.5432"
LONGEST_SOCKET_PATH = 107


@dataclass(frozen=True)
class Place:
    """The folders of one embedded database."""

    data: Path
    home: Path
    account: Account

    @property
    def engines(self) -> Path:
        """Copies of the PostgreSQL programs, one folder per version."""
        return self.home / "engine"

    @property
    def cluster(self) -> Path:
        """The data directory of the server."""
        return self.home / CLUSTER

    @property
    def logs(self) -> Path:
        return self.home / "log"

    @property
    def sockets(self) -> Path:
        """The private folder of the server's only socket: under ``home``, or /tmp if too long."""
        near = self.home / "run"
        if len(os.fsencode(near / SOCKET_NAME)) <= LONGEST_SOCKET_PATH:
            return near
        key = hashlib.sha256(os.fsencode(self.home)).hexdigest()[:16]
        return Path("/tmp") / f"heliodesk-{self.account.uid}-{key}"  # noqa: S108 (checked in private_folder)


def place_of(data: Path) -> Place:
    """The place of the database that belongs to a data folder.

    When root starts the desk and the data folder lies below a folder that only root may enter,
    the database goes to /var/lib/heliodesk, and a file in the data folder says where.
    """
    data = data.expanduser().absolute()
    pointer = data / POINTER
    if pointer.exists():
        home = Path(pointer.read_text().strip())
        return Place(data, home, server_account(_owner(home / CLUSTER)))
    account = server_account(_owner(data / CLUSTER))
    return Place(data, _home(data, account), account)


def prepare(place: Place) -> None:
    """Make the folders, owned by the server's account and closed to everyone else."""
    place.data.mkdir(parents=True, exist_ok=True, mode=0o700)
    if place.home != place.data:
        SYSTEM_HOME.mkdir(parents=True, exist_ok=True, mode=0o755)
        place.home.mkdir(exist_ok=True, mode=0o755)
        (place.home / "belongs-to").write_text(f"{place.data}\n")
    owner = _owner(place.cluster)
    if owner not in {None, place.account.uid}:
        raise DatabaseTrouble(
            f"The data in {place.data} belongs to another user (number {owner}). Run the desk as "
            "that user or as root, or choose another data folder with --data or HELIODESK_DATA."
        )
    _open_the_way(place)
    place.engines.mkdir(exist_ok=True, mode=0o755)
    for folder in (place.logs, place.sockets):
        private_folder(folder, place.account)


def private_folder(folder: Path, account: Account) -> None:
    """Make a 0700 folder of the account, refusing one that somebody else put in its place."""
    try:
        folder.mkdir(mode=0o700)
    except FileExistsError:
        pass
    else:
        os.chown(folder, account.uid, account.gid)
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid not in {account.uid, os.geteuid()}:
        raise DatabaseTrouble(
            f"{folder} belongs to somebody else. Remove it, or choose another data folder "
            "with --data or HELIODESK_DATA."
        )
    if found.st_uid != account.uid:
        os.chown(folder, account.uid, account.gid)
    if stat.S_IMODE(found.st_mode) != 0o700:
        folder.chmod(0o700)


def _owner(folder: Path) -> int | None:
    """The user id that a folder belongs to, if it exists."""
    try:
        return folder.stat().st_uid
    except OSError:
        return None


def _home(data: Path, account: Account) -> Path:
    pointer = data / POINTER
    if not account.switch or _can_pass(data.parent, account):
        return data
    data.mkdir(parents=True, exist_ok=True, mode=0o700)
    home = SYSTEM_HOME / uuid.uuid4().hex[:12]
    try:
        with pointer.open("x") as written:
            written.write(f"{home}\n")
    except FileExistsError:
        return Path(pointer.read_text().strip())
    return home


def _can_pass(folder: Path, account: Account) -> bool:
    """Whether the account may walk through a folder and all above it; a missing one is ours."""
    for step in (folder, *folder.parents):
        try:
            found = step.resolve().stat()
        except FileNotFoundError:
            continue
        if not _may_enter(found, account):
            return False
    return True


def _may_enter(found: os.stat_result, account: Account) -> bool:
    if found.st_uid == account.uid:
        return bool(found.st_mode & stat.S_IXUSR)
    if found.st_gid == account.gid:
        return bool(found.st_mode & stat.S_IXGRP)
    return bool(found.st_mode & stat.S_IXOTH)


def _open_the_way(place: Place) -> None:
    """Let the server's account walk through (not list) our own data folder, and nothing above."""
    if place.account.switch and place.home == place.data:
        found = place.data.stat()
        if not _may_enter(found, place.account):
            os.chown(place.data, -1, place.account.gid)
            place.data.chmod(0o710)
