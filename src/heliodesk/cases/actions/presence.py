"""Who looks at a case, and who writes on it: told to the others; it keeps nobody from anything."""

from datetime import datetime, timedelta

from django.db import connection

from heliodesk.cases.models import Case
from heliodesk.journal.record import stir
from heliodesk.kernel import sql

#: Who did not show themselves for this long is gone.
LEASE = timedelta(seconds=70)
#: How long the desk remembers what somebody looked at.
REMEMBERED = timedelta(days=30)

_HERE = """
with before as (
    select writes, seen_at from cases_presence where case_id = %(case)s and user_id = %(user)s
), now_ as (
    insert into cases_presence (case_id, user_id, writes, seen_at)
    values (%(case)s, %(user)s, %(writes)s, %(at)s)
    on conflict (case_id, user_id) do update
       set writes = excluded.writes, seen_at = greatest(cases_presence.seen_at, excluded.seen_at))
select not exists (
    select from before where writes = %(writes)s and seen_at > %(fresh)s)
"""
_GONE = """
update cases_presence set seen_at = %s, writes = false
where case_id = %s and user_id = %s and seen_at > %s
"""


def here(case: Case, *, user_id: int, writes: bool, at: datetime) -> None:
    """Somebody has the case open; the others hear of it when that is new."""
    given = {
        "case": case.pk, "user": user_id, "writes": writes, "at": at, "fresh": at - LEASE,
    }  # fmt: skip
    with sql.prepared(connection) as cursor:
        cursor.execute(_HERE, given)
        changed = cursor.fetchone()
    if changed and changed[0]:
        stir("presence", [case.pk])


def gone(case: Case, *, user_id: int, at: datetime) -> None:
    """Somebody closed the case; that they looked is remembered."""
    with sql.prepared(connection) as cursor:
        cursor.execute(_GONE, [at - LEASE, case.pk, user_id, at - LEASE])
    stir("presence", [case.pk])


def forget_old(at: datetime) -> int:
    """Forget who looked at what long ago."""
    with connection.cursor() as cursor:
        cursor.execute("delete from cases_presence where seen_at < %s", [at - REMEMBERED])
        return int(cursor.rowcount)
