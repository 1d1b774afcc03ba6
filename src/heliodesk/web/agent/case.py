"""The case page: what was said, what happened, who it is for, and the box to answer in."""

from datetime import UTC, datetime
from typing import Any, NamedTuple

from django.http import HttpResponse
from django.utils.translation import gettext as _

from heliodesk.cases import conversation
from heliodesk.cases.letters import MODES
from heliodesk.cases.rules import ESCALATED, SPLIT_OFF, Actor, State, Verb, offered
from heliodesk.identity.person import Person
from heliodesk.identity.rules import May
from heliodesk.kernel import clock
from heliodesk.sla.queries import of_case
from heliodesk.telephony.queries import calls_of
from heliodesk.web import clocks, dates, openness
from heliodesk.web.access import PersonRequest, needs
from heliodesk.web.agent import history, times, weaving
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


class Box(NamedTuple):
    """What stands in a box to write in, from its draft."""

    text: str = ""
    at: datetime | None = None
    rest: dict[str, Any] = {}
    files: list[dict[str, Any]] = []


def answer(
    request: PersonRequest,
    ref: str,
    *,
    status: int = 200,
    trouble: str = "",
    stale: bool = False,
    mode: str = "",
    seen: int = 0,
) -> HttpResponse:
    """The page of a case; with ``trouble`` it says why something was not possible, and what was
    typed is back in the box from its draft.

    Args:
        stale: somebody was faster; what they said since the message ``seen`` is shown, with the
            choice to send all the same.
    """
    now = clock.now()
    head = conversation.head(request.person, ref, on=now.date())
    whole = bool(request.GET.get("all"))
    said = conversation.said(head.id, limit=conversation.MOST if whole else conversation.LATEST)
    limit = conversation.MOST if whole else conversation.LATEST
    verbs = offered_on(head, request.person)
    happened = history.lines(head.events)
    # Before the clocks: the pack in force brings along by which calendars they count.
    open_now = openness.of(head.package, head.region, now)
    alone = request.headers.get("HX-Target") == "thread"
    return page(
        request,
        "agent/case.html",
        status=status,
        block="thread" if alone else "",
        alone=alone,
        area="case",
        c=head,
        thread=weaving.woven(
            said[-limit:],
            calls_of(head.id) if _called(head, said) else [],
            [line for line in happened if not line.quiet],
            whole=len(said) <= limit,
        ),
        recent=said[-limit:][::-1],
        weaving=weaving,
        only="messages" if request.GET.get("show") == "messages" else "",
        last=said[-1].id if said else 0,
        to_forward=next((one.id for one in reversed(said) if one.direction != "note"), 0),
        earlier=len(said) > limit,
        history=happened,
        verbs=verbs,
        at_once=[verb for verb in AT_ONCE if verb in verbs],
        can_undo_merge=head.merged_into is not None,
        mode=_mode(request, mode, verbs),
        drafts={name: _draft(head.drafts.get(name)) for name in MODES},
        letters=[letter | {"due": _moment(letter["due"])} for letter in head.waiting],
        offers=times.offers(request.person.zone, now),
        trouble=trouble,
        stale=stale,
        meanwhile=_meanwhile(said, seen, request.person) if stale else [],
        there=_local_time(head, now),
        clocks=clocks.shown(of_case(head.id, now), request.person.zone, now),
        reasons=why(head),
        open_now=open_now,
    )


def _called(head: conversation.Head, said: list[conversation.Said]) -> bool:
    """Whether anybody called about the case: what was said on the telephone is taken down there."""
    return head.channel == "phone" or any(one.channel == "phone" for one in said)


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


def _mode(request: PersonRequest, mode: str, verbs: list[Verb]) -> str:
    """The box that is open: as asked, as far as it is offered."""
    asked = mode or request.GET.get("write", "")
    offered = ("reply", "forward", "note") if Verb.REPLY in verbs else ("forward", "note")
    return asked if asked in offered else ("reply" if "reply" in offered else "note")


def _draft(draft: dict[str, Any] | None) -> Box:
    if draft is None:
        return Box()
    return Box(draft["text"], _moment(draft["at"]), draft["rest"], draft["files"])


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def _meanwhile(said: list[conversation.Said], seen: int, person: Person) -> list[conversation.Said]:
    """What others said since this message was the last."""
    return [one for one in said if one.id > seen and one.author_user_id != person.id][-3:]


def _local_time(head: conversation.Head, now: datetime) -> str:
    """What the clock shows at the contact, when their zone is known."""
    if not head.contact_zone:
        return ""
    clock_there = now.astimezone(dates.zone(head.contact_zone))
    return _("%(clock)s there now") % {"clock": f"{clock_there:%H:%M}"}
