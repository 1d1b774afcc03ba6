"""The calendars in force, built from their rows once for each change."""

from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from typing import Any, NamedTuple

from django.db import connection

from heliodesk.calendars.hours import parse_week, parse_windows
from heliodesk.calendars.public_holidays import Holiday, holidays_of
from heliodesk.calendars.rules import Calendar, HolidaySource, OneOff, no_holidays
from heliodesk.kernel import once, reading

#: The state of the calendars.
STAMP = "select coalesce(max(stamp), 0) from calendars_businesscalendar"
_ALL = """
select c.code, c.version, c.zone, c.hours, c.country, c.subdivision, c.first_year, c.last_year,
    (select json_agg(json_build_array(h.day, h.name, h.expected))
     from calendars_holidayrow h where h.calendar_id = c.id and h.state <> 'rejected'),
    (select json_agg(json_build_array(o.day, o.hours, o.name))
     from calendars_oneoffday o where o.calendar_id = c.id)
from calendars_businesscalendar c
"""


class Kept(NamedTuple):
    """A calendar in force with the version of its row."""

    calendar: Calendar
    version: int


class _Row(NamedTuple):
    code: str
    version: int
    zone: str
    hours: dict[str, list[str]]
    country: str
    subdivision: str
    first_year: int | None
    last_year: int | None
    holidays: list[list[Any]] | None
    days: list[list[Any]] | None


def stamp() -> int:
    """A number that grows with every change of any calendar; one small statement a request."""
    return int(once.rows(connection, STAMP)[0][0])


@lru_cache(maxsize=4)
def calendars(stamp: int) -> Mapping[str, Kept]:
    """Every calendar by its code, as of a stamp."""
    rows = reading.shaped(connection, _Row, _ALL)
    return {row.code: Kept(_calendar(row), row.version) for row in rows}


def _calendar(row: _Row) -> Calendar:
    days = tuple(
        OneOff(date.fromisoformat(day), parse_windows(hours), name)
        for day, hours, name in row.days or []
    )
    return Calendar(row.code, row.zone, parse_week(row.hours), _source(row), days)


def _source(row: _Row) -> HolidaySource:
    """Rows for the years that were imported, the public source for all others."""
    by_year: dict[int, list[Holiday]] = {}
    for text, name, expected in row.holidays or []:
        day = date.fromisoformat(text)
        by_year.setdefault(day.year, []).append(Holiday(day, name, expected))
    kept = {year: tuple(sorted(found)) for year, found in by_year.items()}
    public = public_source(row.country, row.subdivision)
    first, last = row.first_year or 1, row.last_year or 0

    def source(year: int) -> tuple[Holiday, ...]:
        if first <= year <= last:
            return kept.get(year, ())
        return tuple(sorted({*public(year), *kept.get(year, ())}))

    return source


def public_source(country: str, subdivision: str) -> HolidaySource:
    """The public holidays of a place by year; an empty country keeps none."""
    if not country:
        return no_holidays
    return lambda year: holidays_of(country, subdivision or None, year)
