"""What is open to a package at this minute, for the account card (R53, R58)."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from heliodesk.calendars.rules import Calendar, add, closes_at, is_open, next_opening
from heliodesk.entitlements.pack.model import ClockKind, Metric, Window
from heliodesk.entitlements.policy import Policy


@dataclass(frozen=True, slots=True)
class Line:
    """A telephone line: its hours, whether it is open, and when that changes (UTC).

    ``left`` is the time to closing; None where it never closes or is closed.
    """

    window: Window
    open: bool
    closes: datetime | None = None
    opens: datetime | None = None
    left: timedelta | None = None


@dataclass(frozen=True, slots=True)
class OpenNow:
    """The lines of a package in a region at an instant, and when an e-mail sent now is due."""

    package: str
    region: str
    at: datetime
    phone: Line
    p1_phone: Line
    p1_designated_any_hour: bool
    email_due: dict[str, datetime]


def open_now(policy: Policy, package: str | None, region: str | None, at: datetime) -> OpenNow:
    """What is open at the instant ``at``. Raises UnknownCode for a strange package or region."""
    terms, place = policy.terms(package), policy.place(region)
    targets = terms.targets[Metric.FIRST_RESPONSE]
    due = {
        priority: at.astimezone(UTC) + timedelta(minutes=target.minutes)
        if target.clock is ClockKind.ALWAYS
        else add(place.calendar, at, target.minutes).due
        for priority, target in targets.items()
        if priority != "P1"
    }
    override = policy.settings.p1_designated_override
    if terms.p1_phone is Window.NONE:
        override = override and policy.settings.p1_base_designated
    return OpenNow(
        package=terms.code,
        region=place.region.code,
        at=at,
        phone=_line(terms.general_phone, place.calendar, at),
        p1_phone=_line(terms.p1_phone, place.calendar, at),
        p1_designated_any_hour=terms.p1_phone is Window.ALWAYS or override,
        email_due=due,
    )


def _line(window: Window, calendar: Calendar, at: datetime) -> Line:
    if window is Window.ALWAYS:
        return Line(window, open=True)
    if window is Window.NONE:
        return Line(window, open=False)
    if not is_open(calendar, at):
        return Line(window, open=False, opens=next_opening(calendar, at))
    closes = closes_at(calendar, at)
    return Line(window, open=True, closes=closes, left=closes - at if closes else None)
