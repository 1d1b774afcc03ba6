"""The phone desk: what an agent does by hand, with or without a telephone system beside it.

Every question that the keys ask can be answered here by word of mouth; each answer is kept the
moment it is given. A claimed P1 is a case, and paged for, before its form is filled in.
"""

import re
import uuid
from dataclasses import dataclass, replace
from datetime import datetime

from django.db import connection, transaction

from heliodesk.cases import actions as cases
from heliodesk.cases.models import Case
from heliodesk.cases.rules import OPEN, Refused, State
from heliodesk.customers.models import Account, Contact, ContactAddress
from heliodesk.entitlements import packs
from heliodesk.entitlements.decision import Verdict
from heliodesk.entitlements.request import AccountId, CaseType
from heliodesk.entitlements.rules import Answer
from heliodesk.identity.person import Person
from heliodesk.intake.spoken import Spoken
from heliodesk.journal.record import By, Happening, record
from heliodesk.kernel.references import is_case_reference
from heliodesk.kernel.text import one_line, storable
from heliodesk.telephony import facts, numbers
from heliodesk.telephony.actions import assessing, deciding
from heliodesk.telephony.actions.assessing import Assessed
from heliodesk.telephony.actions.confirming import confirm_elsewhere
from heliodesk.telephony.facts import About, Caller, Judged
from heliodesk.telephony.models import Call, CallBack, P1Assessment
from heliodesk.telephony.rules import Route
from heliodesk.telephony.rules import State as CallState

KINDS = tuple(kind.value for kind in CaseType)
_ADDRESS = re.compile(r"[^\s@<>,;:]+@[^\s@<>,;:]+\.[^\s@<>,;:]+")


def open_call(*, caller: str = "", called: str = "", by: By, at: datetime) -> Call:
    """Somebody is on the line: a call taken by hand."""
    pack = packs.active()
    cleaned = numbers.cleaned(called)
    place = pack.policy.dialled(cleaned)
    with transaction.atomic():
        call = Call.objects.create(
            key=f"desk:{uuid.uuid4().hex}",
            source="desk",
            state=CallState.CONNECTED,
            caller=numbers.cleaned(caller),
            called=cleaned,
            region=place.region.code if place else "",
            started_at=at,
            heard_at=at,
            connected_at=at,
            agent_id=by.id,
        )
        _tell("arrived", call, by, at)
    return call


def _tell(verb: str, call: Call, by: By, at: datetime, **data: object) -> None:
    record([Happening(verb, "call", call.pk, data)], by=by, at=at)


def _locked(call: Call) -> Call:
    return Call.objects.select_for_update().get(pk=call.pk)


@transaction.atomic
def number_shown(call: Call, *, caller: str, by: By, at: datetime) -> None:
    """The number that the agent's telephone shows: a hint, never proof."""
    row = _locked(call)
    row.caller = numbers.cleaned(caller)
    row.save(update_fields=["caller"])


@transaction.atomic
def ask_id(call: Call, *, text: str, person: Person, at: datetime) -> None:
    """The account ID as the caller gave it, typed or pasted, with or without hyphens (R50, R51).

    Raises:
        Refused: the account is the offshore team's, and this agent is not in it (C16).
    """
    pattern = packs.active().policy.pack.identifier.pattern
    given = _identifier(text, pattern)
    account = facts.account_by_id(given, at) if given else None
    with transaction.atomic():
        row = _locked(call)
        if row.case_id or row.held_id:
            raise Refused("This call is filed already. Take the next call as a new one.")
        row.id_given = given
        row.id_state = _state(given, account is not None)
        if account is None and given:
            row.id_wrong += 1
        if account and account.offshore and not person.offshore:
            _tell("for_offshore", row, person.by, at)
            raise Refused("Transfer this caller to the offshore desk: only they may take the call.")
        changed = row.account_id != (account.id if account else None)
        row.account_id = account.id if account else None
        row.offshore = bool(account and account.offshore)
        if changed:
            row.contact, row.case, row.made_out_by = None, None, ""
            if account and row.caller:
                hint = facts.by_number(given, row.caller, at)
                if hint.contact and hint.confirmed:
                    row.contact_id, row.made_out_by = hint.contact.id, "number"
        row.save()
        _tell("id_asked", row, person.by, at, known=account is not None)


def _identifier(text: str, pattern: str) -> str:
    """The ID in its own form; anything else as it was typed."""
    digits = re.sub(r"\D", "", text)
    if len(digits) == numbers.digits_of(pattern):
        return numbers.identifier(digits, pattern)
    return one_line(storable(text), 40)


def _state(given: str, known: bool) -> str:  # noqa: FBT001 (one of few arguments, called by place)
    if not given:
        return ""
    return AccountId.VALID if known else AccountId.UNKNOWN_ID


