"""Answers, forwards, notes and drafts: what an agent writes is never lost, whatever goes wrong."""

import mimetypes
import re
import secrets
from dataclasses import replace
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from heliodesk.automation import macros
from heliodesk.cases import actions
from heliodesk.cases.access import get_case
from heliodesk.cases.actions import drafts, waiting
from heliodesk.cases.letters import MODES, Kept, Written, kept
from heliodesk.cases.models import Case
from heliodesk.cases.new import NewAttachment
from heliodesk.cases.rules import Refused, Verb
from heliodesk.channels import blobs
from heliodesk.identity.rules import May
from heliodesk.kernel import clock
from heliodesk.web import dates
from heliodesk.web.access import PersonRequest, needs
from heliodesk.web.agent import case as case_page
from heliodesk.web.agent import colleagues, times
from heliodesk.web.told import tell

#: All files of one message together, in bytes; what most mail servers take.
MOST_BYTES = drafts.MOST_BYTES
_SEPARATORS = re.compile(r"[,;\s]+")
_THEN = {verb.value for verb in (Verb.AWAIT_CUSTOMER, Verb.AWAIT_VENDOR, Verb.RESOLVE)}


@require_POST
@needs(May.WORK_CASES)
def reply(request: PersonRequest, ref: str) -> HttpResponse:
    """Answer the customer: now, in ten seconds, or at a time that was chosen."""
    return _send(request, ref, "reply")


@require_POST
@needs(May.WORK_CASES)
def forward(request: PersonRequest, ref: str) -> HttpResponse:
    """Ask somebody outside."""
    return _send(request, ref, "forward")


def _send(request: PersonRequest, ref: str, mode: str) -> HttpResponse:
    case = get_case(request.person, ref)
    at, by, letter = clock.now(), request.person.by, _letter(request, case, mode)
    version = None if request.POST.get("anyway") else _version(request)
    try:
        letter = _with_uploads(request, letter)
        due = times.chosen(request.POST, request.person.zone)
        if due or request.POST.get("hold"):
            waiting.send_off(case, letter, due_at=due, seen_version=version, by=by, at=at)
        else:
            waiting.send_at_once(case, letter, seen_version=version, by=by, at=at)
            for trouble in macros.after_letter(case, letter, by, at):
                tell(request, trouble)
    except Refused as refusal:
        return _kept(request, case, letter, refusal)
    if due:
        when = dates.when(due, request.person.zone, at)
        return _done(request, case, _("It goes out %(when)s.") % {"when": when})
    return _done(
        request,
        case,
        _("Your answer is on its way.")
        if mode == "reply"
        else _("It is on its way; the customer is not told."),
    )


@require_POST
@needs(May.WORK_CASES)
def note(request: PersonRequest, ref: str) -> HttpResponse:
    """Say something to colleagues only."""
    case = get_case(request.person, ref)
    at, by, letter = clock.now(), request.person.by, _letter(request, case, "note")
    try:
        letter = _with_uploads(request, letter)
        actions.note(
            case,
            text=letter.text,
            attachments=[one.attachment for one in letter.files],
            mentions=colleagues.named_in(letter.text),
            by=by,
            at=at,
        )
    except Refused as refusal:
        return _kept(request, case, letter, refusal)
    for trouble in macros.after_letter(case, letter, by, at):
        tell(request, trouble)
    return _done(request, case, _("The note is added."))


@require_POST
@needs(May.WORK_CASES)
def draft(request: PersonRequest, ref: str) -> HttpResponse:
    """Keep what is being written."""
    case = get_case(request.person, ref)
    mode = _mode(request)
    at, text = clock.now(), _text(request)
    rest = {name: value for name, value in _rest(request).items() if value}
    actions.save_draft(case, user_id=request.person.id, mode=mode, text=text, rest=rest, at=at)
    if not request.headers.get("HX-Request"):
        tell(request, _("The draft is kept."))
        return redirect(f"/cases/{case.ref}/")
    words = _("Draft kept %(when)s") % {"when": dates.when(at, request.person.zone, at)}
    return HttpResponse(words if text.strip() else "", content_type="text/plain")


@require_POST
@needs(May.WORK_CASES)
def put_file(request: PersonRequest, ref: str) -> HttpResponse:
    """Keep a file beside what is being written; the page then knows it by its key."""
    case = get_case(request.person, ref)
    given = request.FILES.get("file")
    if not isinstance(given, UploadedFile):
        return JsonResponse({"trouble": _("No file arrived.")}, status=400)
    if (given.size or 0) > MOST_BYTES:
        trouble = _("%(name)s is larger than %(most)s.") % {
            "name": given.name, "most": f"{MOST_BYTES / 1e6:.0f} MB",
        }  # fmt: skip
        return JsonResponse({"trouble": trouble}, status=413)
    one = _file(given)
    try:
        file = drafts.keep_file(
            case,
            user_id=request.person.id,
            mode=_mode(request),
            name=one.name,
            content_type=one.content_type,
            size=one.size,
            sha256=one.sha256,
            at=clock.now(),
        )
    except Refused as refusal:
        return JsonResponse({"trouble": str(refusal)}, status=409)
    told = {"key": file.key, "name": file.name, "size": file.size, "picture": file.picture}
    return JsonResponse(told, status=201)


