"""Lead a call on, one step at a time: what the telephone system asks is answered once.

A step is one short transaction under the call's row lock. The answer is kept, so that the same
step asked again is answered the same and does nothing again; a step that comes late is answered
with what holds now.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Sum

from heliodesk.cases.models import Case
from heliodesk.entitlements import packs
from heliodesk.kernel.references import is_case_reference
from heliodesk.telephony import facts, numbers
from heliodesk.telephony.actions import deciding, effects
from heliodesk.telephony.actions.arriving import Announced, locked, tell
from heliodesk.telephony.actions.offering import next_engineer
from heliodesk.telephony.models import Call, CallStep
from heliodesk.telephony.rules import (
    OVER,
    Arrived,
    Ask,
    Bye,
    CaseFound,
    Claimed,
    Event,
    HungUp,
    IdChecked,
    Instruction,
    Keyed,
    Prompt,
    Question,
    Rang,
    Standing,
    State,
    turn,
)
from heliodesk.telephony.standing import kept, read, recalled, written

#: Wrong IDs in an hour from one number after which none is looked up any more; withheld numbers
#: share one count, so theirs is larger.
_WRONG_IDS, _WRONG_IDS_WITHHELD = 12, 60
#: More turns than any event can need.
_MOST_TURNS = 12


@dataclass(frozen=True)
class Heard:
    """One request of the telephone system."""

    call: Announced
    step: int
    digits: str = ""
    dialstatus: str = ""
    #: Seconds that the two talked, where the telephone system says it with the dial status.
    talked: int | None = None


@dataclass(frozen=True)
class Led:
    """What the telephone system does next, and what it must know of the call to say so."""

    instruction: Instruction
    language: str
    called: str


def lead(heard: Heard, *, at: datetime) -> Led:
    """What the telephone system does next with this call."""
    with transaction.atomic():
        call, new = locked(heard.call, at=at)
        answered = None if new else _answered(call, heard.step)
        if answered:
            return Led(answered, call.language, call.called)
        call.heard_at = at
        instruction = _lead(call, _event(call, heard, at), at)
        _keep_talk(call, heard.talked, at)
        call.save()
        CallStep.objects.create(
            call=call, step=heard.step, at=at, state=call.state, answer=written(instruction)
        )
    return Led(instruction, call.language, call.called)


def _answered(call: Call, step: int) -> Instruction | None:
    """The answer that this step, or a later one, already had."""
    later = call.steps.filter(step__gte=step).order_by("-step")
    exact = next((one for one in later if one.step == step), None)
    found = exact or later.first()
    return read(found.answer) if found else None


def _event(call: Call, heard: Heard, at: datetime) -> Event:
    now = recalled(call.standing)
    if now.state is State.RINGING:
        return Arrived()
    if now.state in {State.OFFER, State.CONNECTED}:
        return Rang(heard.dialstatus)
    return Keyed(_keys(heard.digits), waited(call, at))


def _keys(digits: str) -> str:
    """The keys pressed, without the one that ends them; anything else counts as silence."""
    keys = digits.strip().rstrip("#")[:20]
    return keys if keys.isascii() and keys.isdigit() else ""


def waited(call: Call, at: datetime) -> int:
    """Whole seconds in the queue."""
    return int((at - call.queued_at).total_seconds()) if call.queued_at else 0


def hang_up(
    announced: Announced, *, dialstatus: str = "", talked: int | None = None, at: datetime
) -> None:
    """The call is over. Told twice, or before any step was seen, it is one call that ended.

    Args:
        talked: seconds since somebody picked up, where the telephone system counts them; else
            they are counted from when it told of that. Keying and waiting are no part of them.
    """
    with transaction.atomic():
        call, _ = locked(announced, at=at)
        if call.ended_at:
            return
        call.ended_at = at
        if talked is None and call.connected_at and call.talked_seconds is None:
            talked = int((at - call.connected_at).total_seconds())
        _lead(call, HungUp(dialstatus), at, hung_up=True)
        _keep_talk(call, talked, at)
        call.save()


def _keep_talk(call: Call, talked: int | None, at: datetime) -> None:
    """The first figure holds; a talk that is told of when it is over began before now."""
    if talked is None or call.talked_seconds is not None:
        return
    call.talked_seconds = talked
    if call.connected_at == at and talked:
        call.connected_at = at - timedelta(seconds=min(talked, 86_400))


def answered(announced: Announced, *, at: datetime) -> None:
    """Whoever was rung has picked up."""
    with transaction.atomic():
        call, new = locked(announced, at=at)
        if not new and not call.ended_at:
            _lead(call, Claimed(), at, hung_up=True)
            call.save()


def _lead(call: Call, event: Event, at: datetime, *, hung_up: bool = False) -> Instruction:
    """Turn until the machine says what to do, answering its questions on the way."""
    now, next_event = recalled(call.standing), event
    before, known = now.state, _Known()
    for _ in range(_MOST_TURNS):
        taken = turn(now, next_event)
        now = taken.standing
        call.state, call.kind, call.standing = now.state, now.kind, kept(now)
        for effect in taken.effects:
            effects.apply(effect, call, at)
        now = _refreshed(call, now)
        if not isinstance(taken.then, Question):
            if now.state != before:
                tell(now.state, call, at)
            if taken.then is None and not hung_up:
                break
            return taken.then or Bye(Prompt.of("goodbye"))
        next_event = _asked(call, now, taken.then, known, at)
    return Bye(Prompt.of("goodbye"))


def _refreshed(call: Call, now: Standing) -> Standing:
    """An effect may have given the call its reference."""
    return replace(now, reference=call.case.ref) if call.case and not now.reference else now


@dataclass
class _Known:
    """Whom the ID keyed in this step belongs to, so that it is asked for once."""

    caller: facts.Caller | None = None


def _asked(call: Call, now: Standing, question: Question, known: _Known, at: datetime) -> Event:
    """Answer a question of the machine from the database."""
    if question.ask is Ask.CHECK_ID:
        return _check_id(call, question.text, known, at)
    if question.ask is Ask.FIND_CASE:
        return _find_case(call, question.text)
    if question.ask is Ask.DECIDE:
        return deciding.decide_call(call, now, at, caller=known.caller)
    return next_engineer(call, now, waited(call, at), at)


def _check_id(call: Call, digits: str, known: _Known, at: datetime) -> IdChecked:
    """Unknown, not theirs and too many tries look the same from outside, and cost the same."""
    pattern = packs.active().policy.pack.identifier.pattern
    text = numbers.identifier(digits, pattern)
    most = _WRONG_IDS if call.caller else _WRONG_IDS_WITHHELD
    lately = Call.objects.filter(caller=call.caller, started_at__gt=at - timedelta(hours=1))
    wrong = (lately.aggregate(n=Sum("id_wrong"))["n"] or 0) + call.id_wrong
    caller = facts.by_number(text, call.caller, at)
    call.id_given, call.id_state = text, caller.id_state
    if caller.account is None or not caller.confirmed or wrong >= most:
        call.id_wrong += 1
        if caller.account is not None:
            call.id_state = "not_theirs"
        # Written down either way: what is not, would be answered sooner.
        verb = "id_of_another" if caller.account is not None else "id_unknown"
        tell(verb, call, at, role=caller.role)
        return IdChecked(None)
    known.caller, call.account_id = caller, caller.account.id
    call.offshore = caller.account.offshore
    if caller.contact:
        call.contact_id, call.made_out_by = caller.contact.id, caller.made_out_by
    return IdChecked(caller.account.id)


def _find_case(call: Call, digits: str) -> CaseFound:
    """A case of the caller's account, merges followed; another's is as good as none (C11)."""
    if call.account_id is None or not is_case_reference(digits):
        return CaseFound(None)
    case = Case.objects.filter(ref=digits, account_id=call.account_id).first()
    while case and case.merged_into_id:
        case = case.merged_into
    if case is None or case.account_id != call.account_id:
        return CaseFound(None)
    call.case = case
    return CaseFound(case.pk)


def is_over(call: Call) -> bool:
    """Whether nobody is on the line any more."""
    return State(call.state) in OVER or call.ended_at is not None
