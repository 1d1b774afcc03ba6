"""Who else has a case open: told to the others, and keeping nobody from anything."""

from django.http import HttpResponse
from django.views.decorators.http import require_POST

from heliodesk.cases import conversation
from heliodesk.cases.access import get_case
from heliodesk.cases.actions import presence
from heliodesk.identity.rules import May
from heliodesk.kernel import clock
from heliodesk.web.access import PersonRequest, needs
from heliodesk.web.answer import page


@require_POST
@needs(May.WORK_CASES)
def here(request: PersonRequest, ref: str) -> HttpResponse:
    """Say that this person has the case open; the answer says who else has."""
    case, at = get_case(request.person, ref), clock.now()
    if request.POST.get("gone"):
        presence.gone(case, user_id=request.person.id, at=at)
        return HttpResponse(status=204)
    writes = request.POST.get("writes") == "yes"
    presence.here(case, user_id=request.person.id, writes=writes, at=at)
    others = conversation.others_here(case.pk, but=request.person.id, since=at - presence.LEASE)
    return page(request, "agent/case/here.html", others=others)