@transaction.atomic
def name_caller(
    call: Call, *, contact_id: int | None, stranger: bool, by: By, at: datetime
) -> None:
    """Who the caller says to be: a contact of the account or of a partner, or somebody else."""
    row = _locked(call)
    row.contact_id = contact_id
    row.made_out_by = "stranger" if stranger else "spoken" if contact_id else ""
    row.save(update_fields=["contact", "made_out_by"])
    _tell("named", row, by, at, contact=contact_id)


@transaction.atomic
def answer_p1(call: Call, *, yes: bool, by: By, at: datetime) -> None:
    """Whether mail or access is down: asked on every call, the answer is kept (R56)."""
    row = _locked(call)
    row.p1_answer = yes
    row.kind = "p1" if yes else ("existing" if row.existing_answer else "other")
    row.save(update_fields=["p1_answer", "kind"])
    _tell("p1_asked", row, by, at, answer=yes)


@transaction.atomic
def answer_existing(call: Call, *, yes: bool, ref: str, person: Person, at: datetime) -> None:
    """Whether it is about a case that exists, and which: only the account's own counts (R57).

    Raises:
        Refused: the reference is none, or no case of this account.
    """
    row = _locked(call)
    row.existing_answer = yes
    digits = re.sub(r"\D", "", ref)
    if row.outcome and row.case_id:
        raise Refused("This call is filed already. Take the next call as a new one.")
    row.case = None
    if yes and digits:
        row.case = _case_of(row, digits)
    if not yes and row.kind == "existing":
        row.kind = "other"
    row.save()
    _tell("case_asked", row, person.by, at, answer=yes)


def _case_of(call: Call, digits: str) -> Case:
    if not is_case_reference(digits):
        raise Refused("One digit is wrong. Ask for the reference again; it has 8 digits or more.")
    if call.account_id is None:
        raise Refused("Ask for the account ID first: the reference must belong to it.")
    case = Case.objects.filter(ref=digits, account_id=call.account_id).first()
    while case and case.merged_into_id:
        case = case.merged_into
    if case is None or case.account_id != call.account_id:
        raise Refused("This account has no case with that reference. Tell the caller no more.")
    return case


def caller_of(call: Call, at: datetime) -> Caller:
    """Who is on the line, as far as was asked."""
    if call.made_out_by == "stranger":
        found = facts.by_word(call.id_given, None, at)
        return facts.stranger(found.account, found.id_state)
    if call.account_id is None and call.p1_answer and call.contact_id is None:
        return deciding.unplaced(call)
    return facts.by_word(call.id_given if call.account_id else "", call.contact_id, at)


def judged(call: Call, *, p1: bool | None = None, at: datetime, **more: object) -> Judged:
    """What this caller may have now, as the answers stand; ``p1`` asks for another answer."""
    about = About(
        p1=bool(call.p1_answer) if p1 is None else p1,
        case=call.case if call.existing_answer else None,
    )
    about = replace(about, **more)  # type: ignore[arg-type]  # fields of it by name
    return facts.judge(caller_of(call, at), about, packs.active(), called=call.called, at=at)


@dataclass(frozen=True, kw_only=True)
class TakenDown:
    """What an agent wrote down of a call."""

    title: str = ""
    text: str = ""
    severity: str = "P3"
    kind: str = CaseType.TECHNICAL.value
    #: Who is answered, where the caller is no contact.
    name: str = ""
    address: str = ""
    alternative: str = ""


def declare_p1(call: Call, *, alternative: str = "", by: By, at: datetime) -> None:
    """A P1, at once: the case is made and paged for, the form comes after (R81, C5, C13).

    A caller who cannot be placed makes no case: a registered number is called back, and whoever
    is on call is paged for that.

    Raises:
        Refused: this call made its case already.
    """
    with transaction.atomic():
        row = _locked(call)
        if row.outcome == "p1" or row.held_id:
            return
        if row.case_id and not row.existing_answer:
            raise Refused("This call made its case already. Raise its priority there.")
        row.p1_answer, row.kind = True, "p1"
        found = judged(row, at=at)
        pack = packs.active()
        route = deciding.route_of(found)
        case = found.about.case
        if route is Route.P1 and case is not None and State(case.state) in OPEN:
            deciding.on_open_case(row, found, case, pack, by=by, at=at)
        elif found.decision.makes_case and found.caller.account:
            deciding.file(row, found, _words(row, found, None, at), at)
        else:
            deciding.hold(row, found, _words(row, found, None, at), at)
        row.outcome = "p1" if route is Route.P1 else "callback"
        row.save()
        _tell("p1_declared", row, by, at, case=row.case.ref if row.case else "")
        if alternative.strip() and row.case:
            confirm_elsewhere(row.case, alternative=alternative, at=at)


