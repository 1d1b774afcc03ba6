"""Who may act for the account as its partner: granted and withdrawn by the customer."""

from django.db.models import Q
from django.http import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from heliodesk.customers import actions
from heliodesk.customers.models import Account, AccountIdentifier, Partnership
from heliodesk.customers.rules import Refused, RelationKind, normal_identifier
from heliodesk.kernel import clock
from heliodesk.web.portal.contacts import HERE, shown
from heliodesk.web.portal.door import CustomerRequest, account_admin, as_desk
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
                Account.objects.get(pk=customer.account_id),
                kind=_kind(request.POST.get("kind", "")),
                granted_by=customer.name,
                by=customer.by,
                at=at,
            )
    except Refused as refusal:
        return shown(request, trouble=str(refusal), failed="partner", status=409)
    tell(request, _("%(name)s may act for you now.") % {"name": partner.name})
    return redirect(HERE)


@account_admin
def end(request: CustomerRequest, id: int) -> HttpResponseBase:
    """Withdraw a partner's right, from this moment on."""
    if request.method != "POST":
        return redirect(HERE)
    with as_desk():
        day = clock.now().date()
        rows = Partnership.objects.filter(pk=id, customer=request.customer.account_id)
        for row in rows.filter(Q(valid_to__isnull=True) | Q(valid_to__gt=day)):
            actions.end_partner(row, by=request.customer.by, at=clock.now())
            tell(request, _("The partner can no longer act for you."))
    return redirect(HERE)


def _partner(identifier: str) -> Account:
    """The partner with this ID; an account that is none is not told apart from an unknown ID."""
    day = clock.now().date()
    found = (
        AccountIdentifier.objects.filter(
            Q(valid_to__isnull=True) | Q(valid_to__gt=day),
            value=normal_identifier(identifier),
            valid_from__lte=day,
            account__is_partner=True,
        )
        .select_related("account")
        .first()
    )
    if found is None:
        raise Refused(_("No partner has this ID. Ask them for the ID of their own account."))
    return found.account


def _kind(text: str) -> RelationKind:
    return RelationKind(text) if text in {kind.value for kind in RelationKind} else RelationKind.MSP
