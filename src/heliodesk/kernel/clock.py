"""The clock, read once at the door and handed down as ``at``."""

from datetime import UTC, datetime


def now() -> datetime:
    """The present instant, aware, in UTC."""
    return datetime.now(UTC)


#: The due time of what is never due.
NEVER = datetime(9999, 1, 1, tzinfo=UTC)
