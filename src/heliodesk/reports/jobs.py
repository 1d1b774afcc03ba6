"""Background work of the room."""

from datetime import datetime

from heliodesk.reports import counting, mailing


def count(at: datetime) -> int:
    """Count the latest days anew."""
    return counting.count(counting.span_to_count(at))


def mail(at: datetime) -> int:
    """Mail the reports whose hour has come."""
    total = 0
    while settled := mailing.mail_due(at):
        total += settled
    return total
