"""Decide a call by its entitlement, and write what follows from that before anybody answers."""

from datetime import datetime
from zoneinfo import ZoneInfo

from django.db import connection

from heliodesk.cases import actions as cases
from heliodesk.cases.models import Case
from heliodesk.cases.rules import OPEN, Stage, State, urgency
from heliodesk.customers import facts as customers
from heliodesk.customers.models import Contact
from heliodesk.entitlements import packs, stored
from heliodesk.entitlements.decision import Verdict
from heliodesk.entitlements.packs import ActivePack
from heliodesk.entitlements.request import AccountId, ContactRole
from heliodesk.entitlements.rules import Answer
from heliodesk.intake.spoken import FiledCall, Spoken, file_call
from heliodesk.journal.record import SYSTEM, By
from heliodesk.telephony import facts
from heliodesk.telephony.actions.arriving import tell
from heliodesk.telephony.actions.confirming import confirm_elsewhere
from heliodesk.telephony.facts import About, Caller, Judged
from heliodesk.telephony.models import Call, CallBack
from heliodesk.telephony.rules import Decided, Kind, Route, Standing

_NO_NUMBER = "a withheld number"


def decide_call(
    call: Call, now: Standing, at: datetime, *, caller: Caller | None = None
) -> Decided:
    """Where the entitlement decision sends a caller whom the keys have led here.

    Args:
        caller: whom the ID belongs to, if it was keyed just now.
    """
    pack = packs.active()
    caller = caller or _caller(call, at)
    about = About(p1=now.kind is Kind.P1, case=call.case if now.case_id else None)
    judged = facts.judge(caller, about, pack, called=call.called, at=at)
    route = route_of(judged)
    call.p1_answer, call.existing_answer = now.kind is Kind.P1, now.kind is Kind.EXISTING
    call.queue = judged.decision.queue if judged.decision.queue != "none" else ""
    terms = pack.policy.terms(judged.request.package)
    call.urgency = urgency(Stage.P1 if route is Route.P1 else Stage.RUNNING, terms.rank)
    if route is Route.IDENTITY_P1:
        call.urgency = urgency(Stage.P1, 0)
    write(call, judged, route, pack, at)
    return Decided(route, call.case.ref if call.case else "", _due(judged, pack))


def route_of(judged: Judged) -> Route:
    """The decision's answer as the machine knows it."""
    decision, answer = judged.decision, judged.answer
    if answer is Answer.P1:
        return Route.P1
    if answer is Answer.CONNECT:
        return Route.P1 if decision.priority == "P1" else Route.LIVE
    if answer is Answer.IN_WRITING:
        return Route.WRITTEN
    if answer is Answer.CALL_BACK:
        placed = judged.caller.account is not None and decision.makes_case
        return Route.WRITTEN if placed else Route.IDENTITY_P1
    return Route.IDENTITY if decision.decision is Verdict.HOLD else Route.REFUSED


def _caller(call: Call, at: datetime) -> Caller:
    """Who is calling, from what the keys and the number gave."""
    if call.account_id is None:
        return unplaced(call)
    found = facts.by_number(call.id_given, call.caller, at)
    if found.account:
        return found
    account = customers.accounts_of([call.account_id])[call.account_id]
    return Caller(AccountId.VALID, account)


def unplaced(call: Call) -> Caller:
    """A caller without a known ID: to be verified on a number registered for a designated one."""
    state = AccountId.UNKNOWN_ID if call.id_given else AccountId.MISSING
    return Caller(state, None, None, ContactRole.DESIGNATED)


def _due(judged: Judged, pack: ActivePack) -> str:
    """When we aim to answer, on the account's own clock."""
    due = judged.decision.due
    if due is None or judged.answer is not Answer.IN_WRITING:
        return ""
    zone = pack.policy.place(judged.request.region).region.zone
    return due.astimezone(ZoneInfo(zone)).isoformat(timespec="minutes")


def write(call: Call, judged: Judged, route: Route, pack: ActivePack, at: datetime) -> None:
    """A case for what is a P1 or answered in writing, a held item for who cannot be placed."""
    about = judged.about.case
    if route is Route.P1 and about is not None and State(about.state) in OPEN:
        on_open_case(call, judged, about, pack, by=SYSTEM, at=at)
    elif route in {Route.P1, Route.WRITTEN}:
        file(call, judged, spoken(call, judged, at), at)
    elif route in {Route.IDENTITY, Route.IDENTITY_P1}:
        hold(call, judged, spoken(call, judged, at), at)
    else:
        keep_decision(call, judged, pack, at)


