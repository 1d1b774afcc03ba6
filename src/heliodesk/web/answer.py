"""Answers: a page from a template."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.utils.functional import SimpleLazyObject
from markupsafe import Markup

from heliodesk.kernel import clock
from heliodesk.web.jinja import of_this_language

_INPUT = '<input type="hidden" name="csrfmiddlewaretoken" value="{0}">'


def page(
    request: HttpRequest, template: str, /, *, status: int = 200, block: str = "", **context: Any
) -> HttpResponse:
    """A page, or with ``block`` only that block of it, for a part that htmx puts in place.

    Templates always know ``request``, ``person`` (or none), ``now``, ``csrf_input``,
    ``csrf_token`` and ``live_url``.
    """
    found = of_this_language().get_template(template)
    known = {
        "request": request,
        "person": getattr(request, "person", None),
        "now": clock.now(),
        "csrf_input": token(request, _INPUT),
        "csrf_token": token(request, "{0}"),
        "live_url": settings.LIVE_URL,
        **context,
    }
    pieces = found.blocks[block](found.new_context(known)) if block else found.generate(known)
    # Piece by piece: one sign beyond Latin would have all of a page encoded sign by sign.
    return HttpResponse(b"".join([piece.encode() for piece in pieces]), status=status)


def token(request: HttpRequest, shape: str) -> Any:
    """The token that proves a form to be ours, once a request.

    Every page of somebody signed in has forms; for others it is made when it is used, so that a
    page without any sets no cookie.
    """
    if getattr(request, "person", None) or getattr(request, "customer", None):
        return _token(request, shape)
    return SimpleLazyObject(lambda: _token(request, shape))


def _token(request: HttpRequest, shape: str) -> Markup:
    kept = getattr(request, "csrf_token_shown", "")
    if not kept:
        kept = request.csrf_token_shown = get_token(request)  # type: ignore[attr-defined] # ours
    return Markup(shape.format(kept))  # noqa: S704 (letters and digits in a shape of ours)
