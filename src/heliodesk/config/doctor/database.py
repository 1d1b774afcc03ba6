"""The database: reachable, new enough, complete, safe and on time."""

from collections.abc import Iterator

import psycopg
from django.conf import settings
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from heliodesk.config.doctor.finding import Finding, doubtful, wrong
from heliodesk.kernel import clock
from heliodesk.kernel.wall import ROLE

OLDEST = 150_000
SKEW_SECONDS = 2.0
TOO_MUCH_SKEW_SECONDS = 60.0

FACTS = """
select current_setting('server_version_num')::int,
       current_setting('server_version'),
       current_setting('fsync') = 'on' and current_setting('full_page_writes') = 'on',
       current_setting('server_encoding'),
       (select rolsuper from pg_roles where rolname = current_user),
       clock_timestamp()
"""


def look() -> Iterator[Finding]:
    """Ask the server, and compare its tables with the migrations of this version."""
    try:
        yield from _server()
    except psycopg.OperationalError as error:
        yield wrong(
            f"The database does not answer: {str(error).strip().splitlines()[-1]}",
            "Check DATABASE_URL and that the server runs; or unset it to use the embedded one.",
        )
        return
    waiting = MigrationExecutor(connection)
    plan = waiting.migration_plan(waiting.loader.graph.leaf_nodes())
    if plan:
        yield wrong(f"{len(plan)} migrations have not run.", "Run: heliodesk db migrate")
        return
    yield from _portal()


def _portal() -> Iterator[Finding]:
    """Whether portal requests can take the role that row-level security is made for."""
    with psycopg.connect(settings.DATABASE_DSN, connect_timeout=5) as session:
        try:
            session.execute("select set_config('role', %s, true)", [ROLE])
            session.execute("select 1 from cases_case limit 0")
        except psycopg.Error:
            session.rollback()
            user = session.info.user
            yield wrong(
                "The customer portal is closed: the database lacks the role that keeps customers "
                "apart.",
                f"As an administrator of the server run: create role {ROLE} nologin; "
                f'grant {ROLE} to "{user}"; then start the desk again.',
            )


def _server() -> Iterator[Finding]:
    with psycopg.connect(settings.DATABASE_DSN, connect_timeout=5) as session:
        row = session.execute(FACTS).fetchone()
    assert row is not None  # noqa: S101 (the query always has a row)
    number, version, durable, encoding, superuser, at = row
    if number < OLDEST:
        yield wrong(f"The server is PostgreSQL {version}.", "The desk needs 15 or later.")
    if not durable:
        yield wrong(
            "fsync or full_page_writes is off: a crash of the machine can lose acknowledged mail.",
            "Switch both on in the server's settings.",
        )
    if encoding != "UTF8":
        yield wrong(f"The database is encoded as {encoding}.", "Make it with ENCODING 'UTF8'.")
    if superuser:
        yield doubtful(
            "The desk signs in to the database as a superuser.",
            "Give it a role of its own that owns its database and nothing else.",
        )
    skew = abs((clock.now() - at).total_seconds())
    if skew > SKEW_SECONDS:
        tell = wrong if skew > TOO_MUCH_SKEW_SECONDS else doubtful
        yield tell(
            f"The clocks of the desk and of the database differ by {skew:.0f} s.",
            "Let both machines keep time by NTP: deadlines are promises.",
        )
