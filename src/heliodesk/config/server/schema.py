"""Bringing the tables up to date, and knowing without loading Django that they are."""

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import psycopg

from heliodesk.config import environment

PACKAGE = Path(__file__).resolve().parents[2]
STAMP = "migrated"


class SchemaTrouble(Exception):
    """The tables could not be brought up to date; the message says what was printed."""


def ensure_current(dsn: str) -> bool:
    """Run the migrations unless nothing changed since they last ran; true if they ran."""
    data = environment.data_folder()
    stamp = data / STAMP
    seen = applied(dsn)
    if seen and stamp.exists() and stamp.read_text() == f"{_code()} {seen}":
        return False
    done = subprocess.run(
        [sys.executable, "-m", "heliodesk", "db", "migrate"],
        stdin=subprocess.DEVNULL,
        check=False,
    )
    if done.returncode:
        raise SchemaTrouble("The tables could not be brought up to date; see above.")
    return True


def remember_current(dsn: str) -> None:
    """Note that this code and this database fit together."""
    data = environment.data_folder()
    fresh = data / f".{STAMP}.{os.getpid()}"
    fresh.write_text(f"{_code()} {applied(dsn)}")
    fresh.replace(data / STAMP)


def applied(dsn: str) -> str:
    """A fingerprint of the migrations that this database has seen; empty if none."""
    with psycopg.connect(dsn, connect_timeout=10) as connection:
        if connection.execute("select to_regclass('django_migrations')").fetchone() == (None,):
            return ""
        row = connection.execute(
            "select md5(string_agg(app || name || applied, ',' order by id)) "
            "|| (select oid from pg_database where datname = current_database()) "
            "from django_migrations"
        ).fetchone()
    return row[0] or "" if row else ""


def _code() -> str:
    """A fingerprint of all migrations that this installation can bring."""
    digest = hashlib.sha256()
    for path in sorted(PACKAGE.glob("*/migrations/*.py")):
        found = path.stat()
        digest.update(f"{path} {found.st_size} {found.st_mtime_ns}\n".encode())
    for folder in sys.path:
        for package in sorted(Path(folder).glob("django*.dist-info")):
            digest.update(package.name.encode())
    return digest.hexdigest()
