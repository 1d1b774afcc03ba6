"""Verbs on the cases that were selected in a list: asked, begun, followed, undone."""

from collections.abc import Callable, Mapping
from typing import Any

from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils.translation import gettext as translated
from django.views.decorators.http import require_POST

from heliodesk.cases import runs, tags, views
from heliodesk.cases.actions import bulk
from heliodesk.cases.rules import Refused
from heliodesk.cases.runs import Run
from heliodesk.identity import queries as identity
from heliodesk.identity.person import Person
from heliodesk.identity.rules import May
from heliodesk.kernel import clock
from heliodesk.web import rail
from heliodesk.web.access import PersonRequest, needs
from heliodesk.web.agent.many import ASKS, OFFERED, said, waiting
from heliodesk.web.agent.views import listing_of
from heliodesk.web.answer import page
from heliodesk.web.back import back_to

#: Seconds of work that the answer waits for; the rest is done in the background.
_AT_ONCE = 0.7


def chosen(person: Person, given: QueryDict) -> list[int]:
    """The ids of what was selected: lines of a page, or everything in its list.

    Raises:
        Refused: it is the whole of a list that cannot be read.
    """
    if given.get("every"):
        listing = listing_of(person, given.get("list", ""), given.get("f", ""))
        view = listing.view(person, "", clock.now())
        return [row.id for row in views.page(person, view, size=bulk.MOST)[: bulk.MOST]]
    return [int(one) for one in given.getlist("case") if one.isascii() and one.isdigit()][
        : bulk.MOST + 1
    ]


def _tags(given: QueryDict) -> list[int]:
    """The tags that were ticked, or typed.

    Raises:
        Refused: there is no tag of a name that was typed.
    """
    found, unknown = tags.named(given.get("tag_names", "").split(","))
    if unknown:
        raise Refused(translated("There is no tag “%(name)s”.") % {"name": unknown[0]})
    ticked = [int(one) for one in given.getlist("tags") if one.isascii() and one.isdigit()]
    return sorted({*ticked, *(tag.id for tag in found)})


_READ: Mapping[str, Callable[[QueryDict], dict[str, Any]]] = {
    "assign": lambda given: {"owner": given["owner"] if given.get("owner", "").isdigit() else ""},
    "move": lambda given: {"queue": given.get("queue", "")[:60]},
    "tag": lambda given: {"tags": _tags(given)},
    "untag": lambda given: {"tags": _tags(given)},
    "prioritise": lambda given: {
        "priority": given.get("priority", ""),
        "reason": given.get("reason", "")[:500],
    },
    "resolve": lambda given: {"text": given.get("text", "").strip()},
    "cancel": lambda given: {"reason": given.get("reason", "").strip()[:500]},
}


@needs(May.WORK_CASES)
@require_POST
def begin(request: PersonRequest) -> HttpResponse:
    """Begin a verb on what was selected; few are done when the answer comes."""
    given, person, at = request.POST, request.person, clock.now()
    verb = given.get("verb", "")
    if verb in ASKS and not given.get("asked"):
        return _asked(request)
    read = _READ.get(verb)
    run = bulk.start(
        verb, chosen(person, given), given=read(given) if read else {}, person=person, at=at
    )
    bulk.work(at, run_id=run.pk, seconds=_AT_ONCE)
    return _followed(request, run.pk, given.get("back", ""))


def _followed(request: PersonRequest, id: int, back: str) -> HttpResponse:
    """How far it is: in place, or on a page of its own."""
    rail.forget()
    if request.headers.get("HX-Request"):
        answer = _strip(request, runs.of(request.person, id))
        answer["HX-Trigger"] = "bulk"
        return answer
    return redirect(f"/bulk/{id}/?back={back}" if back.startswith("/") else f"/bulk/{id}/")


@needs(May.WORK_CASES)
@require_POST
def ask(request: PersonRequest) -> HttpResponse:
    """What a verb wants to know first."""
    return _asked(request)


def _asked(request: PersonRequest) -> HttpResponse:
    given, person = request.POST, request.person
    verb = given.get("verb", "")
    if verb not in ASKS:
        raise Http404
    if not given.get("every") and not given.getlist("case"):
        raise Refused(translated("Choose at least one case."))
    return page(
        request,
        "agent/bulk/ask.html",
        block="form" if request.headers.get("HX-Request") else "",
        area=given.get("list", ""),
        verb=verb,
        asks=ASKS[verb],
        given=given,
        chosen=given.getlist("case")[: bulk.MOST],
        most=bulk.MOST,
        colleagues=[(one.pk, one.name) for one in identity.everybody() if one.is_active],
        queues=[
            (name, name)
            for name in sorted({queue for team in identity.all_teams() for queue in team.queues})
        ],
        offered=tags.offered(),
        person_id=person.id,
    )


@needs(May.WORK_CASES)
def show(request: PersonRequest, id: int) -> HttpResponse:
    """How far a run is, and what it refused."""
    run = runs.of(request.person, id)
    if request.headers.get("HX-Request"):
        answer = _strip(request, run)
        if run.ended_at:
            answer["HX-Trigger"] = "bulk"
        return answer
    back = request.GET.get("back", "")
    return page(
        request,
        "agent/bulk/run.html",
        area="bulk",
        back=back_to(back, "/"),
        **_of(request.person, run),
    )


def _strip(request: PersonRequest, run: Run) -> HttpResponse:
    return page(request, "agent/bulk/strip.html", **_of(request.person, run))


def _of(person: Person, run: Run) -> dict[str, Any]:
    """What the page of a run shows."""
    verb = bulk.BULK.get(run.verb)
    at = clock.now()
    waits = run.waits(at)
    undoable = bool(verb and verb.undo and not run.undone and (run.done or waits))
    if verb and verb.undo_needs and not person.may(verb.undo_needs):
        undoable = False
    return {
        "run": run,
        "said": said(run),
        "waits": waiting(run) if waits else "",
        "seconds_left": run.seconds_left(at),
        "undoable": undoable,
        "troubles": runs.troubles(person, run.id) if run.refused else [],
        "most_told": runs.MOST_TOLD,
    }


@needs(May.WORK_CASES)
@require_POST
def undo(request: PersonRequest, id: int) -> HttpResponse:
    """Put everything back that a run changed."""
    run, at = runs.of(request.person, id), clock.now()
    new = bulk.undo(runs.record(run.id), person=request.person, at=at)
    bulk.work(at, run_id=new.pk, seconds=_AT_ONCE)
    return _followed(request, new.pk, request.POST.get("back", ""))


@needs(May.WORK_CASES)
def everything(request: PersonRequest) -> HttpResponse:
    """What this person did to many cases lately."""
    found = runs.latest(request.person)
    return page(
        request,
        "agent/bulk/runs.html",
        area="bulk",
        runs=[(run, said(run)) for run in found],
        verbs={code: words for code, words, _icon in OFFERED},
    )
