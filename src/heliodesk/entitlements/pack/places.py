"""Calendars and regions of a pack."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from heliodesk.calendars.hours import HoursError, Week, parse_week, parse_windows
from heliodesk.calendars.public_holidays import holidays_of
from heliodesk.calendars.rules import (
    Calendar,
    CalendarError,
    HolidaySource,
    OneOff,
    no_holidays,
    zone_named,
)
from heliodesk.entitlements.pack.model import PhoneNumber, Region
from heliodesk.entitlements.pack.nodes import Node


@dataclass(frozen=True, slots=True)
class HolidayPlace:
    """A calendar and the place whose public holidays it keeps."""

    code: str
    calendar: Calendar
    country: str = ""
    subdivision: str | None = None


def read_calendar(node: Node) -> HolidayPlace:
    """A calendar: zone, hours, holidays by place, one-off days; one that never opens is refused."""
    fields = node.fields("code zone hours", "holidays one_off tag refs")
    code = fields["code"].code()
    country, subdivision = _place(fields["holidays"]) if "holidays" in fields else ("", None)
    changes = tuple(map(_one_off, fields["one_off"].entries())) if "one_off" in fields else ()
    zone = fields["zone"]
    try:
        zone_named(zone.text())
    except CalendarError as error:
        raise zone.wrong(str(error)) from error
    try:
        calendar = Calendar(
            code, zone.text(), _week(fields["hours"]), holiday_source(country, subdivision), changes
        )
    except CalendarError as error:
        raise node.wrong(str(error)) from error
    return HolidayPlace(code, calendar, country, subdivision)


def holiday_source(country: str, subdivision: str | None) -> HolidaySource:
    """The public holidays of a place as a source by year; an empty country keeps none."""
    if not country:
        return no_holidays
    return lambda year: holidays_of(country, subdivision, year)


def _place(node: Node) -> tuple[str, str | None]:
    fields = node.fields("country", "subdivision")
    country = fields["country"].text()
    if not re.fullmatch(r"[A-Z]{2}", country):
        raise fields["country"].wrong(f"{country!r} is not a country code such as GB")
    return country, fields["subdivision"].code() if "subdivision" in fields else None


def _week(node: Node) -> Week:
    hours = {days: texts.texts() for days, texts in node.items()}
    try:
        return parse_week(hours)
    except HoursError as error:
        raise node.wrong(str(error)) from error


def _one_off(node: Node) -> OneOff:
    fields = node.fields("date hours", "name")
    day = fields["date"].plain()
    if not isinstance(day, date):
        raise fields["date"].wrong("a date such as 2026-12-24 is expected here")
    try:
        windows = parse_windows(fields["hours"].texts())
    except HoursError as error:
        raise fields["hours"].wrong(str(error)) from error
    return OneOff(day, windows, fields["name"].text() if "name" in fields else "")


def read_region(
    node: Node, mail_addresses: Mapping[str, str], calendars: Mapping[str, HolidayPlace]
) -> Region:
    """A region: it has a calendar of its own code and writes to a known mail address."""
    fields = node.fields("code label place zone queue mail", "numbers countries data_boundary refs")
    code = fields["code"].code()
    if code not in calendars:
        raise fields["code"].wrong(f"region {code} has no calendar of its code", "calendars")
    zone = fields["zone"].text()
    if calendars[code].calendar.zone.key != zone:
        reason = f"region {code} and its calendar are in different zones"
        raise fields["zone"].wrong(reason, "calendars")
    numbers = fields["numbers"].entries() if "numbers" in fields else []
    boundary = fields["data_boundary"].code() if "data_boundary" in fields else ""
    return Region(
        code=code,
        label=fields["label"].text(),
        place=fields["place"].text(),
        zone=zone,
        queue=fields["queue"].code(),
        mail=fields["mail"].one_of(mail_addresses, "mail_addresses"),
        numbers=tuple(map(_number, numbers)),
        countries=fields["countries"].texts() if "countries" in fields else (),
        data_boundary=boundary,
    )


def _number(node: Node) -> PhoneNumber:
    fields = node.fields("source e164", "national_only refs")
    e164 = fields["e164"].text()
    if not re.fullmatch(r"\+[1-9]\d{6,14}", e164):
        raise fields["e164"].wrong(f"{e164!r} is not a number in E.164 such as +442078478701")
    national = fields["national_only"].flag() if "national_only" in fields else False
    return PhoneNumber(fields["source"].text(), e164, national)
