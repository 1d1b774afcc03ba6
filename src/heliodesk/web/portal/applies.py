"""What applies to a customer at this minute, in their words: from the entitlement decision.

Numbers, hours and targets all come from the policy in force; nothing is said that it does not
hold, and a target is called one (R53, R58, R59, R63).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from django.utils.translation import gettext_noop as _

from heliodesk.calendars.rules import closes_at, is_open, next_opening
from heliodesk.entitlements.facts import PackageFacts, packages_of
from heliodesk.entitlements.pack.model import ClockKind, PhoneNumber, Region, Window
from heliodesk.entitlements.packs import NoActivePack, active
from heliodesk.entitlements.policy import Place, Policy
from heliodesk.entitlements.request import Channel, ContactRole, Lifecycle, Request, Service
from heliodesk.entitlements.rules import decide
from heliodesk.entitlements.rules.open_now import Line, open_now
from heliodesk.entitlements.wording import shown_number
from heliodesk.web.portal import times
from heliodesk.web.translation import language, translated

FORM_SEVERITIES = ("P2", "P3", "P4")
_BASE = PackageFacts()


@dataclass(frozen=True, slots=True)
class Number:
    """A number to call, as it is shown and as a telephone dials it."""

    shown: str
    dialled: str
    #: Works only inside its country (R63).
    national: bool


@dataclass(frozen=True, slots=True)
class Numbers:
    """The numbers of one region."""

    region: str
    label: str
    place: str
    own: bool
    numbers: tuple[Number, ...]


@dataclass(frozen=True, slots=True)
class Right:
    """One line of what is open: whether it is now, in words, until when."""

    open: bool
    label: str
    when: str
    more: str = ""


@dataclass(frozen=True, slots=True)
class Target:
    """When an answer is aimed at for a severity, if the form is sent now."""

    severity: str
    due: datetime | None
    minutes: int
    always: bool


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks, as far as the policy needs to know."""

    region: str = ""
    zone: str = ""
    package: PackageFacts = _BASE
    role: ContactRole = ContactRole.AUTHORISED
    lifecycle: str = "live"
    #: Nobody signed in: which package holds is not known.
    visitor: bool = False


@dataclass(frozen=True, slots=True)
class Applies:
    """Everything a page says about this minute."""

    policy: Policy
    region: Region
    zone: str
    package: str
    package_label: str
    rights: tuple[Right, ...]
    phone: Line
    p1: Line
    #: This person's P1 call is taken at any hour.
    p1_always: bool
    targets: tuple[Target, ...]
    numbers: tuple[Numbers, ...]
    #: Whether mail and forms are being answered now, and when that changes.
    answered: bool
    answered_change: datetime | None
    #: Nobody signed in.
    visitor: bool

    @property
    def own(self) -> Numbers | None:
        """The numbers of the asker's own region."""
        return next((one for one in self.numbers if one.own), None)

    @property
    def id_label(self) -> str:
        """What the vendor calls the account's ID."""
        return self.policy.pack.identifier.label

    @property
    def address(self) -> str:
        """The vendor's address for the region, as the policy has it."""
        return self.policy.pack.mail_addresses[self.region.mail]


def in_force() -> Policy | None:
    """The policy in force; none while there is none."""
    try:
        return active().policy
    except NoActivePack:
        return None


def of(asker: Asker, policy: Policy, at: datetime) -> Applies:
    """What applies to somebody at this instant, to the minute."""
    return _of(asker, policy, at.replace(second=0, microsecond=0), language())


@lru_cache(maxsize=512)
def _of(asker: Asker, policy: Policy, at: datetime, _language: str) -> Applies:
    known = asker.region if asker.region in policy.pack.regions else None
    place = policy.place(known)
    package = decide(_request(asker, "P3", policy), policy, at).package or None
    terms = policy.terms(package)
    found = open_now(policy, package, known, at)
    zone = asker.zone or place.region.zone
    designated = asker.role is ContactRole.DESIGNATED
    always = found.p1_phone.window is Window.ALWAYS or (designated and found.p1_designated_any_hour)
    answered = is_open(place.calendar, at)
    change = closes_at(place.calendar, at) if answered else next_opening(place.calendar, at)
    written = _written(change, zone, at, answered=answered)
    return Applies(
        policy=policy,
        region=place.region,
        zone=zone,
        package=package or policy.base.code,
        package_label=terms.label,
        rights=(
            _visitor_rights(written)
            if asker.visitor
            else _rights(found.p1_phone, found.phone, written, zone, at, p1_always=always)
        ),
        phone=found.phone,
        p1=found.p1_phone,
        p1_always=always,
        targets=tuple(_target(asker, one, policy, at) for one in FORM_SEVERITIES),
        numbers=_numbers(policy, place.region.code),
        answered=answered,
        answered_change=change,
        visitor=asker.visitor,
    )


