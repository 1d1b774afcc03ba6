"""Background work of the room."""

from datetime import datetime

from heliodesk.calendars.actions import AHEAD, import_holidays
from heliodesk.calendars.models import BusinessCalendar
from heliodesk.journal.record import SYSTEM


def import_coming_years(at: datetime) -> int:
    """Bring the holidays of the years to come into rows, for people to look at."""
    short = BusinessCalendar.objects.filter(last_year__lt=at.year + AHEAD)
    return sum(import_holidays(row, by=SYSTEM, at=at) for row in short)
