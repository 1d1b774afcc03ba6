"""Asterisk's dialplan asks here, one bounded request a step.

An answer other than 200 makes the dialplan ring everybody on call by itself, at once.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, QueryDict
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from heliodesk.kernel import clock
from heliodesk.oncall import actions as oncall
from heliodesk.oncall.models import Page
from heliodesk.oncall.rules.words import How, Refused
from heliodesk.telephony.actions import engine
from heliodesk.telephony.actions.arriving import Announced
from heliodesk.telephony.adapters import asterisk, signatures
from heliodesk.telephony.queries import page_called
from heliodesk.web.access import public

_View = Callable[[HttpRequest, dict[str, str]], HttpResponse]
#: A longer request is none of Asterisk's.
_LONGEST = 8_000


def _plain(words: str, status: int) -> HttpResponse:
    return HttpResponse(words, status=status, content_type="text/plain; charset=utf-8")


def steps(view: _View) -> Any:
    """Let in what shows the token, with its fields; refuse anything else without a word more."""

    @csrf_exempt
    @require_POST
    @wraps(view)
    def guarded(request: HttpRequest) -> HttpResponse:
        key = settings.VOICE_ASTERISK_TOKEN
        if not signatures.bearer_holds(key, request.headers.get("Authorization", "")):
            return _plain("The bearer token is missing or wrong.", 401)
        if len(request.body) > _LONGEST:
            return _plain("The request is too long.", 413)
        fields = {name: str(value).replace("\0", "") for name, value in _given(request).items()}
        try:
            return view(request, fields)
        except asterisk.BadStep as error:
            return _plain(f"{error}.", 400)

    return public(guarded)


def _given(request: HttpRequest) -> QueryDict:
    """The fields, whatever the request says of its content: Asterisk may say it twice."""
    if request.content_type == "multipart/form-data":
        return request.POST
    return QueryDict(request.body)


@steps
def step(_request: HttpRequest, fields: dict[str, str]) -> HttpResponse:
    """One step of a call: what the caller keyed, or what became of ringing somebody."""
    announced = _announced(fields)
    heard = engine.Heard(
        announced,
        asterisk.number_of(fields),
        fields.get("digits", ""),
        fields.get("dialstatus", ""),
    )
    led = engine.lead(heard, at=clock.now())
    line = asterisk.line(
        led.instruction, language=led.language, trunk=settings.VOICE_ASTERISK_TRUNK
    )
    return HttpResponse(line, content_type=asterisk.CONTENT_TYPE)


@steps
def answered(_request: HttpRequest, fields: dict[str, str]) -> HttpResponse:
    """Whoever was rung has picked up."""
    engine.answered(_announced(fields), at=clock.now())
    return HttpResponse(content_type=asterisk.CONTENT_TYPE)


@steps
def hangup(_request: HttpRequest, fields: dict[str, str]) -> HttpResponse:
    """The call is over: what the last ringing came to, and seconds talked."""
    talked = fields.get("talked", "").strip()
    engine.hang_up(
        _announced(fields),
        dialstatus=fields.get("dialstatus", ""),
        talked=int(talked) if talked.isascii() and talked.isdigit() and len(talked) < 7 else None,
        at=clock.now(),
    )
    return HttpResponse(content_type=asterisk.CONTENT_TYPE)


@steps
def page(_request: HttpRequest, fields: dict[str, str]) -> HttpResponse:
    """A key in a paging call: ``ok=1`` taken, ``ok=2`` passed on, ``ok=0`` too late or nothing."""
    found: Page | None = page_called(fields.get("page", ""))
    if found is None:
        return _plain("There is no such page.", 404)
    key = fields.get("key", "").strip()
    try:
        answer = oncall.press(found.pk, key, how=How.KEY, at=clock.now())
    except Refused:
        answer = None
    words = {oncall.Won: "ok=1", oncall.Passed: "ok=2"}.get(type(answer), "ok=0")
    return HttpResponse(words, content_type=asterisk.CONTENT_TYPE)


def _announced(fields: dict[str, str]) -> Announced:
    return Announced(
        "asterisk", asterisk.call_of(fields), fields.get("from", ""), fields.get("to", "")
    )
