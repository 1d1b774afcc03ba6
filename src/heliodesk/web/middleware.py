"""What every request passes: an id, the content policy, and the question who is asking."""

import re
import uuid
from collections.abc import Callable
from typing import Any
from urllib.parse import quote, urlsplit

import structlog
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import get_language_from_request

from heliodesk.identity.rules import Role
from heliodesk.kernel import clock, once
from heliodesk.web import people, translation
from heliodesk.web.access import CONTACTS_ONLY, DESK_ONLY, SIGNED_IN, TOKEN, is_public, needed
from heliodesk.web.portal import door, who
from heliodesk.web.told import tell

Handler = Callable[[HttpRequest], HttpResponseBase]
#: Where contacts sign in, and where they arrive.
PORTAL_SIGN_IN = "/support/sign-in/"
_HOME = "/support/"
_LANGUAGES = frozenset(code for code, _ in settings.LANGUAGES)
_GIVEN_ID = re.compile(r"[\w.-]{8,64}", re.ASCII)


def request_id(get_response: Handler) -> Handler:
    """Give each request an id: in every log line and in the answer's ``X-Request-ID``."""

    def handle(request: HttpRequest) -> HttpResponseBase:
        given = request.headers.get("X-Request-ID", "")
        request.id = given if _GIVEN_ID.fullmatch(given) else uuid.uuid4().hex  # type: ignore[attr-defined]  # ours
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=request.id)  # type: ignore[attr-defined]  # ours
        with once.during():
            response = get_response(request)
        response["X-Request-ID"] = request.id  # type: ignore[attr-defined]  # ours
        return response

    return handle


def content_policy(get_response: Handler) -> Handler:
    """Tell browsers to load and run only what the desk itself serves."""
    live = urlsplit(settings.LIVE_URL)
    policy = "; ".join(
        [
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            "img-src 'self' data:",
            "font-src 'self'",
            f"connect-src 'self' {live.scheme}://{live.netloc}",
            "frame-src 'self'",
            "form-action 'self'",
            "base-uri 'none'",
            "frame-ancestors 'none'",
        ]
    )

    def handle(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        if "Content-Security-Policy" not in response:
            response["Content-Security-Policy"] = policy
        return response

    return handle


def storable(get_response: Handler) -> Handler:
    """Drop NUL from what is asked and posted: no browser means it, and PostgreSQL keeps none.

    Views that read a body themselves (no form of ours) are left alone.
    """

    def handle(request: HttpRequest) -> HttpResponseBase:
        if "\0" in request.path:
            raise Http404
        if "%00" in request.META.get("QUERY_STRING", ""):
            request.GET = _without_nul(request.GET)  # type: ignore[assignment]  # Django allows it
        return get_response(request)

    def process_view(
        request: HttpRequest, view: Any, _args: Any, _kwargs: Any
    ) -> HttpResponseBase | None:
        posted = request.method == "POST" and not getattr(view, "csrf_exempt", False)
        if posted and any("\0" in text for _, texts in request.POST.lists() for text in texts):
            request.POST = _without_nul(request.POST)  # type: ignore[assignment]  # Django allows it
        return None

    handle.process_view = process_view  # type: ignore[attr-defined]  # ours
    return handle


def _without_nul(given: QueryDict) -> QueryDict:
    """A copy that can be stored."""
    clean = QueryDict(mutable=True)
    for name, texts in given.lists():
        clean.setlist(name, [text.replace("\0", "") for text in texts])
    return clean


def signed_in(get_response: Handler) -> Handler:
    """Let only signed-in people in, unless a view is marked public; sets ``request.person``."""

    def handle(request: HttpRequest) -> HttpResponseBase:
        return get_response(request)

    def process_view(
        request: HttpRequest, view: Any, _args: Any, _kwargs: Any
    ) -> HttpResponseBase | None:
        translation.begin()
        if is_public(view) or needed(view) == TOKEN:
            return None
        if needed(view) != door.ACCESS:
            translation.begin(settings.LANGUAGE_CODE)  # the desk's own pages speak one language
        key = request.COOKIES.get(settings.SESSION_COOKIE_NAME, "")
        if needed(view) == door.ACCESS:
            return _let_customer_in(request, key)
        at = clock.now()
        # Before the page reads anything: what happens from now on is news to it.
        request.asked_at = f"{at.timestamp():.3f}"  # type: ignore[attr-defined] # ours
        person = people.of_session(key, at) if key else None
        if person and person.role is Role.CONTACT:
            return _send_contact(request, view, key)
        if person is None:
            return _to_sign_in(request, settings.LOGIN_URL)
        request.person = person  # type: ignore[attr-defined]  # ours
        structlog.contextvars.bind_contextvars(person=person.id)
        if person.owes_factor and needed(view) != SIGNED_IN:
            return _to_set_up_factor(request)
        return None

    handle.process_view = process_view  # type: ignore[attr-defined]  # ours
    return handle


def _let_customer_in(request: HttpRequest, key: str) -> HttpResponseBase | None:
    """Set ``request.customer`` for a page of the portal; people of the desk are refused."""
    at = clock.now()
    chosen = request.COOKIES.get(who.CHOSEN, "")
    customer = who.of_session(key, at, chosen) if key else None
    if customer is None:
        person = people.of_session(key, at) if key else None
        if person and person.role is not Role.CONTACT:
            raise PermissionDenied(CONTACTS_ONLY)
        return _to_sign_in(request, PORTAL_SIGN_IN)
    request.customer = customer  # type: ignore[attr-defined]  # ours
    if customer.language in _LANGUAGES and settings.LANGUAGE_COOKIE_NAME not in request.COOKIES:
        translation.begin(customer.language)
    structlog.contextvars.bind_contextvars(contact=customer.contact_id)
    return None


def _send_contact(request: HttpRequest, view: Any, key: str) -> HttpResponseBase | None:
    """A contact on a page of the desk: refused, unless it is about their own sign-in."""
    if needed(view) != SIGNED_IN:
        raise PermissionDenied(DESK_ONLY)
    translation.begin(get_language_from_request(request))
    refused = _let_customer_in(request, key)
    own = request.path == reverse("usersessions_list")  # contacts have a page of their own for it
    if refused is None and (own or request.customer.vouched):  # type: ignore[attr-defined]  # ours
        return redirect("/support/security/")
    return refused


def _to_set_up_factor(request: HttpRequest) -> HttpResponseBase:
    """Let somebody whose role asks for a second factor do nothing before they have one."""
    address = reverse("mfa_index")
    if request.headers.get("HX-Request"):
        return HttpResponse(status=401, headers={"HX-Redirect": address})
    tell(
        request,
        translation.translated(
            "Your role asks for a second proof that it is you. "
            "Set up an app or a passkey here; then the desk is open to you."
        ),
    )
    return redirect(address)


def _to_sign_in(request: HttpRequest, address: str) -> HttpResponseBase:
    """Send the browser to the sign-in page, and back here afterwards."""
    back = request.get_full_path() if request.method in ("GET", "HEAD") else ""
    if request.method == "POST" and address == PORTAL_SIGN_IN:
        back = request.path  # opened, it leads to the page that sent, where what was typed is kept
    if request.headers.get("HX-Request"):
        return HttpResponse(status=401, headers={"HX-Redirect": address})
    return redirect(address + (f"?next={quote(back)}" if back not in ("", "/", _HOME) else ""))
