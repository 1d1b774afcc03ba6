"""Taking the next case, and the notices of a person."""

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from heliodesk.identity.rules import May
from heliodesk.kernel import clock
from heliodesk.notifications import noticed
from heliodesk.routing.actions import take_next
from heliodesk.web import clocks, rail
from heliodesk.web.access import PersonRequest, needs
from heliodesk.web.answer import page
from heliodesk.web.told import tell


@needs(May.WORK_CASES)
@require_POST
def take(request: PersonRequest) -> HttpResponse:
    """Take the case that is due next and open it."""
    case = take_next(request.person, at=clock.now())
    if case is None:
        tell(request, _("Nothing waits for you in your queues."))
        return redirect("queue:needs_us")
    return redirect("case", case.ref)


@needs(May.WORK_CASES)
def notices(request: PersonRequest) -> HttpResponse:
    """What this person was told lately; looking makes nothing new any more."""
    if request.method == "POST":
        noticed.look_at_all(request.person, at=clock.now())
        rail.forget()
        return redirect("notices")
    return page(
        request,
        "agent/notices.html",
        area="notices",
        notices=noticed.latest(request.person),
        metric=clocks.metric,
    )
