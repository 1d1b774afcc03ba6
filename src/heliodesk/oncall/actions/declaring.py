"""A case becomes priority 1: the P1 is declared, and its first page is due at once."""

from collections.abc import Sequence
from datetime import datetime

from django.db import connection

from heliodesk.cases.models import Case
from heliodesk.entitlements import packs
from heliodesk.identity.models import User
from heliodesk.journal.record import SYSTEM, By, Happening, record
from heliodesk.kernel.text import one_line
from heliodesk.oncall import queries
from heliodesk.oncall.actions.guarded import guarded, wake
from heliodesk.oncall.actions.incidents import join_running, pass_the_lead
from heliodesk.oncall.models import P1, EscalationPolicy, Ownership, Region
from heliodesk.oncall.rules.escalation import DEFAULT, Escalation, read, with_enhancement
from heliodesk.oncall.rules.words import How, P1State, Refused

_GRADE = "p1_"
_GRADES = ("enhanced", "prioritized")
#: The flag of a P1 that the entitlement decision counted to a running major incident (C23).
LINKED = "linked_to_major_incident"


def declare(case_ids: Sequence[int], *, by: By, at: datetime) -> list[P1]:
    """Open a P1 for each of these cases that has none: owner, policy as of now, first page due.

    Must run inside the transaction that made the case priority 1.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "select case_id from oncall_p1 where case_id = any(%s) and state <> 'resolved'",
            [list(case_ids)],
        )
        open_already = {row[0] for row in cursor.fetchall()}
    cases = Case.objects.filter(pk__in=set(case_ids) - open_already).order_by("pk")
    made = [_declared(case, by, at) for case in cases]
    if made:
        wake()
    return made


def declare_call(call_id: int, *, subject: str, by: By, at: datetime) -> P1 | None:
    """Page for a P1 call whose caller is gone or cannot be placed; none if it was done (G7).

    Must run inside the transaction that recorded the call.
    """
    if P1.objects.filter(call_id=call_id).exists():
        return None
    p1 = _open(None, call_id=call_id, subject=one_line(subject, 300), flags=(), by=by, at=at)
    wake()
    return p1


def filed(call_id: int, case_ref: str, *, at: datetime) -> None:
    """A case was made of such a call: whoever took the call has the case's P1, and it goes on."""
    from heliodesk.oncall.actions.answering import take

    row = P1.objects.select_for_update().filter(call_id=call_id, case=None).first()
    if row is None or row.state == P1State.RESOLVED:
        return
    owner = row.owner_id if row.state != P1State.TRIGGERED else None
    _end(row, "filed", SYSTEM, at)
    made = P1.objects.filter(case__ref=case_ref, state=P1State.TRIGGERED).first()
    if made and owner:
        take(made.pk, person_id=owner, how=How.CALL, at=at)


def _declared(case: Case, by: By, at: datetime) -> P1:
    p1 = _open(case, call_id=None, subject="", flags=case.flags, by=by, at=at)
    if LINKED in case.flags:
        join_running(p1, by=SYSTEM, at=at)
    return p1


def _open(
    case: Case | None, *, call_id: int | None, subject: str, flags: Sequence[str],
    by: By, at: datetime,
) -> P1:  # fmt: skip
    primary = queries.holder(at)
    region = Region.objects.filter(code=primary.region).first() if primary else None
    grade = grade_of(flags)
    p1 = P1.objects.create(
        case=case,
        call_id=call_id,
        subject=subject,
        declared_at=at,
        region=region,
        grade=grade,
        follow_the_sun="follow_the_sun" in flags,
        policy=policy_for(grade).stored(),
        next_due_at=at,
        owner_id=primary.person_id if primary else _somebody(at),
    )
    Ownership.objects.create(p1=p1, person_id=p1.owner_id, since=at, how="primary")
    data = {
        "case": case.pk if case else None,
        "grade": grade,
        "region": region.name if region else "",
        "owner": p1.owner.name,
    }
    record([Happening("declared", "p1", p1.pk, data)], by=by, at=at)
    return p1


