"""The call at hand: who is calling, what they may have, and what an agent does about it."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.http import Http404, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from heliodesk.cases.rules import Refused
from heliodesk.customers.rules import pattern_in_words
from heliodesk.entitlements import packs
from heliodesk.entitlements.facts import packages_of
from heliodesk.entitlements.rules import Answer
from heliodesk.entitlements.wording import tell as told_words
from heliodesk.identity.rules import May
from heliodesk.incidents import queries as incidents
from heliodesk.incidents.actions import link
from heliodesk.incidents.rules import How
from heliodesk.incidents.rules import Refused as NotPossible
from heliodesk.kernel import clock
from heliodesk.kernel.references import spoken
from heliodesk.telephony import numbers, queries
from heliodesk.telephony.access import Hidden, get_call
from heliodesk.telephony.actions import desk, offering
from heliodesk.telephony.actions.assessing import Assessed
from heliodesk.telephony.facts import Judged
from heliodesk.telephony.models import Call
from heliodesk.web import openness
from heliodesk.web.access import PersonRequest, needs
from heliodesk.web.answer import page
from heliodesk.web.calls import words
from heliodesk.web.told import tell

_LEAST_FOR_VERDICT = "Ask for the account ID, then whether mail or access is down."


def _call(request: PersonRequest, id: int) -> Call:
    try:
        return get_call(request.person, id)
    except Hidden as error:
        raise Http404 from error


@needs(May.WORK_CASES)
def incoming(request: PersonRequest) -> HttpResponse:
    """Somebody is on the line: one key from anywhere."""
    if request.method != "POST":
        return redirect("/calls/")
    caller, called = request.POST.get("caller", ""), request.POST.get("called", "")
    call = desk.open_call(caller=caller, called=called, by=request.person.by, at=clock.now())
    return redirect(f"/calls/{call.pk}/")


@needs(May.WORK_CASES)
def show(request: PersonRequest, id: int) -> HttpResponse:
    """The call at hand."""
    return _page(request, _call(request, id))


def _page(
    request: PersonRequest, call: Call, *, trouble: str = "", block: bool = False
) -> HttpResponse:
    at = clock.now()
    pack = packs.active()
    found = _found(call, at)
    account = call.account if call.id_given else None
    held = packages_of([account.pk], at.date()).get(account.pk) if account else None
    zone = pack.policy.place(found.request.region if found else None).region
    case = call.case
    return page(
        request,
        "calls/desk.html",
        block="desk" if block else "",
        area="calls",
        call=call,
        trouble=trouble,
        found=found,
        answer=found.answer if found else "",
        tiles=words.tiles(found, pack, at),
        say=_say(call, found, pack),
        digits=numbers.digits_of(pack.policy.pack.identifier.pattern),
        id_label=pack.policy.pack.identifier.label,
        id_shape=pattern_in_words(pack.policy.pack.identifier.pattern),
        where=pack.policy.pack.identifier.where_to_find,
        rules=words.telling(found) if found else (),
        account=account,
        hint=call.account if account is None else None,
        identifier=queries.identifier_of(account.pk) if account else "",
        package=held.package if held and held.package else "",
        there=f"{at.astimezone(ZoneInfo(zone.zone)):%H:%M} {zone.place}" if account else "",
        open_now=openness.of(held.package or "", account.region, at)
        if account and held
        else (openness.of("", account.region, at) if account else None),
        choices=desk.contacts_to_choose(account) if account else [],
        numbers_on_file=queries.registered_numbers(account.pk) if account else [],
        cases=queries.open_cases(call.account_id),
        case=case,
        filed=bool(call.outcome and (call.case_id or call.held_id)),
        read_out=words.read_out(case.ref) if case else "",
        assessment=queries.assessment_of(case),
        outcome=words.outcome(call.outcome),
        line=_line(call, pack.policy.pack.regions),
        steps=call.steps.count(),
        given=request.POST,
        callback=queries.callback_of(call.pk),
        running=incidents.open_ones(),
        belongs=incidents.of_case(case.pk) if case else None,
    )


def _found(call: Call, at: datetime) -> Judged | None:
    """The verdict, once there is anything to judge: an ID given, or a P1 claimed."""
    if not call.p1_answer and not call.id_given:
        return None
    return desk.judged(call, at=at)


def _say(call: Call, found: Judged | None, pack: packs.ActivePack) -> str:
    """What to say to the caller now; to whoever cannot be placed no fact of any account."""
    if found is None:
        return _("Hello. May I have your %(label)s, please? Is anybody’s mail or access down?") % {
            "label": pack.policy.pack.identifier.label
        }
    if call.case_id and call.case and call.outcome:
        ref = f"{spoken(call.case.ref)} ({words.read_out(call.case.ref)})"
        return told_words(found.decision, pack.policy, reference=ref)
    if found.answer is Answer.REFUSE:
        return told_words(found.decision, pack.policy)
    name = call.contact.name.split()[0] if call.contact and call.made_out_by == "spoken" else ""
    return words.first_words(found, pack.policy, name=name)


def _line(call: Call, regions: Any) -> str:
    """The number that was called, by its region's name."""
    region = regions.get(call.region)
    return region.label if region else ""


# --- what an agent does -----------------------------------------------------------------------


