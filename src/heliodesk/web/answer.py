"""Answers: a page from a template."""

from functools import cache
from typing import Any

import jinja2
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.template.backends.utils import csrf_input_lazy, csrf_token_lazy

from heliodesk.kernel import clock


def page(
    request: HttpRequest, template: str, /, *, status: int = 200, block: str = "", **context: Any
) -> HttpResponse:
    """A page, or with ``block`` only that block of it, for a part that htmx puts in place.

    Templates always know ``request``, ``person`` (or none), ``now``, ``csrf_input``,
    ``csrf_token`` and ``live_url``.
    """
    found = _environment().get_template(template)
    known = {
        "request": request,
        "person": getattr(request, "person", None),
        "now": clock.now(),
        "csrf_input": csrf_input_lazy(request),
        "csrf_token": csrf_token_lazy(request),
        "live_url": settings.LIVE_URL,
        **context,
    }
    if not block:
        return HttpResponse(found.render(known), status=status)
    return HttpResponse("".join(found.blocks[block](found.new_context(known))), status=status)


@cache
def _environment() -> jinja2.Environment:
    env: jinja2.Environment = engines["jinja2"].env  # type: ignore[attr-defined]
    return env
