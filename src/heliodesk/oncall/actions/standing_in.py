"""Overrides and swaps: somebody else takes a shift."""

from datetime import datetime

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.db.models import Q

from heliodesk.identity.models import User
from heliodesk.journal.record import By, Happening, record
from heliodesk.kernel.text import one_line
from heliodesk.oncall.actions.guarded import guarded
from heliodesk.oncall.actions.planning import edited
from heliodesk.oncall.models import Override, Region, RotaMember, Shift, Swap
from heliodesk.oncall.rules.words import Duty, Origin, Refused, SwapState


def cover(
    *,
    duty: Duty,
    region: str,
    person_id: int,
    start: datetime,
    end: datetime,
    reason: str,
    by: By,
    at: datetime,
) -> Override:
    """Let a person stand in for a duty during a span; a later override goes before an earlier.

    Raises:
        Refused: the span is over or too long, or there is no such person or region.
    """
    person, place = _person(person_id), _region(region, duty)
    _check_span(start, end, at)
    with guarded():
        row = Override.objects.create(
            region=place,
            duty=duty,
            during=DateTimeTZRange(start, end),
            person=person,
            reason=one_line(reason, 300),
            by_name=by.name,
            made_at=at,
        )
        data = {"duty": duty.value, "region": region, "person": person.name, "override": row.pk}
        edited("covered", data, by=by, at=at, allow_gap=True)
    return row


def end_cover(override: Override, *, by: By, at: datetime, allow_gap: bool = False) -> None:
    """Take an override back; what has passed of it stays.

    Raises:
        Refused: it would leave P1 with nobody in the next 14 days.
    """
    with guarded():
        Override.objects.filter(pk=override.pk, ended_at__isnull=True).update(ended_at=at)
        edited("uncovered", {"override": override.pk}, by=by, at=at, allow_gap=allow_gap)


def _person(person_id: int) -> User:
    person = User.objects.filter(pk=person_id, is_active=True).first()
    if person is None:
        raise Refused("This colleague is not active. Choose another.")
    return person


def _region(code: str, duty: Duty) -> Region | None:
    if not code:
        if duty is Duty.PRIMARY:
            raise Refused("Say which region's shift it is.")
        return None
    region = Region.objects.filter(code=code).first()
    if region is None:
        raise Refused(f"There is no region {code}.")
    return region


def _check_span(start: datetime, end: datetime, at: datetime) -> None:
    if end <= start:
        raise Refused("The end comes after the start.")
    if end <= at:
        raise Refused("This time is over. Shifts that were worked are not changed.")
    if (end - start).days > 92:
        raise Refused("Cover three months at most at a time.")


def ask_swap(
    shift: Shift, *, asked_id: int | None, in_return: Shift | None, note: str, by: By, at: datetime
) -> Swap:
    """Ask a colleague, or anybody of the rota, to take one's shift; asking is one's own consent.

    Raises:
        Refused: it is not one's own shift, it is over, or it was asked already.
    """
    if shift.person_id != by.id:
        raise Refused("Only your own shift can be given away. A lead can cover any shift.")
    _check_span(shift.during.lower, shift.during.upper, at)
    if asked_id == by.id:
        raise Refused("Ask somebody else.")
    asked = _person(asked_id) if asked_id else None
    if in_return and (asked is None or in_return.person_id != asked.pk):
        raise Refused("The shift in return is one of the colleague's you ask.")
    with guarded():
        if Swap.objects.filter(
            asker_id=by.id, during=shift.during, duty=shift.duty, state=SwapState.ASKED
        ).exists():
            raise Refused("This shift was already asked for. Withdraw that first.")
        row = Swap.objects.create(
            region_id=shift.region_id,
            duty=shift.duty,
            during=shift.during,
            asker_id=by.id,
            asked=asked,
            return_region_id=in_return.region_id if in_return else None,
            return_duty=in_return.duty if in_return else "",
            return_during=in_return.during if in_return else None,
            note=one_line(note, 300),
            asked_at=at,
        )
        record([Happening("swap_asked", "oncall", row.pk, {"swap": row.pk})], by=by, at=at)
    return row


