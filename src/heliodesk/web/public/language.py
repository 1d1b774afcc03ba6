"""The language of the pages, chosen by whoever reads them and remembered in their browser."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from heliodesk.web.access import public
from heliodesk.web.back import back_to

_YEAR = 365 * 24 * 3600


@public
@require_POST
def choose(request: HttpRequest) -> HttpResponse:
    """Remember the language and go back to the page."""
    return chosen(request)


def chosen(request: HttpRequest) -> HttpResponse:
    """Back to the page, with the language in a cookie."""
    home = "/support/" if getattr(request, "customer", None) else reverse("get_support")
    response = redirect(back_to(request.POST.get("back", ""), home))
    code = request.POST.get("language", "")
    if code in dict(settings.LANGUAGES):
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            code,
            max_age=_YEAR,
            secure=settings.SESSION_COOKIE_SECURE,
            samesite="Lax",
            httponly=True,
        )
    return response
