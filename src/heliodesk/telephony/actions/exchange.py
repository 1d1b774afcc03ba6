"""Any telephone system tells of its calls: a log and a screen pop without our own dialogue.

Events may come twice, late or in any order: an answer or an end of a call nobody announced makes
the call (and finds out the rest when the announcement comes).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q

from heliodesk.identity.models import User
from heliodesk.telephony import facts, numbers
from heliodesk.telephony.actions.arriving import Announced, locked, tell
from heliodesk.telephony.actions.offering import offer_to
from heliodesk.telephony.models import Call, CallOffer
from heliodesk.telephony.rules import State

NEW, ANSWER, HANGUP = "newcall", "answer", "hangup"
_MOST_USERS = 50


class BadEvent(ValueError):
    """The event lacks something; the text says what."""


@dataclass(frozen=True)
class Told:
    """An event, read."""

    event: str
    id: str
    caller: str = ""
    called: str = ""
    outgoing: bool = False
    #: Addresses, names or lines of those who ring or have answered.
    users: tuple[str, ...] = ()
    cause: str = ""


def read(given: Mapping[str, Any]) -> Told:
    """An event from its fields.

    Raises:
        BadEvent: the event is none of the three, or names no call.
    """
    event = str(given.get("event", "")).strip().lower().replace("_", "").replace("-", "")
    if event not in {NEW, ANSWER, HANGUP}:
        raise BadEvent("event must be newCall, answer or hangup.")
    id = str(given.get("callId") or given.get("call_id") or "").strip()
    if not id or len(id) > 190 or not id.isprintable():
        raise BadEvent("callId must name the call.")
    return Told(
        event=event,
        id=id,
        caller=str(given.get("from", ""))[:80],
        called=str(given.get("to", ""))[:80],
        outgoing=str(given.get("direction", "in")).lower().startswith("out"),
        users=_users(given),
        cause=str(given.get("cause", ""))[:40],
    )


def _users(given: Mapping[str, Any]) -> tuple[str, ...]:
    found: list[str] = []
    for name in ("answeringNumber", "answering_number", "userId", "user"):
        value = given.get(name)
        found += [str(v) for v in value] if isinstance(value, list) else [str(value or "")]
    return tuple(word.strip() for word in found if word.strip())[:_MOST_USERS]


def hear(told: Told, *, at: datetime) -> None:
    """Take an event in."""
    with transaction.atomic():
        call, new = locked(Announced("cti", told.id, told.caller, told.called), at=at)
        _complete(call, told)
        if new:
            _make_out(call, at)
        call.heard_at = at
        _HEARD[told.event](call, told, at)
        call.save()


def _complete(call: Call, told: Told) -> None:
    """What an earlier event did not say yet."""
    call.caller = call.caller or numbers.cleaned(told.caller)
    call.called = call.called or numbers.cleaned(told.called)
    if told.outgoing:
        call.note = call.note or "An outgoing call."


def _make_out(call: Call, at: datetime) -> None:
    """Whom the number points to: a hint for whoever answers, never proof."""
    if call.caller:
        contact, account = facts.hinted(call.caller, at)
        if account:
            call.account_id, call.offshore = account.id, account.offshore
        if contact:
            call.contact_id, call.made_out_by = contact.id, "number"


def _new(call: Call, told: Told, at: datetime) -> None:
    if call.ended_at or call.connected_at or told.outgoing:
        return
    call.state = State.OFFER
    call.queued_at = call.queued_at or at
    call.save()
    offer_to(call, _people(told, call), at=at)


def _people(told: Told, call: Call) -> list[User]:
    """Those who are named; where nobody is, everybody whose line is ready."""
    people = User.staff.filter(is_active=True)
    if call.offshore:
        people = people.filter(teams__offshore=True)
    if told.users:
        named = Q()
        for word in told.users:
            named |= Q(email__iexact=word) | Q(lines__target__iexact=word)
            if word.lstrip("+").isdigit():
                named |= Q(lines__target__iexact=numbers.cleaned(word))
        people = people.filter(named)
    else:
        people = people.filter(lines__ready=True)
    return list(people.distinct().order_by("pk")[:_MOST_USERS])


def _answer(call: Call, told: Told, at: datetime) -> None:
    """Somebody has it: their pop stays, the others' go."""
    if call.connected_at is None:
        call.connected_at = at
        tell("connected", call, at)
    if call.ended_at is None:
        call.state = State.CONNECTED
    people = _people(told, call) if told.users else []
    offers = CallOffer.objects.filter(call=call, state="offered")
    claimed = CallOffer.objects.filter(call=call, state="claimed").first()
    if people and claimed is None:
        winner = people[0]
        if not offers.filter(user=winner).update(state="claimed", settled_at=at):
            CallOffer.objects.create(call=call, user=winner, state="claimed", at=at, settled_at=at)
        call.agent = winner
    elif claimed:
        call.agent_id = claimed.user_id
    CallOffer.objects.filter(call=call, state="offered").update(state="withdrawn", settled_at=at)
    call.outcome = "connected"


def _hang_up(call: Call, _told: Told, at: datetime) -> None:
    if call.ended_at:
        return
    call.ended_at = at
    if call.connected_at:
        call.state, call.outcome = State.WRAP_UP, "connected"
        call.talked_seconds = int((at - call.connected_at).total_seconds())
    else:
        call.state, call.outcome = State.ABANDONED, "missed"
    CallOffer.objects.filter(call=call, state="offered").update(state="missed", settled_at=at)
    tell(call.state, call, at)


_HEARD = {NEW: _new, ANSWER: _answer, HANGUP: _hang_up}
