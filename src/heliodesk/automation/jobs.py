"""Background work of the room."""

from datetime import datetime

from heliodesk.automation import carrying_out


def answer(at: datetime) -> int:
    """Ask the rules about everything that happened."""
    total = 0
    while settled := carrying_out.answer(at):
        total += settled
    return total


def look_at_time(at: datetime) -> int:
    """Ask the rules of time."""
    return carrying_out.look_at_time(at)
