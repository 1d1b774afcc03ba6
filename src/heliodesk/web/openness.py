"""What is open to an account now, as lines: a mark, the words, until when (R53)."""

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from heliodesk.entitlements import packs
from heliodesk.entitlements.pack.model import Region, Window
from heliodesk.entitlements.policy import Policy, UnknownCode
from heliodesk.entitlements.rules.open_now import Line, open_now
from heliodesk.entitlements.wording import number_text
from heliodesk.web import dates
from heliodesk.web.translation import language


@dataclass(frozen=True, slots=True)
class Right:
    """One right: whether it can be used now, in words."""

    open: bool
    label: str
    when: str
    more: str = ""


@dataclass(frozen=True, slots=True)
class Openness:
    """All lines of an account, and which calendar they follow."""

    calendar: str
    until: str
    rights: tuple[Right, ...]
    number: str


def of(package: str, region: str, at: datetime) -> Openness | None:
    """What is open at an instant to a package in a region; None while no policy is in force."""
    try:
        policy = packs.active().policy
    except packs.NoActivePack:
        return None
    return _of(policy, package, region, at.replace(second=0, microsecond=0), language())


@lru_cache(maxsize=512)
def _of(policy: Policy, package: str, region: str, at: datetime, _language: str) -> Openness:
    """The same for a policy: it changes with the minute, and many cases ask within one."""
    known = region if region in policy.pack.regions else None
    try:
        found = open_now(policy, package or None, known, at)
    except UnknownCode:
        found = open_now(policy, None, known, at)
    place = policy.place(known)
    mail = min(found.email_due.values())
    slowest = found.email_due.get(policy.settings.severity_default, mail)
    p1 = _right(_("P1 by telephone"), found.p1_phone, at, place.region)
    if found.p1_designated_any_hour and not found.p1_phone.open:
        p1 = Right(open=True, label=p1.label, when=_("designated contacts"), more=p1.when)
    sent_now = _("target for a response to one sent now: %(when)s") % {
        "when": _moment(slowest, at, place.region)
    }
    rights = (
        p1,
        _right(_("General telephone"), found.phone, at, place.region),
        Right(open=True, label=_("E-mail"), when=_("taken in at any hour"), more=sent_now),
    )
    local = at.astimezone(ZoneInfo(place.region.zone))
    until = f"{local:%H:%M} {place.region.place}"
    return Openness(place.calendar.code, until, rights, number_text(place.region))


def _right(label: str, line: Line, at: datetime, region: Region) -> Right:
    more = _("implementation only") if line.window is Window.IMPLEMENTATION_ONLY else ""
    if line.open and line.closes and line.left:
        when = _("closes %(when)s, %(left)s left") % {
            "when": _moment(line.closes, at, region),
            "left": dates.span(line.left),
        }
        return Right(open=True, label=label, when=when, more=more)
    if line.open:
        return Right(open=True, label=label, when=_("day and night"), more=more)
    if line.opens:
        when = _("opens %(when)s") % {"when": _moment(line.opens, at, region)}
        return Right(open=False, label=label, when=when, more=more)
    return Right(open=False, label=label, when=_("not in the package"), more=more)


def _moment(moment: datetime, at: datetime, region: Region) -> str:
    """A time of today alone, of another day with its date; always with its place."""
    zone = ZoneInfo(region.zone)
    local, today = moment.astimezone(zone), at.astimezone(zone).date()
    day = "" if local.date() == today else f"{local:%a} {local.day} {local:%b}, "
    return f"{day}{local:%H:%M} {region.place}"