def grade_of(flags: Sequence[str]) -> str:
    """The grade that the policy gave a P1: ``enhanced``, ``prioritized``, or none (C26)."""
    grades = [flag.removeprefix(_GRADE) for flag in flags if flag.startswith(_GRADE)]
    return next((grade for grade in grades if grade in _GRADES), "")


def policy_for(grade: str) -> Escalation:
    """The escalation of a grade as it is now: its own, else that of every P1.

    An enhanced P1 also pages whom the policy pack names, unless it has an escalation of its own.
    """
    rows = {row.grade: row for row in EscalationPolicy.objects.filter(grade__in=["", grade])}
    row = rows.get(grade) or rows.get("")
    found = _stored(row) if row else DEFAULT
    if grade == "enhanced" and grade not in rows:
        found = with_enhancement(found, _enhanced_pages())
    return found


def _stored(row: EscalationPolicy) -> Escalation:
    try:
        return read(
            {
                "steps": row.steps,
                "repeat_seconds": row.repeat_seconds,
                "contact_seconds": row.contact_seconds,
            }
        )
    except Refused:
        return DEFAULT


def _enhanced_pages() -> tuple[str, ...]:
    try:
        setting = packs.active().policy.pack.settings.get("p1.grade.enhanced_pages")
    except packs.NoActivePack:
        return ()
    value = setting.default if setting else ()
    return tuple(str(word) for word in value) if isinstance(value, list | tuple) else ()


def _somebody(at: datetime) -> int:
    """Who answers for a P1 while nobody is primary: the next in line, else whoever leads."""
    line = queries.engineers(at)
    if line:
        return line[0].person_id
    coming = queries.coming(at, 1)
    if coming:
        return coming[0].person_id
    order = {"lead": 0, "admin": 1, "agent": 2}
    people = list(User.staff.filter(is_active=True))
    if not people:
        raise Refused("Nobody works at this desk, so that nobody can own a P1.")
    return min(people, key=lambda one: (order.get(one.role, 9), one.pk)).pk


def stop(case_ids: Sequence[int], *, why: str, by: By, at: datetime) -> int:
    """End the P1s of these cases: resolved, cancelled, or not priority 1 any more; how many.

    Must run inside the transaction that ended it.
    """
    rows = list(
        P1.objects.select_for_update()
        .filter(case_id__in=case_ids)
        .exclude(state=P1State.RESOLVED)
        .order_by("pk")
    )
    for p1 in rows:
        _end(p1, why, by, at)
    return len(rows)


def stop_call(p1_id: int, *, by: By, at: datetime) -> None:
    """End a P1 call that no case came of: the caller was called back.

    Raises:
        Refused: it has a case; that is resolved on its own page.
    """
    with guarded():
        p1 = P1.objects.select_for_update().get(pk=p1_id)
        if p1.case_id:
            raise Refused("Resolve the case; that ends its P1.")
        if p1.state != P1State.RESOLVED:
            _end(p1, "called_back", by, at)


def _end(p1: P1, why: str, by: By, at: datetime) -> None:
    p1.state, p1.resolved_at, p1.next_due_at = P1State.RESOLVED, at, None
    p1.contact_due_at = None
    p1.save(update_fields=["state", "resolved_at", "next_due_at", "contact_due_at"])
    Ownership.objects.filter(p1=p1, until=None).update(until=at)
    p1.handovers.filter(accepted_at=None, closed_at=None).update(
        closed_at=at, closed_why="resolved"
    )
    cancel_pages(p1.pk)
    record([Happening("resolved", "p1", p1.pk, {"why": why})], by=by, at=at)
    pass_the_lead(p1, at=at)


_CANCEL = """
update oncall_page set state = 'cancelled', next_try_at = null
 where p1_id = %s and purpose in ('page', 'handover', 'update') and state in ('pending', 'sending')
"""


def cancel_pages(p1_id: int) -> None:
    """Call back every page that was not handed over yet; one in hand looks before it starts."""
    with connection.cursor() as cursor:
        cursor.execute(_CANCEL, [p1_id])
