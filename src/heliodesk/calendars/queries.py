"""Reads of calendars: the list, and a year at a glance."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q, QuerySet

from heliodesk.calendars.models import BusinessCalendar, HolidayRow, HolidayState, OneOffDay
from heliodesk.calendars.rules import Calendar


class Missing(Exception):
    """There is no such calendar."""


@dataclass(frozen=True, slots=True)
class Day:
    """One date of a year: open, closed by the week, a holiday, or with hours of its own."""

    day: date
    kind: str
    name: str = ""


def all_calendars() -> QuerySet[BusinessCalendar]:
    """Every calendar, with the number of holidays that nobody has looked at."""
    open_ones = Q(holidays__state=HolidayState.PROPOSED)
    return BusinessCalendar.objects.annotate(proposed=Count("holidays", filter=open_ones)).order_by(
        "code"
    )


def to_confirm() -> list[tuple[str, int]]:
    """Calendars with holidays that nobody has looked at, and how many."""
    proposed = HolidayRow.objects.filter(state=HolidayState.PROPOSED).values("calendar__code")
    counted = proposed.annotate(many=Count("id")).order_by("calendar__code")
    return [(str(row["calendar__code"]), int(row["many"])) for row in counted]


def calendar_of(code: str) -> BusinessCalendar:
    """A calendar by its code.

    Raises:
        Missing: there is none.
    """
    row = BusinessCalendar.objects.filter(code=code).first()
    if row is None:
        raise Missing(code)
    return row


def holidays_in(row: BusinessCalendar, year: int) -> list[HolidayRow]:
    """The holidays of a year, by date."""
    return list(row.holidays.filter(day__year=year).order_by("day"))


def days_in(row: BusinessCalendar, year: int) -> list[OneOffDay]:
    """The days of a year that have hours of their own."""
    return list(row.days.filter(day__year=year).order_by("day"))


def year_of(calendar: Calendar, year: int) -> list[list[Day]]:
    """The twelve months of a year, each a list of its days."""
    holidays = {holiday.day: holiday.name for holiday in calendar.holidays(year)}
    return [
        [
            _day(calendar, date(year, month, day), holidays)
            for day in range(1, monthrange(year, month)[1] + 1)
        ]
        for month in range(1, 13)
    ]


def _day(calendar: Calendar, day: date, holidays: dict[date, str]) -> Day:
    if day in calendar.one_off:
        one = calendar.one_off[day]
        return Day(day, "own" if one.windows else "closing", one.name)
    if day in holidays:
        return Day(day, "holiday", holidays[day])
    return Day(day, "open" if calendar.week[day.weekday()] else "closed")
