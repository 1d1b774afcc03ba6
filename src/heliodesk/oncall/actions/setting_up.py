"""Regions, their waking hours, rotas and escalation: what a lead sets up and edits."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from heliodesk.calendars.rules import CalendarError, zone_named
from heliodesk.customers.models import Account
from heliodesk.identity.models import User
from heliodesk.journal.record import By, Happening, record
from heliodesk.kernel.text import one_line
from heliodesk.oncall.actions.guarded import guarded
from heliodesk.oncall.actions.planning import edited
from heliodesk.oncall.models import (
    AccountManager,
    Coverage,
    EscalationPolicy,
    Region,
    Rota,
    RotaMember,
)
from heliodesk.oncall.rules.coverage import Waking
from heliodesk.oncall.rules.escalation import read
from heliodesk.oncall.rules.words import ONCE, Duty, Refused


def save_region(
    code: str,
    *,
    name: str,
    zone: str,
    waking: Sequence[Waking],
    by: By,
    at: datetime,
    allow_gap: bool = False,
    **more: Any,
) -> Region:
    """Open or change a region and its waking hours; ``more`` are further columns.

    Raises:
        Refused: the zone is unknown, or P1 would have nobody in the next 14 days.
    """
    try:
        zone_named(zone)
    except CalendarError as error:
        raise Refused(str(error)) from error
    if not one_line(name, 80) or not code:
        raise Refused("A region needs a code and a name.")
    with guarded():
        fields = {"name": one_line(name, 80), "zone": zone, **more}
        region, _ = Region.objects.update_or_create(code=code, defaults=fields)
        region.coverage.all().delete()
        Coverage.objects.bulk_create(
            Coverage(
                region=region, weekdays=w.weekdays, opens=w.opens, closes=w.closes,
                on_holidays=w.on_holidays,
            )
            for w in waking
        )  # fmt: skip
        edited("region_saved", {"region": code}, by=by, at=at, allow_gap=allow_gap)
    return region


def save_rota(
    *,
    duty: Duty,
    region: str,
    people: Sequence[int],
    turn_days: int,
    starts_on: date,
    zone: str,
    turns_at: int = 0,
    by: By,
    at: datetime,
    allow_gap: bool = False,
) -> Rota:
    """Set who takes turns at a duty, in this order; there is one rota a duty and region.

    Raises:
        Refused: nobody in it, an unknown zone or region, or P1 would have nobody soon.
    """
    known = User.staff.filter(pk__in=people, is_active=True).count()
    if not people or known != len(set(people)):
        raise Refused("A rota needs people, and only active colleagues.")
    if turn_days < 1 or not 0 <= turns_at < 1440:
        raise Refused("A turn lasts a day at least, and ends at a time of the day.")
    try:
        zone_named(zone)
    except CalendarError as error:
        raise Refused(str(error)) from error
    place = Region.objects.filter(code=region).first() if region else None
    if (region and place is None) or (duty is Duty.PRIMARY and place is None):
        raise Refused("Choose the region of this rota.")
    if duty in ONCE and duty is not Duty.PRIMARY and place is not None:
        raise Refused("There is one duty manager for the whole desk.")
    with guarded():
        rota, _ = Rota.objects.update_or_create(
            region=place,
            duty=duty,
            active=True,
            defaults={
                "zone": zone, "turn_days": turn_days, "turns_at": turns_at, "starts_on": starts_on,
            },
        )  # fmt: skip
        rota.members.all().delete()
        RotaMember.objects.bulk_create(
            RotaMember(rota=rota, person_id=id, place=place_) for place_, id in enumerate(people)
        )
        data = {"duty": duty.value, "region": region, "people": list(people)}
        edited("rota_saved", data, by=by, at=at, allow_gap=allow_gap)
    return rota


def end_rota(rota: Rota, *, by: By, at: datetime, allow_gap: bool = False) -> None:
    """Take a rota out of use; its future shifts go.

    Raises:
        Refused: P1 would have nobody in the next 14 days.
    """
    with guarded():
        Rota.objects.filter(pk=rota.pk).update(active=False)
        data = {"duty": rota.duty, "region": rota.region.code if rota.region else ""}
        edited("rota_ended", data, by=by, at=at, allow_gap=allow_gap)


def save_policy(grade: str, *, stored: dict[str, Any], by: By, at: datetime) -> EscalationPolicy:
    """Set whom a P1 of a grade pages; P1s that are open keep the policy they began with.

    Raises:
        Refused: it could not page anybody.
    """
    policy = read(stored)
    row, _ = EscalationPolicy.objects.update_or_create(
        grade=grade,
        defaults={
            "steps": policy.stored()["steps"],
            "repeat_seconds": policy.repeat_seconds,
            "contact_seconds": policy.contact_seconds,
            "changed_at": at,
            "changed_by": by.name,
        },
    )
    with guarded():
        record([Happening("policy_saved", "oncall", row.pk, {"grade": grade})], by=by, at=at)
    return row


def name_manager(account_id: int, *, person_id: int | None, by: By, at: datetime) -> None:
    """Say who is the named manager of an account, paged too for its enhanced P1s (C26)."""
    with guarded():
        if person_id is None:
            AccountManager.objects.filter(account_id=account_id).delete()
        else:
            account = Account.objects.get(pk=account_id)
            AccountManager.objects.update_or_create(
                account=account, defaults={"person_id": person_id}
            )
        data = {"person": person_id}
        record([Happening("manager_named", "account", account_id, data)], by=by, at=at)
