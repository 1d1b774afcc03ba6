"""Making the cluster: initdb, who may connect, and the settings files."""

import os
import shutil
from collections.abc import Iterable

import psycopg
from psycopg import sql

from heliodesk.config.postgres.engine import Engine
from heliodesk.config.postgres.errors import DatabaseTrouble
from heliodesk.config.postgres.place import Place, private_folder
from heliodesk.config.postgres.tuning import lines, tuned
from heliodesk.kernel import wall

#: The superuser of the cluster, used by the launcher only.
SUPERUSER = "postgres"
#: The desk's own role and database; the role owns its database and nothing else.
ROLE = "heliodesk"
BUILTIN_COLLATION_SINCE = 17


def ensure_cluster(place: Place, engine: Engine) -> bool:
    """Make the cluster if there is none yet; true if it was made now."""
    version = place.cluster / "PG_VERSION"
    if version.exists():
        _check_version(version.read_text().strip(), engine)
        return False
    unfinished = place.home / ".postgres.new"
    shutil.rmtree(unfinished, ignore_errors=True)
    private_folder(unfinished, place.account)
    engine.run(
        place.account,
        "initdb",
        *("--pgdata", str(unfinished), "--username", SUPERUSER, "--encoding", "UTF8"),
        *("--auth", "peer", "--no-instructions", *_locale(engine)),
        timeout=300,
    )
    unfinished.rename(place.cluster)
    return True


def write_settings(place: Place, *, durable: bool) -> None:
    """Write settings and rules of access anew at each start, so that upgrades bring theirs."""
    _write(place, "heliodesk.conf", lines(tuned(place, durable=durable)))
    _write(
        place,
        "postgresql.conf",
        [
            "# Written by the desk at each start. Put settings of your own into local.conf.",
            "include 'heliodesk.conf'",
            "include 'local.conf'",
        ],
    )
    if not (place.cluster / "local.conf").exists():
        _write(place, "local.conf", ["# Settings of your own for the server; they win."])
    roles = (SUPERUSER, ROLE)
    _write(place, "pg_hba.conf", [f"local all,replication {role} peer map=desk" for role in roles])
    _write(
        place,
        "pg_ident.conf",
        [f'desk "{name}" {role}' for name in ("root", place.account.name) for role in roles],
    )


def ensure_role(place: Place, *, may_create_databases: bool) -> None:
    """Make the desk's role and database on a running server, if they are not there."""
    with connect(place, SUPERUSER) as connection:
        if not connection.execute("select 1 from pg_roles where rolname = %s", [ROLE]).fetchone():
            connection.execute(sql.SQL("create role {} login").format(sql.Identifier(ROLE)))
            connection.execute(sql.SQL("grant pg_monitor to {}").format(sql.Identifier(ROLE)))
        if not connection.execute(
            "select 1 from pg_roles where rolname = %s", [wall.ROLE]
        ).fetchone():
            portal, desk = sql.Identifier(wall.ROLE), sql.Identifier(ROLE)
            connection.execute(sql.SQL("create role {} nologin").format(portal))
            connection.execute(sql.SQL("grant {} to {}").format(portal, desk))
        if may_create_databases:
            connection.execute(sql.SQL("alter role {} createdb").format(sql.Identifier(ROLE)))
        if not connection.execute(
            "select 1 from pg_database where datname = %s", [ROLE]
        ).fetchone():
            make_database(connection, ROLE)
    with connect(place, ROLE) as connection:
        connection.execute("create extension if not exists pg_stat_statements")


def connect(place: Place, database: str) -> psycopg.Connection:
    """A superuser's session, each statement its own transaction."""
    return psycopg.connect(
        host=str(place.sockets), dbname=database, user=SUPERUSER, autocommit=True
    )


def make_database(connection: psycopg.Connection, name: str) -> None:
    """Create an empty database of the desk's role."""
    connection.execute(
        sql.SQL("create database {} owner {}").format(sql.Identifier(name), sql.Identifier(ROLE))
    )


def _locale(engine: Engine) -> list[str]:
    """Sort by code point, the same on every machine."""
    builtin = engine.major >= BUILTIN_COLLATION_SINCE
    return [*(["--locale-provider=builtin"] if builtin else []), "--locale=C.UTF-8"]


def _check_version(found: str, engine: Engine) -> None:
    if found != str(engine.major):
        raise DatabaseTrouble(
            f"The data was written by PostgreSQL {found}, and the programs are {engine.major}. "
            "Go back to the former version of the desk, save the data with `heliodesk db backup`, "
            "and restore it into a new data folder; or use pg_upgrade with the programs kept in "
            "the engine folder."
        )


def _write(place: Place, name: str, content: Iterable[str]) -> None:
    target = place.cluster / name
    fresh = target.with_suffix(".new")
    fresh.write_text("\n".join([*content, ""]))
    os.chown(fresh, place.account.uid, place.account.gid)
    fresh.chmod(0o600)
    fresh.replace(target)
