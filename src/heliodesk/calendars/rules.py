"""Working time: add it to an instant, measure it between two, ask whether it is open.

A window is half open: its closing minute is closed. A window that passes midnight belongs to
the day on which it opens, so a holiday closes all of it. Where clocks change, see ``wall``.
"""

import hashlib
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from heliodesk.calendars.hours import Week, Window
from heliodesk.calendars.public_holidays import Holiday
from heliodesk.calendars.timeline import MINUTE, Interval, Timeline, instant, micros
from heliodesk.calendars.wall import closing_instant, opening_instant

HolidaySource = Callable[[int], tuple[Holiday, ...]]
HORIZON_YEARS = 12
YEARS = range(1900, 2200)
#: Open minutes a week that bring any target about within a year.
_PLENTY = 480


class CalendarError(ValueError):
    """A calendar that cannot be used, or a question it cannot answer; the text says why."""


def no_holidays(year: int) -> tuple[Holiday, ...]:
    """The holiday source of a calendar that keeps none."""
    return ()


@dataclass(frozen=True, slots=True)
class OneOff:
    """Hours of a single date that replace the week's and any holiday; no windows: closed."""

    day: date
    windows: tuple[Window, ...]
    name: str = ""


@dataclass(frozen=True, slots=True)
class Due:
    """A deadline in UTC, and on request the open intervals that were counted up to it."""

    due: datetime
    start: datetime
    calendar: "Calendar"

    @property
    def intervals(self) -> list[Interval]:
        """The open intervals counted between the start and the deadline."""
        return self.calendar.open_intervals(self.start, self.due)


@dataclass(frozen=True, slots=True)
class Elapsed:
    """Working time between two instants."""

    open_time: timedelta
    intervals: list[Interval]

    @property
    def minutes(self) -> float:
        """The working time in minutes; whole unless seconds were involved."""
        return self.open_time / timedelta(minutes=1)


class Calendar:
    """Opening hours of a place: a week, its holidays, its one-off days, in one IANA zone.

    Raises CalendarError if it has no open time at all: no deadline could ever come.
    """

    __slots__ = ("_one_off", "_timeline", "code", "holidays", "week", "zone")

    def __init__(
        self,
        code: str,
        zone: str,
        week: Week,
        holidays: HolidaySource = no_holidays,
        one_off: tuple[OneOff, ...] = (),
    ) -> None:
        self.code, self.week, self.holidays = code, week, holidays
        self.zone = zone_named(zone)
        self._one_off = {change.day: change for change in one_off}
        self._timeline: Timeline | None = None
        if len(self._one_off) < len(one_off):
            raise CalendarError(f"calendar {code}: a date has two one-off entries")
        if not any(week) and not any(change.windows for change in one_off):
            raise CalendarError(f"calendar {code} has no open time: a deadline would never come")

    @property
    def one_off(self) -> Mapping[date, OneOff]:
        """The one-off days by date."""
        return self._one_off

    def version(self, years: range) -> str:
        """A short mark that changes when the hours or holidays of these years change."""
        held = [self.holidays(year) for year in years]
        parts = (self.zone.key, self.week, held, sorted(self._one_off.items()))
        return hashlib.sha256(repr(parts).encode()).hexdigest()[:12]

    def mark(self, years: range) -> str:
        """A short mark of the opening instants of these years: zone rules are in it too."""
        line = Timeline(self._spans(years.start, years.stop - 1), years.start, years.stop - 1)
        return hashlib.sha256(repr((line.starts, line.ends)).encode()).hexdigest()[:12]

    def windows_on(self, day: date) -> tuple[Window, ...]:
        """The windows that open on a local date."""
        if day in self._one_off:
            return self._one_off[day].windows
        if any(holiday.day == day for holiday in self.holidays(day.year)):
            return ()
        return self.week[day.weekday()]

    def spanning(self, first_year: int, last_year: int) -> Timeline:
        """The compiled timeline, grown to hold these years."""
        line = self._timeline
        if first_year < YEARS.start or last_year >= YEARS.stop:
            raise CalendarError(f"calendars reach from {YEARS.start + 1} to {YEARS.stop - 2}")
        if line and line.first_year <= first_year and last_year <= line.last_year:
            return line
        if line:
            first_year = min(first_year, line.first_year)
            last_year = max(last_year, line.last_year)
        self._timeline = line = Timeline(self._spans(first_year, last_year), first_year, last_year)
        return line

    def open_intervals(self, start: datetime, end: datetime) -> list[Interval]:
        """The open intervals between two instants."""
        line = self.spanning(start.year - 1, end.year + 1)
        return line.clipped(micros(start), micros(end))

    def _spans(self, first_year: int, last_year: int) -> list[tuple[int, int]]:
        spans: list[tuple[int, int]] = []
        for year in range(first_year, last_year + 1):
            closed = {holiday.day for holiday in self.holidays(year)}
            day = date(year, 1, 1)
            while day.year == year:
                change = self._one_off.get(day)
                if change:
                    windows = change.windows
                else:
                    windows = () if day in closed else self.week[day.weekday()]
                spans.extend(self._span(day, window) for window in windows)
                day += timedelta(days=1)
        return spans

    def _span(self, day: date, window: Window) -> tuple[int, int]:
        midnight = datetime(day.year, day.month, day.day)  # noqa: DTZ001 (wall time on purpose)
        opens = opening_instant(midnight + timedelta(minutes=window.opens), self.zone)
        closes = closing_instant(midnight + timedelta(minutes=window.closes), self.zone)
        return micros(opens), micros(closes)


