"""A contact's own sign-in: password, passkeys, codes of an app, and where they are signed in.

These pages are about the person and not about an account, so they read as the desk.
"""

import time

from allauth.account.internal.flows.login import get_authentication_records
from allauth.mfa.models import Authenticator
from django.contrib.auth import BACKEND_SESSION_KEY, login
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from heliodesk.identity import actions, ways_in
from heliodesk.identity.actions import Refused
from heliodesk.identity.models import User
from heliodesk.kernel import clock
from heliodesk.web.portal.door import CustomerRequest, as_desk, signed_in
from heliodesk.web.portal.frame import framed
from heliodesk.web.portal.refusals import in_words
from heliodesk.web.told import tell

HERE = "/support/security/"
#: Seconds after signing in by a mailed code in which a new password needs no old one.
_FRESH_SECONDS = 15 * 60


@signed_in
def security(request: CustomerRequest) -> HttpResponse:
    """How they sign in, and where they are signed in."""
    with as_desk():
        return _shown(request)


@signed_in
def password(request: CustomerRequest) -> HttpResponseBase:
    """Choose a password, or another: by the old one, or right after signing in by a code."""
    if request.method != "POST":
        return redirect(HERE)
    if request.customer.vouched:
        return redirect(HERE)
    with as_desk():
        user = _user(request)
        if not _may_set(request, user) and not user.check_password(request.POST.get("old", "")):
            trouble = _("That is not your password. Sign in by a mailed code to choose a new one.")
            return _shown(request, trouble=trouble)
        try:
            actions.set_password(
                user,
                password=request.POST.get("new", ""),
                by=request.customer.by,
                at=clock.now(),
            )
        except Refused as refusal:
            return _shown(request, trouble=in_words(refusal))
        _sign_in_again(request, user)
    tell(request, _("Your password is set. You are signed out everywhere else."))
    return redirect(HERE)


@signed_in
def end_session(request: CustomerRequest, id: int) -> HttpResponseBase:
    """Sign out one of their browsers."""
    if request.method == "POST":
        with as_desk():
            ways_in.end_session(request.customer.user_id, id)
        tell(request, _("That browser is signed out."))
    return redirect(HERE)


@signed_in
def end_others(request: CustomerRequest) -> HttpResponseBase:
    """Sign out every browser but this one."""
    if request.method == "POST":
        with as_desk():
            ways_in.end_others(request.customer.user_id, request.session.session_key)
        tell(request, _("You are signed out everywhere else."))
    return redirect(HERE)


def _shown(request: CustomerRequest, *, trouble: str = "") -> HttpResponse:
    user = _user(request)
    kinds, sessions = ways_in.kinds(user), ways_in.sessions(user)
    here = request.session.session_key
    return framed(
        request,
        "portal/security.html",
        area="security",
        has_password=user.has_usable_password(),
        fresh=_may_set(request, user),
        passkeys=kinds.count(Authenticator.Type.WEBAUTHN),
        app=Authenticator.Type.TOTP in kinds,
        codes=Authenticator.Type.RECOVERY_CODES in kinds,
        sessions=sorted(
            ((session, session.session_key == here, device(session.user_agent))
             for session in sessions),
            key=lambda row: (not row[1], -row[0].pk),
        ),
        first=request.GET.get("first") == "1",
        trouble=trouble,
    )  # fmt: skip


def _user(request: CustomerRequest) -> User:
    return ways_in.user_of(request.customer.user_id)


def _may_set(request: CustomerRequest, user: User) -> bool:
    """Whether a new password needs no old one: there is none, or a code proved them just now."""
    records = get_authentication_records(request, user)
    since = time.time() - _FRESH_SECONDS
    return not user.has_usable_password() or any(
        record["method"] == "code" and record["at"] > since for record in records
    )


def _sign_in_again(request: CustomerRequest, user: User) -> None:
    """Keep this browser signed in, with a session begun by the new password."""
    backend = request.session.get(BACKEND_SESSION_KEY)
    records = {key: value for key, value in request.session.items() if key.startswith("account_")}
    request.session.flush()
    login(request, user, backend=backend)
    request.session.update(records)
    request.session.save()
    ways_in.begun(request)


def device(agent: str) -> str:
    """A browser and its system in few words, as far as its name tells."""
    browser = next((name for mark, name in _BROWSERS if mark in agent), "")
    system = next((name for mark, name in _SYSTEMS if mark in agent), "")
    if browser and system:
        return _("%(browser)s on %(system)s") % {"browser": browser, "system": system}
    return browser or system or _("A browser")


_BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("Firefox", "Firefox"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
_SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS", "macOS"),
    ("Linux", "Linux"),
)
