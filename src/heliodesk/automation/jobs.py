"""Background work of the room."""

from datetime import datetime

from heliodesk.automation import carrying_out, macros
from heliodesk.cases.actions import presence, waiting


def answer(at: datetime) -> int:
    """Ask the rules about everything that happened."""
    total = 0
    while settled := carrying_out.answer(at):
        total += settled
    return total


def send_letters(at: datetime) -> int:
    """Send the letters that waited long enough, and do what their macros do."""
    return waiting.send_due(at, afterwards=macros.after_letter)


def forget_looks(at: datetime) -> int:
    """Forget who looked at which case long ago."""
    return presence.forget_old(at)


def look_at_time(at: datetime) -> int:
    """Ask the rules of time."""
    return carrying_out.look_at_time(at)
