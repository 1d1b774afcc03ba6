"""Background work of the API."""

from datetime import datetime, timedelta

from django.db import connection

#: How long a write that was sent again is known again.
KEPT = timedelta(days=1)


def forget(at: datetime) -> int:
    """Forget the answers to writes of more than a day ago; some thousand a run."""
    with connection.cursor() as cursor:
        cursor.execute(
            "delete from api_answered where id = any(array("
            " select id from api_answered where at < %s order by at limit 5000"
            " for update skip locked))",
            [at - KEPT],
        )
        return int(cursor.rowcount)
