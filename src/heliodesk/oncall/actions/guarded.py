"""A transaction that a frozen process cannot hold open: the database ends it after 5 seconds.

A pager that is stopped between two statements would keep its rows locked, everybody else would
skip them, and the P1 would never be paged.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.db import connection, transaction

#: The NOTIFY channel that wakes the pagers.
CHANNEL = "paging"


@contextmanager
def guarded() -> Iterator[None]:
    """One transaction, given up by the database when its process stands still in it.

    Inside another transaction the guard holds until that one ends: it has the rows till then.
    """
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(
                "select set_config('idle_in_transaction_session_timeout', %s, true)",
                [f"{settings.GUARD_SECONDS}s"],
            )
        yield


def wake() -> None:
    """Wake the pagers when this transaction commits."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_notify(%s, '')", [CHANNEL])
