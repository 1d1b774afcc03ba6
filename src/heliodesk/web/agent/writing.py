"""Answers, notes and drafts: what an agent writes is never lost, whatever goes wrong."""

import mimetypes
import re

from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from heliodesk.automation import macros, queries
from heliodesk.cases import actions
from heliodesk.cases.access import get_case
from heliodesk.cases.models import Case
from heliodesk.cases.new import NewAttachment
from heliodesk.cases.rules import Refused, Verb
from heliodesk.channels import blobs
from heliodesk.identity.rules import May
from heliodesk.kernel import clock
from heliodesk.web import dates
from heliodesk.web.access import PersonRequest, needs
from heliodesk.web.agent import case as case_page
from heliodesk.web.told import tell

#: All files of one message together, in bytes; what most mail servers take.
MOST_BYTES = 18 * 2**20
_SEPARATORS = re.compile(r"[,;\s]+")
_THEN = {verb.value: verb for verb in (Verb.AWAIT_CUSTOMER, Verb.AWAIT_VENDOR, Verb.RESOLVE)}
MODES = ("reply", "note")


@require_POST
@needs(May.WORK_CASES)
def reply(request: PersonRequest, ref: str) -> HttpResponse:
    """Answer the customer."""
    case = get_case(request.person, ref)
    at, by, text = clock.now(), request.person.by, _text(request)
    try:
        actions.reply(
            case,
            text=text,
            attachments=uploaded(request),
            cc=[word for word in _SEPARATORS.split(request.POST.get("cc", "")) if word],
            then=_THEN.get(request.POST.get("then", "")),
            seen_version=_version(request),
            by=by,
            at=at,
        )
    except Refused as refusal:
        return _kept(request, case, "reply", text, refusal)
    _use_macros(request, case)
    return _done(request, case, _("Your answer is on its way."))


@require_POST
@needs(May.WORK_CASES)
def note(request: PersonRequest, ref: str) -> HttpResponse:
    """Say something to colleagues only."""
    case = get_case(request.person, ref)
    text = _text(request)
    try:
        actions.note(
            case,
            text=text,
            attachments=uploaded(request),
            by=request.person.by,
            at=clock.now(),
        )
    except Refused as refusal:
        return _kept(request, case, "note", text, refusal)
    _use_macros(request, case)
    return _done(request, case, _("The note is added."))


@require_POST
@needs(May.WORK_CASES)
def draft(request: PersonRequest, ref: str) -> HttpResponse:
    """Keep what is being written."""
    case = get_case(request.person, ref)
    mode = request.POST.get("mode") or request.GET.get("mode") or ""
    if mode not in MODES:
        raise Http404
    at, text = clock.now(), _text(request)
    actions.save_draft(case, user_id=request.person.id, mode=mode, text=text, at=at)
    if not request.headers.get("HX-Request"):
        tell(request, _("The draft is kept."))
        return redirect(f"/cases/{case.ref}/")
    words = _("Draft kept %(when)s") % {"when": dates.when(at, request.person.zone, at)}
    return HttpResponse(words if text.strip() else "", content_type="text/plain")


def _text(request: PersonRequest) -> str:
    return request.POST.get("text", "").replace("\r\n", "\n").replace("\0", "")


def _version(request: PersonRequest) -> int | None:
    given = request.POST.get("version", "")
    return int(given) if given.isascii() and given.isdigit() else None


def uploaded(request: PersonRequest) -> list[NewAttachment]:
    """The uploaded files, their bytes kept in the blob store.

    Raises:
        Refused: together they are too large to be mailed.
    """
    given = [each for each in request.FILES.getlist("files") if isinstance(each, UploadedFile)]
    total = sum(each.size or 0 for each in given)
    if total > MOST_BYTES:
        raise Refused(
            _("The files are %(size)s together; %(most)s can be mailed. Your text is kept.")
            % {"size": f"{total / 1e6:.0f} MB", "most": f"{MOST_BYTES / 1e6:.0f} MB"}
        )
    return [_kept_file(each) for each in given]


def _kept_file(given: "UploadedFile[bytes]") -> NewAttachment:
    data = given.read()
    name = (given.name or "file").replace("\\", "/").rpartition("/")[2] or "file"
    return NewAttachment(
        name=name,
        content_type=mimetypes.guess_type(name)[0] or "application/octet-stream",
        size=len(data),
        sha256=blobs.put(data),
    )


def _kept(
    request: PersonRequest, case: Case, mode: str, text: str, refusal: Refused
) -> HttpResponse:
    """Show the case as it is now, why it was not possible, and the text kept in the box."""
    actions.save_draft(case, user_id=request.person.id, mode=mode, text=text, at=clock.now())
    return case_page.answer(request, case.ref, status=409, trouble=str(refusal), mode=mode)


def _use_macros(request: PersonRequest, case: Case) -> None:
    """Do what the macros in the message do; what was not possible is told, the message is sent."""
    given = [word for word in request.POST.getlist("macro")[:20] if word.isdigit()]
    chosen = queries.macros_by_ids(request.person, [int(word) for word in given])
    for trouble in macros.use(chosen, case, by=request.person.by, at=clock.now()):
        tell(request, trouble)


def _done(request: PersonRequest, case: Case, words: str) -> HttpResponse:
    tell(request, words)
    return redirect(f"/cases/{case.ref}/#end")