def keep_decision(call: Call, judged: Judged, pack: ActivePack, at: datetime) -> None:
    with connection.cursor() as cursor:
        (call.decision_id,) = stored.store(
            cursor, pack.id, [(judged.request, judged.decision)], at=at
        )


def on_open_case(
    call: Call, judged: Judged, case: Case, pack: ActivePack, *, by: By, at: datetime
) -> None:
    """A call about an open case that claims P1 promotes it; about an open P1 it joins it."""
    keep_decision(call, judged, pack, at)
    if case.priority != "P1" and judged.decision.priority == "P1":
        reason = _title(call, p1=True)
        call.case = cases.promote(case, queue=judged.decision.queue, reason=reason, by=by, at=at)


def file(call: Call, judged: Judged, words: Spoken, at: datetime) -> None:
    """The case, before anybody answers: a P1 is paged for from this moment."""
    about = judged.about.case
    reopens = judged.decision.decision is Verdict.REOPEN
    joined = about if about and (reopens or State(about.state) in OPEN) else None
    filed = file_call(
        words,
        judged.request,
        judged.decision,
        account=judged.caller.account,
        contact=judged.caller.contact,
        case_id=joined.pk if joined else None,
        continues_id=about.pk if about and not joined else None,
        at=at,
    )
    _placed(call, filed, at)
    if judged.decision.priority == "P1" and call.case:
        confirm_elsewhere(call.case, at=at)
    if judged.answer is Answer.CALL_BACK:
        call_back(call, reason="designated", urgent=True, at=at)


def _placed(call: Call, filed: FiledCall, at: datetime) -> None:
    if filed.kind == "case":
        call.case = Case.objects.get(pk=filed.id)
        call.decision_id = call.decision_id or call.case.decision_id
        tell("filed", call, at, case=call.case.ref)
    else:
        call.held_id = filed.id
        tell("held", call, at, held=filed.ref)


def hold(call: Call, judged: Judged, words: Spoken, at: datetime) -> None:
    """Keep the call for a person; a claimed P1 is called back on a registered number (C13)."""
    filed = file_call(
        words,
        judged.request,
        judged.decision,
        account=None,
        contact=None,
        at=at,
    )
    _placed(call, filed, at)
    if judged.about.p1:
        back = call_back(call, reason="verify", urgent=True, at=at)
        tell("p1_unplaced", call, at, caller=call.caller, held=filed.ref, callback=back.pk)


def call_back(
    call: Call, *, reason: str, urgent: bool, at: datetime, state: str = "due"
) -> CallBack:
    """Somebody is to call back; asked again, the weightier reason holds."""
    row, made = CallBack.objects.get_or_create(
        call=call,
        defaults={"state": state, "reason": reason, "urgent": urgent, "due_at": at},
    )
    if not made and row.state in {"armed", "due"}:
        row.state, row.reason, row.due_at = state, reason, at
        row.urgent = row.urgent or urgent
        row.save()
    return row


def spoken(call: Call, judged: Judged, at: datetime) -> Spoken:
    """The record of the call in words; to whom the reference goes is registered, never keyed."""
    account = judged.caller.account
    name, address = "", ""
    if account:
        contact = judged.caller.contact
        first = next(iter(facts.reach(account.id, contact.id if contact else None, at)), None)
        if first:
            name, address = first.name, first.address
    p1 = judged.about.p1
    return Spoken(
        key=f"{call.key}:{'p1' if p1 else 'call'}",
        title=_title(call, p1=p1),
        text=_text(call, judged, at),
        severity=judged.request.severity or judged.decision.priority or "P3",
        kind=judged.request.case_type.value,
        name=name,
        address=address,
        caller=call.caller,
    )


def _title(call: Call, *, p1: bool) -> str:
    who = call.caller or _NO_NUMBER
    name = ""
    if call.contact_id:
        name = Contact.objects.values_list("name", flat=True).get(pk=call.contact_id)
    if p1:
        return f"P1 call from {name or who}: details to be taken down"
    return f"Call from {name or who}"


def _text(call: Call, judged: Judged, at: datetime) -> str:
    lines = [f"A call from {call.caller or _NO_NUMBER} at {at:%H:%M} UTC on {at:%d %b %Y}."]
    if call.called:
        lines.append(f"The number called: {call.called}.")
    if judged.about.p1:
        lines.append("The caller pressed 1: mail or access is down (P1).")
    if call.id_given:
        lines.append(f"The account ID keyed: {call.id_given}.")
    if judged.caller.made_out_by == "number":
        lines.append("The number is registered with the account.")
    elif judged.caller.account:
        lines.append("The number is not registered with the account.")
    if judged.answer is Answer.IN_WRITING:
        lines.append("Please tell us in an answer to this mail what it is about.")
    return "\n".join(lines)
