"""The only writer of calendars: one verb, one transaction, one journal event, one more version."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F, Func, Value

from heliodesk.calendars import book
from heliodesk.calendars.hours import (
    HoursError,
    parse_week,
    parse_windows,
    write_week,
    write_windows,
)
from heliodesk.calendars.models import BusinessCalendar, HolidayRow, HolidayState, OneOffDay
from heliodesk.calendars.public_holidays import UnknownHolidays, holidays_of, supports
from heliodesk.calendars.rules import (
    Calendar,
    CalendarError,
    OneOff,
    check_reach,
    no_holidays,
    zone_named,
)
from heliodesk.journal.record import SYSTEM, By, Happening, record
from heliodesk.kernel import once
from heliodesk.kernel.text import one_line, storable

#: Years of holidays kept in rows: the last, this, and the two that follow.
BEFORE, AHEAD = 1, 2
#: Open minutes, ten days and nights of them, that must come about on every calendar.
LONGEST = 14_400


class Refused(Exception):
    """The change is not possible; the text says why in words a person can act on."""


@transaction.atomic
def keep(calendar: Calendar, country: str, subdivision: str, *, by: By, at: datetime) -> None:
    """Have a calendar of a policy pack among those in force, its holidays in rows.

    One that exists takes over the hours and place of the pack; its holidays and days stay.
    """
    hours, place = write_week(calendar.week), (country, subdivision)
    row, created = BusinessCalendar.objects.get_or_create(
        code=calendar.code,
        defaults={
            "zone": calendar.zone.key,
            "hours": hours,
            "country": country,
            "subdivision": subdivision,
            "changed_at": at,
        },
    )
    if created:
        OneOffDay.objects.bulk_create(
            OneOffDay(
                calendar=row, day=one.day, hours=write_windows(one.windows),
                name=one.name or "By the policy", added_by=by.name, added_at=at,
            )
            for one in calendar.one_off.values()
        )  # fmt: skip
        _import(row, at)
        _changed(row, "opened", by=by, at=at)
        return
    if (row.zone, row.hours, (row.country, row.subdivision)) == (calendar.zone.key, hours, place):
        return
    moved = (row.country, row.subdivision) != place
    row.zone, row.hours, row.country, row.subdivision = calendar.zone.key, hours, *place
    row.save(update_fields=["zone", "hours", "country", "subdivision"])
    if moved:
        row.holidays.filter(imported=True, state=HolidayState.PROPOSED).delete()
        row.first_year = row.last_year = None
        _import(row, at)
    _changed(row, "hours_changed", by=by, at=at, hours=hours)


@transaction.atomic
def change_hours(
    calendar: BusinessCalendar,
    *,
    zone: str,
    hours: Mapping[str, Sequence[str]],
    by: By,
    at: datetime,
) -> None:
    """Set the week and the zone.

    Raises:
        Refused: the hours cannot be read, the zone is unknown, or it would never open (then a
            deadline would never come).
    """
    row = _locked(calendar)
    before = row.hours
    row.zone, row.hours = _zone(zone), dict(hours)
    _check(row, at)
    row.save(update_fields=["zone", "hours"])
    _changed(row, "hours_changed", by=by, at=at, before=before, hours=row.hours, zone=zone)


@transaction.atomic
def change_place(
    calendar: BusinessCalendar, *, country: str, subdivision: str, by: By, at: datetime
) -> None:
    """Keep the public holidays of another place; what people decided on stays.

    Raises:
        Refused: no public holidays are known for the place.
    """
    if country and (wrong := supports(country, subdivision or None)):
        raise Refused(f"{wrong[0].upper()}{wrong[1:]}.")
    row = _locked(calendar)
    row.country, row.subdivision = country, subdivision
    row.holidays.filter(imported=True, state=HolidayState.PROPOSED).delete()
    row.first_year = row.last_year = None
    row.save(update_fields=["country", "subdivision"])
    _import(row, at)
    _changed(row, "place_changed", by=by, at=at, country=country, subdivision=subdivision)


@transaction.atomic
def import_holidays(calendar: BusinessCalendar, *, by: By, at: datetime) -> int:
    """Bring the rows up to the years that count now; how many holidays are new."""
    row = _locked(calendar)
    added = _import(row, at)
    if added:
        _changed(row, "holidays_imported", by=by, at=at, added=added)
    return added


@transaction.atomic
def decide_holidays(
    calendar: BusinessCalendar,
    *,
    confirm: Sequence[int] = (),
    reject: Sequence[int] = (),
    by: By,
    at: datetime,
) -> None:
    """Say of imported holidays that the desk is closed on them, or is not.

    Raises:
        Refused: with them the calendar would never open.
    """
    row = _locked(calendar)
    for ids, state in ((confirm, HolidayState.CONFIRMED), (reject, HolidayState.REJECTED)):
        row.holidays.filter(pk__in=ids).update(state=state, decided_by=by.name, decided_at=at)
    _check(row, at)
    data = {"confirmed": _days(row, confirm), "rejected": _days(row, reject)}
    _changed(row, "holidays_decided", by=by, at=at, **data)


@transaction.atomic
def add_holiday(
    calendar: BusinessCalendar, *, day: date, name: str, by: By, at: datetime
) -> HolidayRow:
    """A holiday that the source does not know.

    Raises:
        Refused: it has no name, or the day is one already.
    """
    row = _locked(calendar)
    holiday = HolidayRow(
        calendar=row, day=day, name=_name(name), imported=False,
        state=HolidayState.CONFIRMED, decided_by=by.name, decided_at=at,
    )  # fmt: skip
    _save_once(holiday, f"{day.isoformat()} is a holiday of this calendar already.")
    _changed(row, "holiday_added", by=by, at=at, day=day.isoformat(), name=holiday.name)
    return holiday


@transaction.atomic
def set_day(
    calendar: BusinessCalendar,
    *,
    day: date,
    hours: Sequence[str] = (),
    name: str,
    by: By,
    at: datetime,
) -> OneOffDay:
    """Close a single date, or give it other hours.

    Raises:
        Refused: the hours cannot be read, it has no name, or the day has an entry already.
    """
    row = _locked(calendar)
    windows = _read(lambda: parse_windows(hours))
    one = OneOffDay(
        calendar=row, day=day, hours=write_windows(windows),
        name=_name(name), added_by=by.name, added_at=at,
    )  # fmt: skip
    _save_once(one, f"{day.isoformat()} has hours of its own already. Remove them first.")
    _check(row, at)
    _changed(row, "day_set", by=by, at=at, day=day.isoformat(), hours=one.hours, name=one.name)
    return one


@transaction.atomic
def drop_day(calendar: BusinessCalendar, *, day: date, by: By, at: datetime) -> None:
    """Let a date follow the week again."""
    row = _locked(calendar)
    dropped, _ = row.days.filter(day=day).delete()
    if dropped:
        _check(row, at)
        _changed(row, "day_dropped", by=by, at=at, day=day.isoformat())


def notice_changed_times(at: datetime) -> list[str]:
    """Find calendars whose opening instants are others though nobody changed them; their codes.

    That happens with new data of zones or public holidays. They get a new version, so that open
    deadlines are counted anew, and the journal says so.
    """
    changed = []
    for code, (calendar, version) in book.calendars(book.stamp()).items():
        mark = f"{at.year}-{calendar.mark(range(at.year - BEFORE, at.year + AHEAD + 1))}"
        with transaction.atomic():
            row = BusinessCalendar.objects.select_for_update().get(code=code)
            if row.version != version or (row.mark, row.marked_version) == (mark, version):
                continue
            same_year = row.mark[:5] == mark[:5]
            if same_year and row.marked_version == version:
                changed.append(code)
                _changed(row, "times_changed", by=SYSTEM, at=at, zone=row.zone)
                version += 1
            row.mark, row.marked_version = mark, version
            row.save(update_fields=["mark", "marked_version"])
    return changed


def _locked(calendar: BusinessCalendar) -> BusinessCalendar:
    return BusinessCalendar.objects.select_for_update().get(pk=calendar.pk)


def _import(row: BusinessCalendar, at: datetime) -> int:
    first, last = at.year - BEFORE, at.year + AHEAD
    added: list[HolidayRow] = []
    try:
        for year in range(first, last + 1) if row.country else ():
            if row.first_year and row.last_year and row.first_year <= year <= row.last_year:
                continue
            added += [
                HolidayRow(calendar=row, day=h.day, name=h.name[:200], expected=h.expected)
                for h in holidays_of(row.country, row.subdivision or None, year)
            ]
    except UnknownHolidays as error:
        raise Refused(f"The holidays of calendar {row.code} are not known: {error}") from error
    row.first_year = min(first, row.first_year or first)
    row.last_year = max(last, row.last_year or last)
    row.save(update_fields=["first_year", "last_year"])
    HolidayRow.objects.bulk_create(added, ignore_conflicts=True)
    return len(added)


def _check(row: BusinessCalendar, at: datetime) -> None:
    """Refuse a calendar on which a deadline would never come."""
    week = _read(lambda: parse_week(row.hours))
    days = tuple(OneOff(o.day, parse_windows(o.hours), o.name) for o in row.days.all())
    calendar = _read(lambda: Calendar(row.code, row.zone, week, no_holidays, days))
    _read(lambda: check_reach(calendar, at, LONGEST))


def _read(read: Callable[[], Any]) -> Any:
    try:
        return read()
    except (CalendarError, HoursError) as error:
        text = str(error)
        raise Refused(f"{text[0].upper()}{text[1:]}.") from error


def _zone(name: str) -> str:
    return str(_read(lambda: zone_named(name.strip())).key)


def _name(name: str) -> str:
    kept = one_line(storable(name), 200)
    if not kept:
        raise Refused("Give the day a name, such as the reason for closing.")
    return kept


def _save_once(row: HolidayRow | OneOffDay, taken: str) -> None:
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        raise Refused(taken) from error


def _days(row: BusinessCalendar, ids: Sequence[int]) -> list[str]:
    return [
        day.isoformat() for day in row.holidays.filter(pk__in=ids).values_list("day", flat=True)
    ]


def _changed(row: BusinessCalendar, verb: str, *, by: By, at: datetime, **data: object) -> None:
    BusinessCalendar.objects.filter(pk=row.pk).update(
        version=F("version") + 1,
        stamp=Func(Value("calendars_stamp"), function="nextval"),
        changed_at=at,
    )
    once.forget()
    record([Happening(verb, "calendar", row.pk, {"code": row.code, **data})], by=by, at=at)
