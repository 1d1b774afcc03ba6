"""Pages for when something is not possible: each says what happened and what to do."""

import sys
from typing import Any

import structlog
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from heliodesk.cases.access import Hidden
from heliodesk.cases.rules import Refused
from heliodesk.kernel import clock
from heliodesk.web import translation
from heliodesk.web.access import CONTACTS_ONLY, DESK_ONLY, for_whom
from heliodesk.web.answer import page
from heliodesk.web.portal import frame, who
from heliodesk.web.portal.refusals import in_words
from heliodesk.web.portal.wall import Closed

log = structlog.get_logger()
#: When a browser may try again after the database went away.
RETRY_SECONDS = 10
#: Statuses from here on mean that we broke: then nothing is read to dress the page.
_OURS = 500
#: Where customers are, signed in or not.
_PORTAL = "/support/"
_FRONT = (_PORTAL, "/get-support/", "/language/")


def error(
    request: HttpRequest, status: int, title: str, text: str, *, home: str = ""
) -> HttpResponse:
    """A short page; for htmx only the sentence, which it shows as a notice."""
    if request.headers.get("HX-Request"):
        return HttpResponse(f"{title}. {text}", status=status, content_type="text/plain")
    if status < _OURS and (_is_customers(request) or home == _PORTAL):
        translation.begin(get_language() or "")
        _recognise(request)
        return frame.framed(
            request, "portal/trouble.html", status=status, title=title, text=text, home=home
        )
    return page(
        request,
        "errors/error.html",
        status=status,
        code=status,
        title=title,
        text=text,
        home=home or (_PORTAL if getattr(request, "customer", None) else "/"),
    )


def _is_customers(request: HttpRequest) -> bool:
    """Whether a customer reads the page: then it is in the vendor's name, not the product's."""
    return bool(getattr(request, "customer", None)) or request.path.startswith(_FRONT)


def _recognise(request: HttpRequest) -> None:
    """Know the contact on an address that leads nowhere, too, which no view has answered."""
    key = request.COOKIES.get(settings.SESSION_COOKIE_NAME, "")
    if key and not getattr(request, "customer", None):
        chosen = request.COOKIES.get(who.CHOSEN, "")
        request.customer = who.of_session(key, clock.now(), chosen)  # type: ignore[attr-defined]  # ours


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form does not prove that it was sent from the desk's own page."""
    return error(
        request,
        403,
        _("This form has grown old"),
        _("Go back, reload the page and send it again. What you typed is still there."),
    )


def forbidden(request: HttpRequest, exception: PermissionDenied) -> HttpResponse:
    """The page exists, and is for others."""
    if for_whom(exception) == CONTACTS_ONLY:
        return error(
            request,
            403,
            _("This is the customers' side"),
            _("You are signed in as somebody of the desk; only contacts of a customer see this."),
            home="/",
        )
    if for_whom(exception) == DESK_ONLY:
        return error(
            request,
            403,
            _("This is the desk's side"),
            _("Your cases and your support details are in the customer portal."),
            home=_PORTAL,
        )
    if getattr(request, "customer", None):
        return error(
            request,
            403,
            _("This is for account administrators"),
            _("Ask one of the administrators of your account; the contacts page names them."),
            home=_PORTAL,
        )
    return error(
        request,
        403,
        _("This is not for your role"),
        _("Ask an administrator if you need it for your work."),
    )


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """There is no such page, or no such record for this person."""
    return error(
        request,
        404,
        _("Nothing here"),
        _("The address is wrong, or what was here is not for you to see."),
    )


def refused(request: HttpRequest, refusal: Refused) -> HttpResponse:
    """A verb that is not possible now: nothing was changed."""
    return error(request, 409, _("That was not possible"), in_words(refusal))


def failed(request: HttpRequest) -> HttpResponse:
    """Something broke; or the database is away, which passes."""
    if isinstance(sys.exc_info()[1], OperationalError | InterfaceError):
        response = error(
            request,
            503,
            _("The desk cannot reach its database"),
            _("Incoming mail is safe: it waits and is taken in as soon as the database is back. "
              "Try again in a moment."),
        )  # fmt: skip
        response["Retry-After"] = str(RETRY_SECONDS)
        return response
    return error(
        request,
        500,
        _("Something broke on our side"),
        _("It has been noted, with the number below. Nothing you did is half done."),
    )


def closed(request: HttpRequest) -> HttpResponse:
    """The portal's role is missing in the database: the operator has to make it."""
    log.error("portal.closed", hint="heliodesk check says which role the database lacks")
    return error(
        request,
        503,
        _("The portal is not open yet"),
        _("We are setting it up. Write to support or call; your cases are safe."),
        home="/get-support/",
    )


def told_as_pages(get_response: Any) -> Any:
    """Middleware: turn what the rooms refuse into pages."""

    def handle(request: HttpRequest) -> Any:
        return get_response(request)

    def process_exception(request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, Hidden):
            return not_found(request, exception)
        if isinstance(exception, Closed):
            return closed(request)
        if isinstance(exception, Refused):
            return refused(request, exception)
        return None

    handle.process_exception = process_exception  # type: ignore[attr-defined]  # ours
    return handle
