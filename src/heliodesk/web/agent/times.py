"""Times at which a letter may go out, by the clock of who writes it or of who reads it."""

from collections.abc import Mapping
from datetime import UTC, datetime, time, timedelta
from functools import lru_cache
from typing import NamedTuple

from django.utils.translation import gettext as _

from heliodesk.cases.rules import Refused
from heliodesk.web import dates

_MORNING = time(9)


class Offer(NamedTuple):
    """A time that one press chooses: its words, and what the form sends."""

    label: str
    value: str


def offers(zone_name: str, now: datetime) -> list[Offer]:
    """Usual times: in an hour, the next morning, the next Monday, by this clock."""
    return _offers(zone_name, now.replace(second=0, microsecond=0))


@lru_cache(maxsize=128)
def _offers(zone_name: str, now: datetime) -> list[Offer]:
    """The same; they change with the minute."""
    zone = dates.zone(zone_name)
    local = now.astimezone(zone)
    tomorrow = datetime.combine(local.date() + timedelta(days=1), _MORNING, zone)
    monday = datetime.combine(local.date() + timedelta(days=7 - local.weekday()), _MORNING, zone)
    found = [
        (_("In one hour, %(clock)s"), now + timedelta(hours=1)),
        (_("Tomorrow, %(clock)s"), tomorrow),
        (_("On Monday, %(clock)s"), monday),
    ]
    if monday == tomorrow:
        found.pop()
    return [
        Offer(label % {"clock": dates.clock(at, zone_name)}, dates.iso(at)) for label, at in found
    ]


def chosen(form: Mapping[str, str], zone_name: str) -> datetime | None:
    """The time that a form asks for; none when it is to go out now.

    ``later`` is a moment as ``offers`` gave it, or ``at``: then ``later_at`` is a local time, by
    the clock of ``later_zone`` or of the one who writes.

    Raises:
        Refused: it is no time.
    """
    later = form.get("later", "")
    if not later:
        return None
    text = form.get("later_at", "") if later == "at" else later
    try:
        given = datetime.fromisoformat(text)
    except ValueError:
        raise Refused(_("Choose a day and a time at which it is to go out.")) from None
    if given.tzinfo is None:
        given = given.replace(tzinfo=dates.zone(form.get("later_zone", "") or zone_name))
    return given.astimezone(UTC)
