"""Signs of life of the pagers, and what they see of each other (G10)."""

from django.db import connection

_BEAT = """
insert into oncall_heartbeat (name, at, outside_error) values (%s, clock_timestamp(), '')
on conflict (name) do update set at = excluded.at
"""
_OUTSIDE = """
update oncall_heartbeat set outside_error = %s,
    outside_at = case when %s = '' then clock_timestamp() else outside_at end
 where name = %s
"""
_FORGET = "delete from oncall_heartbeat where at < clock_timestamp() - interval '7 days'"


def beat(name: str) -> None:
    """This pager lives."""
    with connection.cursor() as cursor:
        cursor.execute(_BEAT, [name])


def told_outside(name: str, error: str) -> None:
    """The watchman outside was told, or could not be reached and why."""
    with connection.cursor() as cursor:
        cursor.execute(_OUTSIDE, [error[:500], error, name])
        cursor.execute(_FORGET)
