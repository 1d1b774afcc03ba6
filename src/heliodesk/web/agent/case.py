"""The case page: what was said, what happened, who it is for, and the box to answer in."""

from datetime import UTC, datetime
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _

from heliodesk.cases import conversation
from heliodesk.cases.rules import ESCALATED, SPLIT_OFF, Actor, State, Verb, offered
from heliodesk.identity.person import Person
from heliodesk.identity.rules import May
from heliodesk.kernel import clock
from heliodesk.sla.queries import of_case
from heliodesk.web import clocks, dates, openness
from heliodesk.web.access import PersonRequest, needs
from heliodesk.web.agent import history
from heliodesk.web.agent.why import why
from heliodesk.web.answer import page

#: Verbs that one press does; the others ask something first.
AT_ONCE = (
    Verb.TAKE,
    Verb.RESUME,
    Verb.AWAIT_CUSTOMER,
    Verb.AWAIT_VENDOR,
    Verb.CLOSE,
    Verb.REOPEN,
    Verb.RELEASE,
)


@needs(May.WORK_CASES)
def show(request: PersonRequest, ref: str) -> HttpResponse:
    """A case."""
    return answer(request, ref)


def answer(
    request: PersonRequest, ref: str, *, status: int = 200, trouble: str = "", mode: str = ""
) -> HttpResponse:
    """The page of a case; with ``trouble`` it says why something was not possible, and what was
    typed is back in the box from its draft."""
    now = clock.now()
    head = conversation.head(request.person, ref, on=now.date())
    whole = bool(request.GET.get("all"))
    said = conversation.said(head.id, limit=conversation.MOST if whole else conversation.LATEST)
    limit = conversation.MOST if whole else conversation.LATEST
    verbs = offered_on(head, request.person)
    happened = history.lines(head.events)
    alone = request.headers.get("HX-Target") == "thread"
    return page(
        request,
        "agent/case.html",
        status=status,
        block="thread" if alone else "",
        alone=alone,
        area="case",
        c=head,
        thread=history.woven(said[-limit:], happened),
        earlier=len(said) > limit,
        history=happened,
        verbs=verbs,
        at_once=[verb for verb in AT_ONCE if verb in verbs],
        can_undo_merge=head.merged_into is not None,
        mode=mode or ("note" if request.GET.get("write") == "note" else "reply"),
        drafts={name: _draft(draft) for name, draft in head.drafts.items()},
        trouble=trouble,
        there=_local_time(head, now),
        clocks=clocks.shown(of_case(head.id, now), request.person.zone, now),
        reasons=why(head),
        open_now=openness.of(head.package, head.region, now),
    )


def offered_on(head: conversation.Head, person: Person) -> list[Verb]:
    """The verbs that this person may use on a case now."""
    actor = Actor.LEAD if person.may(May.REVIVE_CANCELLED) else Actor.AGENT
    verbs = offered(State(head.state), actor)
    if head.owner_id == person.id and Verb.TAKE in verbs:
        verbs.remove(Verb.TAKE)
    if head.merged_into and Verb.REOPEN in verbs:
        verbs.remove(Verb.REOPEN)
    for verb, flag in ((Verb.CALM, ESCALATED), (Verb.UNSPLIT, SPLIT_OFF)):
        if verb in verbs and flag not in head.flags:
            verbs.remove(verb)
    return verbs


def _draft(draft: dict[str, Any]) -> tuple[str, datetime]:
    return draft["text"], datetime.fromtimestamp(draft["at"], UTC)


def _local_time(head: conversation.Head, now: datetime) -> str:
    """What the clock shows at the contact, when their zone is known."""
    if not head.contact_zone:
        return ""
    clock_there = now.astimezone(dates.zone(head.contact_zone))
    return _("%(clock)s there now") % {"clock": f"{clock_there:%H:%M}"}