@needs(May.WORK_CASES)
def do(request: PersonRequest, id: int, verb: str) -> HttpResponse:
    """One verb on a call; the part of the page that it changes comes back."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    act = _VERBS.get(verb)
    if act is None:
        raise Http404
    call = _call(request, id)
    trouble = ""
    try:
        with transaction.atomic():
            act(request, call, clock.now())
    except Refused as refusal:
        trouble = str(refusal)
    if request.headers.get("HX-Request"):
        return _page(request, _call(request, id), trouble=trouble, block=True)
    if trouble:
        return _page(request, _call(request, id), trouble=trouble)
    return redirect("/calls/" if verb in {"end", "refuse", "decline"} else f"/calls/{id}/")


def _id(request: PersonRequest, call: Call, at: datetime) -> None:
    desk.ask_id(call, text=request.POST.get("id", "")[:200], person=request.person, at=at)


def _number(request: PersonRequest, call: Call, at: datetime) -> None:
    number = request.POST.get("caller", "")[:80]
    desk.number_shown(call, caller=number, by=request.person.by, at=at)


def _who(request: PersonRequest, call: Call, at: datetime) -> None:
    given = request.POST.get("contact", "")
    contact = int(given) if given.isascii() and given.isdigit() and len(given) < 18 else None
    known = (
        {id for id, _name, _designated in desk.contacts_to_choose(call.account)}
        if (call.account)
        else set()
    )
    if contact is not None and contact not in known:
        raise Refused(_("This contact is none of the account's. Choose another."))
    stranger = given == "somebody"
    desk.name_caller(call, contact_id=contact, stranger=stranger, by=request.person.by, at=at)


def _p1_asked(request: PersonRequest, call: Call, at: datetime) -> None:
    yes = request.POST.get("answer") == "yes"
    desk.answer_p1(call, yes=yes, by=request.person.by, at=at)


def _existing(request: PersonRequest, call: Call, at: datetime) -> None:
    yes = request.POST.get("answer", "yes") == "yes"
    ref = request.POST.get("ref", "")[:40]
    desk.answer_existing(call, yes=yes, ref=ref, person=request.person, at=at)


def _p1(request: PersonRequest, call: Call, at: datetime) -> None:
    desk.declare_p1(
        call, alternative=request.POST.get("alternative", "")[:200], by=request.person.by, at=at
    )


def _take_down(request: PersonRequest, call: Call, at: datetime) -> None:
    form = request.POST
    severity, kind = form.get("severity", "P3"), form.get("kind", "")
    taken = desk.TakenDown(
        title=form.get("title", "")[:500],
        text=form.get("text", "").replace("\r\n", "\n")[:50_000],
        severity=severity if severity in {"P2", "P3", "P4"} else "P3",
        kind=kind if kind in desk.KINDS else "technical",
        name=form.get("name", "")[:200],
        address=form.get("address", "")[:254],
        alternative=form.get("alternative", "")[:200],
    )
    desk.take_down(call, taken, by=request.person.by, at=at)
    if form.get("incident"):
        _incident(request, _call(request, call.pk), at)


def _incident(request: PersonRequest, call: Call, at: datetime) -> None:
    """The call's case is about an outage that the desk knows of."""
    given = request.POST.get("incident", "")
    found = incidents.incident_of(int(given)) if given.isascii() and given.isdigit() else None
    if found is None or call.case_id is None:
        raise Refused(_("Make the case first, then choose an open incident."))
    try:
        link(found, [call.case_id], how=How.CALL, by=request.person.by, at=at)
    except NotPossible as refusal:
        raise Refused(str(refusal)) from refusal


def _assess(request: PersonRequest, call: Call, at: datetime) -> None:
    form = request.POST
    found = Assessed(
        criteria=tuple(form.getlist("criteria")),
        extent=form.get("extent", ""),
        users=form.get("users", ""),
        met=form.get("met", "yes") == "yes",
        priority=form.get("priority", "P2"),
        reason=form.get("reason", "")[:5_000],
        title=form.get("title", "")[:500],
        text=form.get("text", "").replace("\r\n", "\n")[:50_000],
        alternative=form.get("alternative", "")[:200],
    )
    desk.assess(call, found, by=request.person.by, at=at)


def _connect(request: PersonRequest, call: Call, at: datetime) -> None:
    desk.connect(call, by=request.person.by, at=at)


def _refuse(request: PersonRequest, call: Call, at: datetime) -> None:
    desk.refuse(call, by=request.person.by, at=at)
    desk.end(call, by=request.person.by, at=at)


def _call_back(request: PersonRequest, call: Call, at: datetime) -> None:
    found = desk.judged(call, at=at)
    if call.p1_answer and found.answer is Answer.CALL_BACK:
        desk.declare_p1(call, by=request.person.by, at=at)
    else:
        desk.promise_call_back(call, by=request.person.by, at=at)


def _jot(request: PersonRequest, call: Call, at: datetime) -> None:
    note = request.POST.get("note")
    back = request.POST.get("spoken_back")
    desk.jot(
        call,
        note=note,
        spoken_back=None if back is None else back == "1",
        by=request.person.by,
        at=at,
    )


def _end(request: PersonRequest, call: Call, at: datetime) -> None:
    if "note" in request.POST:
        desk.jot(call, note=request.POST["note"], by=request.person.by, at=at)
    desk.end(call, by=request.person.by, at=at)
    if not request.headers.get("HX-Request"):
        tell(request, _("The call is in the log."))


def _claim(request: PersonRequest, call: Call, at: datetime) -> None:
    offering.claim(call, user_id=request.person.id, by=request.person.by, at=at)


def _decline(request: PersonRequest, call: Call, at: datetime) -> None:
    offering.decline(call, user_id=request.person.id, by=request.person.by, at=at)


_VERBS: dict[str, Callable[[PersonRequest, Call, datetime], None]] = {
    "id": _id,
    "number": _number,
    "who": _who,
    "p1-question": _p1_asked,
    "case-question": _existing,
    "p1": _p1,
    "take-down": _take_down,
    "assess": _assess,
    "connect": _connect,
    "refuse": _refuse,
    "call-back": _call_back,
    "jot": _jot,
    "end": _end,
    "claim": _claim,
    "incident": _incident,
    "decline": _decline,
}
