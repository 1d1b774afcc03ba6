"""Webhooks of providers that speak TwiML. The signature of every single one is checked.

Twilio and SignalWire sign with an HMAC over our public address and the fields, Telnyx with an
Ed25519 key over the moment and the body. The address is ``HELIODESK_VOICE_PUBLIC_URL``; what a
request says of its own host is never looked at.
"""

import time
from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from heliodesk.entitlements import packs
from heliodesk.kernel import clock
from heliodesk.kernel.references import spoken
from heliodesk.oncall import actions as oncall
from heliodesk.oncall.models import Page
from heliodesk.oncall.rules.words import How, Refused
from heliodesk.telephony.actions import engine
from heliodesk.telephony.actions.arriving import Announced
from heliodesk.telephony.adapters import signatures, twiml
from heliodesk.telephony.prompts import catalogue
from heliodesk.telephony.queries import page_called
from heliodesk.web.access import public

_View = Callable[[HttpRequest, dict[str, str]], HttpResponse]
BASE = "/voice/twiml"
_LONGEST = 32_000


def _xml(body: bytes, status: int = 200) -> HttpResponse:
    return HttpResponse(body, status=status, content_type=twiml.CONTENT_TYPE)


def signed(view: _View) -> Any:
    """Let in what a provider has signed; anything else is refused without a word more."""

    @csrf_exempt
    @require_POST
    @wraps(view)
    def guarded(request: HttpRequest) -> HttpResponse:
        if len(request.body) > _LONGEST or not _holds(request):
            words = "The signature is missing or wrong."
            return HttpResponse(words, status=403, content_type="text/plain; charset=utf-8")
        fields = {name: str(value).replace("\0", "") for name, value in request.POST.items()}
        return view(request, fields)

    return public(guarded)


def _holds(request: HttpRequest) -> bool:
    query = request.META.get("QUERY_STRING", "")
    address = settings.VOICE_PUBLIC_URL + request.path + (f"?{query}" if query else "")
    urls = signatures.ways_to_write(address)
    fields = [(name, value) for name, values in request.POST.lists() for value in values]
    headers = request.headers
    if settings.VOICE_TELNYX_KEY and headers.get("telnyx-signature-ed25519"):
        known = {name.lower(): value for name, value in headers.items()}
        key = settings.VOICE_TELNYX_KEY
        return signatures.telnyx_holds(key, known, request.body, now=time.time())
    given = headers.get("X-Twilio-Signature", "")
    other = headers.get("X-SignalWire-Signature", "")
    by_signalwire = other or given
    return (
        bool(given) and signatures.twilio_holds([settings.VOICE_TOKEN], urls, fields, given)
    ) or (
        bool(by_signalwire)
        and signatures.twilio_holds([settings.VOICE_SIGNALWIRE_KEY], urls, fields, by_signalwire)
    )


@signed
def call(_request: HttpRequest, given: dict[str, str]) -> HttpResponse:
    """A call comes in: the first step."""
    return _lead(twiml.fields(given), 0)


@signed
def step(request: HttpRequest, given: dict[str, str]) -> HttpResponse:
    """A further step: keys, or what became of ringing somebody. Its number is in the address."""
    number = request.GET.get("step", "")
    if not (number.isascii() and number.isdigit() and len(number) < 7):
        return _xml(twiml.rejected())
    return _lead(twiml.fields(given), int(number))


def _lead(fields: dict[str, str], number: int) -> HttpResponse:
    if not fields["call"]:
        return _xml(twiml.rejected())
    announced = _announced(fields)
    talked = fields["talked"]
    heard = engine.Heard(
        announced,
        number,
        fields["digits"],
        fields["dialstatus"],
        int(talked) if talked.isascii() and talked.isdigit() and len(talked) < 7 else None,
    )
    led = engine.lead(heard, at=clock.now())
    return _xml(
        twiml.document(
            led.instruction,
            base=settings.VOICE_PUBLIC_URL + BASE,
            step=number + 1,
            language=led.language,
            vendor=packs.active().policy.pack.vendor,
            caller_id=led.called,
        )
    )


def _announced(fields: dict[str, str]) -> Announced:
    return Announced("twiml", fields["call"], fields["from"], fields["to"])


@signed
def answered(_request: HttpRequest, given: dict[str, str]) -> HttpResponse:
    """Whoever was rung has picked up; the caller's call is the parent of this one."""
    parent = given.get("ParentCallSid", "").strip()[:200]
    if parent:
        engine.answered(Announced("twiml", parent), at=clock.now())
    return _xml(twiml.written_nothing())


@signed
def status(_request: HttpRequest, given: dict[str, str]) -> HttpResponse:
    """A change of a call's state; only its end matters here."""
    fields = twiml.fields(given)
    if fields["call"] and fields["status"] in twiml.OVER:
        engine.hang_up(_announced(fields), dialstatus=fields["dialstatus"], at=clock.now())
    return _xml(twiml.written_nothing())


@signed
def page(request: HttpRequest, given: dict[str, str]) -> HttpResponse:
    """A paging call was answered, or a key pressed in it. An answer alone takes nothing."""
    found = page_called(request.GET.get("page", ""))
    if found is None:
        return _xml(twiml.rejected())
    pack = packs.active().policy.pack
    key = given.get("Digits", "").strip()
    if not key:
        oncall.delivered(found.pk, at=clock.now())
        query = urlencode({"page": request.GET["page"]})
        action = f"{settings.VOICE_PUBLIC_URL}{BASE}/page?{query}"
        return _xml(twiml.page(_what(found), action=action, language="en"))
    return _xml(twiml.said(_pressed(found, key), language="en", vendor=pack.vendor))


def _pressed(found: Page, key: str) -> str:
    """The prompt that says what a key did."""
    try:
        answer = oncall.press(found.pk, key, how=How.KEY, at=clock.now())
    except Refused:
        return "goodbye"
    words = {oncall.Won: "page-taken", oncall.Passed: "page-passed", oncall.Lost: "page-late"}
    return words.get(type(answer), "goodbye")


def _what(found: Page) -> str:
    """What a paging call says first: the reference digit by digit, so that it can be noted."""
    ref = found.p1.case.ref if found.p1 and found.p1.case else ""
    heard = ", ".join(" ".join(group) for group in spoken(ref).split()) if ref else ""
    figure = f"Reference {heard}." if heard else ""
    return str(catalogue("en")["prompts"]["page"]).format(vendor="", figure=figure)


@signed
def text(_request: HttpRequest, given: dict[str, str]) -> HttpResponse:
    """An SMS came in: the answer to a page."""
    oncall.answer_by_text(given.get("From", ""), given.get("Body", "")[:400], at=clock.now())
    return _xml(twiml.written_nothing())
