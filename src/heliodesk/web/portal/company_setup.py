"""Where an account's administrators set up their company's own sign-in."""

from django.conf import settings
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from heliodesk.customers import actions, portal
from heliodesk.customers.rules import Refused, SignInKind
from heliodesk.kernel import clock
from heliodesk.web.portal import who
from heliodesk.web.portal.door import CustomerRequest, account_admin, as_desk
from heliodesk.web.portal.frame import framed
from heliodesk.web.portal.refusals import in_words
from heliodesk.web.told import tell

HERE = "/support/contacts/company/"


@account_admin
def setup(request: CustomerRequest) -> HttpResponseBase:
    """Show, set up and change it."""
    if request.method != "POST":
        return _shown(request)
    post = {name: str(value) for name, value in request.POST.items()}
    try:
        with as_desk():
            _refuse_locking_out(request, required=bool(post.get("required")))
            actions.set_company_sign_in(
                portal.account_of(request.customer),
                kind=SignInKind(post["kind"]) if post.get("kind") in _KINDS else SignInKind.OIDC,
                given=post,
                required=bool(post.get("required")),
                by=request.customer.by,
                at=clock.now(),
            )
    except Refused as refusal:
        return _shown(request, trouble=in_words(refusal), status=409)
    tell(request, _("Your company’s sign-in is set up. Try it in another browser."))
    return redirect(HERE)


@account_admin
def drop(request: CustomerRequest) -> HttpResponseBase:
    """Switch it off."""
    if request.method == "POST":
        with as_desk():
            account = portal.account_of(request.customer)
            actions.drop_company_sign_in(account, by=request.customer.by, at=clock.now())
        tell(request, _("Your company’s sign-in is switched off."))
    return redirect(HERE)


_KINDS = {kind.value for kind in SignInKind}


def _refuse_locking_out(request: CustomerRequest, *, required: bool) -> None:
    """Only somebody who came in by the company's sign-in may ask that all do: it works then."""
    came_by_it = request.session.get(who.VOUCHED) == request.customer.account_id
    if required and not came_by_it:
        raise Refused(_("Sign in by your company’s sign-in once before you make it the only way."))


def _shown(request: CustomerRequest, *, trouble: str = "", status: int = 200) -> HttpResponse:
    with as_desk():
        row = portal.company_sign_in_of(request.customer)
        vouched = request.session.get(who.VOUCHED) == request.customer.account_id
    slug = row.slug if row else ""
    oidc = row is None or row.kind == SignInKind.OIDC
    kind = request.POST.get("kind") or request.GET.get("kind") or (row.kind if row else "oidc")
    return framed(
        request,
        "portal/company_setup.html",
        area="contacts",
        status=status,
        row=row,
        kind=kind if kind in _KINDS else "oidc",
        given=request.POST or (row.settings if row else {}),
        trouble=trouble,
        vouched=vouched,
        start=f"{settings.BASE_URL}/support/sso/{slug}/",
        callback=_absolute("openid_connect_callback", slug) if row and oidc else "",
        acs=_absolute("saml_acs", slug) if row and not oidc else "",
        metadata=_absolute("saml_metadata", slug) if row and not oidc else "",
    )


def _absolute(name: str, slug: str) -> str:
    return f"{settings.BASE_URL}{reverse(name, args=[slug])}"
