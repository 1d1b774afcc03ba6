"""Who may act for the account as its partner: granted and withdrawn by the customer."""

from django.http import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from heliodesk.customers import actions, portal
from heliodesk.customers.models import Account
from heliodesk.customers.rules import Refused, RelationKind
from heliodesk.kernel import clock
from heliodesk.web.portal.contacts import HERE, shown
from heliodesk.web.portal.door import CustomerRequest, account_admin, as_desk
from heliodesk.web.portal.refusals import in_words
from heliodesk.web.told import tell


@account_admin
def grant(request: CustomerRequest) -> HttpResponseBase:
    """Let a partner, named by its account ID, act for the account from today on."""
    if request.method != "POST":
        return redirect(HERE)
    customer, at = request.customer, clock.now()
    try:
        with as_desk():
            partner = _partner(request.POST.get("identifier", ""))
            actions.relate_partner(
                partner,
                portal.account_of(customer),
                kind=_kind(request.POST.get("kind", "")),
                granted_by=customer.name,
                by=customer.by,
                at=at,
            )
    except Refused as refusal:
        return shown(request, trouble=in_words(refusal), failed="partner", status=409)
    tell(request, _("%(name)s may act for you now.") % {"name": partner.name})
    return redirect(HERE)


@account_admin
def end(request: CustomerRequest, id: int) -> HttpResponseBase:
    """Withdraw a partner's right, from this moment on."""
    if request.method != "POST":
        return redirect(HERE)
    with as_desk():
        row = portal.partnership_here(request.customer, id, clock.now().date())
        if row:
            actions.end_partner(row, by=request.customer.by, at=clock.now())
            tell(request, _("The partner can no longer act for you."))
    return redirect(HERE)


def _partner(identifier: str) -> Account:
    """The partner with this ID; an account that is none is not told apart from an unknown ID."""
    found = portal.partner_with(identifier, clock.now().date())
    if found is None:
        raise Refused(_("No partner has this ID. Ask them for the ID of their own account."))
    return found


def _kind(text: str) -> RelationKind:
    return RelationKind(text) if text in {kind.value for kind in RelationKind} else RelationKind.MSP
