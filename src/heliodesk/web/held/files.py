"""Originals and files of held messages, read again from the raw bytes, only as safe types."""

from django.http import Http404, HttpResponse
from django.utils.http import content_disposition_header
from django.views.decorators.clickjacking import xframe_options_sameorigin

from heliodesk.identity.rules import May
from heliodesk.intake import page as safe
from heliodesk.intake.actions import read_held
from heliodesk.intake.draft import Draft
from heliodesk.intake.queries import raw_of
from heliodesk.web.access import PersonRequest, needs
from heliodesk.web.agent.files import SHOWN
from heliodesk.web.held.reading import found_item
from heliodesk.web.removed import still_there

_LOCKED = "default-src 'none'; sandbox"


@needs(May.SEE_RAW_MAIL)
def raw(request: PersonRequest, ref: str, inbound_id: int) -> HttpResponse:
    """A held mail exactly as it arrived, to be saved."""
    item = found_item(request, ref)
    data = raw_of(item, inbound_id)
    if data is None:
        raise Http404
    response = HttpResponse(still_there(data), content_type="application/octet-stream")
    response["Content-Disposition"] = f'attachment; filename="{item.ref}-{inbound_id}.eml"'
    response["Content-Security-Policy"] = _LOCKED
    return response


@xframe_options_sameorigin
@needs(May.DECIDE_HELD)
def original(request: PersonRequest, ref: str, inbound_id: int) -> HttpResponse:
    """A held message as its sender formatted it, harmless; images of others only when asked."""
    draft = _draft(request, ref, inbound_id)
    remote = " https: http:" if request.GET.get("images") else ""
    body = safe.clean(draft.html)
    response = HttpResponse(
        '<!doctype html><meta charset="utf-8"><base target="_blank"><title>Message</title>'
        "<style>body{margin:12px;font:14px/1.5 system-ui,sans-serif;overflow-wrap:anywhere;"
        "background:#fff;color:#1a1c22}img{max-width:100%;height:auto}</style>" + body
    )
    response["Content-Security-Policy"] = (
        f"default-src 'none'; img-src data:{remote}; style-src 'unsafe-inline'; base-uri 'none'; "
        "form-action 'none'; frame-ancestors 'self'; "
        "sandbox allow-same-origin allow-popups allow-popups-to-escape-sandbox"
    )
    response["Referrer-Policy"] = "no-referrer"
    return response


@needs(May.DECIDE_HELD)
def part(request: PersonRequest, ref: str, inbound_id: int, place: int) -> HttpResponse:
    """A file of a held message."""
    parts = _draft(request, ref, inbound_id).parts
    if place >= len(parts):
        raise Http404
    found = parts[place]
    shown = found.content_type in SHOWN
    response = HttpResponse(
        found.data, content_type=found.content_type if shown else "application/octet-stream"
    )
    response["Content-Disposition"] = str(
        content_disposition_header(as_attachment=not shown, filename=found.name or "file")
    )
    response["Content-Security-Policy"] = _LOCKED
    return response


def _draft(request: PersonRequest, ref: str, inbound_id: int) -> Draft:
    for one in read_held(found_item(request, ref)):
        if one.inbound_id == inbound_id and one.draft:
            return one.draft
    raise Http404