def account_package(account_id: int, at: datetime) -> PackageFacts:
    """The package that counts for an account on this day."""
    return packages_of([account_id], at.date()).get(account_id, _BASE)


def place_of(policy: Policy, region: str) -> Place:
    """The region's place; the default one's when the policy does not know the region."""
    return policy.place(region if region in policy.pack.regions else None)


def _request(asker: Asker, severity: str, policy: Policy) -> Request:
    codes = {package.code for package in policy.pack.packages}
    held = asker.package
    ended = asker.lifecycle == "ended"
    return Request(
        channel=Channel.WEB,
        contact_role=asker.role,
        package=held.package if held.package in codes else None,
        region=asker.region if asker.region in policy.pack.regions else None,
        contact_region=policy.region_in(asker.zone),
        severity=severity,
        lifecycle=(
            Lifecycle.IMPLEMENTATION if asker.lifecycle == "implementation" else Lifecycle.LIVE
        ),
        service=Service.TERMINATED if ended else Service.ACTIVE,
        package_expired_days=held.expired_days,
        grace_days=held.grace_days,
    )


def _target(asker: Asker, severity: str, policy: Policy, at: datetime) -> Target:
    decision = decide(_request(asker, severity, policy), policy, at)
    return Target(
        severity, decision.due, decision.target_minutes or 0, decision.clock is ClockKind.ALWAYS
    )


def _rights(
    p1: Line, phone: Line, written: Right, zone: str, at: datetime, *, p1_always: bool
) -> tuple[Right, ...]:
    first = _line(translated(_("Telephone, P1")), p1, zone, at)
    if p1_always and p1.window is not Window.ALWAYS:
        more = translated(_("You are a designated contact: your P1 is taken at any hour"))
        first = Right(open=True, label=first.label, when=translated(_("24/7")), more=more)
    second = _line(translated(_("Telephone, everything else")), phone, zone, at)
    return first, second, written


def _visitor_rights(written: Right) -> tuple[Right, ...]:
    phone = Right(
        open=True,
        label=translated(_("Telephone")),
        when=translated(_("by your package")),
        more=translated(_("Sign in to see what yours covers now")),
    )
    return phone, written


def _written(change: datetime | None, zone: str, at: datetime, *, answered: bool) -> Right:
    """Mail and forms: taken in at any hour, answered in the hours of the region (C4)."""
    label = translated(_("E-mail and this form"))
    if answered:
        when = (
            translated(_("until %(time)s"), time=times.until(change, zone, at))
            if change
            else translated(_("24/7"))
        )
        return Right(open=True, label=label, when=when)
    later = times.moment(change, zone, at) if change else ""
    more = translated(_("Answered from %(time)s"), time=later) if later else ""
    return Right(open=True, label=label, when=translated(_("taken in now")), more=more)


def _line(label: str, line: Line, zone: str, at: datetime) -> Right:
    more = (
        translated(_("Only for questions of the implementation"))
        if line.window is Window.IMPLEMENTATION_ONLY
        else ""
    )
    if line.open and line.closes:
        time = times.until(line.closes, zone, at)
        return Right(
            open=True, label=label, when=translated(_("until %(time)s"), time=time), more=more
        )
    if line.open:
        return Right(open=True, label=label, when=translated(_("24/7")), more=more)
    if line.opens:
        time = times.moment(line.opens, zone, at)
        return Right(
            open=False,
            label=label,
            when=translated(_("closed")),
            more=translated(_("Opens %(time)s"), time=time),
        )
    return Right(open=False, label=label, when=translated(_("not in your package")), more=more)


def numbers_of(region: Region) -> tuple[Number, ...]:
    """The numbers of a region for its own customers."""
    return _ordered(region.numbers, own=True)


def _numbers(policy: Policy, own: str) -> tuple[Numbers, ...]:
    """The directory, the asker's region first (R59)."""
    regions: Sequence[Region] = sorted(
        policy.pack.regions.values(), key=lambda region: region.code != own
    )
    return tuple(
        Numbers(
            region.code,
            translated(region.label),
            region.place,
            region.code == own,
            _ordered(region.numbers, own=region.code == own),
        )
        for region in regions
        if region.numbers
    )


@lru_cache(maxsize=256)
def _ordered(numbers: tuple[PhoneNumber, ...], *, own: bool) -> tuple[Number, ...]:
    """National-only numbers first inside their country, last outside (R63)."""
    shown = [Number(shown_number(n), n.e164, n.national_only) for n in numbers]
    return tuple(sorted(shown, key=lambda number: number.national is not own))
