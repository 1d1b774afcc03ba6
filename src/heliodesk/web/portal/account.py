"""Account & Support Details: the ID, the package and its dates, hours, numbers, addresses, people,
and what each package gives with the own column marked (R18, R52, R53, R67)."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.http import HttpResponse
from django.utils.translation import gettext_noop as _
from django.views.decorators.http import require_safe

from heliodesk.calendars.rules import Calendar
from heliodesk.customers import people
from heliodesk.customers.rules import RoleKind
from heliodesk.entitlements.customer_rules import customer_rules
from heliodesk.kernel import clock
from heliodesk.web import dates
from heliodesk.web.portal import applies, frame, guidance, matrix, named, standing, targets, times
from heliodesk.web.portal.applies import Applies
from heliodesk.web.portal.door import CustomerRequest, signed_in
from heliodesk.web.portal.standing import Standing
from heliodesk.web.translation import language, translated

#: Managed customers whose IDs a partner reads at once.
MOST_MANAGED = 200


@dataclass(frozen=True)
class Package:
    """The package and until when, in words."""

    code: str
    until: str
    trouble: str


@require_safe
@signed_in
def account(request: CustomerRequest) -> HttpResponse:
    """The page."""
    return _shown(request, "portal/account.html")


@require_safe
@signed_in
def card(request: CustomerRequest) -> HttpResponse:
    """The card to print and hang beside the telephone (R67)."""
    return _shown(request, "portal/card.html")


def _shown(request: CustomerRequest, template: str) -> HttpResponse:
    customer, at = request.customer, clock.now()
    policy = applies.in_force()
    if policy is None:
        return frame.framed(request, "portal/no_policy.html", area="account", status=503)
    held = standing.standing(customer, at)
    now = standing.now(customer, held, policy, at)
    members = people.members(customer.account_id, at.date())
    brand = frame.brand_of(customer)
    return frame.framed(
        request,
        template,
        area="account",
        applies=now,
        package=_package(held, now, at),
        starts=times.day(held.starts_on) if held.starts_on else "",
        seats=held.seats,
        named=named.of(policy.pack, now.package, customer.account_id),
        hours=hours(policy.place(now.region.code).calendar, now.zone, at),
        designated=[m for m in members if m.active and _is(m.roles, RoleKind.DESIGNATED)],
        most_designated=customer_rules().designated_max,
        admins=[m for m in members if m.active and _is(m.roles, RoleKind.ADMIN)],
        matrix=matrix.of(policy.pack, now.package, held.package or ""),
        managed=customer.managed[:MOST_MANAGED],
        more_managed=max(len(customer.managed) - MOST_MANAGED, 0),
        guidance=guidance.steps(now, customer.identifier, brand.address),
        where_to_find=translated(policy.pack.identifier.where_to_find),
        criteria=[translated(label) for label in policy.pack.p1_criteria.values()],
        p1_change=targets.p1_change(now, at),
        today=times.day(at.astimezone(dates.zone(now.zone)).date()),
    )


def _is(roles: object, kind: RoleKind) -> bool:
    return any(role["kind"] == kind and role["current"] for role in roles)  # type: ignore[attr-defined]  # rows of dicts


def _package(held: Standing, now: Applies, at: datetime) -> Package:
    """The package that was bought, and what counts if it has run out (C18)."""
    if held.package is None:
        return Package(now.package, "", "")
    if held.ends_on is None:
        return Package(held.package, translated(_("without an end")), "")
    last = held.ends_on - timedelta(days=1)
    until = translated(_("until %(day)s"), day=times.day(last))
    if held.ends_on > at.date():
        return Package(held.package, until, "")
    grace = now.policy.settings.contract_grace_days if held.grace_days is None else held.grace_days
    over = held.ends_on + timedelta(days=grace)
    if now.package == held.package:
        sentence = translated(
            _("It ended. We honour it until %(day)s; ask your account manager to renew it."),
            day=times.day(over - timedelta(days=1)),
        )
    else:
        sentence = translated(_("It ended. You have the base service until it is renewed."))
    return Package(held.package, until, sentence)


def hours(calendar: Calendar, zone: str, at: datetime) -> list[str]:
    """This week's opening hours in the reader's zone, days with the same hours together."""
    start = at.astimezone(calendar.zone).replace(hour=0, minute=0, second=0, microsecond=0)
    monday = start - timedelta(days=start.weekday())
    week: list[tuple[date, tuple[str, ...]]] = []
    for n in range(7):
        begin, end = monday + timedelta(days=n), monday + timedelta(days=n + 1)
        open_at = calendar.open_intervals(begin, end)
        shown = tuple(
            f"{times.clock(one.start, zone)} – {times.clock(one.end, zone)}" for one in open_at
        )
        week.append((begin.date(), shown))
    return _grouped(week)


def _grouped(week: list[tuple[date, tuple[str, ...]]]) -> list[str]:
    lines: list[str] = []
    first = 0
    for n in range(1, 8):
        if n < 7 and week[n][1] == week[first][1]:
            continue
        days = times.weekday(week[first][0], language())
        if n - 1 > first:
            days += f" – {times.weekday(week[n - 1][0], language())}"
        what = ", ".join(week[first][1]) or translated(_("closed"))
        lines.append(f"{days}: {what}")
        first = n
    return lines
