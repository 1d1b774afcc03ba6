"""Received mail: everything that came in, with what became of it and why."""

from django.http import Http404, HttpResponse
from django.utils.translation import gettext_noop as _

from heliodesk.identity.rules import May
from heliodesk.intake import received as intake
from heliodesk.web import keyset
from heliodesk.web.access import PersonRequest, needs
from heliodesk.web.answer import page
from heliodesk.web.removed import still_there

#: State of a message: its word and tone.
STATES = {
    "waiting": (_("Being filed"), "accent"),
    "filed": (_("In a case"), "ok"),
    "held": (_("Held"), "note"),
    "duplicate": (_("Came twice"), "neutral"),
    "dropped": (_("Put aside"), "neutral"),
    "failed": (_("Not readable"), "danger"),
}
#: Why a message made nothing, in a sentence.
WHY = {
    "duplicate": _("The same message was here already."),
    "own_mail": _("It was a mail of this desk that came back."),
    "automatic_reply": _("An automatic reply of somebody's machine."),
    "bounce": _("A report about a mail that this desk did not send."),
}
_LOCKED = "default-src 'none'; sandbox"


@needs(May.SEE_RAW_MAIL)
def received(request: PersonRequest) -> HttpResponse:
    """The list; ``?view=unfiled`` is what became neither case nor held item."""
    view, words = request.GET.get("view", "all"), request.GET.get("q", "").strip()[:200]
    if view not in intake.VIEWS:
        raise Http404
    key = keyset.read(request.GET.get("after", ""), (int,)) if "after" in request.GET else None
    rows = intake.received(
        request.person, view=view, words=words, after=int(str(key[0])) if key else None
    )
    shown = rows[: intake.PAGE]
    here = f"{request.path}?view={view}" + (f"&q={words}" if words else "")
    older = keyset.write((shown[-1].id,)) if len(rows) > intake.PAGE else ""
    return page(
        request,
        "held/received.html",
        area="held",
        rows=shown,
        view=view,
        sought=words,
        states=STATES,
        why=WHY,
        first=here if key else "",
        older=f"{here}&after={older}" if older else "",
    )


@needs(May.SEE_RAW_MAIL)
def raw(request: PersonRequest, inbound_id: int) -> HttpResponse:
    """A message exactly as it arrived, to be saved."""
    data = intake.raw_of(request.person, inbound_id)
    if data is None:
        raise Http404
    response = HttpResponse(still_there(data), content_type="application/octet-stream")
    response["Content-Disposition"] = f'attachment; filename="received-{inbound_id}.eml"'
    response["Content-Security-Policy"] = _LOCKED
    return response
