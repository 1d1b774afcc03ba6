"""The oracle: walk minute by minute through real time and count the open ones.

Every zone is walked over the weeks in which its clocks change. The patterns keep their window
edges out of the repeated hour, where a walk closes twice and the rule once.
"""

import random
from datetime import UTC, date, datetime, timedelta

import pytest

from heliodesk.calendars.hours import parse_week
from heliodesk.calendars.public_holidays import Holiday
from heliodesk.calendars.rules import Calendar, OneOff, add, between, is_open

CHANGES = {
    "Europe/London": [date(2026, 3, 29), date(2026, 10, 25)],
    "America/New_York": [date(2026, 3, 8), date(2026, 11, 1)],
    "Africa/Johannesburg": [date(2026, 3, 29), date(2026, 10, 25)],
    "Australia/Melbourne": [date(2026, 4, 5), date(2026, 10, 4)],
    "Pacific/Auckland": [date(2026, 4, 5), date(2026, 9, 27)],
    "Asia/Singapore": [date(2026, 3, 29), date(2026, 10, 25)],
    "Australia/Lord_Howe": [date(2026, 4, 5), date(2026, 10, 4)],
    "America/Santiago": [date(2026, 4, 5), date(2026, 9, 6)],
}
PATTERNS = {
    "office": {"mon-fri": ["09:00-17:00"]},
    "lunch": {"mon-sat": ["08:30-12:00", "13:15-18:00"]},
    "nights": {"mon-sun": ["20:00-06:00"]},
    "always": {"mon-sun": ["00:00-24:00"]},
}


def wall_is_open(calendar: Calendar, wall: datetime) -> bool:
    """Look the wall time up in the windows of its day and of the day before."""
    minute = wall.hour * 60 + wall.minute
    today = calendar.windows_on(wall.date())
    yesterday = calendar.windows_on(wall.date() - timedelta(days=1))
    return any(w.opens <= minute < w.closes for w in today) or any(
        w.opens <= minute + 1440 < w.closes for w in yesterday
    )


def walk(calendar: Calendar, start: datetime, days: int) -> list[bool]:
    """For each minute of real time from ``start``: was the desk open in it?"""
    minutes = [start + timedelta(minutes=step) for step in range(days * 1440)]
    return [wall_is_open(calendar, at.astimezone(calendar.zone)) for at in minutes]


def due_by_walking(open_minutes: list[bool], start: datetime, at: int, need: int) -> datetime:
    """The end of the ``need``-th open minute after minute number ``at``."""
    for step in range(at, len(open_minutes)):
        need -= open_minutes[step]
        if need == 0:
            return start + timedelta(minutes=step + 1)
    raise AssertionError("the walk was too short")


@pytest.mark.parametrize("pattern", PATTERNS)
@pytest.mark.parametrize("zone", CHANGES)
def test_agrees_with_the_minute_walk(zone: str, pattern: str) -> None:
    rng = random.Random(zone + pattern)
    for change in CHANGES[zone]:
        holiday = Holiday(change + timedelta(days=2), "Feast")
        short = OneOff(change + timedelta(days=3), parse_week({"mon": ["10:00-11:00"]})[0])
        calendar = Calendar(
            "walked", zone, parse_week(PATTERNS[pattern]), lambda _, h=holiday: (h,), (short,)
        )
        start = datetime(change.year, change.month, change.day, tzinfo=UTC) - timedelta(days=4)
        open_minutes = walk(calendar, start, 16)
        for _ in range(40):
            at, need = rng.randrange(9 * 1440), rng.randrange(1, 1000)
            moment = start + timedelta(minutes=at)
            due = due_by_walking(open_minutes, start, at, need)
            found = add(calendar, moment, need)
            assert found.due == due
            assert is_open(calendar, moment) == open_minutes[at]
            assert between(calendar, moment, due).minutes == need
            assert sum((i.end - i.start for i in found.intervals), timedelta()) == timedelta(
                minutes=need
            )
