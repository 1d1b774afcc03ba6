"""Files and originals of messages, served only to who may see the case, and only as safe types."""

import re
from collections.abc import Iterator

from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.utils.http import content_disposition_header
from django.views.decorators.clickjacking import xframe_options_sameorigin

from heliodesk.cases import conversation
from heliodesk.channels import blobs
from heliodesk.identity.rules import May
from heliodesk.web import words
from heliodesk.web.access import PersonRequest, needs
from heliodesk.web.removed import still_there

#: What a browser may show by itself; everything else is only ever saved.
SHOWN = words.PICTURES
_CHUNK = 2**16
_LOCKED = "default-src 'none'; sandbox"
_CID = re.compile(r"""(\bsrc\s*=\s*["'])cid:([^"']{1,255})(["'])""", re.IGNORECASE)


@needs(May.WORK_CASES)
def attachment(request: PersonRequest, attachment_id: int) -> StreamingHttpResponse:
    """A file of a message."""
    found = conversation.file(request.person, attachment_id)
    shown = found.content_type in SHOWN
    if not blobs.exists(found.sha256):
        raise Http404
    response = StreamingHttpResponse(
        _chunks(found.sha256),
        content_type=found.content_type if shown else "application/octet-stream",
    )
    response["Content-Length"] = str(found.size)
    response["Content-Disposition"] = str(
        content_disposition_header(as_attachment=not shown, filename=found.name)
    )
    response["Content-Security-Policy"] = _LOCKED
    response["Cache-Control"] = "private, max-age=3600"
    return response


def _chunks(sha256: str) -> Iterator[bytes]:
    with blobs.open(sha256) as file:
        while chunk := file.read(_CHUNK):
            yield chunk


@needs(May.SEE_RAW_MAIL)
def raw(request: PersonRequest, message_id: int) -> HttpResponse:
    """A mail exactly as it arrived, to be saved."""
    response = HttpResponse(
        still_there(conversation.raw(request.person, message_id)),
        content_type="application/octet-stream",
    )
    response["Content-Disposition"] = f'attachment; filename="message-{message_id}.eml"'
    response["Content-Security-Policy"] = _LOCKED
    return response


@xframe_options_sameorigin
@needs(May.WORK_CASES)
def original(request: PersonRequest, message_id: int) -> HttpResponse:
    """A message as its sender formatted it: no script ever runs, and images of other servers load
    only when the reader asks (``?images=1``), since loading them tells the sender."""
    found = conversation.original(request.person, message_id)
    remote = " https: http:" if request.GET.get("images") else ""
    response = HttpResponse(_document(found))
    response["Content-Security-Policy"] = "; ".join(
        [
            "default-src 'none'",
            f"img-src 'self' data:{remote}",
            "style-src 'unsafe-inline'",
            "base-uri 'none'",
            "form-action 'none'",
            "frame-ancestors 'self'",
            "sandbox allow-same-origin allow-popups allow-popups-to-escape-sandbox",
        ]
    )
    response["Referrer-Policy"] = "no-referrer"
    return response


def _document(found: conversation.Original) -> str:
    """The cleaned HTML as a page; pictures inside it come from this message's own files."""
    ids = {key.strip("<>").lower(): id for key, id in found.inline.items()}

    def own(match: re.Match[str]) -> str:
        id = ids.get(match[2].strip("<>").lower())
        return f"{match[1]}/attachments/{id}/{match[3]}" if id else f"{match[1]}{match[3]}"

    body = _CID.sub(own, found.html)
    return (
        '<!doctype html><meta charset="utf-8"><base target="_blank">'
        "<title>Message</title>"
        "<style>body{margin:12px;font:14px/1.5 system-ui,sans-serif;overflow-wrap:anywhere;"
        "background:#fff;color:#1a1c22}img{max-width:100%;height:auto}</style>"
        f"{body}"
    )
