"""Background entry points of identity."""

from datetime import datetime, timedelta

from django.db import connection


def forget_expired_sessions(at: datetime) -> int:
    """Delete sessions, mailed codes and cached values that are over; a few thousand a run."""
    with connection.cursor() as cursor:
        cursor.execute(
            "delete from identity_session where ctid = any(array("
            " select ctid from identity_session where expire_date < %s limit 5000"
            " for update skip locked))",
            [at],
        )
        gone = cursor.rowcount
        cursor.execute(
            "delete from identity_mailedcode where expires_at < %s", [at - timedelta(days=1)]
        )
        cursor.execute("delete from identity_cache where expires < %s", [at])
    return int(gone)
