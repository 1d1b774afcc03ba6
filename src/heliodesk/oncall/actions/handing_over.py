"""An owner's shift ends: the next is asked 30 minutes before, and accepts each P1 by itself."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection

from heliodesk.identity.models import User
from heliodesk.journal.record import SYSTEM, By, Happening, record
from heliodesk.kernel import reading
from heliodesk.kernel.text import storable
from heliodesk.oncall import queries
from heliodesk.oncall.actions.answering import lock_case, take_case
from heliodesk.oncall.actions.guarded import guarded
from heliodesk.oncall.actions.incidents import own, share
from heliodesk.oncall.actions.paging import LOUD, QUIET, message, trigger_again
from heliodesk.oncall.models import P1, Handover, Region
from heliodesk.oncall.rules.words import P1State, Purpose, Refused

ASKED_BEFORE = timedelta(minutes=30)
ACCEPTED_WITHIN = timedelta(minutes=10)
_ENDING = """
select p.id, upper(s.during) from oncall_p1 p
join lateral (
    select during from oncall_shift s
     where s.person_id = p.owner_id and s.duty = 'primary' and s.during @> %(at)s::timestamptz
     order by upper(s.during) desc limit 1) s on true
where p.state in ('acked', 'engaged') and p.follow_the_sun and p.follows_id is null
  and upper(s.during) <= %(at)s + %(before)s
  and not exists (select from oncall_handover h where h.p1_id = p.id
                  and (h.accepted_at is null and h.closed_at is null
                       or h.ends_at = upper(s.during)))
