"""How cases come to an incident: from their own page, a list, or what is like it."""

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from heliodesk.cases.access import get_case
from heliodesk.identity.rules import May
from heliodesk.incidents import actions, queries
from heliodesk.incidents.rules import How, Refused
from heliodesk.kernel import clock
from heliodesk.web import keyset
from heliodesk.web.access import PersonRequest, needs
from heliodesk.web.agent.bulk import chosen
from heliodesk.web.answer import page
from heliodesk.web.back import back_to
from heliodesk.web.incidents import words
from heliodesk.web.incidents.incident import incident_of, linked_words, shown
from heliodesk.web.told import tell


@needs(May.WORK_CASES)
def link(request: PersonRequest) -> HttpResponse:
    """Link the cases that were chosen in a list: to which incident is asked first."""
    given = request.POST if request.method == "POST" else request.GET
    refs = queries.references(",".join([*given.getlist("ref"), given.get("refs", "")]))
    if request.method == "POST" and (given.getlist("case") or given.get("every")):
        refs = queries.refs_of(request.person, chosen(request.person, given))
        if request.headers.get("HX-Request"):
            answer = HttpResponse(status=204)
            address = keyset.address(request.path, refs=",".join(refs), back=_back(request))
            answer["HX-Redirect"] = address
            return answer
    number = given.get("incident", "")
    if request.method == "POST" and number.isdigit():
        return _link(request, int(number), refs, How.BULK, _back(request))
    return page(
        request,
        "incidents/link.html",
        area="incidents",
        refs=refs,
        known=queries.ids_of(request.person, refs),
        running=queries.open_ones(),
        runs=queries.may_lead(request.person),
        back=_back(request),
        says=words,
    )


def _back(request: PersonRequest) -> str:
    given = request.POST if request.method == "POST" else request.GET
    return back_to(given.get("back", ""))


def _link(
    request: PersonRequest, number: int, refs: list[str], how: How, back: str
) -> HttpResponse:
    incident = incident_of(number)
    try:
        ids = queries.ids_of(request.person, refs)
        report = actions.link(incident, ids, how=how, by=request.person.by, at=clock.now())
    except Refused as refusal:
        return shown(request, incident, trouble=str(refusal), status=409)
    if len(ids) < len(refs):
        missing = _("%(count)s of these references are no cases.") % {"count": len(refs) - len(ids)}
        tell(request, linked_words(report, missing))
    else:
        tell(request, linked_words(report))
    return redirect(back or incident.path)


@needs(May.WORK_CASES)
@require_POST
def add(request: PersonRequest, number: int) -> HttpResponse:
    """Link cases by their references, or those that were ticked of the likely ones."""
    form = request.POST
    refs = queries.references(",".join([*form.getlist("ref"), form.get("refs", "")]))
    how = How.LIKE if form.get("like") else How.HAND
    return _link(request, number, refs, how, _back(request))


@needs(May.WORK_CASES)
def like(request: PersonRequest, number: int) -> HttpResponse:
    """Open cases that may belong to it, to be ticked."""
    incident = incident_of(number)
    return page(
        request,
        "incidents/like.html",
        area="incidents",
        i=incident,
        found=queries.like(incident, request.person) if not incident.resolved_at else [],
        hours=queries.LIKE_HOURS,
    )


@needs(May.WORK_CASES)
@require_POST
def unlink(request: PersonRequest, number: int) -> HttpResponse:
    """A case has nothing to do with it."""
    incident = incident_of(number)
    case = get_case(request.person, request.POST.get("ref", ""))
    actions.unlink(incident, case.pk, by=request.person.by, at=clock.now())
    tell(request, _("The case stands on its own again."))
    return redirect(_back(request) or incident.path)


@needs(May.WORK_CASES)
def of_case(request: PersonRequest, ref: str) -> HttpResponse:
    """The part of a case's page that says which incident it belongs to."""
    case = get_case(request.person, ref)
    incident = queries.of_case(case.pk)
    return page(
        request,
        "incidents/of_case.html",
        case=case,
        i=incident,
        running=[] if incident else queries.open_ones(),
        runs=incident is None and queries.may_lead(request.person),
        says=words,
    )
