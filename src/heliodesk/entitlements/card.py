"""The account card in words: what is open to the account at this minute (R53)."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from heliodesk.entitlements.pack.model import Region, Window
from heliodesk.entitlements.policy import Policy
from heliodesk.entitlements.rules.open_now import Line, OpenNow

_ABSENT = {
    Window.NONE: "not in the package",
    Window.IMPLEMENTATION_ONLY: "closed",
    Window.LOCAL_BUSINESS_HOURS: "closed",
}


def card(found: OpenNow, policy: Policy) -> list[str]:
    """Three lines: telephone, P1 calls, e-mail; times are the region's own.

    For example ``Phone: open, closes 17:00 London, 02:14 left``.
    """
    region = policy.place(found.region).region
    phone = _line(found.phone, found.at, region)
    if found.phone.window is Window.IMPLEMENTATION_ONLY:
        phone = f"for implementation only, {phone}"
    p1_calls = _line(found.p1_phone, found.at, region)
    if found.p1_designated_any_hour and not found.p1_phone.open:
        p1_calls += "; open to designated contacts at any hour"
    priority = policy.settings.severity_default
    due = found.email_due.get(priority) or min(found.email_due.values())
    return [
        f"Phone: {phone}",
        f"P1 calls: {p1_calls}",
        f"E-mail: target for a response to one sent now {_moment(due, found.at, region)}",
    ]


def _line(line: Line, at: datetime, region: Region) -> str:
    if line.open and line.closes and line.left:
        return f"open, closes {_moment(line.closes, at, region)}, {_span(line.left)} left"
    if line.open:
        return "open at every hour"
    opens = f", opens {_moment(line.opens, at, region)}" if line.opens else ""
    return _ABSENT[line.window] + opens


def _moment(moment: datetime, at: datetime, region: Region) -> str:
    """A time of today alone, of another day with its date."""
    zone = ZoneInfo(region.zone)
    local, today = moment.astimezone(zone), at.astimezone(zone).date()
    day = "" if local.date() == today else f" on {local:%a} {local.day} {local:%b}"
    return f"{local:%H:%M}{day} {region.place}"


def _span(left: timedelta) -> str:
    minutes = left // timedelta(minutes=1)
    return f"{minutes // 60:02}:{minutes % 60:02}"
