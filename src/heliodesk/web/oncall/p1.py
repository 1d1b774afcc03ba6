"""The page of a P1, the list of all, and what is done there."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from heliodesk.cases import conversation
from heliodesk.cases.access import get_case
from heliodesk.cases.rules import Refused as CaseRefused
from heliodesk.identity.rules import May
from heliodesk.incidents.queries import may_lead
from heliodesk.journal.past import past
from heliodesk.kernel import clock
from heliodesk.oncall import actions, looking, queries
from heliodesk.oncall.models import P1
from heliodesk.oncall.rules.words import How, P1State, Refused
from heliodesk.sla.queries import Standing, of_case
from heliodesk.web.access import PersonRequest, needs
from heliodesk.web.answer import page
from heliodesk.web.oncall import timeline
from heliodesk.web.told import tell


@needs(May.WORK_CASES)
def hotline(request: PersonRequest) -> HttpResponse:
    """Every open P1, and those that ended last."""
    now = clock.now()
    return page(
        request,
        "p1/hotline.html",
        area="p1",
        rows=looking.open_rows(request.person),
        ended=looking.past_rows(request.person)[:20],
        incidents=queries.open_incidents(),
        holder=queries.holder(now),
    )


@needs(May.WORK_CASES)
def show(request: PersonRequest, ref: str) -> HttpResponse:
    """The page of a P1."""
    return _shown(request, _of_case(request, ref))


@needs(May.WORK_CASES)
def show_call(request: PersonRequest, call_id: int) -> HttpResponse:
    """The page of a P1 call that no case was made of yet."""
    return _shown(request, _of_call(call_id))


def _of_case(request: PersonRequest, ref: str) -> P1:
    case = get_case(request.person, ref)
    found = queries.p1_of(case.pk)
    if found is None:
        raise Http404
    return found


def _of_call(call_id: int) -> P1:
    found = looking.p1_of_call(call_id)
    if found is None:
        raise Http404
    return found


def _shown(request: PersonRequest, p1: P1, *, trouble: str = "", status: int = 200) -> HttpResponse:
    now = clock.now()
    case = p1.case
    clocks = of_case(case.pk, now) if case else []
    update = next((c for c in clocks if c.metric == "update" and c.live), None)
    first = next((c for c in clocks if c.metric == "first_response"), None)
    told = looking.told(case.pk, p1.declared_at) if case else []
    shift = next((s for s in queries.on_call(now) if s.person_id == p1.owner_id), None)
    after = queries.next_primary(now, shift.region if shift else "")
    alone = request.headers.get("HX-Target") == "p1-now"
    return page(
        request,
        "p1/p1.html",
        status=status,
        block="now" if alone else "",
        alone=alone,
        area="p1",
        trouble=trouble,
        p1=p1,
        c=conversation.head(request.person, case.ref, on=now.date()) if case else None,
        over=p1.state == P1State.RESOLVED,
        lines=[
            *timeline.coming(p1, update.due_at if update else None, now),
            *timeline.past(past("p1", p1.pk, limit=200), told, looking.paged(p1.pk)),
        ],
        update=update,
        ring=_ring(update, now),
        first=first,
        updates=sum(1 for row in told if row.verb == "reply"),
        shift=shift,
        after=after,
        handover=looking.handover_of(p1.pk),
        others=looking.followers_of(p1),
        incidents=queries.open_incidents(),
        reach=looking.reach(case.pk) if case else [],
        assessment=case.p1_assessments.order_by("-id").first() if case else None,
        colleagues=looking.colleagues(),
        mine=p1.owner_id == request.person.id,
        given=request.POST,
    )


def _ring(update: Standing | None, now: datetime) -> dict[str, Any] | None:
    """The countdown to the next update: share left of its time, seconds, tone."""
    if update is None:
        return None
    left = (update.due_at - now).total_seconds()
    whole = update.target.total_seconds() or 1
    part = max(0.0, min(1.0, left / whole))
    tone = "danger" if left <= 0 else "warn" if part < 0.45 else "accent"
    return {"share": round(100 * part), "due": update.due_at, "tone": tone, "late": left <= 0}


def _do(request: PersonRequest, p1: P1, act: Callable[[datetime], str]) -> HttpResponse:
    """Do something to a P1; what is refused is said on its page, with what was typed."""
    try:
        said = act(clock.now())
    except (Refused, CaseRefused) as refused:
        return _shown(request, p1, trouble=str(refused), status=409)
    tell(request, said)
    return redirect(p1.path)


def verb(act: Callable[[PersonRequest, P1, datetime], str]) -> Any:
    """A view that does one thing to a P1, found by its case's reference or its call."""

    @needs(May.WORK_CASES)
    @require_POST
    def view(request: PersonRequest, ref: str = "", call_id: int = 0) -> HttpResponse:
        p1 = _of_case(request, ref) if ref else _of_call(call_id)
        return _do(request, p1, lambda at: act(request, p1, at))

    return view


