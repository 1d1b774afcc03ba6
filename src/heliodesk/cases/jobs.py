"""Background work of the room: runs over many cases, and tags that took others' places."""

from datetime import datetime

from heliodesk.cases.actions.bulk import forget_old, work
from heliodesk.cases.actions.naming import name_older_files
from heliodesk.cases.actions.tagging import settle_merged

__all__ = ["name_files", "settle", "work"]
#: Files of earlier times whose names one run lets the search find.
_FILES = 500


def settle(at: datetime) -> int:
    """Write merged tags into some more cases, and forget old runs."""
    return settle_merged(at) + forget_old(at)


def name_files(_at: datetime) -> int:
    """Let the search find the names of some more files that came before it did."""
    return name_older_files(most=_FILES)
