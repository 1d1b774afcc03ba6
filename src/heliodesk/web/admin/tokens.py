"""Tokens of programs: everybody makes and revokes their own; administrators see them all."""

from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as translated
from django.utils.translation import gettext_noop as _
from django.views.decorators.http import require_POST

from heliodesk.identity import tokens
from heliodesk.identity.actions import Refused
from heliodesk.identity.rules import May
from heliodesk.identity.tokens import Scope
from heliodesk.kernel import clock
from heliodesk.web.access import PersonRequest, needs
from heliodesk.web.answer import page
from heliodesk.web.told import tell

SCOPES = {
    Scope.READ: (_("Read"), _("Cases with what was said on them, accounts and contacts.")),
    Scope.WRITE: (_("Write"), _("Open cases, answer, add notes, and all verbs.")),
    Scope.REPORTS: (_("Reports"), _("Figures by day, region, package, queue and priority.")),
}
#: How long a token may hold, in days; an empty word is for ever.
PERIODS = [
    ("30", _("30 days")),
    ("90", _("90 days")),
    ("365", _("A year")),
    ("", _("Until it is revoked")),
]


@needs(May.WORK_CASES)
def mine(request: PersonRequest) -> HttpResponse:
    """One's own tokens; a POST makes one and shows it, this once."""
    trouble, secret, made = "", "", None
    if request.method == "POST":
        try:
            made, secret = tokens.make(
                request.person.id,
                name=request.POST.get("name", ""),
                scopes=request.POST.getlist("scopes"),
                days=_days(request.POST.get("days", "90")),
                by=request.person.by,
                at=clock.now(),
            )
        except Refused as refusal:
            trouble = str(refusal)
    answer = page(
        request,
        "admin/my_tokens.html",
        status=409 if trouble else 200,
        area="settings",
        tokens=tokens.of(request.person.id),
        scopes=_offered(request),
        periods=PERIODS,
        given=request.POST if trouble else {},
        chosen=request.POST.getlist("scopes") if trouble else [Scope.READ],
        trouble=trouble,
        secret=secret,
        made=made,
    )
    answer["Cache-Control"] = "no-store"
    return answer


def _offered(request: PersonRequest) -> dict[Scope, tuple[str, str]]:
    """The scopes that make sense for this person."""
    may = request.person.may(May.SEE_REPORTS)
    return {scope: said for scope, said in SCOPES.items() if may or scope is not Scope.REPORTS}


def _days(text: str) -> int | None:
    if text and not (text.isascii() and text.isdigit() and len(text) < 6):
        raise Refused(translated("Choose how long the token holds."))
    return int(text) if text else None


@require_POST
@needs(May.WORK_CASES)
def revoke_mine(request: PersonRequest, id: int) -> HttpResponse:
    """Take back a token of one's own."""
    return _revoke(request, id, "my_tokens", user_id=request.person.id)


@needs(May.EDIT_USERS)
def everybodys(request: PersonRequest) -> HttpResponse:
    """Every token of the desk: whose, what for, when last used."""
    return page(
        request,
        "admin/tokens.html",
        area="settings",
        tokens=tokens.everybodys(),
        scopes=SCOPES,
    )


@require_POST
@needs(May.EDIT_USERS)
def revoke(request: PersonRequest, id: int) -> HttpResponse:
    """Take back anybody's token."""
    return _revoke(request, id, "tokens")


def _revoke(
    request: PersonRequest, id: int, back: str, *, user_id: int | None = None
) -> HttpResponse:
    row = tokens.one(id, user_id=user_id)
    if row is None:
        raise Http404
    tokens.revoke(row, by=request.person.by, at=clock.now())
    tell(request, translated("The token “%(name)s” holds no longer.") % {"name": row.name})
    return redirect(back)