def take_swap(swap_id: int, *, by: By, at: datetime) -> Swap:
    """Agree to a swap: both have then consented, and it holds.

    Raises:
        Refused: it is settled or over, somebody else was asked, or the shifts have changed.
    """
    with guarded():
        swap = _open(swap_id, at)
        if swap.asker_id == by.id:
            raise Refused("A swap needs two: a colleague must agree.")
        if swap.asked_id and swap.asked_id != by.id:
            raise Refused("Somebody else was asked to take this shift.")
        if not swap.asked_id and not _in_rota(swap, by):
            raise Refused("Only people of this rota can take the shift.")
        _still(swap.region_id, swap.duty, swap.during, swap.asker_id)
        _stand_in(swap.region_id, swap.duty, swap.during, by.id or 0, swap, by=by, at=at)
        if swap.return_during is not None:
            _still(swap.return_region_id, swap.return_duty, swap.return_during, by.id or 0)
            _stand_in(
                swap.return_region_id, swap.return_duty, swap.return_during, swap.asker_id, swap,
                by=by, at=at,
            )  # fmt: skip
        swap.state, swap.taker_id, swap.settled_at = SwapState.TAKEN, by.id, at
        swap.save(update_fields=["state", "taker", "settled_at"])
        edited("swapped", {"swap": swap.pk}, by=by, at=at, allow_gap=True)
    return swap


def settle_swap(swap_id: int, *, by: By, at: datetime) -> Swap:
    """Decline a swap one was asked for, or withdraw one's own.

    Raises:
        Refused: it is settled already, or one has no part in it.
    """
    with guarded():
        swap = _open(swap_id, at)
        if by.id not in {swap.asker_id, swap.asked_id}:
            raise Refused("This swap is between others.")
        own = swap.asker_id == by.id
        swap.state = SwapState.WITHDRAWN if own else SwapState.DECLINED
        swap.settled_at = at
        swap.save(update_fields=["state", "settled_at"])
        record(
            [Happening(f"swap_{swap.state}", "oncall", swap.pk, {"swap": swap.pk})], by=by, at=at
        )
    return swap


def expire_swaps(at: datetime) -> int:
    """End the swaps that nobody agreed to before the shift began; how many."""
    return Swap.objects.filter(state=SwapState.ASKED, during__startswith__lte=at).update(
        state=SwapState.EXPIRED, settled_at=at
    )


def _open(swap_id: int, at: datetime) -> Swap:
    swap = Swap.objects.select_for_update().filter(pk=swap_id).first()
    if swap is None or swap.state != SwapState.ASKED:
        raise Refused("This swap is settled already.")
    if swap.during.lower <= at:
        raise Refused("The shift has begun. A lead can cover the rest of it.")
    return swap


def _in_rota(swap: Swap, by: By) -> bool:
    rota = Q(rota__region=swap.region_id) if swap.region_id else Q(rota__region__isnull=True)
    return RotaMember.objects.filter(rota, rota__duty=swap.duty, person_id=by.id).exists()


def _still(region_id: int | None, duty: str, during: DateTimeTZRange, person_id: int) -> None:
    """Refuse a swap of a shift that is not that person's any more."""
    place = Q(region=region_id) if region_id else Q(region__isnull=True)
    found = Shift.objects.filter(place, duty=duty, during__contains=during, person_id=person_id)
    if not found.exists():
        raise Refused("The shift has changed since this was asked. Ask again.")


def _stand_in(
    region_id: int | None, duty: str, during: DateTimeTZRange, person_id: int, swap: Swap,
    *, by: By, at: datetime,
) -> None:  # fmt: skip
    Override.objects.create(
        region_id=region_id,
        duty=duty,
        during=during,
        person_id=person_id,
        origin=Origin.SWAP,
        reason=f"Swap {swap.pk}",
        by_name=by.name,
        made_at=at,
    )
