"""The queue: lists of cases, the next due on top (C26)."""

from collections.abc import Sequence
from datetime import datetime
from itertools import groupby

from django.http import Http404, HttpResponse
from django.utils.translation import gettext_noop as _

from heliodesk.cases import queries
from heliodesk.cases.rules import Stage
from heliodesk.identity.rules import May
from heliodesk.web import keyset, rail
from heliodesk.web.access import PersonRequest, needs
from heliodesk.web.agent import rows
from heliodesk.web.answer import page

SIZE = 50
TITLES = {
    "needs_us": _("Needs us"),
    "mine": _("Mine"),
    "unassigned": _("Unassigned"),
    "waiting": _("Waiting for customer"),
    "engineering": _("With engineering"),
    "open": _("All open"),
    "closed": _("Closed recently"),
}
HEADINGS = {
    Stage.P1: _("P1 Critical"),
    Stage.MISSED: _("Late"),
    Stage.WARNED: _("Due soon"),
    Stage.RUNNING: _("In good time"),
}


def _show(request: PersonRequest, code: str) -> HttpResponse:
    view = queries.VIEWS[code]
    after = _after(request, view)
    found = queries.page(request.person, view, after=after, size=SIZE)
    shown, more = found[:SIZE], len(found) > SIZE
    older = keyset.write(queries.key(view, shown[-1])) if more else ""
    return page(
        request,
        "agent/queue.html",
        block="list" if request.headers.get("HX-Target") == "list" else "",
        area=code,
        view=view,
        titles=TITLES,
        groups=_groups(shown, view),
        shown=shown,
        lines=rows.lines,
        counts=rail.counts(request.person),
        most=rail.MOST,
        first=request.path if after else "",
        older=keyset.address(request.path, after=older) if more else "",
    )


def _after(request: PersonRequest, view: queries.View) -> tuple[object, ...] | None:
    """Where this page begins; an address that was tampered with is no address."""
    word = request.GET.get("after", "")
    if not word:
        return None
    kinds = tuple(datetime if name.endswith("_at") else int for name in view.order)
    key = keyset.read(word, kinds)
    if key is None:
        raise Http404
    return key


def _groups(
    shown: Sequence[queries.Row], view: queries.View
) -> list[tuple[str, list[queries.Row]]]:
    """The rows under headings: P1, then late, due soon, and the others, as they are worked on."""
    if view.order[0] != "urgency":
        return [(_("The latest first"), list(shown))] if shown else []
    grouped = groupby(shown, key=lambda row: row.stage)
    return [(HEADINGS[stage], list(each)) for stage, each in grouped]


@needs(May.WORK_CASES)
def needs_us(request: PersonRequest) -> HttpResponse:
    """Cases that wait for the desk."""
    return _show(request, "needs_us")


@needs(May.WORK_CASES)
def mine(request: PersonRequest) -> HttpResponse:
    """Open cases of the person who asks."""
    return _show(request, "mine")


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
def all_open(request: PersonRequest) -> HttpResponse:
    """Every open case."""
    return _show(request, "open")


@needs(May.WORK_CASES)
def closed(request: PersonRequest) -> HttpResponse:
    """What was resolved, closed or cancelled, the latest first."""
    return _show(request, "closed")
