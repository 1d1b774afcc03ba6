"""When a message that could not be sent is tried again, and when it is given up."""

from datetime import datetime, timedelta

_WAITS = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 240))
LONGEST_WAIT = max(_WAITS)
#: A message older than this is given up instead of tried again.
GIVE_UP_AFTER = timedelta(days=2)
#: While the server cannot be reached at all, messages wait this long without losing a try.
AWAY = timedelta(minutes=1)


def next_try(attempts: int, *, created_at: datetime, at: datetime) -> datetime | None:
    """When to try after this many attempts failed for now; none to give up."""
    due = at + _WAITS[min(max(attempts, 1), len(_WAITS)) - 1]
    return due if due - created_at <= GIVE_UP_AFTER else None