def take_down(call: Call, taken: TakenDown, *, by: By, at: datetime) -> None:
    """The case, in one step: by the same filing as mail, decided as the answers stand.

    Raises:
        Refused: there are no words, or the policy gives this caller no case.
    """
    if not taken.title.strip() and not call.case_id:
        raise Refused("Give the case a title: the words a colleague would look for.")
    if not taken.text.strip():
        raise Refused("Write one line at least of what the caller says.")
    if taken.address.strip() and not _ADDRESS.fullmatch(taken.address.strip()):
        raise Refused(f"“{taken.address.strip()}” is not an e-mail address.")
    with transaction.atomic():
        row = _locked(call)
        if row.outcome and (row.case_id or row.held_id):
            raise Refused("This call made its case already.")
        found = judged(row, p1=False, severity=taken.severity, kind=CaseType(taken.kind), at=at)
        words = _words(row, found, taken, at)
        if found.decision.makes_case and found.caller.account:
            deciding.file(row, found, words, at)
        elif found.decision.decision is Verdict.HOLD:
            deciding.hold(row, found, words, at)
        else:
            raise Refused("The policy gives this caller no case. Tell them the words shown here.")
        live = found.answer in {Answer.CONNECT, Answer.P1}
        row.outcome = "connected" if live else "written" if row.case_id else "identity"
        row.note = row.note or one_line(taken.text, 300)
        row.save()
        _tell("taken_down", row, by, at, case=row.case.ref if row.case else "")
        if taken.alternative.strip() and row.case:
            confirm_elsewhere(row.case, alternative=taken.alternative, at=at)


def _words(call: Call, found: Judged, taken: TakenDown | None, at: datetime) -> Spoken:
    """The record of the call: what the agent wrote, or that it is to be written."""
    spoken = deciding.spoken(call, found, at)
    address, name = spoken.address, spoken.name
    contact = found.caller.contact
    if contact and call.made_out_by == "spoken":
        own = ContactAddress.objects.filter(contact_id=contact.id).order_by("-preferred", "id")
        first = own.first()
        address, name = (first.address if first else address), contact.name
    if taken and taken.address.strip():
        address, name = taken.address.strip().lower(), taken.name.strip()
    if taken is None:
        return replace(spoken, name=name, address=address)
    return replace(
        spoken,
        key=f"{call.key}:taken",
        title=taken.title.strip() or (found.about.case.title if found.about.case else ""),
        text=taken.text.strip(),
        severity=taken.severity,
        kind=taken.kind,
        name=name,
        address=address,
    )


def assess(call: Call, found: Assessed, *, by: By, at: datetime) -> None:
    """Record the criteria; a P1 that meets none is lowered, with the reason (R78, R79, C14, C33).

    Raises:
        Refused: no criterion for a P1 that is one, no reason for one that is not.
    """
    assessing.check(found, by)
    with transaction.atomic():
        row = _locked(call)
        case = row.case
        if case is None:
            raise Refused("There is no case of this call yet.")
        assessing.keep(case, found, call=row, by=by, at=at)
        if found.title.strip() and found.title.strip() != case.title:
            case = cases.retitle(case, title=found.title, by=by, at=at)
        case = assessing.lower(case, found, by=by, at=at)
        cases.note(case, text=_assessment(found), by=by, at=at)
        row.case = case
        row.save(update_fields=["case"])
        data = {"met": found.met, "criteria": found.named, "users": one_line(found.users, 80)}
        _tell("assessed", row, by, at, case=case.ref, **data)
        if found.alternative.strip():
            confirm_elsewhere(case, alternative=found.alternative, at=at)


_CRITERION = {
    "send": "cannot send mail",
    "receive": "cannot receive mail",
    "applications": "no access to the applications",
}
_EXTENT = {"total": "total loss", "impairment": "significant impairment"}


def _assessment(found: Assessed) -> str:
    lines = [
        "P1 assessment on the call: " + ("met." if found.met else f"not met, {found.priority}.")
    ]
    if found.named:
        lines.append("Criteria: " + ", ".join(_CRITERION[word] for word in found.named) + ".")
    if found.extent in _EXTENT:
        lines.append(f"Extent: {_EXTENT[found.extent]}.")
    if found.users.strip():
        lines.append(f"Share of users: {one_line(found.users, 80)}.")
    if found.reason.strip():
        lines.append(f"Why: {found.reason.strip()}")
    if found.text.strip():
        lines.append(found.text.strip())
    return "\n".join(lines)


@transaction.atomic
def connect(call: Call, *, by: By, at: datetime) -> None:
    """The caller is connected: the agent helps, or passes the call to the owner."""
    row = _locked(call)
    found = judged(row, at=at)
    if found.answer not in {Answer.CONNECT, Answer.P1}:
        raise Refused("The policy does not connect this caller now. Take it down in writing.")
    deciding.keep_decision(row, found, packs.active(), at)
    row.queue = found.decision.queue
    row.outcome = "connected"
    row.save()
    _tell("connected", row, by, at)


