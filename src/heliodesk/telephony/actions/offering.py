"""Hold a call out to engineers, one after the other, until one has it (R51, C26, G11)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import IntegrityError, connection, transaction

from heliodesk.cases.rules import Refused
from heliodesk.identity.models import User
from heliodesk.journal.record import By, Happening, record
from heliodesk.kernel import reading
from heliodesk.oncall.queries import Engineer as OnCallEngineer
from heliodesk.oncall.queries import engineers
from heliodesk.oncall.rules.words import Duty
from heliodesk.telephony.actions.arriving import tell
from heliodesk.telephony.models import Call, CallOffer, Line
from heliodesk.telephony.rules import DUTY_MANAGER_AFTER, Engineer, Route, Standing

#: A telephone that was not answered rests so long before the same call rings it again.
_REST = timedelta(seconds=15)
#: A waiting call that its telephone system has not spoken of for so long is no longer waiting.
_SILENT = timedelta(seconds=90)


@dataclass(frozen=True)
class _Phone:
    """A telephone that could ring now."""

    line_id: int
    user_id: int
    target: str
    #: How often it rang for this call, and when it last rang for any.
    rung: int
    rang_at: datetime | None
    serves_queue: bool
    stranger: bool


_FREE = """
select l.id, l.user_id, l.target,
       (select count(*) from telephony_calloffer o
         where o.call_id = %(call)s and o.line_id = l.id and o.rings),
       l.rang_at,
       exists (select 1 from identity_teammember m join identity_team t on t.id = m.team_id
                where m.user_id = l.user_id and %(queue)s = any(t.queues)),
       l.takes_strangers
  from telephony_line l join identity_user u on u.id = l.user_id and u.is_active
 where l.ready
   and (not %(offshore)s or exists (
        select 1 from identity_teammember m join identity_team t on t.id = m.team_id
         where m.user_id = l.user_id and t.offshore))
   and not exists (select 1 from telephony_calloffer o
                    where o.line_id = l.id and o.rings and o.state = 'offered'
                      and o.call_id <> %(call)s)
   and not exists (select 1 from telephony_call c
                    where c.agent_id = l.user_id and c.id <> %(call)s
                      and c.connected_at is not null and c.ended_at is null
                      and c.heard_at > %(lately)s)
 order by l.id limit 200
"""
_AHEAD = """
select count(*) from telephony_call c
 where c.state in ('queue_p1', 'queue') and c.id <> %(call)s and c.ended_at is null
   and c.heard_at > %(silent)s and c.offshore = %(offshore)s
   and (c.urgency, c.queued_at, c.id) < (%(urgency)s, %(queued)s, %(call)s)
"""


def next_engineer(call: Call, now: Standing, waited: int, at: datetime) -> Engineer:
    """Ring the next one who is free and owed, or say how many wait before this call."""
    asked = {
        "call": call.pk,
        "queue": call.queue,
        "offshore": call.offshore,
        "urgency": call.urgency,
        "queued": call.queued_at or at,
        "silent": at - _SILENT,
        "lately": at - timedelta(hours=4),
    }
    ahead = int(reading.rows(connection, _AHEAD, asked)[0][0])
    urgent = now.route is Route.P1
    line = _duties(waited, _region(call), at) if urgent else []
    _know_phones(line)
    phones = [one for one in reading.shaped(connection, _Phone, _FREE, asked) if _fits(call, one)]
    if now.route in {Route.IDENTITY, Route.IDENTITY_P1}:
        ranked = sorted((p for p in phones if p.stranger), key=_quietest)
        if any(phone.rung for phone in ranked):
            ranked = [phone for phone in ranked if not phone.rung]
    else:
        ranked = _ranked(call, phones, line, urgent=urgent)
    rung = ranked[0].rung if ranked else 0
    if len(ranked) > ahead and rung <= now.rounds:
        for phone in ranked:
            if phone.rung == rung and _rested(phone, at) and _ring(call, phone, at):
                return Engineer(phone.target, ahead, waited, rung)
    return Engineer("", ahead, waited, rung)


def _region(call: Call) -> str:
    return call.account.region if call.account else call.region


def _fits(call: Call, phone: _Phone) -> bool:
    """Whether this telephone system can dial it."""
    general = phone.target.startswith(("+", "sip:"))
    if call.source == "asterisk":
        return not phone.target.startswith("client:")
    return general or phone.target.startswith("client:")


def _quietest(phone: _Phone) -> tuple[int, float, int]:
    return phone.rung, phone.rang_at.timestamp() if phone.rang_at else 0.0, phone.line_id


def _rested(phone: _Phone, at: datetime) -> bool:
    return not phone.rung or phone.rang_at is None or at - phone.rang_at >= _REST


def _ranked(
    call: Call, phones: list[_Phone], line: Sequence[OnCallEngineer], *, urgent: bool
) -> list[_Phone]:
    """Who already took it, then the case's owner, then who is on duty for a P1, then the team."""
    taken = CallOffer.objects.filter(call=call, state="claimed").first()
    owner = call.case.owner_id if call.case else None
    duties = {one.person_id: place for place, one in enumerate(line)}

    def place(phone: _Phone) -> tuple[int, ...] | None:
        if taken and phone.user_id == taken.user_id:
            return (0, 0)
        if owner and phone.user_id == owner:
            return (1, 0)
        if phone.user_id in duties:
            return (2, duties[phone.user_id])
        return (3, 0) if phone.serves_queue or (urgent and not duties) else None

    able = [(place(phone), phone) for phone in phones]
    ranked = [(where, phone) for where, phone in able if where is not None]
    ranked.sort(key=lambda pair: (pair[1].rung, *pair[0], *_quietest(pair[1])))
    return [phone for _, phone in ranked]


