"""Forgetting events: those older than the desk keeps, and a person's words in those that stay.

The only ways around the trigger that keeps events as they were written; each is a function of the
database that can do this and nothing else.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from django.db import connection

#: Events younger than this are kept whatever is asked.
YOUNGEST = timedelta(days=180)
_IDS = """
select id from journal_event where subject_kind = %s and subject_id = any(%s) and id > %s
 order by id limit %s
"""


def older(than: datetime, *, most: int) -> int:
    """How many events are older, counted to ``most``; they are the first in the table."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select count(*) from (select at from journal_event order by id limit %s) e"
            " where at < %s",
            [most, than],
        )
        return int(cursor.fetchone()[0])


def forget(than: datetime, *, most: int) -> int:
    """Delete the oldest events, ``most`` at once; how many went."""
    with connection.cursor() as cursor:
        cursor.execute("select journal_forget(%s, %s)", [than, most])
        return int(cursor.fetchone()[0])


def blank(
    subjects: Mapping[str, Sequence[int]], words: Sequence[str], instead: str, *, batch: int = 1000
) -> int:
    """Write ``instead`` for these words in the events of these subjects; how many changed."""
    changed = 0
    with connection.cursor() as cursor:
        for kind, subject_ids in subjects.items():
            last = 0
            while True:
                cursor.execute(_IDS, [kind, list(subject_ids), last, batch])
                ids = [row[0] for row in cursor.fetchall()]
                if not ids:
                    break
                last = ids[-1]
                cursor.execute("select journal_blank(%s, %s, %s)", [ids, list(words), instead])
                changed += int(cursor.fetchone()[0])
    return changed
