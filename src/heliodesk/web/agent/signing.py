"""Signatures: what stands under a person's answers, in their own words or the template's."""

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from heliodesk.cases.access import get_case
from heliodesk.identity import actions, queries
from heliodesk.identity.rules import May
from heliodesk.kernel import clock
from heliodesk.notifications import signatures
from heliodesk.web.access import PersonRequest, needs
from heliodesk.web.answer import page
from heliodesk.web.told import tell


@needs(May.WORK_CASES)
def edit(request: PersonRequest) -> HttpResponse:
    """One's own signature; an empty one gives way to the template of the region."""
    if request.method == "POST":
        text = request.POST.get("signature", "").replace("\r\n", "\n")
        actions.sign_as(request.person.id, text, by=request.person.by, at=clock.now())
        tell(request, _("Your signature is saved."))
        return redirect("signature")
    return page(
        request,
        "agent/signature.html",
        area="more",
        signature=queries.signature_of(request.person.id),
        usual=signatures.usual(request.person.name),
        most=actions.LONGEST_SIGNATURE,
    )


@needs(May.WORK_CASES)
def shown(request: PersonRequest, ref: str) -> HttpResponse:
    """The signature as an answer on this case will bear it."""
    case = get_case(request.person, ref)
    found = signatures.on_case(case, request.person.id, request.person.name)
    return HttpResponse(found, content_type="text/plain; charset=utf-8")
