"""Out of the office: cases go back to their queues, and come back if nobody took them."""

from datetime import datetime, timedelta

from django.db import transaction

from heliodesk.cases import actions as cases
from heliodesk.cases.models import Case
from heliodesk.cases.rules import Refused
from heliodesk.identity.models import User
from heliodesk.journal.record import SYSTEM, By, Happening, record
from heliodesk.kernel.text import one_line, storable
from heliodesk.routing.models import Absence

#: Absences settled at once, and cases of each.
_BATCH, _MOST = 20, 500
#: The longest absence.
LONGEST = timedelta(days=400)


@transaction.atomic
def be_away(
    user: User, *, starts_at: datetime, ends_at: datetime, note: str = "", by: By, at: datetime
) -> Absence:
    """Somebody will be, or is, out of the office.

    Raises:
        Refused: it ends before it starts, is over, too long, or overlaps another.
    """
    if ends_at <= starts_at or ends_at <= at:
        raise Refused("The absence has to end after it starts, and after now.")
    if ends_at - starts_at > LONGEST:
        raise Refused(f"An absence lasts {LONGEST.days} days at the most.")
    User.objects.select_for_update().get(pk=user.pk)
    if user.absences.filter(
        over_at__isnull=True, starts_at__lt=ends_at, ends_at__gt=starts_at
    ).exists():
        raise Refused(f"{user.name} is away within this time already. Change that one.")
    row = user.absences.create(
        starts_at=starts_at, ends_at=ends_at, note=one_line(storable(note), 200)
    )
    told = {"from": starts_at.isoformat(), "to": ends_at.isoformat(), "note": row.note}
    record([Happening("away", "user", user.pk, told)], by=by, at=at)
    return row


@transaction.atomic
def come_back(absence: Absence, *, by: By, at: datetime) -> None:
    """End an absence now; one that has not begun is taken back."""
    row = Absence.objects.select_for_update().get(pk=absence.pk)
    if row.over_at:
        return
    if row.begun_at:
        _hand_back(row, at)
        row.ends_at = max(at, row.starts_at + timedelta(seconds=1))
    row.over_at = at
    row.save(update_fields=["over_at", "ends_at"])
    record([Happening("back", "user", row.user_id)], by=by, at=at)


def settle(at: datetime) -> int:
    """Begin the absences that are due and end those that are over; how many."""
    with transaction.atomic():
        due = list(
            Absence.objects.select_for_update(skip_locked=True)
            .filter(over_at__isnull=True, begun_at__isnull=True, starts_at__lte=at)
            .order_by("starts_at")[:_BATCH]
        )
        for row in due:
            _put_back(row, at)
            row.begun_at = at
            row.save(update_fields=["begun_at"])
    with transaction.atomic():
        over = list(
            Absence.objects.select_for_update(skip_locked=True)
            .filter(over_at__isnull=True, begun_at__isnull=False, ends_at__lte=at)
            .order_by("starts_at")[:_BATCH]
        )
        for row in over:
            _hand_back(row, at)
            row.over_at = at
            row.save(update_fields=["over_at"])
            record([Happening("back", "user", row.user_id)], by=SYSTEM, at=at)
    return len(due) + len(over)


def _put_back(row: Absence, at: datetime) -> None:
    """The cases on which it is our turn; who waits for a customer keeps theirs."""
    held = Case.objects.filter(owner_id=row.user_id, state="assigned").order_by("id")[:_MOST]
    back = [cases.release(case, by=SYSTEM, at=at) for case in held]
    row.cases.set(back)


def _hand_back(row: Absence, at: datetime) -> None:
    """What nobody took comes back."""
    free = row.cases.filter(owner__isnull=True, state="new").order_by("id")
    if not row.user.is_active:
        return
    for case in free:
        cases.assign(case, owner_id=row.user_id, by=SYSTEM, at=at)