order by p.id limit 20 for update of p skip locked
"""
_LATE = """
select h.id from oncall_handover h join oncall_p1 p on p.id = h.p1_id
where h.accepted_at is null and h.closed_at is null and h.ends_at + %s <= %s
order by h.id limit 20 for update of p, h skip locked
"""


def ask_due(at: datetime) -> int:
    """Ask for every handover that is due: the owner for a note, the next for acceptance."""
    with guarded():
        found = reading.rows(connection, _ENDING, {"at": at, "before": ASKED_BEFORE})
        asked = 0
        for p1_id, ends_at in found:
            p1 = P1.objects.select_related("case", "owner").get(pk=p1_id)
            after = _next_after(p1.owner_id, ends_at)
            if after:
                _ask(p1, after.person_id, ends_at, note="", by=SYSTEM, at=at)
                asked += 1
    return asked


def _next_after(owner_id: int, ends_at: datetime) -> queries.OnCall | None:
    """The first primary from that instant on who is somebody else."""
    line = queries.coming(ends_at, 6)
    current = queries.holder(ends_at)
    return next((s for s in filter(None, [current, *line]) if s.person_id != owner_id), None)


def _ask(p1: P1, taker_id: int, ends_at: datetime, *, note: str, by: By, at: datetime) -> Handover:
    row = Handover.objects.create(
        p1=p1, giver_id=p1.owner_id, taker_id=taker_id, note=note, asked_at=at, ends_at=ends_at
    )
    where = f"{settings.BASE_URL}{p1.path}"
    name, contact = p1.name, p1.last_customer_contact
    last = f"{contact:%H:%M} UTC" if contact else "none yet"
    if not note:
        message(
            key=f"handover:{row.pk}:giver",
            purpose=Purpose.HANDOVER,
            people=[p1.owner_id],
            channels=QUIET,
            subject=f"{name}: write a handover note",
            text=f"Your shift ends at {ends_at:%H:%M} UTC. {row.taker.name} is asked to take "
            f"{name} from you and needs your note. Last customer contact: {last}.\n{where}",
            p1=p1,
            at=at,
        )
    message(
        key=f"handover:{row.pk}:taker",
        purpose=Purpose.HANDOVER,
        people=[taker_id],
        channels=QUIET,
        subject=f"{name}: handover at {ends_at:%H:%M} UTC",
        text=f"{row.giver.name} hands {name} over at {ends_at:%H:%M} UTC. Read the note and "
        f"accept it. Last customer contact: {last}.\n{where}",
        p1=p1,
        at=at,
    )
    data = {"giver": row.giver.name, "taker": row.taker.name, "ends": ends_at.isoformat()}
    record([Happening("handover_asked", "p1", p1.pk, data)], by=by, at=at)
    return row


def hand_over(p1_id: int, *, taker_id: int, note: str, by: By, at: datetime) -> Handover:
    """Ask a colleague to take a P1 before one's shift ends; one stays its owner until then.

    Raises:
        Refused: no note, nobody to take it, or it is asked for already.
    """
    note = storable(note).strip()
    if not note:
        raise Refused("Write a handover note: what is done, what is promised, who to call.")
    with guarded():
        p1 = P1.objects.select_for_update(of=["self"]).select_related("case").get(pk=p1_id)
        if p1.state not in {P1State.ACKED, P1State.ENGAGED}:
            raise Refused("Only a P1 that somebody has taken, and that is not over, changes hands.")
        if not User.staff.filter(pk=taker_id, is_active=True).exists() or taker_id == p1.owner_id:
            raise Refused("Choose an active colleague who does not own it already.")
        p1.handovers.filter(accepted_at=None, closed_at=None).update(
            closed_at=at, closed_why="asked_anew"
        )
        return _ask(p1, taker_id, at + ASKED_BEFORE, note=note, by=by, at=at)


def write_note(handover_id: int, *, note: str, by: By, at: datetime) -> Handover:
    """Write the note of a handover that was asked for.

    Raises:
        Refused: it is empty, or the handover is over.
    """
    note = storable(note).strip()
    if not note:
        raise Refused("The note is empty. Say what is done, what is promised, who to call.")
    with guarded():
        row = _open(handover_id)
        if by.id not in {row.giver_id, row.taker_id} and by.role not in {"lead", "admin"}:
            raise Refused(f"{row.giver.name} writes this note.")
        row.note = note
        row.save(update_fields=["note"])
        record([Happening("handover_noted", "p1", row.p1_id, {"note": note})], by=by, at=at)
    return row


def accept(handover_id: int, *, by: By, at: datetime) -> P1:
    """Take over one P1; from this instant on it is theirs.

    Raises:
        Refused: there is no note yet, somebody else was asked, or the handover is over.
    """
    with guarded():
        found = Handover.objects.filter(pk=handover_id).first()
        if found is None:
            raise Refused("This handover is over.")
        case = lock_case(found.p1_id)
        p1 = P1.objects.select_for_update().get(pk=found.p1_id)
        row = _open(handover_id)
        if row.taker_id != by.id:
            raise Refused(f"{row.taker.name} was asked to take this P1.")
        if not row.note:
            raise Refused(f"There is no note yet. Ask {row.giver.name} for it first.")
        if p1.state == P1State.RESOLVED:
            raise Refused("This P1 is over.")
        row.accepted_at = at
        row.save(update_fields=["accepted_at"])
        own(p1, row.taker_id, how="handover", at=at)
        shift = queries.holder(at)
        if shift and shift.person_id == row.taker_id:
            p1.region = Region.objects.filter(code=shift.region).first()
        p1.save()
        share(p1, at)
        data = {"giver": row.giver.name, "taker": row.taker.name, "note": row.note}
        record([Happening("handed_over", "p1", p1.pk, data)], by=by, at=at)
        take_case(case, row.taker, by, at)
    return p1


def decline(handover_id: int, *, by: By, at: datetime) -> None:
    """Say no to a handover: the owner stays owner and asks somebody else.

    Raises:
        Refused: somebody else was asked, or it is over.
    """
    with guarded():
        row = _open(handover_id)
        if row.taker_id != by.id:
            raise Refused(f"{row.taker.name} was asked to take this P1.")
        row.closed_at, row.closed_why = at, "declined"
        row.save(update_fields=["closed_at", "closed_why"])
        data = {"giver": row.giver.name, "taker": row.taker.name}
        record([Happening("handover_declined", "p1", row.p1_id, data)], by=by, at=at)
        message(
            key=f"handover:{row.pk}:declined",
            purpose=Purpose.HANDOVER,
            people=[row.giver_id],
            channels=LOUD,
            subject=f"{row.p1.name}: {row.taker.name} cannot take it",
            text=f"You still own {row.p1.name}. Ask somebody else: "
            f"{settings.BASE_URL}{row.p1.path}",
            p1=row.p1,
            at=at,
        )


def _open(handover_id: int) -> Handover:
    row = (
        Handover.objects.select_for_update(of=["self"])
        .select_related("giver", "taker", "p1__case")
        .filter(pk=handover_id, accepted_at=None, closed_at=None)
        .first()
    )
    if row is None:
        raise Refused("This handover is over.")
    return row


def chase_late(at: datetime) -> int:
    """Page for P1s whose owner's shift is over and whose handover nobody accepted in time."""
    with guarded():
        found = reading.rows(connection, _LATE, [ACCEPTED_WITHIN, at])
        for (id,) in found:
            row = Handover.objects.select_related("p1").get(pk=id)
            row.closed_at, row.closed_why = at, "not_accepted"
            row.save(update_fields=["closed_at", "closed_why"])
            if row.p1.state in {P1State.ACKED, P1State.ENGAGED}:
                trigger_again(row.p1, "handover_not_accepted", at)
    return len(found)
