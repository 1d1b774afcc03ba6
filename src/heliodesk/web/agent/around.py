"""The parts around every page: the rail's counts, and the way on from a phone's foot."""

from django.http import HttpResponse

from heliodesk.identity.rules import May
from heliodesk.web import rail as counted
from heliodesk.web.access import PersonRequest, needs
from heliodesk.web.answer import page


@needs(May.WORK_CASES)
def rail(request: PersonRequest) -> HttpResponse:
    """The rail's entries, counted anew."""
    if counted.CHANGED in request.COOKIES:
        counted.forget_of(request.person)
    counted.count_pinned(request.person)
    return page(request, "parts/ways.html", area=request.GET.get("area", ""))


@needs(May.WORK_CASES)
def more(request: PersonRequest) -> HttpResponse:
    """Everything a phone's foot has no room for."""
    return page(request, "agent/more.html", area="more")
