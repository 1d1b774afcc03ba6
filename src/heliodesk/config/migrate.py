"""Bringing the tables up to date, one process at a time."""

import psycopg
from django.conf import settings
from django.core.management import call_command

from heliodesk.config.server import schema

#: Any fixed number: the advisory lock of those who migrate.
LOCK = 7_283_551


def migrate() -> None:
    """Run what migrations are missing, and note that the tables fit this code."""
    dsn = settings.DATABASE_DIRECT_DSN
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute("select pg_advisory_lock(%s)", [LOCK])
        call_command("migrate", interactive=False, verbosity=0)
        call_command("createcachetable", verbosity=0)
    schema.remember_current(dsn)
