"""Background work of the room: runs over many cases, merged tags, the index of the search."""

from datetime import datetime

from django.db import connection

from heliodesk.cases.actions.bulk import forget_old, work
from heliodesk.cases.actions.naming import name_older_files
from heliodesk.cases.actions.tagging import settle_merged

__all__ = ["name_files", "settle", "sort_words", "work"]
#: Files of earlier times whose names one run lets the search find.
_FILES = 500


def settle(at: datetime) -> int:
    """Write merged tags into some more cases, and forget old runs."""
    return settle_merged(at) + forget_old(at)


def name_files(_at: datetime) -> int:
    """Let the search find the names of some more files that came before it did."""
    return name_older_files(most=_FILES)


def sort_words(_at: datetime) -> int:
    """Sort the words of the newest messages into the index of the search; pages of them sorted.

    PostgreSQL puts new words on a list first and sorts many in at once, which is why filing a mail
    is cheap. Each step of a search reads that list from end to end, so it must not stay long: at
    1,000,000 cases a list of 2 MB made a search four times as dear.
    """
    with connection.cursor() as cursor:
        cursor.execute("select gin_clean_pending_list('message_search'::regclass)")
        return int(cursor.fetchone()[0])
