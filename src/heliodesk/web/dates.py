"""Times in words, in the reader's zone; cached, since a list asks for the same few again."""

from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from heliodesk.kernel.clock import NEVER
from heliodesk.web.translation import language
from heliodesk.web.translation import translated as _

_DAY_MINUTES = 24 * 60
_ALMOST_NEVER = NEVER - timedelta(days=1)
# Put together here: a page has a dozen moments that nothing keeps, and each ``strftime`` of them
# costs as much as ten of these words.
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


@lru_cache(maxsize=128)
def zone(name: str) -> ZoneInfo:
    """A zone by name; UTC when the name is not known here."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return ZoneInfo("UTC")


def when(at: datetime, zone_name: str, now: datetime) -> str:
    """A moment as people say it: ``14:10`` today, else ``Fri 20 Nov, 14:10`` or with the year."""
    return when_by(at, zone_name, now.astimezone(zone(zone_name)).date())


def when_by(at: datetime, zone_name: str, today: date) -> str:
    """The same by the day that it is there now."""
    return _when(int(at.timestamp()) // 60, zone_name, today, language())


@lru_cache(maxsize=20_000)
def _when(minute: int, zone_name: str, today: date, _language: str) -> str:
    local = _local(minute, zone_name)
    clock = f"{local.hour:02}:{local.minute:02}"
    if local.date() == today:
        return _("Today, %(clock)s", clock=clock)
    day = f"{_DAYS[local.weekday()][:3]} {local.day} {_MONTHS[local.month - 1][:3]}"
    return f"{day}, {clock}" if local.year == today.year else f"{day} {local.year}, {clock}"


def exact(at: datetime, zone_name: str) -> str:
    """A moment in full, with its zone, for titles."""
    return _exact(int(at.timestamp()) // 60, zone_name)


@lru_cache(maxsize=20_000)
def _exact(minute: int, zone_name: str) -> str:
    local = _local(minute, zone_name)
    day = f"{_DAYS[local.weekday()]} {local.day} {_MONTHS[local.month - 1]} {local.year}"
    return f"{day}, {local.hour:02}:{local.minute:02} {local.tzname()}"


def _local(minute: int, zone_name: str) -> datetime:
    return datetime.fromtimestamp(minute * 60, zone(zone_name))


def clock(at: datetime, zone_name: str) -> str:
    """The time of day alone: ``13:55``."""
    return f"{_local(int(at.timestamp()) // 60, zone_name):%H:%M}"


def lasting(seconds: float | None) -> str:
    """A measured time: seconds to a minute and a half, then as ``span``; a dash for none."""
    if seconds is None:
        return "–"
    return f"{seconds:.0f} s" if seconds < 90 else _span(round(seconds / 60))


def iso(at: datetime) -> str:
    """A moment for machines: a ``datetime`` attribute."""
    return _iso(int(at.timestamp()))


@lru_cache(maxsize=20_000)
def _iso(second: int) -> str:
    return datetime.fromtimestamp(second, UTC).isoformat()[:19] + "Z"


def day(value: date | str) -> str:
    """A day: ``31 Mar 2027``; also of a day as databases write it in JSON."""
    if isinstance(value, str):
        value = date.fromisoformat(value)
    return f"{value.day} {value:%b %Y}"


def weekday(value: date) -> str:
    """A day with its weekday: ``Fri 25 Dec``."""
    return f"{value:%a} {value.day} {value:%b}"


def month(value: date) -> str:
    """A month: ``December``."""
    return f"{value:%B}"


def span(delta: timedelta) -> str:
    """How long, in the largest two units that matter: ``44 min``, ``2 h 10``, ``3 d``."""
    return _span(max(_minutes(delta), 0))


@lru_cache(maxsize=4096)
def _span(minutes: int) -> str:
    if minutes < 60:
        return _("%(n)s min", n=minutes)
    hours, rest = divmod(minutes, 60)
    if hours < 24:
        return f"{hours} h {rest:02d}" if rest else f"{hours} h"
    return f"{hours // 24} d"


def ago(at: datetime, now: datetime) -> str:
    """How long since: ``now``, ``5 min ago``, ``3 d ago``."""
    return _since(_minutes(now - at), language())


def opened(at: datetime, now: datetime) -> str:
    """How long since it was opened: ``opened 3 d ago``."""
    return _opened(_minutes(now - at), language())


def due(at: datetime, now: datetime) -> str:
    """How long until a promise falls due, or how late it is."""
    if at < now:
        return _late(_minutes(now - at), language())
    return _due(_minutes(at - now), language())


def _minutes(delta: timedelta) -> int:
    """Whole minutes; of more than a day whole days, so that few texts are made."""
    minutes = int(delta.total_seconds() // 60)
    return minutes if abs(minutes) < _DAY_MINUTES else minutes - minutes % _DAY_MINUTES


@lru_cache(maxsize=8192)
def _since(minutes: int, _language: str) -> str:
    return _("%(span)s ago", span=_span(minutes)) if minutes > 0 else _("now")


@lru_cache(maxsize=8192)
def _opened(minutes: int, _language: str) -> str:
    return _("opened %(span)s ago", span=_span(max(minutes, 0)))


@lru_cache(maxsize=8192)
def _due(minutes: int, _language: str) -> str:
    return _("in %(span)s", span=_span(minutes))


@lru_cache(maxsize=8192)
def _late(minutes: int, _language: str) -> str:
    return _("%(span)s late", span=_span(minutes))


def is_never(at: datetime) -> bool:
    """Whether this is the due time of what is never due."""
    return at >= _ALMOST_NEVER
