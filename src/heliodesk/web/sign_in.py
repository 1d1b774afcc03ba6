"""Signing in with django-allauth: staff only, by e-mail address; the stock pages in our look."""

import ipaddress
import uuid
from collections.abc import Sequence
from typing import Any

import structlog
from allauth.account import views as account
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import get_authentication_records
from allauth.account.internal.stagekit import clear_login
from allauth.core import context as current
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as codes
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as webauthn
from allauth.usersessions import views as sessions
from django.conf import settings
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import path, re_path, reverse

from heliodesk.channels import outgoing
from heliodesk.channels.mailboxes import MailboxFacts, active_mailboxes
from heliodesk.channels.outgoing import OutboundDraft
from heliodesk.customers.signing_in import contact_of
from heliodesk.identity.rules import Role
from heliodesk.kernel import clock
from heliodesk.web.access import for_everybody, public
from heliodesk.web.answer import page
from heliodesk.web.peer import peer
from heliodesk.web.portal import dress
from heliodesk.web.portal.who import VOUCHED

log = structlog.get_logger()
#: Mails of this kind let people in: no list of sent mail may show them.
MAIL_KIND = "sign_in"


class StaffAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth is untyped
    """People of the desk are made by an administrator; nobody makes an account for themselves."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """The queue for people of the desk; for contacts the portal, first of all for whom."""
        if getattr(request.user, "role", "") == Role.CONTACT:
            return "/support/"
        return str(super().get_login_redirect_url(request))

    def pre_login(self, request: HttpRequest, user: Any, **kwargs: Any) -> HttpResponse | None:
        """Keep out contacts who are no contact of any account today, however they come."""
        response = super().pre_login(request, user, **kwargs)
        records = get_authentication_records(request, user)
        if not records or records[-1]["method"] != "socialaccount":
            request.session.pop(VOUCHED, None)
        if response or user.role != Role.CONTACT or contact_of(user, clock.now().date()):
            return response  # type: ignore[no-any-return]  # allauth is untyped
        clear_login(request)
        return redirect("/support/sign-in/")

    def get_client_ip(self, request: HttpRequest) -> str:
        """Who asks, past our own proxies; limits a network address count for theirs."""
        try:
            return str(ipaddress.ip_address(peer(request)))
        except ValueError:
            return str(super().get_client_ip(request))

    def is_safe_url(self, url: str | None) -> bool:
        """Only addresses within the desk: a path, never another host."""
        return bool(url) and str(url).startswith("/") and not str(url).startswith(("//", "/\\"))

    def get_reset_password_from_key_url(self, key: str) -> str:
        """The link to a new password, on the desk's own address whatever the request says."""
        uid, _, token = key.partition("-")
        path = reverse("account_reset_password_from_key", kwargs={"uidb36": uid, "key": token})
        return f"{settings.BASE_URL}{path}"

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Send a mail about signing in. None is made while mail is only captured, since everybody
        who reads captured mail could follow its link."""
        boxes = active_mailboxes()
        if settings.MAIL_OUTBOUND == "capture" or not boxes:
            log.warning("sign_in.mail_not_sent", kind=template_prefix)
            return
        mail = self.render_mail(template_prefix, email, {"email": email, **context})
        user = context.get("user")
        box = _sender(user, boxes)
        draft = OutboundDraft(
            key=f"sign_in:{uuid.uuid4().hex}",
            mailbox_id=box.id,
            kind=MAIL_KIND,
            subject_kind="user",
            subject_id=user.pk if user else 0,
            automatic=True,
            to=[email],
            from_address=box.address,
            from_name=box.name,
            subject=str(mail.subject),
            text=str(mail.body),
            message_id=f"<{uuid.uuid4().hex}@{box.address.rpartition('@')[2]}>",
        )
        with transaction.atomic():
            outgoing.write([draft], at=clock.now())

    def add_message(self, request: HttpRequest, level: int, *args: Any, **kwargs: Any) -> None:
        """Say nothing on signing in and out; what changed the account is said."""
        template = args[0] if args else kwargs.get("message_template")
        if template not in {"account/messages/logged_in.txt", "account/messages/logged_out.txt"}:
            super().add_message(request, level, *args, **kwargs)


@public
def forgotten(request: HttpRequest) -> HttpResponseBase:
    """Ask for a link to a new password; where no mail is sent, say who can help instead. Contacts
    choose a new one in the portal, after a mailed code."""
    if getattr(request.user, "role", "") == Role.CONTACT:
        return redirect("portal_security")
    if settings.MAIL_OUTBOUND == "capture":
        return page(request, "public/forgotten.html")
    return account.password_reset(request)  # type: ignore[no-any-return]  # allauth is untyped


def _sender(user: Any, boxes: Sequence[MailboxFacts]) -> MailboxFacts:
    """Who writes about signing in: the desk's first mailbox, to a contact that of their brand."""
    if not user or user.role != Role.CONTACT:
        return boxes[0]
    own = dress.brand_of_user(user, current.request).mailbox_id
    return next((box for box in boxes if box.id == own), boxes[0])


