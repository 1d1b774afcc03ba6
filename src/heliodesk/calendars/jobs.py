"""Background work of the room."""

from datetime import datetime

import structlog

from heliodesk.calendars import actions
from heliodesk.calendars.actions import AHEAD, import_holidays
from heliodesk.calendars.models import BusinessCalendar
from heliodesk.journal.record import SYSTEM

log = structlog.get_logger()


def import_coming_years(at: datetime) -> int:
    """Bring the holidays of the years to come into rows, for people to look at."""
    short = BusinessCalendar.objects.filter(last_year__lt=at.year + AHEAD)
    return sum(import_holidays(row, by=SYSTEM, at=at) for row in short)


def notice_changed_times(at: datetime) -> int:
    """Count open deadlines anew after new data of time zones or public holidays."""
    changed = actions.notice_changed_times(at)
    if changed:
        log.warning("calendars_changed_by_new_data", calendars=changed)
    return len(changed)
