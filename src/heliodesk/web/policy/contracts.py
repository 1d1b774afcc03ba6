"""The contracts of an account: what it holds now, its history, and every change of it."""

from collections.abc import Callable
from datetime import date, datetime

from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from heliodesk.customers import access
from heliodesk.customers.models import Account
from heliodesk.entitlements import actions, packs, queries
from heliodesk.entitlements.contract_rules import Refused
from heliodesk.entitlements.models import SupportContract
from heliodesk.identity.rules import May
from heliodesk.kernel import clock
from heliodesk.web import openness
from heliodesk.web.access import PersonRequest, needs
from heliodesk.web.answer import page
from heliodesk.web.policy.matrix import matrix
from heliodesk.web.told import tell

_MOST_SELLERS = 500


def _ending(request: PersonRequest, account: Account, today: date) -> SupportContract | None:
    """The contract that runs out within a month and that nothing follows."""
    found = queries.ending(access.accounts_of(request.person).filter(pk=account.pk), today)
    return next((row for row in found if row.ends_on and row.ends_on > today), None)


@needs(May.SEE_CUSTOMERS)
def contracts(request: PersonRequest, account_id: int) -> HttpResponse:
    """Package, contracts and the matrix with the account's column marked."""
    return _shown(request, account_id)


def _shown(request: PersonRequest, account_id: int, *, trouble: str = "") -> HttpResponse:
    account, now = _account(request, account_id), clock.now()
    active = packs.active()
    rights = queries.rights_of(account.pk, now.date(), active)
    rows = queries.contracts_of(account.pk)
    pack = active.policy.pack
    return page(
        request,
        "policy/contracts.html",
        area="accounts",
        account=account,
        rights=rights,
        ending=_ending(request, account, now.date()),
        open_now=openness.of(rights.package, account.region, now),
        rows=[(row, _standing(row, now.date())) for row in rows],
        packages=[(p.code, p.label) for p in pack.packages if p.rank],
        sellers=[("", _("Nobody else"))] + [(str(a.pk), a.name) for a in _sellers(request)],
        matrix=matrix(pack, rights.package),
        today=now.date(),
        given=request.POST,
        may_edit=request.person.may(May.EDIT_CONTRACTS),
        trouble=trouble,
    )


@needs(May.EDIT_CONTRACTS)
@require_POST
def open_contract(request: PersonRequest, account_id: int) -> HttpResponse:
    """Give the account a package from a day to a day."""
    post = request.POST

    def do(at: datetime) -> None:
        actions.open_contract(
            _account(request, account_id),
            package=post.get("package", ""),
            starts_on=_date(post.get("starts_on", "")) or at.date(),
            ends_on=_date(post.get("ends_on", "")),
            seats=_number(post.get("seats", "")),
            grace_days=_number(post.get("grace_days", "")),
            notice_days=_number(post.get("notice_days", "")),
            sold_by=_seller(request, post.get("sold_by", "")),
            by=request.person.by,
            at=at,
        )

    return _done(request, account_id, do, _("Contract opened."))


@needs(May.EDIT_CONTRACTS)
@require_POST
def upgrade(request: PersonRequest, account_id: int, contract_id: int) -> HttpResponse:
    """A higher package from today."""
    row = _contract(request, account_id, contract_id)
    package = request.POST.get("package", "")
    return _done(
        request,
        account_id,
        lambda at: actions.upgrade(row, package=package, on=at.date(), by=request.person.by, at=at),
        _("Upgraded from today on."),
    )


@needs(May.EDIT_CONTRACTS)
@require_POST
def renew(request: PersonRequest, account_id: int, contract_id: int) -> HttpResponse:
    """What follows at the end of the contract."""
    row, post = _contract(request, account_id, contract_id), request.POST
    return _done(
        request,
        account_id,
        lambda at: actions.renew(
            row,
            package=post.get("package", ""),
            ends_on=_date(post.get("ends_on", "")),
            on=at.date(),
            by=request.person.by,
            at=at,
        ),
        _("Renewed."),
    )


@needs(May.EDIT_CONTRACTS)
@require_POST
def end(request: PersonRequest, account_id: int, contract_id: int) -> HttpResponse:
    """Set the first day without the package."""
    row, text = _contract(request, account_id, contract_id), request.POST.get("ends_on", "")

    def do(at: datetime) -> None:
        day = _date(text)
        if day is None:
            raise Refused(_("Choose the first day without the package."))
        actions.end(row, ends_on=day, by=request.person.by, at=at)

    return _done(request, account_id, do, _("The end is set."))


@needs(May.EDIT_CONTRACTS)
@require_POST
def withdraw(request: PersonRequest, account_id: int, contract_id: int) -> HttpResponse:
    """Take back a contract that has not begun."""
    row = _contract(request, account_id, contract_id)
    return _done(
        request,
        account_id,
        lambda at: actions.withdraw(row, on=at.date(), by=request.person.by, at=at),
        _("Taken back."),
    )


def _done(
    request: PersonRequest, account_id: int, do: Callable[[datetime], object], said: str
) -> HttpResponse:
    try:
        do(clock.now())
    except Refused as error:
        return _shown(request, account_id, trouble=str(error))
    tell(request, said)
    return redirect("account_contracts", account_id)


def _account(request: PersonRequest, account_id: int) -> Account:
    try:
        return access.get_account(request.person, account_id)
    except access.Hidden as error:
        raise Http404 from error


def _sellers(request: PersonRequest) -> list[Account]:
    """The partners who may have sold a contract."""
    partners = access.accounts_of(request.person).filter(is_partner=True)
    return list(partners.order_by("name", "pk")[:_MOST_SELLERS])


def _seller(request: PersonRequest, given: str) -> Account | None:
    found = [account for account in _sellers(request) if str(account.pk) == given]
    if given and not found:
        raise Refused(_("Choose a partner from the list."))
    return found[0] if found else None


def _contract(request: PersonRequest, account_id: int, contract_id: int) -> SupportContract:
    account = _account(request, account_id)
    try:
        return queries.contract_of(account.pk, contract_id)
    except queries.Missing as error:
        raise Http404 from error


def _standing(row: SupportContract, today: date) -> str:
    if row.starts_on > today:
        return "coming"
    return "running" if row.ends_on is None or row.ends_on > today else "over"


def _date(text: str) -> date | None:
    if not text.strip():
        return None
    try:
        return date.fromisoformat(text.strip())
    except ValueError as error:
        raise Refused(_("%(text)s is not a day.") % {"text": text}) from error


def _number(text: str) -> int | None:
    if not text.strip():
        return None
    if not (text.strip().isascii() and text.strip().isdigit()):
        raise Refused(_("%(text)s is not a whole number.") % {"text": text})
    return int(text)
