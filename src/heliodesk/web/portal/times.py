"""Times as a customer reads them: in their language and zone, with the zone where it matters."""

from datetime import UTC, date, datetime, timedelta
from functools import lru_cache

from django.utils.dateformat import format as formatted
from django.utils.translation import gettext_noop as _
from django.utils.translation import override

from heliodesk.web.dates import zone as zone_of
from heliodesk.web.translation import language, translated

_KEPT = 20_000
#: Day and month with and without weekday and year, as Django's ``date`` filter has it.
_DAY = {"en": "D j M", "de": "D, j. M", "fr": "D j M", "es": "D j M"}
_LONG_DAY = {"en": "l j F", "de": "l, j. F", "fr": "l j F", "es": "l j \\d\\e F"}
_DATE = {"en": "j F Y", "de": "j. F Y", "fr": "j F Y", "es": "j \\d\\e F \\d\\e Y"}
_PLACES = {"UTC": "UTC", "Etc/UTC": "UTC"}


def place(zone: str) -> str:
    """The place by which people know a zone: ``London`` of ``Europe/London``."""
    return _PLACES.get(zone) or zone.rpartition("/")[2].replace("_", " ")


def clock(at: datetime, zone: str) -> str:
    """A time of day: ``17:00``."""
    return f"{at.astimezone(zone_of(zone)):%H:%M}"


def moment(at: datetime, zone: str, now: datetime) -> str:
    """``today, 17:00``, ``tomorrow, 13:43``, else ``Tue 24 Nov, 13:43``."""
    return _moment(_minute(at), zone, now.astimezone(zone_of(zone)).date(), language())


def until(at: datetime, zone: str, now: datetime) -> str:
    """``17:00`` when it is today, else with its day."""
    local = at.astimezone(zone_of(zone))
    same = local.date() == now.astimezone(zone_of(zone)).date()
    return f"{local:%H:%M}" if same else moment(at, zone, now)


def full(at: datetime, zone: str) -> str:
    """``Tuesday 24 November, 13:43, London time``: for what a promise hangs on."""
    return _full(_minute(at), zone, language())


def day(value: date | str) -> str:
    """``31 March 2027``; of a day as JSON has it, too."""
    return _day(date.fromisoformat(value) if isinstance(value, str) else value, language())


def short_day(value: date | datetime) -> str:
    """``Tue 24 Nov``: a day of which the year is known."""
    return _short_day(value if not isinstance(value, datetime) else value.date(), language())


_THOUSANDS = {"en": ",", "de": ".", "fr": "\u202f", "es": ""}


def number(count: int) -> str:
    """A number in the reader's way of writing: ``2,000``, ``2.000``, ``2 000``."""
    return f"{count:,}".replace(",", _THOUSANDS[language()])


def iso(at: datetime) -> str:
    """A moment for machines."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def ago(at: datetime, now: datetime) -> str:
    """``just now``, ``18 min ago``, ``3 h ago``, ``4 days ago``."""
    return _ago(max(int((now - at) / timedelta(minutes=1)), 0), language())


def span(minutes: int) -> str:
    """A length of time: ``45 min``, ``2 h 10``."""
    hours, rest = divmod(max(minutes, 0), 60)
    if not hours:
        return translated(_("%(n)s min"), n=rest)
    return f"{hours} h {rest:02d}" if rest else f"{hours} h"


def _minute(at: datetime) -> int:
    return int(at.timestamp()) // 60


@lru_cache(maxsize=_KEPT)
def _moment(minute: int, zone: str, today: date, lang: str) -> str:
    local = datetime.fromtimestamp(minute * 60, zone_of(zone))
    time = f"{local:%H:%M}"
    away = (local.date() - today).days
    if away == 0:
        return translated(_("today, %(time)s"), time=time)
    if away == 1:
        return translated(_("tomorrow, %(time)s"), time=time)
    if away == -1:
        return translated(_("yesterday, %(time)s"), time=time)
    with override(lang):
        named = formatted(local, _DAY[lang])
    year = f" {local.year}" if local.year != today.year else ""
    return f"{named}{year}, {time}"


@lru_cache(maxsize=_KEPT)
def _full(minute: int, zone: str, lang: str) -> str:
    local = datetime.fromtimestamp(minute * 60, zone_of(zone))
    with override(lang):
        named = formatted(local, _LONG_DAY[lang])
    return translated(
        _("%(day)s, %(time)s, %(place)s time"), day=named, time=f"{local:%H:%M}", place=place(zone)
    )


@lru_cache(maxsize=4096)
def _day(value: date, lang: str) -> str:
    with override(lang):
        return formatted(value, _DATE[lang])


@lru_cache(maxsize=4096)
def _short_day(value: date, lang: str) -> str:
    with override(lang):
        return formatted(value, _DAY[lang])


@lru_cache(maxsize=4096)
def _ago(minutes: int, _lang: str) -> str:
    if minutes < 1:
        return translated(_("just now"))
    if minutes < 60:
        return translated(_("%(n)s min ago"), n=minutes)
    if minutes < 24 * 60:
        return translated(_("%(n)s h ago"), n=minutes // 60)
    days = minutes // (24 * 60)
    if days == 1:
        return translated(_("a day ago"))
    return translated(_("%(n)s days ago"), n=days)


@lru_cache(maxsize=256)
def weekday(value: date, lang: str) -> str:
    """The short name of a weekday."""
    with override(lang):
        return formatted(value, "D")
