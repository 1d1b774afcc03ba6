"""The queues: the desk's own lists of cases, the next due on top (C26)."""

from django.http import HttpResponse
from django.utils.translation import gettext_noop as _

from heliodesk.cases import queries
from heliodesk.identity.rules import May
from heliodesk.web.access import PersonRequest, needs
from heliodesk.web.agent import lists
from heliodesk.web.agent.conditions import QUEUES
from heliodesk.web.agent.lists import Listing

TITLES = {
    "needs_us": _("Needs us"),
    "mine": _("Mine"),
    "teams": _("My teams"),
    "unassigned": _("Unassigned"),
    "waiting": _("Waiting for customer"),
    "engineering": _("With engineering"),
    "soon": _("Breaching soon"),
    "open": _("All open"),
    "closed": _("Closed recently"),
}


def listing(code: str, path: str = "") -> Listing:
    """One of the queues."""
    return Listing(code, TITLES[code], path, queries.VIEWS[code], QUEUES[code])


def _show(request: PersonRequest, code: str) -> HttpResponse:
    return lists.show(request, listing(code, request.path), titles=TITLES)


@needs(May.WORK_CASES)
def needs_us(request: PersonRequest) -> HttpResponse:
    """Cases that wait for the desk."""
    return _show(request, "needs_us")


@needs(May.WORK_CASES)
def mine(request: PersonRequest) -> HttpResponse:
    """Open cases of the person who asks."""
    return _show(request, "mine")


@needs(May.WORK_CASES)
def teams(request: PersonRequest) -> HttpResponse:
    """Open cases in the queues of one's teams."""
    return _show(request, "teams")


@needs(May.WORK_CASES)
def unassigned(request: PersonRequest) -> HttpResponse:
    """Open cases that nobody has taken."""
    return _show(request, "unassigned")


@needs(May.WORK_CASES)
def waiting(request: PersonRequest) -> HttpResponse:
    """Cases that wait for the customer."""
    return _show(request, "waiting")


@needs(May.WORK_CASES)
def engineering(request: PersonRequest) -> HttpResponse:
    """Cases that wait for engineering."""
    return _show(request, "engineering")


@needs(May.WORK_CASES)
def soon(request: PersonRequest) -> HttpResponse:
    """Open cases of which a promise is late or nearly so."""
    return _show(request, "soon")


@needs(May.WORK_CASES)
def all_open(request: PersonRequest) -> HttpResponse:
    """Every open case."""
    return _show(request, "open")


@needs(May.WORK_CASES)
def closed(request: PersonRequest) -> HttpResponse:
    """What was resolved, closed or cancelled, the latest first."""
    return _show(request, "closed")
