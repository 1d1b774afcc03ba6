"""A new case by an agent's hand: first whose it is, then what it is about."""

from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from heliodesk.cases import kinds
from heliodesk.cases.rules import Refused
from heliodesk.customers import queries as customers
from heliodesk.customers.access import Hidden, get_account
from heliodesk.customers.models import Account
from heliodesk.identity.rules import May
from heliodesk.intake.actions.by_hand import (
    CHANNELS,
    SEVERITIES,
    Asked,
    open_by_hand,
)
from heliodesk.kernel import clock
from heliodesk.web import words
from heliodesk.web.access import PersonRequest, needs
from heliodesk.web.agent.writing import uploaded
from heliodesk.web.answer import page
from heliodesk.web.told import tell

_MOST_MATCHES = 12


@needs(May.WORK_CASES)
def new(request: PersonRequest) -> HttpResponse:
    """Choose the account, then take down the case; a POST opens it."""
    given = request.POST.get("account") or request.GET.get("account") or ""
    if not given:
        return _choose(request)
    account = _account(request, given)
    if request.method != "POST":
        return _form(request, account)
    try:
        opened = open_by_hand(_asked(request, account), by=request.person.by, at=clock.now())
    except Refused as refusal:
        return _form(request, account, trouble=str(refusal), status=409)
    tell(request, _("The case is open."))
    return redirect(f"/cases/{opened.ref}/")


def _account(request: PersonRequest, given: str) -> Account:
    if not (given.isascii() and given.isdigit() and len(given) < 18):
        raise Http404
    try:
        return get_account(request.person, int(given))
    except Hidden:
        raise Http404 from None


def _choose(request: PersonRequest) -> HttpResponse:
    """Look for the account by its ID, its name, its domain or an address."""
    sought = request.GET.get("find", "").replace("\0", "").strip()[:200]
    today = clock.now().date()
    found = (
        customers.accounts(request.person, today, text=sought, size=_MOST_MATCHES) if sought else []
    )
    if len(found) == 1:
        return redirect(f"/cases/new/?account={found[0].id}")
    return page(
        request,
        "agent/new_case_account.html",
        area="new_case",
        sought=sought,
        found=found[:_MOST_MATCHES],
        more=len(found) > _MOST_MATCHES,
    )


def _form(
    request: PersonRequest, account: Account, *, trouble: str = "", status: int = 200
) -> HttpResponse:
    today = clock.now().date()
    found = customers.contacts(request.person, today, account_id=account.pk, size=200)
    people = [row for row in found if row.active]
    return page(
        request,
        "agent/new_case.html",
        status=status,
        area="new_case",
        account=account,
        identifier=account.identifiers.order_by("-valid_from", "-id").first(),
        people=people,
        options=[
            (row.id, f"{row.name}, {row.address}" if row.address else row.name) for row in people
        ],
        channels=CHANNELS,
        severities=SEVERITIES,
        kinds=[(kind, words.kind(kind)) for kind in kinds.offered()],
        usual=_kind(account),
        given=request.POST,
        trouble=trouble,
    )


def _kind(account: Account) -> str:
    """The kind of case that comes to mind first: an account that is being set up asks for that."""
    return "implementation" if account.lifecycle == "implementation" else "technical"


def _asked(request: PersonRequest, account: Account) -> Asked:
    form = request.POST
    contact = form.get("contact", "")
    return Asked(
        account_id=account.pk,
        contact_id=int(contact) if contact.isascii() and contact.isdigit() else None,
        channel=form.get("channel", ""),
        severity=form.get("severity", ""),
        kind=form.get("kind", "") or _kind(account),
        title=form.get("title", ""),
        text=form.get("text", "").replace("\r\n", "\n"),
        name=form.get("name", ""),
        address=form.get("address", ""),
        acknowledge=bool(form.get("acknowledge")),
        attachments=uploaded(request),
    )