def _duties(waited: int, region: str, at: datetime) -> list[OnCallEngineer]:
    """People on call in the order they are rung; the duty manager after five minutes."""
    line = engineers(at, customer_region=region)
    early = waited < DUTY_MANAGER_AFTER
    return [one for one in line if not (early and one.duty == Duty.MANAGER)]


def _know_phones(people: Sequence[OnCallEngineer]) -> None:
    """Whoever is on call and has a verified number can be rung, whether or not they have a line."""
    have = set(
        Line.objects.filter(user__in=[p.person_id for p in people]).values_list("user", flat=True)
    )
    new = [
        Line(user_id=one.person_id, target=one.number)
        for one in people
        if one.number and one.person_id not in have
    ]
    Line.objects.bulk_create(new, ignore_conflicts=True)


def _ring(call: Call, phone: _Phone, at: datetime) -> bool:
    """Offer the call to this one; no telephone rings for two calls, whoever asks first."""
    if not Line.objects.select_for_update(skip_locked=True).filter(pk=phone.line_id).exists():
        return False
    mine = CallOffer.objects.filter(
        call=call, user_id=phone.user_id, state__in=["claimed", "offered"]
    )
    claimed = mine.first()
    if claimed:
        claimed.line_id, claimed.rings = phone.line_id, True
        claimed.save(update_fields=["line", "rings"])
    else:
        try:
            with transaction.atomic():
                CallOffer.objects.create(
                    call=call, user_id=phone.user_id, line_id=phone.line_id, rings=True, at=at
                )
        except IntegrityError:
            return False
    Line.objects.filter(pk=phone.line_id).update(rang_at=at)
    tell("offered", call, at, user=phone.user_id)
    return True


@transaction.atomic
def claim(call: Call, *, user_id: int, by: By, at: datetime) -> None:
    """Take a call that is offered: one wins, the others are told who has it (G11).

    Raises:
        Refused: somebody else has it, or it is no longer offered.
    """
    row = Call.objects.select_for_update().get(pk=call.pk)
    winner = CallOffer.objects.filter(call=row, state="claimed").select_related("user").first()
    if winner and winner.user_id == user_id:
        return
    if winner:
        raise Refused(f"{winner.user.name} has this call.")
    mine = CallOffer.objects.filter(call=row, user_id=user_id, state="offered")
    if not mine.update(state="claimed", settled_at=at):
        raise Refused("This call is no longer offered to you. It may have ended.")
    CallOffer.objects.filter(call=row, state="offered").update(state="withdrawn", settled_at=at)
    row.agent_id = user_id
    row.save(update_fields=["agent"])
    record([Happening("claimed", "call", row.pk, {"user": user_id})], by=by, at=at)


@transaction.atomic
def decline(call: Call, *, user_id: int, by: By, at: datetime) -> None:
    """Put a pop away; the telephone rings on, and the next engineer follows."""
    done = CallOffer.objects.filter(call=call, user_id=user_id, state="offered").update(
        state="declined", settled_at=at
    )
    if done:
        record([Happening("declined", "call", call.pk, {"user": user_id})], by=by, at=at)


def offer_to(call: Call, users: list[User], *, at: datetime) -> None:
    """Show a call to these people, whose telephones ring by other means."""
    rows = [CallOffer(call=call, user=user, at=at) for user in users]
    CallOffer.objects.bulk_create(rows, ignore_conflicts=True)
    tell("offered", call, at)