@transaction.atomic
def refuse(call: Call, *, by: By, at: datetime) -> None:
    """The caller was told, in words that disclose nothing, what to do instead."""
    row = _locked(call)
    found = judged(row, at=at)
    if found.decision.decision is Verdict.HOLD and not row.held_id:
        deciding.hold(row, found, _words(row, found, None, at), at)
    elif row.decision_id is None:
        deciding.keep_decision(row, found, packs.active(), at)
    row.outcome = "refused"
    row.save()
    _tell("refused", row, by, at)


@transaction.atomic
def promise_call_back(call: Call, *, by: By, at: datetime) -> None:
    """Somebody calls back: the urgent first, in the order in which they were promised."""
    row = _locked(call)
    deciding.call_back(row, reason="asked", urgent=row.kind == "p1", at=at)
    row.outcome = row.outcome or "callback"
    row.save(update_fields=["outcome"])
    _tell("call_back", row, by, at)


@transaction.atomic
def jot(
    call: Call, *, note: str | None = None, spoken_back: bool | None = None, by: By, at: datetime
) -> None:
    """One line about the call, and that the reference was spoken back."""
    row = _locked(call)
    if note is not None:
        row.note = one_line(storable(note), 500)
    if spoken_back is not None:
        row.spoken_back = spoken_back
    row.save(update_fields=["note", "spoken_back"])


@transaction.atomic
def end(call: Call, *, by: By, at: datetime) -> None:
    """The caller has gone, and all is written down. A P1 that nobody assessed still asks for it.

    Raises:
        Refused: the call was over before, and its P1 is not assessed.
    """
    row = _locked(call)
    if row.ended_at:
        if row.state == CallState.WRAP_UP:
            _wrap_up(row, by, at)
        return
    row.ended_at = at
    row.talked_seconds = int((at - (row.connected_at or row.started_at)).total_seconds())
    row.state = CallState.WRAP_UP if _owes_assessment(row) else CallState.ENDED
    row.outcome = row.outcome or "connected"
    row.save()
    _tell(row.state, row, by, at)


def _wrap_up(call: Call, by: By, at: datetime) -> None:
    if _owes_assessment(call):
        raise Refused("Say first whether it is a P1: tick what does not work, or lower it.")
    call.state = CallState.ENDED
    call.save(update_fields=["state"])
    _tell("ended", call, by, at)


def _owes_assessment(call: Call) -> bool:
    case = call.case
    return bool(
        case and case.priority == "P1" and not P1Assessment.objects.filter(case=case).exists()
    )


@transaction.atomic
def settle_call_back(back: CallBack, *, done: bool, note: str, by: By, at: datetime) -> None:
    """Somebody was called back, or need not be.

    Raises:
        Refused: it is settled already.
    """
    row = CallBack.objects.select_for_update().select_related("call").get(pk=back.pk)
    if row.state not in {"armed", "due"}:
        raise Refused("Somebody else has settled this call-back.")
    if not done and row.urgent and not note.strip():
        raise Refused("Say why nobody calls back: it is urgent.")
    row.state = "done" if done else "cancelled"
    row.done_at, row.done_by_id, row.note = at, by.id, note.strip()[:2000]
    row.save()
    _tell("called_back" if done else "not_called_back", row.call, by, at, note=row.note)


def contacts_to_choose(account: Account) -> list[tuple[int, str, bool]]:
    """Contacts an agent may pick as the caller: id, name and whether designated, then partners'."""
    with connection.cursor() as cursor:
        cursor.execute(_CHOICES, {"account": account.pk})
        return [(row[0], row[1], row[2]) for row in cursor.fetchall()]


_CHOICES = """
select id, name, designated from (
  select k.id, k.name, bool_or(r.kind = 'designated') as designated, 0 as place
    from customers_contactrole r join customers_contact k on k.id = r.contact_id and k.active
   where r.account_id = %(account)s and r.valid_from <= current_date
     and (r.valid_to is null or r.valid_to > current_date)
   group by k.id, k.name
  union all
  select k.id, k.name || ', ' || a.name, false, 1
    from customers_partnership p join customers_contactrole r on r.account_id = p.partner_id
    join customers_contact k on k.id = r.contact_id and k.active
    join customers_account a on a.id = p.partner_id
   where p.customer_id = %(account)s and p.valid_from <= current_date
     and (p.valid_to is null or p.valid_to > current_date)
     and r.valid_from <= current_date and (r.valid_to is null or r.valid_to > current_date)
   group by k.id, k.name, a.name
) x order by place, designated desc, lower(name), id limit 300
"""


def contact_named(id: int) -> Contact | None:
    """An active contact by id."""
    return Contact.objects.filter(pk=id, active=True).first()
