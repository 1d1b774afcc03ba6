"""The words customers are sent: read, rewritten, tried on sample values, and taken back."""

from typing import Any

from django.http import Http404, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.utils.translation import gettext as translated
from django.views.decorators.clickjacking import xframe_options_sameorigin

from heliodesk.cases.access import Hidden, get_case
from heliodesk.channels.mailboxes import MailboxFacts, active_mailboxes
from heliodesk.entitlements.customer_rules import customer_rules
from heliodesk.identity.rules import May
from heliodesk.kernel import clock
from heliodesk.notifications import actions, own_words
from heliodesk.notifications.actions import Refused
from heliodesk.notifications.rendering import KINDS, Words, shipped
from heliodesk.notifications.samples import BOX, of_case, sample
from heliodesk.web.access import PersonRequest, needs
from heliodesk.web.answer import page
from heliodesk.web.told import tell

LANGUAGES = (("en", "English"), ("de", "Deutsch"), ("fr", "Français"), ("es", "Español"))


@needs(May.EDIT_TEMPLATES)
def kinds(request: PersonRequest) -> HttpResponse:
    """Every kind of mail, and whose words hold."""
    own = own_words.by_kind()
    return page(
        request,
        "admin/words.html",
        area="settings",
        tab="words",
        kinds=[(kind, about, shipped(kind), own.get(kind, [])) for kind, about in KINDS.items()],
    )


@needs(May.EDIT_TEMPLATES)
def edit(request: PersonRequest, kind: str) -> HttpResponse:
    """One kind of mail in one region and language; a POST writes it."""
    region, language = _place(request)
    if kind not in KINDS:
        raise Http404
    row = own_words.written(kind, region=region, language=language)
    trouble = ""
    words = Words(row.subject, row.text, row.html) if row else shipped(kind)
    history = own_words.history(kind, region=region, language=language)
    earlier = next((one for one in history if str(one.id) == request.GET.get("earlier")), None)
    if earlier and "text" in earlier.data:
        said = earlier.data
        words = Words(said["subject"], said["text"], said.get("html", ""))
    if request.method == "POST":
        words = _given(request)
        try:
            actions.write_words(
                kind,
                words,
                region=region,
                language=language,
                by=request.person.by,
                at=clock.now(),
            )
        except Refused as refusal:
            trouble = str(refusal)
        else:
            tell(request, translated("These words hold from now on."))
            return redirect(_address(kind, region, language))
    return page(
        request,
        "admin/words_edit.html",
        status=409 if trouble else 200,
        area="settings",
        tab="words",
        kind=kind,
        about=KINDS[kind],
        row=row,
        words_given=words,
        history=history,
        earlier=earlier,
        case=request.POST.get("case", "") or request.GET.get("case", ""),
        fields=sorted(sample(kind)),
        region=region,
        tongue=language,
        regions=sorted(customer_rules().regions | ({region} if region else set())),
        languages=LANGUAGES,
        trouble=trouble,
    )


@xframe_options_sameorigin
@needs(May.EDIT_TEMPLATES)
def attempt(request: PersonRequest, kind: str) -> HttpResponse:
    """The mail that words make of sample values, for the frame beside them."""
    if kind not in KINDS:
        raise Http404
    try:
        made = actions.tried(
            kind,
            _given(request) if request.POST else shipped(kind),
            _box(request),
            _values(request, kind),
        )
        response = HttpResponse(made)
    except Refused as refusal:
        response = HttpResponse(str(refusal), status=409, content_type="text/plain; charset=utf-8")
    response["Content-Security-Policy"] = (
        "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; "
        "form-action 'none'; frame-ancestors 'self'; sandbox"
    )
    return response


@needs(May.EDIT_TEMPLATES)
def reset(request: PersonRequest, kind: str) -> HttpResponse:
    """Go back to the words that ship."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    region, language = _place(request)
    row = own_words.written(kind, region=region, language=language)
    if row:
        actions.reset_words(row, by=request.person.by, at=clock.now())
        tell(request, translated("The shipped words hold again."))
    return redirect(_address(kind, region, language))


def _values(request: PersonRequest, kind: str) -> dict[str, Any] | None:
    """What the case says whose reference was given; sample values without one.

    Raises:
        Refused: there is no such case for this person to see.
    """
    ref = request.POST.get("case", "").strip()
    if not ref:
        return None
    try:
        return of_case(kind, get_case(request.person, ref), _box(request) or BOX)
    except Hidden as hidden:
        raise Refused(translated("There is no case %(ref)s.") % {"ref": ref}) from hidden


def _given(request: PersonRequest) -> Words:
    post = request.POST
    text = post.get("text", "").replace("\r\n", "\n")
    return Words(post.get("subject", ""), text, post.get("html", "").replace("\r\n", "\n").strip())


def _place(request: PersonRequest) -> tuple[str, str]:
    given = {**request.GET.dict(), **request.POST.dict()}
    language = str(given.get("language") or "en")
    if language not in dict(LANGUAGES):
        raise Http404
    return str(given.get("region") or "")[:12], language


def _address(kind: str, region: str, language: str) -> str:
    return f"/settings/words/{kind}/?region={region}&language={language}"


def _box(request: PersonRequest) -> MailboxFacts | None:
    """The mailbox whose brand the sample wears: that of the region, or the first."""
    region, _language = _place(request)
    boxes = active_mailboxes()
    return next((box for box in boxes if box.region == region), boxes[0] if boxes else None)
