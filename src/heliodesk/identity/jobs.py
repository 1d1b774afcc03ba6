"""Background entry points of identity."""

from datetime import datetime

from django.db import connection


def forget_expired_sessions(at: datetime) -> int:
    """Delete sessions and cached values that are over; at most a few thousand a run."""
    with connection.cursor() as cursor:
        cursor.execute(
            "delete from identity_session where ctid = any(array("
            " select ctid from identity_session where expire_date < %s limit 5000"
            " for update skip locked))",
            [at],
        )
        gone = cursor.rowcount
        cursor.execute("delete from identity_cache where expires < %s", [at])
    return int(gone)
