"""How contacts sign in: by password, a mailed code or link, a passkey, or their company's sign-in.

Whoever asks is told the same, by the same work, whether or not anybody here has the address.
"""

from datetime import datetime
from urllib.parse import quote

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login import (
    perform_login,
    perform_password_login,
    record_authentication,
)
from allauth.account.models import Login
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from heliodesk.customers import actions
from heliodesk.customers.models import Contact
from heliodesk.customers.rules import Refused
from heliodesk.customers.signing_in import contact_at, who_may
from heliodesk.identity import mailed_codes
from heliodesk.identity.rules import Role
from heliodesk.kernel import clock
from heliodesk.web import people
from heliodesk.web.access import public
from heliodesk.web.portal import applies, endpoint, letters, who
from heliodesk.web.portal.applies import Number
from heliodesk.web.portal.frame import framed
from heliodesk.web.portal.refusals import in_words

HOME = "/support/"
SIGN_IN = "/support/sign-in/"
CODE = "/support/sign-in/code/"
#: Where the session keeps which mailed code this browser waits for.
_WAITING = "portal_code"


@public
def sign_in(request: HttpRequest) -> HttpResponseBase:
    """The page that asks who you are; a password is tried here."""
    if request.method != "POST":
        key = request.COOKIES.get(settings.SESSION_COOKIE_NAME, "")
        if who.of_session(key, clock.now()):
            return redirect(wanted(request) or HOME)
        person = people.of_session(key, clock.now())
        if person and person.role is Role.CONTACT:
            return asked(request, trouble=_("Your company asks you to use its own sign-in."))
        return asked(request)
    email = request.POST.get("email", "").strip()
    if request.POST.get("how") == "code" or not request.POST.get("password"):
        return _mail(request, email)
    return _by_password(request, email, request.POST["password"])


def asked(request: HttpRequest, *, trouble: str = "", email: str = "") -> HttpResponse:
    return framed(
        request,
        "portal/sign_in.html",
        area="sign-in",
        next=wanted(request),
        email=email,
        trouble=trouble,
        numbers=numbers(request),
        status=200,
    )


def numbers(request: HttpRequest) -> tuple[Number, ...]:
    """Whom to call when mail is down: the numbers of the visitor's region."""
    policy = applies.in_force()
    if policy is None:
        return ()
    return applies.numbers_of(policy.place(endpoint.region_of(request, policy)).region)


def _by_password(request: HttpRequest, email: str, password: str) -> HttpResponseBase:
    """Try a password; a wrong one, an unknown address and somebody who left are all the same."""
    at = clock.now()
    contact = contact_at(email, at.date())
    known = contact.user.email if contact and contact.user else email
    adapter = get_adapter()
    wrong = _("That does not match. Try again, or have a code sent to you by e-mail.")
    try:
        user = adapter.authenticate(request, email=known, password=password)
    except ValidationError as error:
        return asked(request, trouble=" ".join(error.messages), email=email)
    if user is None or not user.is_active:
        return asked(request, trouble=wrong, email=email)
    if user.role == Role.CONTACT and (contact is None or contact.user_id != user.pk):
        return asked(request, trouble=wrong, email=email)
    remember_voucher(request, None)
    login = Login(user=user, email=known, redirect_url=wanted(request) or None)
    return perform_password_login(request, {"email": known}, login)  # type: ignore[no-any-return]  # allauth is untyped


def _mail(request: HttpRequest, email: str) -> HttpResponseBase:
    """Mail a code, and wait for it; for an address that nobody has the page is the same."""
    if "@" not in email or len(email) > 254:
        return asked(request, trouble=_("Type the e-mail address you work with."), email=email)
    at = clock.now()
    contact = contact_at(email, at.date())
    token = send_code(request, email.lower(), contact, leads_to=wanted(request), at=at)
    request.session[_WAITING] = {"token": token, "email": email}
    return redirect(CODE)


