"""Shifts as a calendar program reads them (RFC 5545)."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from heliodesk.oncall.queries import OnCall

_WORDS = {
    "primary": "primary",
    "secondary": "secondary",
    "lead": "lead",
    "duty_manager": "duty manager",
}


def feed(shifts: Sequence[OnCall], *, name: str, own: bool, host: str, at: datetime) -> bytes:
    """A calendar of these shifts; the same shift keeps its identity however often it is read."""
    from icalendar import Calendar, Event  # costly to import, and seldom needed

    book = Calendar()
    book.add("prodid", "-//Heliodesk//On call//EN")
    book.add("version", "2.0")
    book.add("x-wr-calname", name)
    book.add("refresh-interval", timedelta(minutes=15), parameters={"value": "DURATION"})
    for shift in shifts:
        event = Event()
        begins = f"{shift.start:%Y%m%dT%H%M%SZ}"
        event.add("uid", f"{shift.duty}-{shift.region or 'all'}-{begins}@{host}")
        event.add("dtstamp", at)
        event.add("dtstart", shift.start)
        event.add("dtend", shift.end)
        where = f", {shift.region_name}" if shift.region_name else ""
        what = f"On call: {_WORDS.get(shift.duty, shift.duty)}{where}"
        event.add("summary", what if own else f"{shift.name}: {what[9:]}")
        if shift.origin != "rota":
            event.add("description", f"By {shift.origin}.")
        book.add_component(event)
    return bytes(book.to_ical())
