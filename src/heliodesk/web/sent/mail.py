"""Sent mail: the list, one mail beside it, and what can be done about it."""

from base64 import b64encode
from contextlib import suppress
from typing import NamedTuple

from django.conf import settings
from django.http import Http404, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.utils.translation import gettext as translated
from django.utils.translation import gettext_noop as _
from django.views.decorators.clickjacking import xframe_options_sameorigin

from heliodesk.cases import queries as cases
from heliodesk.channels import blobs, sent
from heliodesk.channels.blob_errors import NoSuchBlob
from heliodesk.channels.letter import in_bytes, letter
from heliodesk.channels.models import Outbound
from heliodesk.identity.rules import May
from heliodesk.intake import queries as intake
from heliodesk.kernel import clock
from heliodesk.kernel.references import spoken
from heliodesk.web import keyset
from heliodesk.web.access import PersonRequest, needs
from heliodesk.web.answer import page
from heliodesk.web.told import tell
from heliodesk.web.words import PICTURES

PATHS = {"all": "/sent/", "waiting": "/sent/waiting/", "failed": "/sent/failed/"}
TITLES = {"all": _("Everything"), "waiting": _("Waiting"), "failed": _("Failed")}
_STATES = {
    "captured": (_("Kept here"), "neutral"),
    "queued": (_("Waiting"), "accent"),
    "sending": (_("On its way"), "accent"),
    "sent": (_("Sent"), "ok"),
    "failed": (_("Not sent"), "danger"),
    "bounced": (_("Came back"), "danger"),
}
_KINDS = {
    "acknowledgement": _("Acknowledgement"),
    "reply": _("Answer"),
    "forward": _("Forwarded"),
    "reopened": _("Reopened"),
    "p1_by_phone": _("Asked to call"),
    "p1_missed": _("P1: nobody yet"),
    "reminder": _("Reminder"),
    "resolved": _("Resolved"),
    "held": _("How to write again"),
    "rejected": _("Answer to held mail"),
    "notice": _("Notice to a colleague"),
}


class About(NamedTuple):
    """What a mail is about, and where that is."""

    text: str
    address: str


@needs(May.SEE_SENT_MAIL)
def everything(request: PersonRequest) -> HttpResponse:
    """All mail, the latest first."""
    return _answer(request, "all")


@needs(May.SEE_SENT_MAIL)
def waiting(request: PersonRequest) -> HttpResponse:
    """Mail that waits to be sent."""
    return _answer(request, "waiting")


@needs(May.SEE_SENT_MAIL)
def failed(request: PersonRequest) -> HttpResponse:
    """Mail that could not be sent, or came back."""
    return _answer(request, "failed")


@needs(May.SEE_SENT_MAIL)
def show(request: PersonRequest, id: int) -> HttpResponse:
    """One mail."""
    return _answer(request, "all", mail=_found(request, id))


def _answer(
    request: PersonRequest, view: str, *, mail: Outbound | None = None, trouble: str = ""
) -> HttpResponse:
    after = _after(request)
    rows = sent.sent(view=view, offshore=request.person.offshore, after=after)
    shown = rows[: sent.PAGE]
    chosen = mail or (_found(request, shown[0].id) if shown else None)
    older = str(shown[-1].id) if len(rows) > sent.PAGE else ""
    return page(
        request,
        "sent/sent.html",
        status=409 if trouble else 200,
        block="list" if request.headers.get("HX-Target") == "sent-list" else "",
        area="sent",
        view=view,
        paths=PATHS,
        titles=TITLES,
        states={code: (translated(word), tone) for code, (word, tone) in _STATES.items()},
        kinds={code: translated(word) for code, word in _KINDS.items()},
        rows=shown,
        first=PATHS[view] if after else "",
        older=keyset.address(PATHS[view], after=older) if older else "",
        mail=chosen,
        about=_about(request, chosen) if chosen else None,
        opened=mail is not None,
        sending_off=settings.MAIL_OUTBOUND == "capture",
        may_act=request.person.may(May.DECIDE_HELD),
        trouble=trouble,
    )


@xframe_options_sameorigin
@needs(May.SEE_SENT_MAIL)
def formatted(request: PersonRequest, id: int) -> HttpResponse:
    """A mail as its reader sees it; our own page, and still nothing in it runs."""
    response = HttpResponse(_pictured(_found(request, id)))
    response["Content-Security-Policy"] = (
        "default-src 'none'; img-src 'self' data:; style-src 'unsafe-inline'; base-uri 'none'; "
        "form-action 'none'; frame-ancestors 'self'; sandbox allow-popups"
    )
    return response


def _pictured(mail: Outbound) -> str:
    """The page of a mail with the pictures that are parts of it in their places."""
    html = mail.html or ""
    for file in mail.attachments:
        part = f"cid:{file.get('content_id')}"
        if file.get("inline") and part in html and file["content_type"] in PICTURES:
            with suppress(NoSuchBlob):
                data = b64encode(blobs.get(str(file["sha256"]))).decode()
                html = html.replace(part, f"data:{file['content_type']};base64,{data}")
    return html


@needs(May.SEE_SENT_MAIL)
def raw(request: PersonRequest, id: int) -> HttpResponse:
    """A mail as it goes over the wire (before it is signed), to be saved."""
    try:
        data = in_bytes(letter(_found(request, id)))
    except NoSuchBlob:
        raise Http404 from None
    response = HttpResponse(data, content_type="application/octet-stream")
    response["Content-Disposition"] = f'attachment; filename="sent-{id}.eml"'
    return response


@needs(May.DECIDE_HELD)
def again(request: PersonRequest, id: int) -> HttpResponse:
    """Try a mail again."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    mail = _found(request, id)
    try:
        sent.try_again(mail, by=request.person.by, at=clock.now())
    except sent.NotNow as refusal:
        return _answer(request, "all", mail=mail, trouble=str(refusal))
    tell(request, translated("The mail is on its way again."))
    return redirect(f"/sent/{id}/")


@needs(May.DECIDE_HELD)
def stop(request: PersonRequest, id: int) -> HttpResponse:
    """Stop a mail that waits."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    mail = _found(request, id)
    try:
        sent.stop(mail, by=request.person.by, at=clock.now())
    except sent.NotNow as refusal:
        return _answer(request, "all", mail=mail, trouble=str(refusal))
    tell(request, translated("The mail is stopped; nobody was sent it."))
    return redirect(f"/sent/{id}/")


def _found(request: PersonRequest, id: int) -> Outbound:
    mail = sent.get_sent(id, offshore=request.person.offshore)
    if mail is None:
        raise Http404
    return mail


def _about(request: PersonRequest, mail: Outbound) -> About | None:
    """The case or held item that a mail is about, when the person may see it."""
    if mail.subject_kind == "case":
        case = cases.one(request.person, mail.subject_id)
        return About(spoken(case.ref), f"/cases/{case.ref}/") if case else None
    held = intake.ref_of(request.person, mail.subject_id)
    return About(held, f"/held/{held}/") if held else None


def _after(request: PersonRequest) -> int | None:
    word = request.GET.get("after", "")
    if not word:
        return None
    key = keyset.read(word, (int,))
    if key is None:
        raise Http404
    return int(str(key[0]))
