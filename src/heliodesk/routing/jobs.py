"""Background work of the room."""

from datetime import datetime

from heliodesk.routing import absences


def settle_absences(at: datetime) -> int:
    """Begin and end absences that are due."""
    return absences.settle(at)