@verb
def take(request: PersonRequest, p1: P1, at: datetime) -> str:
    """The person at the desk takes it."""
    answer = actions.take(p1.pk, person_id=request.person.id, how=How.BUTTON, at=at)
    if isinstance(answer, actions.Won):
        return _("It is yours. Reach the customer within ten minutes.")
    raise Refused(_("%(who)s has it already.") % {"who": answer.by})


@verb
def reached(request: PersonRequest, p1: P1, at: datetime) -> str:
    """The customer was spoken to."""
    actions.engage(p1.pk, how="call", by=request.person.by, at=at)
    return _("Noted: the customer is reached.")


@verb
def hand_over(request: PersonRequest, p1: P1, at: datetime) -> str:
    """The owner asks somebody to take it, now."""
    taker = request.POST.get("taker", "")
    row = actions.hand_over(
        p1.pk,
        taker_id=int(taker) if taker.isdigit() else 0,
        note=request.POST.get("note", ""),
        by=request.person.by,
        at=at,
    )
    return _("%(who)s is asked. It stays with its owner until they accept.") % {
        "who": row.taker.name
    }


@verb
def note(request: PersonRequest, p1: P1, at: datetime) -> str:
    """The note of a handover that was asked for."""
    row = looking.handover_of(p1.pk)
    given = request.POST.get("note", "")
    actions.write_note(row.pk if row else 0, note=given, by=request.person.by, at=at)
    return _("The note is with whoever takes over.")


@verb
def accept(request: PersonRequest, p1: P1, at: datetime) -> str:
    """The next accepts it."""
    row = looking.handover_of(p1.pk)
    actions.accept(row.pk if row else 0, by=request.person.by, at=at)
    return _("It is yours.")


@verb
def decline(request: PersonRequest, p1: P1, at: datetime) -> str:
    """The next cannot take it."""
    row = looking.handover_of(p1.pk)
    actions.decline(row.pk if row else 0, by=request.person.by, at=at)
    return _("The owner is told.")


@verb
def link(request: PersonRequest, p1: P1, at: datetime) -> str:
    """It belongs to a major incident, a new one or one that is open."""
    chosen, title = request.POST.get("incident", ""), request.POST.get("title", "")
    row = looking.incident(int(chosen)) if chosen.isdigit() else None
    if row:
        actions.link(p1, row, by=request.person.by, at=at)
    elif not may_lead(request.person):
        raise Refused(_("A lead, or whoever owns a P1, declares an incident. Ask one of them."))
    else:
        actions.open_incident(title=title, p1=p1, by=request.person.by, at=at)
    return _("Linked. One page serves every P1 of the incident.")


@verb
def unlink(request: PersonRequest, p1: P1, at: datetime) -> str:
    """It has nothing to do with the incident."""
    actions.unlink(p1, by=request.person.by, at=at)
    return _("It stands on its own again.")


@verb
def called_back(request: PersonRequest, p1: P1, at: datetime) -> str:
    """The caller of a P1 call without a case was called back."""
    actions.stop_call(p1.pk, by=request.person.by, at=at)
    return _("Noted. The paging ends.")