class FactorAdapter(DefaultMFAAdapter):  # type: ignore[misc] # allauth has no types
    """Names the desk, or the brand of a contact, in authenticator apps and to passkeys."""

    def get_totp_issuer(self) -> str:
        return self._get_site_name()

    def _get_site_name(self) -> str:
        brand = dress.brand_of(current.request)
        return brand.support if brand else str(settings.MFA_TOTP_ISSUER)


@public
def sign_out(request: HttpRequest) -> HttpResponseBase:
    """Sign out; a contact who turns back at the second factor is led to the portal's door."""
    turned_back = request.method == "POST" and dress.half_way_in(request)
    response: HttpResponseBase = account.logout(request)
    return redirect("portal_sign_in") if turned_back else response


class PasskeySignIn(webauthn.LoginWebAuthnView):  # type: ignore[misc]  # allauth is untyped
    """Signing in by a passkey alone; one that nobody knows leads back to where it was tried."""

    def form_invalid(self, form: Any) -> HttpResponse:
        response = super().form_invalid(form)
        side = self.request.GET.get("from")
        return redirect("/support/sign-in/") if side == "support" else response


@public
def nothing_here(request: HttpRequest, **_: Any) -> HttpResponse:
    """What allauth wants an address for and the desk does not offer."""
    raise Http404


urlpatterns = [
    path("sign-in/", public(account.login), name="account_login"),
    path("sign-in/code/", public(mfa.authenticate), name="mfa_authenticate"),
    path("sign-in/passkey/", public(PasskeySignIn.as_view()), name="mfa_login_webauthn"),
    path("sign-in/inactive/", public(account.account_inactive), name="account_inactive"),
    path("sign-in/new/", nothing_here, name="account_signup"),
    path("sign-out/", sign_out, name="account_logout"),
    path("password/forgotten/", forgotten, name="account_reset_password"),
    path(
        "password/forgotten/sent/",
        public(account.password_reset_done),
        name="account_reset_password_done",
    ),
    re_path(
        r"^password/new/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        public(account.password_reset_from_key),
        name="account_reset_password_from_key",
    ),
    path(
        "password/new/done/",
        public(account.password_reset_from_key_done),
        name="account_reset_password_from_key_done",
    ),
    path("me/password/", for_everybody(account.password_change), name="account_change_password"),
    path("me/password/first/", for_everybody(account.password_set), name="account_set_password"),
    path("me/email/", nothing_here, name="account_email"),
    path("me/again/", for_everybody(account.reauthenticate), name="account_reauthenticate"),
    path("me/again/code/", for_everybody(mfa.reauthenticate), name="mfa_reauthenticate"),
    path(
        "me/again/key/",
        for_everybody(webauthn.reauthenticate_webauthn),
        name="mfa_reauthenticate_webauthn",
    ),
    path("me/security/", for_everybody(mfa.index), name="mfa_index"),
    path("me/security/app/", for_everybody(totp.activate_totp), name="mfa_activate_totp"),
    path("me/security/app/off/", for_everybody(totp.deactivate_totp), name="mfa_deactivate_totp"),
    path(
        "me/security/codes/",
        for_everybody(codes.view_recovery_codes),
        name="mfa_view_recovery_codes",
    ),
    path(
        "me/security/codes/new/",
        for_everybody(codes.generate_recovery_codes),
        name="mfa_generate_recovery_codes",
    ),
    path(
        "me/security/codes/file/",
        for_everybody(codes.download_recovery_codes),
        name="mfa_download_recovery_codes",
    ),
    path("me/security/keys/", for_everybody(webauthn.list_webauthn), name="mfa_list_webauthn"),
    path("me/security/keys/add/", for_everybody(webauthn.add_webauthn), name="mfa_add_webauthn"),
    path(
        "me/security/keys/<int:pk>/",
        for_everybody(webauthn.edit_webauthn),
        name="mfa_edit_webauthn",
    ),
    path(
        "me/security/keys/<int:pk>/off/",
        for_everybody(webauthn.remove_webauthn),
        name="mfa_remove_webauthn",
    ),
    path("me/sessions/", for_everybody(sessions.list_usersessions), name="usersessions_list"),
]
