"""The settings home: every page of settings, found by a word."""

from django.http import HttpResponse

from heliodesk.identity.rules import May
from heliodesk.web.access import PersonRequest, needs
from heliodesk.web.admin.places import places
from heliodesk.web.answer import page

_LONGEST = 60


@needs(May.WORK_CASES)
def show(request: PersonRequest) -> HttpResponse:
    """The pages of settings that this person may open."""
    asked = request.GET.get("q", "").strip()[:_LONGEST]
    return page(
        request,
        "admin/home.html",
        block="found" if request.headers.get("HX-Request") else "",
        area="settings",
        asked=asked,
        groups=places(request.person, asked),
    )
