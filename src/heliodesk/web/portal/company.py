"""Signing in by the company's own identity provider: OpenID Connect or SAML, one an account.

A provider vouches for e-mail addresses of contacts of its own account, and for that account only:
whoever signs in by it acts at that account (and the customers it manages), whatever other
accounts they belong to. Nobody becomes a contact by it; the account's administrators decide that.
"""

import ipaddress
import socket
from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlsplit

import requests
import structlog
from allauth.account.adapter import get_adapter as get_account_adapter
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialApp, SocialLogin
from allauth.socialaccount.providers.base.constants import AuthError
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from requests.adapters import HTTPAdapter

from heliodesk.customers import portal
from heliodesk.customers.models import CompanySignIn
from heliodesk.customers.rules import SignInKind, domain_of
from heliodesk.customers.signing_in import contact_at_account
from heliodesk.kernel import clock
from heliodesk.kernel.sealing import unseal
from heliodesk.web.access import public
from heliodesk.web.portal import brand, sign_in
from heliodesk.web.portal.frame import framed

log = structlog.get_logger()


class CompanyAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]  # allauth is untyped
    """Takes providers from the accounts, and people from their contacts."""

    def list_apps(
        self, request: HttpRequest, provider: str | None = None, client_id: str | None = None
    ) -> list[SocialApp]:
        """The provider that this address names, as allauth wants it."""
        row = portal.company_sign_in(client_id or provider or "")
        return [_app(row)] if row else []

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Let the contact in for whom the provider vouches, or say why not."""
        raise ImmediateHttpResponse(_vouched(request, sociallogin))

    def on_authentication_error(
        self, request: HttpRequest, provider: Any, *, error: str = "", **_kw: Any
    ) -> None:
        """The provider said no, or something that nobody may believe."""
        if error == AuthError.CANCELLED:
            raise ImmediateHttpResponse(redirect("socialaccount_login_cancelled"))
        log.warning("company_sign_in.refused", provider=provider.app.provider_id, error=error)
        text = _("Your company’s sign-in did not let you in. Try again, or use a code by e-mail.")
        raise ImmediateHttpResponse(sign_in.asked(request, trouble=text))

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        return False

    def get_requests_session(self) -> requests.Session:
        """Asks providers in the world, never something within the desk's own network."""
        session = super().get_requests_session()
        if not settings.COMPANY_SIGN_IN_INSIDE:
            session.mount("https://", OutsideOnly())
            session.mount("http://", OutsideOnly())
        return session  # type: ignore[no-any-return]  # allauth is untyped


class OutsideOnly(HTTPAdapter):
    """Refuses to ask an address that is not of the public internet."""

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> Any:
        parts = urlsplit(request.url or "")
        found = socket.getaddrinfo(parts.hostname, parts.port or 443, type=socket.SOCK_STREAM)
        if not all(ipaddress.ip_address(info[4][0]).is_global for info in found):
            raise requests.ConnectionError("an identity provider must be on the public internet")
        return super().send(request, *args, **kwargs)


def _app(row: CompanySignIn) -> SocialApp:
    if row.kind == SignInKind.OIDC:
        keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
        return SocialApp(
            provider="openid_connect",
            provider_id=row.slug,
            name=row.account.name,
            client_id=row.settings["client_id"],
            secret=unseal(row.secret, keys),
            settings={"server_url": row.settings["server_url"], "oauth_pkce_enabled": True},
        )
    return SocialApp(
        provider="saml",
        provider_id=row.slug,
        name=row.account.name,
        client_id=row.slug,
        settings={
            "idp": row.settings,
            "attribute_mapping": _ATTRIBUTES,
            "advanced": {
                "want_assertion_signed": True,
                "want_attribute_statement": False,
                "want_name_id": True,
                "reject_idp_initiated_sso": True,
                "allow_single_label_domains": settings.COMPANY_SIGN_IN_INSIDE,
            },
        },
    )


