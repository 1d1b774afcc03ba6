"""Bringing the tables up to date, one process at a time."""

import io
import time

import psycopg
from django.conf import settings
from django.core.management import call_command

from heliodesk.config.server import schema
from heliodesk.config.server.say import say
from heliodesk.entitlements.actions import activate_shipped
from heliodesk.kernel.clock import now

#: Any fixed number: the advisory lock of those who migrate.
LOCK = 7_283_551

PROGRESS_SECONDS = 2.0


class Progress(io.StringIO):
    """Counts the migrations that Django names as it runs them, and says how far it is."""

    def __init__(self) -> None:
        super().__init__()
        self._done = 0
        self._said = time.monotonic()

    def write(self, text: str) -> int:
        self._done += text.count("Applying ")
        if time.monotonic() - self._said > PROGRESS_SECONDS:
            self._said = time.monotonic()
            say(f"bringing the tables up to date: {self._done} steps so far")
        return len(text)


def migrate() -> None:
    """Run what migrations are missing, have a policy in force, and note that all fits this code."""
    dsn = settings.DATABASE_DIRECT_DSN
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute("set lock_timeout = 0")
        connection.execute("select pg_advisory_lock(%s)", [LOCK])
        call_command("migrate", interactive=False, verbosity=1, stdout=Progress())
        call_command("createcachetable", verbosity=0)
        if connection.execute("select portal_open()").fetchone() == (False,):
            say("the customer portal is closed: `heliodesk check` says which role it needs")
        activate_shipped(at=now())
    schema.remember_current(dsn)