def send_code(
    request: HttpRequest, email: str, contact: Contact | None, *, leads_to: str, at: datetime
) -> str:
    """Mail a code and a link to an address; returns what the request is known by."""
    ip = get_adapter().get_client_ip(request)
    with transaction.atomic():
        try:
            mailed = mailed_codes.ask(
                address=email,
                contact_id=contact.pk if contact else None,
                leads_to=leads_to,
                ip=ip,
                at=at,
            )
        except mailed_codes.TooMany:
            return ""
        brand = endpoint.brand_of_contact(contact.pk if contact else 0, request)
        language = get_language() or "en"
        letters.mail_code(email, contact, mailed, brand=brand, language=language, at=at)
    return mailed.token


@public
def code(request: HttpRequest) -> HttpResponseBase:
    """The page that waits for the mailed code."""
    waiting = request.session.get(_WAITING)
    if not waiting:
        return redirect(SIGN_IN)
    trouble = ""
    if request.method == "POST":
        row = mailed_codes.by_code(waiting["token"], request.POST.get("code", ""), at=clock.now())
        contact = _still(row.contact_id) if row else None
        if row and contact:
            del request.session[_WAITING]
            return let_in(request, contact, "code", leads_to=row.leads_to, email=row.address)
        trouble = _("This code is wrong, used or too old. Look again, or ask for a new one.")
    return framed(
        request, "portal/code.html", area="sign-in", email=waiting["email"], trouble=trouble
    )


@public
def link(request: HttpRequest, token: str, secret: str) -> HttpResponseBase:
    """What a mailed link opens: a page with one button, so that mail scanners sign nobody in."""
    at = clock.now()
    row = mailed_codes.good_link(token, secret, at=at)
    contact = _still(row.contact_id) if row else None
    if row is None or contact is None:
        return framed(request, "portal/link.html", area="sign-in", status=410, contact=None)
    if request.method == "POST" and mailed_codes.by_link(token, secret, at=at):
        return let_in(request, contact, "code", leads_to=row.leads_to, email=row.address)
    brand = endpoint.brand_of_contact(contact.pk, request)
    return framed(request, "portal/link.html", area="sign-in", brand=brand, contact=contact)


def let_in(
    request: HttpRequest,
    contact: Contact,
    method: str,
    *,
    leads_to: str = "",
    email: str = "",
    vouched: int | None = None,
) -> HttpResponseBase:
    """Sign a contact in who proved to be themselves; a second factor is still asked for.

    Args:
        vouched: the account whose identity provider vouches for them, when one does.
    """
    try:
        user = actions.give_sign_in(contact, at=clock.now())
    except Refused as refusal:
        return asked(request, trouble=in_words(refusal), email=email)
    remember_voucher(request, vouched)
    record_authentication(request, user, method=method, email=email or None)
    login = Login(user=user, email=email or user.email, redirect_url=safe(leads_to) or None)
    return perform_login(request, login)  # type: ignore[no-any-return]  # allauth is untyped


@public
def cancelled(request: HttpRequest) -> HttpResponseBase:
    """Somebody turned back at their company's sign-in."""
    return asked(request, trouble=_("You turned back. Try again, or use a code by e-mail."))


@public
def sign_out(request: HttpRequest) -> HttpResponseBase:
    """Sign this browser out and say so on the sign-in page."""
    if request.method != "POST":
        return redirect(HOME)
    get_adapter().logout(request)
    return redirect(SIGN_IN)


def remember_voucher(request: HttpRequest, account_id: int | None) -> None:
    """Keep with the session which account's provider vouched for it, or that none did."""
    if account_id is None:
        request.session.pop(who.VOUCHED, None)
    else:
        request.session[who.VOUCHED] = account_id


def _still(contact_id: int | None) -> Contact | None:
    """The contact, if they may still sign in."""
    return who_may(clock.now().date()).filter(pk=contact_id).first() if contact_id else None


def wanted(request: HttpRequest) -> str:
    """Where the browser wanted to go, if that is a page of the portal."""
    return safe(request.POST.get("next") or request.GET.get("next") or "")


def safe(address: str) -> str:
    """The address when it is a path within the portal, else nothing."""
    good = address.startswith(HOME) and not address.startswith(SIGN_IN) and "\\" not in address
    return address if good else ""


def sign_in_for(address: str) -> str:
    """The address of the sign-in page that leads on to ``address``."""
    return f"{SIGN_IN}?next={quote(address)}"