#: What identity providers call an e-mail address.
_ATTRIBUTES = {
    "email": [
        "email",
        "mail",
        "emailaddress",
        "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress",
        "urn:oid:0.9.2342.19200300.100.1.3",
    ]
}


def _vouched(request: HttpRequest, sociallogin: SocialLogin) -> HttpResponseBase:
    """The answer to a provider's word: signed in, or the sign-in page with the reason."""
    app = sociallogin.provider.app
    row = portal.company_sign_in(app.provider_id)
    email, sure = _address(sociallogin)
    day = clock.now().date()
    contact = contact_at_account(email, row.account_id, day) if row and sure else None
    if row is None or contact is None:
        text = _("Your company knows you, but you are not one of its support contacts yet. "
                 "Ask one of your account administrators to invite %(email)s.")  # fmt: skip
        return sign_in.asked(request, trouble=text % {"email": email or "…"})
    if request.user.is_authenticated:
        get_account_adapter(request).logout(request)
    leads_to = str(sociallogin.state.get("next") or "")
    return sign_in.let_in(
        request, contact, "socialaccount", leads_to=leads_to, email=email, vouched=row.account_id
    )


def _address(sociallogin: SocialLogin) -> tuple[str, bool]:
    """The e-mail address of a provider's word, and whether it stands by it."""
    data = sociallogin.account.extra_data or {}
    claims = {**(data.get("id_token") or {}), **(data.get("userinfo") or {})}
    fields = sociallogin.user.email or ""
    email = str(claims.get("email") or fields or "").strip().lower()
    return email, "@" in email and claims.get("email_verified") is not False


def at_home(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """A public view of allauth, told the desk's own address, whatever the request's Host says:
    providers compare it with the one they were given."""

    @wraps(view)
    def told(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        home = urlsplit(settings.BASE_URL)
        request.META["HTTP_HOST"] = home.netloc
        request.META["wsgi.url_scheme"] = home.scheme
        try:
            return view(request, *args, **kwargs)
        except requests.RequestException as error:
            log.warning("company_sign_in.unreachable", error=str(error)[:200])
            text = _("Your company’s sign-in cannot be reached. Use a code by e-mail meanwhile.")
            return sign_in.asked(request, trouble=text)

    return public(told)


@public
def company(request: HttpRequest) -> HttpResponseBase:
    """Ask for the work address, and find its company's sign-in by the domain."""
    if request.method != "POST":
        return framed(
            request, "portal/company.html", area="sign-in", leads_to=sign_in.wanted(request)
        )
    email = request.POST.get("email", "").strip()
    row = portal.company_sign_in_for(domain_of(email))
    if row is None:
        return framed(
            request,
            "portal/company.html",
            area="sign-in",
            email=email,
            trouble=_("Nobody set up a company sign-in for this address. Use a code by e-mail."),
            leads_to=sign_in.wanted(request),
        )
    leads_to = sign_in.wanted(request)
    return redirect(f"/support/sso/{row.slug}/" + (f"?next={leads_to}" if leads_to else ""))


@public
def go(request: HttpRequest, slug: str) -> HttpResponseBase:
    """The step before leaving for the provider: says where it leads. Administrators may hand
    out this address."""
    row = portal.company_sign_in(slug)
    if row is None:
        raise Http404
    oidc = row.kind == SignInKind.OIDC
    name = "openid_connect_login" if oidc else "saml_login"
    server = row.settings["server_url"] if oidc else row.settings["sso_url"]
    leads_to = sign_in.wanted(request)
    return framed(
        request,
        "portal/company_go.html",
        area="sign-in",
        brand=brand.of_region(row.account.region, offshore=row.account.offshore),
        server=urlsplit(server).netloc,
        address=settings.BASE_URL
        + reverse(name, args=[slug])
        + (f"?next={leads_to}" if leads_to else ""),
    )
