"""Background work of the room: runs over many cases, and tags that took others' places."""

from datetime import datetime

from heliodesk.cases.actions.bulk import forget_old, work
from heliodesk.cases.actions.tagging import settle_merged

__all__ = ["settle", "work"]


def settle(at: datetime) -> int:
    """Write merged tags into some more cases, and forget old runs."""
    return settle_merged(at) + forget_old(at)