def zone_named(name: str) -> ZoneInfo:
    """The IANA zone of this name; CalendarError if there is none."""
    try:
        return ZoneInfo(name)
    except (ValueError, OSError, LookupError) as error:
        raise CalendarError(f"{name!r} is not a time zone such as Europe/London") from error


def add(calendar: Calendar, start: datetime, minutes: float) -> Due:
    """The instant at which ``minutes`` of working time have passed since ``start`` (aware).

    A deadline that falls on a closing is that closing, not the next opening (D08). With zero
    minutes it is ``start`` itself, or the next opening if closed.
    """
    if start.tzinfo is None:
        raise CalendarError("the start has no time zone: write 2026-03-03T10:00+00:00")
    if not math.isfinite(minutes) or minutes < 0:
        raise CalendarError("minutes is a number of at least 0")
    need = round(minutes * MINUTE)
    at = micros(start)
    found = calendar.spanning(start.year - 1, start.year + 1).after(at, need)
    reach = 2
    while found is None:
        if reach > HORIZON_YEARS:
            raise CalendarError(
                f"calendar {calendar.code} does not have {minutes} open minutes "
                f"in the years after {start.isoformat()}"
            )
        found = calendar.spanning(start.year - 1, start.year + reach).after(at, need)
        reach *= 2
    return Due(instant(found), start, calendar)


def between(calendar: Calendar, start: datetime, end: datetime) -> Elapsed:
    """The working time from ``start`` to ``end``, both aware; the end may not come first."""
    if start.tzinfo is None or end.tzinfo is None:
        raise CalendarError("an instant has no time zone: write 2026-03-03T10:00+00:00")
    if end < start:
        raise CalendarError("the end is before the start")
    line = calendar.spanning(start.year - 1, end.year + 1)
    first, last = micros(start), micros(end)
    open_time = timedelta(microseconds=line.open_until(last) - line.open_until(first))
    return Elapsed(open_time, line.clipped(first, last))


def check_reach(calendar: Calendar, at: datetime, minutes: int) -> None:
    """Refuse a calendar on which so many minutes would never have passed.

    A week with a day's worth of opening is not walked through: no public holidays take that.

    Raises CalendarError.
    """
    weekly = sum(window.closes - window.opens for day in calendar.week for window in day)
    if weekly < _PLENTY or minutes > weekly * 52:
        add(calendar, at, minutes)


def is_open(calendar: Calendar, at: datetime) -> bool:
    """Whether the calendar is open at an aware instant; the closing minute is closed."""
    line = calendar.spanning(at.year - 1, at.year + 1)
    moment = micros(at)
    index = line.next_index(moment)
    return index < len(line.starts) and line.starts[index] <= moment


def next_opening(calendar: Calendar, at: datetime) -> datetime:
    """The instant itself if open, else the next opening, in UTC."""
    return add(calendar, at, 0).due


def closes_at(calendar: Calendar, at: datetime) -> datetime | None:
    """When the window that is open at ``at`` closes, in UTC; None if closed now."""
    line = calendar.spanning(at.year - 1, at.year + 1)
    moment = micros(at)
    index = line.next_index(moment)
    if index == len(line.starts) or line.starts[index] > moment:
        return None
    return instant(line.ends[index])


def business_days_after(calendar: Calendar, at: datetime, days: int) -> datetime:
    """The last closing of the ``days``-th date with open time after the date of ``at``, in UTC.

    Raises CalendarError if the calendar has no such date within its horizon.
    """
    day, left = at.astimezone(calendar.zone).date(), days
    for _ in range(366 * HORIZON_YEARS):
        if left <= 0:
            break
        day += timedelta(days=1)
        left -= bool(calendar.windows_on(day))
    else:
        raise CalendarError(f"calendar {calendar.code} does not have {days} days to come")
    windows = calendar.windows_on(day)
    closes = max((window.closes for window in windows), default=0)
    midnight = datetime(day.year, day.month, day.day)  # noqa: DTZ001 (wall time on purpose)
    return max(at, closing_instant(midnight + timedelta(minutes=closes), calendar.zone))
