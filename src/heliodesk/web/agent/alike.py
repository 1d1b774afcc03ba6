"""Cases like the one that is open, asked for when they come into view."""

from django.http import HttpResponse

from heliodesk.cases import alike
from heliodesk.cases.access import get_case
from heliodesk.identity.rules import May
from heliodesk.web.access import PersonRequest, needs
from heliodesk.web.answer import page


@needs(May.WORK_CASES)
def show(request: PersonRequest, ref: str) -> HttpResponse:
    """Up to five cases that resemble this one."""
    case = get_case(request.person, ref)
    return page(request, "agent/case/alike.html", cases=alike.like(request.person, case.pk))
