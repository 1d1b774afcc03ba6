"""A transaction that a frozen process cannot hold open: the database ends it after 5 seconds.

A pager that is stopped between two statements would keep its rows locked, everybody else would
skip them, and the P1 would never be paged.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction

#: Longer than any of these transactions waits for its own process.
IDLE_SECONDS = 5
#: The NOTIFY channel that wakes the pagers.
CHANNEL = "paging"


_NAME = "idle_in_transaction_session_timeout"
_GUARD = f"select current_setting('{_NAME}'), set_config('{_NAME}', '{IDLE_SECONDS}s', true)"


@contextmanager
def guarded() -> Iterator[None]:
    """One transaction, given up by the database when its process stands still in it.

    Inside another transaction the guard holds for this part of it only.
    """
    inside = connection.in_atomic_block
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(_GUARD)
            before = cursor.fetchone()[0]
        yield
        if inside:
            with connection.cursor() as cursor:
                cursor.execute("select set_config(%s, %s, true)", [_NAME, before])


def wake() -> None:
    """Wake the pagers when this transaction commits."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_notify(%s, '')", [CHANNEL])
