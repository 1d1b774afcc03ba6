"""Macros: written on their own pages, offered in the box to write in."""

from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as translated
from django.views.decorators.http import require_POST

from heliodesk.automation import macros, queries
from heliodesk.automation.models import Macro
from heliodesk.automation.phrases import VARIABLES, fill
from heliodesk.automation.rules import Deed
from heliodesk.cases import tags
from heliodesk.cases.access import get_case
from heliodesk.cases.rules import Refused
from heliodesk.identity.rules import May
from heliodesk.kernel import clock
from heliodesk.web.access import PersonRequest, needs
from heliodesk.web.answer import page
from heliodesk.web.automation import form, words
from heliodesk.web.told import tell


@needs(May.WORK_CASES)
def everything(request: PersonRequest) -> HttpResponse:
    """The macros that this person may use."""
    return page(
        request,
        "automation/macros.html",
        area="more",
        macros=queries.macros_of(request.person),
        shared=request.person.may(May.EDIT_TEMPLATES),
    )


@needs(May.WORK_CASES)
def new(request: PersonRequest) -> HttpResponse:
    """A macro that does not exist yet."""
    return _form(request, None)


@needs(May.WORK_CASES)
def edit(request: PersonRequest, id: int) -> HttpResponse:
    """A macro, to be changed."""
    return _form(request, _own(request, id))


def _form(request: PersonRequest, macro: Macro | None) -> HttpResponse:
    trouble, person, given = "", request.person, request.POST
    name, text = (macro.name, macro.text) if macro else ("", "")
    deeds, queues = (macro.does, macro.queues) if macro else ((), [])
    if request.method == "POST":
        name, text = given.get("name", ""), given.get("text", "").replace("\r\n", "\n")
        deeds, queues = form.deeds(given), given.get("queues", "").split(",")
        mine = given.get("whose") != "all" or not person.may(May.EDIT_TEMPLATES)
        try:
            macros.write(
                macro,
                name=name,
                text=text,
                deeds=deeds,
                queues=queues,
                owner_id=person.id if mine else None,
                by=person.by,
                at=clock.now(),
            )
        except Refused as refusal:
            trouble = str(refusal)
        else:
            tell(request, translated("The macro is saved."))
            return redirect("macros")
    return page(
        request,
        "automation/macro.html",
        status=409 if trouble else 200,
        area="more",
        macro=macro,
        name=name,
        text=text,
        chosen=", ".join(queues),
        deeds=form.lines(deeds, Deed("", "")),
        shared=person.may(May.EDIT_TEMPLATES),
        given=given,
        trouble=trouble,
        variables=VARIABLES,
        preview=fill(text, VARIABLES),
        said=words,
        queues=queries.queues(),
        people=queries.people(),
        tags=tags.offered(),
    )


@needs(May.WORK_CASES)
@require_POST
def drop(request: PersonRequest, id: int) -> HttpResponse:
    """A macro less."""
    macros.drop(_own(request, id), by=request.person.by, at=clock.now())
    tell(request, translated("The macro is deleted."))
    return redirect("macros")


@needs(May.WORK_CASES)
def offered(request: PersonRequest, ref: str) -> HttpResponse:
    """The macros for a case, as a list to choose from."""
    case = get_case(request.person, ref)
    found = queries.macros_for(request.person, case.queue)
    return page(request, "automation/offered.html", case=case, macros=found)


@needs(May.WORK_CASES)
def filled(request: PersonRequest, ref: str, id: int) -> HttpResponse:
    """The words of a macro for a case."""
    case = get_case(request.person, ref)
    found = queries.macros_by_ids(request.person, [id])
    if not found:
        raise Http404
    return JsonResponse({"text": macros.words(found[0], case, request.person.name)})


def _own(request: PersonRequest, id: int) -> Macro:
    """A macro that this person may change: their own, or everybody's if they may."""
    found = queries.macros_by_ids(request.person, [id])
    if not found or (found[0].owner_id is None and not request.person.may(May.EDIT_TEMPLATES)):
        raise Http404
    return found[0]
