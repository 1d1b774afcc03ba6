"""Read the Date field of a mail, and distrust it."""

from datetime import UTC, datetime, timedelta
from email.utils import mktime_tz, parsedate_tz

_SLACK = timedelta(days=1)


def parse(value: str) -> datetime | None:
    """The moment a date field names, in UTC, or None when it names none."""
    if not value:
        return None
    try:
        found = parsedate_tz(value)
        if found is None or found[0] < 1970 or not 1 <= found[2] <= 31:
            return None
        return datetime.fromtimestamp(mktime_tz(found), UTC)
    except (ValueError, TypeError, OverflowError, OSError, IndexError):
        return None


def received(trace: str) -> datetime | None:
    """The moment that the topmost Received field names."""
    return parse(trace.rpartition(";")[2].strip()) if ";" in trace else None


def is_future(sent: datetime, seen: datetime | None) -> bool:
    """Whether a mail claims to be sent more than a day after it was seen."""
    return seen is not None and sent > seen + _SLACK