@require_POST
@needs(May.WORK_CASES)
def drop_file(request: PersonRequest, ref: str) -> HttpResponse:
    """Take a file away from what is being written."""
    case = get_case(request.person, ref)
    key = request.POST.get("key", "")
    drafts.drop_file(case, user_id=request.person.id, mode=_mode(request), key=key)
    return HttpResponse(status=204)


@require_POST
@needs(May.WORK_CASES)
def letter(request: PersonRequest, ref: str, id: int, what: str) -> HttpResponse:
    """Take a letter that waits back, send it now, or throw it away."""
    case, by, at = get_case(request.person, ref), request.person.by, clock.now()
    if what == "back":
        row = waiting.take_back(id, case, by=by, at=at)
        own = row.user_id == request.person.id
        tell(request, _("It was not sent.") if own else _("It is among its writer's drafts again."))
        return redirect(
            f"/cases/{case.ref}/?write={row.mode}#write-{row.mode}" if own else _at(case)
        )
    if what == "now":
        waiting.send_now(id, case, by=by, at=at)
        tell(request, _("It goes out now."))
    elif what == "drop":
        waiting.drop(id, case, by=by, at=at)
        tell(request, _("It is thrown away."))
    else:
        raise Http404
    return redirect(_at(case))


def _at(case: Case) -> str:
    return f"/cases/{case.ref}/#end"


def _letter(request: PersonRequest, case: Case, mode: str) -> Written:
    """What the form says, with the files of the draft that it names."""
    rest = _rest(request)
    then = request.POST.get("then", "")
    return Written(
        mode=mode,
        text=_text(request),
        files=_files(request, case, mode),
        then=then if then in _THEN and mode == "reply" else "",
        **rest,
    )


def _rest(request: PersonRequest) -> dict[str, Any]:
    """Everything beside the text and the files, as ``Written`` knows it."""
    given = request.POST
    return {
        **{name: _addresses(given.get(name, "")) for name in ("to", "cc", "bcc")},
        "message": _number(given.get("message", "")),
        "taken": tuple(id for word in given.getlist("taken")[:100] if (id := _number(word))),
        "macros": tuple(id for word in given.getlist("macro")[:20] if (id := _number(word))),
    }


def _addresses(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(word for word in _SEPARATORS.split(text) if word))[:50]


def _number(word: str) -> int | None:
    return int(word) if word.isascii() and word.isdigit() and len(word) < 19 else None


def _files(request: PersonRequest, case: Case, mode: str) -> tuple[Kept, ...]:
    """The files of the draft whose keys the form sends."""
    keys = set(request.POST.getlist("kept")[: drafts.MOST_FILES])
    if not keys:
        return ()
    found = drafts.files_of(case, user_id=request.person.id, mode=mode)
    return tuple(one for one in kept(found) if one.key in keys)


def uploaded(request: PersonRequest) -> list[NewAttachment]:
    """The files that a form itself carries, their bytes kept in the blob store.

    Raises:
        Refused: together they are too large to be mailed.
    """
    return [one.attachment for one in _uploads(request, beside=0)]


def _with_uploads(request: PersonRequest, letter: Written) -> Written:
    """The letter with the files that the form itself carries, as without JavaScript."""
    uploads = _uploads(request, beside=sum(one.size for one in letter.files))
    return replace(letter, files=(*letter.files, *uploads))


def _uploads(request: PersonRequest, *, beside: int) -> tuple[Kept, ...]:
    given = [each for each in request.FILES.getlist("files") if isinstance(each, UploadedFile)]
    total = sum(each.size or 0 for each in given) + beside
    if total > MOST_BYTES:
        raise Refused(
            _("The files are %(size)s together; %(most)s can be mailed. Your text is kept.")
            % {"size": f"{total / 1e6:.0f} MB", "most": f"{MOST_BYTES / 1e6:.0f} MB"}
        )
    return tuple(_file(each) for each in given)


def _file(given: "UploadedFile[bytes]") -> Kept:
    """A file whose bytes are in the blob store now."""
    data = given.read()
    name = (given.name or "file").replace("\\", "/").rpartition("/")[2] or "file"
    kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
    return Kept(secrets.token_hex(8), name, kind, len(data), blobs.put(data))


def _mode(request: PersonRequest) -> str:
    mode = request.POST.get("mode") or request.GET.get("mode") or ""
    if mode not in MODES:
        raise Http404
    return mode


def _text(request: PersonRequest) -> str:
    return request.POST.get("text", "").replace("\r\n", "\n").replace("\0", "")


def _version(request: PersonRequest) -> int | None:
    given = request.POST.get("version", "")
    return int(given) if given.isascii() and given.isdigit() else None


def _kept(request: PersonRequest, case: Case, letter: Written, refusal: Refused) -> HttpResponse:
    """Show the case as it is now, why it was not possible, and the text kept in the box."""
    actions.save_draft(
        case,
        user_id=request.person.id,
        mode=letter.mode,
        text=letter.text,
        rest=letter.rest,
        at=clock.now(),
    )
    return case_page.answer(
        request,
        case.ref,
        status=409,
        trouble=str(refusal),
        stale=isinstance(refusal, actions.Stale),
        mode=letter.mode,
        seen=_number(request.POST.get("seen", "")) or 0,
    )


def _done(request: PersonRequest, case: Case, words: str) -> HttpResponse:
    tell(request, words)
    return redirect(_at(case))
