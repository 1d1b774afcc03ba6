"""A pytest plugin: a database server for the tests, started when the first test needs it.

``DATABASE_URL`` is honoured. Without it each run has an embedded server of its own in /tmp, a
copy of a cluster made once, which waits for no disk and is removed at the end; its address is
known before Django reads its settings.
"""

import os
import shutil
import tempfile
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import urlsplit

import psutil
import psycopg
import pytest
from psycopg import sql

from heliodesk.config.postgres.engine import engine_for, wheel_version
from heliodesk.config.postgres.lock import FileLock
from heliodesk.config.postgres.place import Place, place_of, prepare
from heliodesk.config.postgres.server import Server
from heliodesk.config.postgres.use import dsn_of, running

#: The data folder of this run's server; inherited by the workers of a parallel run.
RUN_FOLDER = "HELIODESK_TEST_RUN"
TEMPLATE_PATIENCE_SECONDS = 120.0


def pytest_configure(config: pytest.Config) -> None:
    """Leave the tidying of this run's folder to the process that chose it."""
    if _chosen_here:
        config.add_cleanup(_remove_run)


@pytest.fixture(scope="session")
def database_server() -> Iterator[str]:
    """The address of a running server, where the tests' role may create databases."""
    with ExitStack() as stack:
        folder = Path(os.environ[RUN_FOLDER])
        if os.environ["DATABASE_URL"] == dsn_of(place_of(folder)):
            _copy_template(folder)
            stack.enter_context(running(folder, durable=False))
        yield os.environ["DATABASE_URL"]


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    database_server: str, django_db_modify_db_settings_parallel_suffix: None
) -> None:
    """Have the server running before pytest-django makes its database."""


@pytest.fixture
def new_database(database_server: str) -> Iterator[Callable[[], str]]:
    """Makes empty databases, for tests that drive the real command; gone after the test."""
    made: list[str] = []

    def make() -> str:
        name = f"heliodesk_{uuid.uuid4().hex[:12]}"
        with psycopg.connect(database_server, autocommit=True) as connection:
            connection.execute(sql.SQL("create database {}").format(sql.Identifier(name)))
        made.append(name)
        return urlsplit(database_server)._replace(path=f"/{name}").geturl()

    yield make
    with psycopg.connect(database_server, autocommit=True) as connection:
        for name in made:
            gone = sql.SQL("drop database if exists {} with (force)")
            connection.execute(gone.format(sql.Identifier(name)))


def _choose_server() -> bool:
    """Choose data folder and database of this run, unless a parallel run's parent already did.

    Tests play whole days in one transaction, and on slow machines: it may stand still for long.

    Returns true if they were chosen by this process.
    """
    os.environ.setdefault("HELIODESK_GUARD_SECONDS", "300")
    if RUN_FOLDER in os.environ:
        return False
    folder = _folder_of_user() / f"run-{os.getpid()}"
    os.environ[RUN_FOLDER] = os.environ["HELIODESK_DATA"] = str(folder)
    if not os.environ.get("DATABASE_URL"):
        os.environ["DATABASE_URL"] = dsn_of(place_of(folder))
    return True


def _folder_of_user() -> Path:
    """A folder in /tmp that only this user writes to; the server's user may walk through it."""
    folder = Path(tempfile.gettempdir()) / f"heliodesk-tests-{os.geteuid()}"
    folder.mkdir(mode=0o711, exist_ok=True)
    if folder.is_symlink() or folder.stat().st_uid != os.geteuid():
        raise pytest.UsageError(f"{folder} belongs to somebody else; set TMPDIR to another folder.")
    return folder


def _copy_template(folder: Path) -> None:
    """Copy the cluster that a former run made with the same programs, or make it now."""
    place = place_of(folder)
    template = _template(place)
    with FileLock(_folder_of_user() / "template.lock", patience=TEMPLATE_PATIENCE_SECONDS):
        _remove_dead_runs()
        if place.cluster.exists():
            return
        prepare(place)
        if not (template / "postgres" / "PG_VERSION").exists():
            shutil.rmtree(template, ignore_errors=True)
            with running(template, durable=False):
                pass
        if not any(place.engines.iterdir()):
            place.engines.rmdir()
            place.engines.symlink_to(template / "engine")
        unfinished = place.home / ".copy"
        shutil.copytree(template / "postgres", unfinished, symlinks=True)
        _give_to_server(unfinished, place)
        unfinished.rename(place.cluster)


def _template(place: Place) -> Path:
    """The folder of the ready cluster, one for each version of the programs."""
    if os.environ.get("HELIODESK_PG_BIN"):
        return place.data.parent / f"template-other-{engine_for(place).major}"
    return place.data.parent / f"template-{wheel_version()}"


def _give_to_server(folder: Path, place: Place) -> None:
    if place.account.switch:
        for found in (folder, *folder.rglob("*")):
            os.chown(found, place.account.uid, place.account.gid, follow_symlinks=False)


def _remove_run() -> None:
    _remove(Path(os.environ[RUN_FOLDER]))


def _remove_dead_runs() -> None:
    """Remove what runs that were killed left behind, their servers first."""
    for folder in _folder_of_user().glob("run-*"):
        number = folder.name.removeprefix("run-")
        if number.isdigit() and not psutil.pid_exists(int(number)):
            _remove(folder)


def _remove(folder: Path) -> None:
    if folder.exists():
        place = place_of(folder)
        Server(place, durable=False).stop(patience=0.5)
        for found in {folder, place.home, place.sockets}:
            shutil.rmtree(found, ignore_errors=True)


_chosen_here = _choose_server()
