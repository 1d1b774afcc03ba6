"""Background work of the room; each run settles what is due now, in batches."""

from collections.abc import Callable
from datetime import datetime

from heliodesk.sla import actions


def sweep(at: datetime) -> int:
    """Warnings and missed targets."""
    return _until_done(lambda: actions.sweep(at))


def recount(at: datetime) -> int:
    """Deadlines whose calendars have changed."""
    return _until_done(lambda: actions.recount(at))


def act_on_patience(at: datetime) -> int:
    """Reminders, and cases that nobody answers any more."""
    return _until_done(lambda: actions.act_on_patience(at))


def _until_done(step: Callable[[], int], *, rounds: int = 200) -> int:
    """Repeat a step while it settles something, within bounds."""
    total = 0
    for _ in range(rounds):
        settled = step()
        total += settled
        if not settled:
            break
    return total
