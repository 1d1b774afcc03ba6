"""What happened to one subject, the latest first."""

from datetime import datetime
from typing import Any, NamedTuple

from django.db import connection

from heliodesk.kernel import reading


class Past(NamedTuple):
    """One event as a page lists it."""

    at: datetime
    by: str
    verb: str
    data: dict[str, Any]


_SQL = """
select at, by_name, verb, data from journal_event
 where subject_kind = %s and subject_id = %s order by id desc limit %s
"""


def past(subject_kind: str, subject_id: int, *, limit: int = 50) -> list[Past]:
    """The latest events of a subject."""
    return reading.shaped(connection, Past, _SQL, [subject_kind, subject_id, limit])
