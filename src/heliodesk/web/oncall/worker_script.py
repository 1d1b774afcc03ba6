"""The script that shows pushes; it is served at the root, or it could not speak for the desk."""

from functools import cache
from pathlib import Path

from django.contrib.staticfiles import finders
from django.http import HttpRequest, HttpResponse

from heliodesk.web.access import public


@public
def script(request: HttpRequest) -> HttpResponse:
    """The script."""
    answer = HttpResponse(_text(), content_type="text/javascript; charset=utf-8")
    answer["Cache-Control"] = "no-cache"
    return answer


@cache
def _text() -> str:
    found = finders.find("js/push-worker.js")
    return Path(str(found)).read_text(encoding="utf-8")
