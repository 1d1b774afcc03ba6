"""The call log: who is on the line now, whom to call back, who called."""

from django.http import Http404, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from heliodesk.cases.rules import Refused
from heliodesk.identity.rules import May
from heliodesk.kernel import clock
from heliodesk.telephony import queries
from heliodesk.telephony.access import Hidden, get_call
from heliodesk.telephony.actions import desk
from heliodesk.web.access import PersonRequest, needs
from heliodesk.web.answer import page
from heliodesk.web.calls import words
from heliodesk.web.told import tell

_WHICH = {"": _("All"), "missed": _("Missed"), "mine": _("Mine")}


@needs(May.WORK_CASES)
def calls(request: PersonRequest) -> HttpResponse:
    """Everybody on the line, everybody to be called back, and the log."""
    return _list(request)


def _list(request: PersonRequest, *, trouble: str = "", status: int = 200) -> HttpResponse:
    which = request.GET.get("which", "")
    which = which if which in {"missed", "mine"} else ""
    before = _number(request.GET.get("before", ""))
    rows = queries.log(request.person, which=which, before=before, size=queries.PAGE + 1)
    more = len(rows) > queries.PAGE
    rows = rows[: queries.PAGE]
    kept = f"which={which}&" if which else ""
    return page(
        request,
        "calls/log.html",
        block="list" if request.headers.get("HX-Request") else "",
        status=status,
        area="calls",
        trouble=trouble,
        which=which,
        live=queries.live(request.person),
        backs=queries.callbacks(request.person, clock.now()),
        rows=rows,
        first=f"/calls/?{kept}" if before else "",
        older=f"/calls/?{kept}before={rows[-1].id}" if more else "",
        said=words,
        settle=_number(request.GET.get("settle", "")),
    )


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 18 else None


@needs(May.WORK_CASES)
def called_back(request: PersonRequest, id: int) -> HttpResponse:
    """Somebody was called back, or need not be."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    try:
        call = get_call(request.person, id)
    except Hidden as error:
        raise Http404 from error
    back = queries.callback_of(call.pk)
    if back is None:
        raise Http404
    done = request.POST.get("done") == "yes"
    note = request.POST.get("note", "")
    try:
        desk.settle_call_back(back, done=done, note=note, by=request.person.by, at=clock.now())
    except Refused as refusal:
        return _list(request, trouble=str(refusal), status=409)
    tell(request, _("Noted: called back.") if done else _("Noted: no call-back."))
    return redirect("/calls/")


@needs(May.WORK_CASES)
def pop(request: PersonRequest) -> HttpResponse:
    """The calls that are offered to this person now: the screen pop."""
    return page(request, "calls/pop.html", pops=queries.pops(request.person), said=words)
