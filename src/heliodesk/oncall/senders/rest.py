"""Calls and SMS by a provider that speaks Twilio's REST interface."""

import logging
import os
from functools import lru_cache
from xml.sax.saxutils import escape, quoteattr

import httpx
from django.conf import settings

from heliodesk.oncall.senders.letter import SECONDS, Gone, Letter, TryAgain, Unset

#: Seconds the callee's telephone rings before the provider gives up.
_RING_SECONDS = "25"
_PASSING = {408, 409, 425, 429}


def call(letter: Letter) -> str:
    """Ring a number, say what it is about, and take key 1 or 2."""
    return _post(
        "Calls",
        letter,
        {"To": letter.address, "Twiml": said(letter), "Timeout": _RING_SECONDS},
    )


def sms(letter: Letter) -> str:
    """Send a text message."""
    return _post("Messages", letter, {"To": letter.address, "Body": letter.text[:1500]})


def said(letter: Letter) -> str:
    """What the callee hears, as TwiML; said twice, then the call ends: that is no answer."""
    words = escape(letter.text.partition("\nTake it:")[0].partition("\nReply 1")[0])
    if not letter.asks:
        return f"<Response><Say>{words}</Say></Response>"
    action = quoteattr(f"{settings.VOICE_PUBLIC_URL}/voice/twiml/page?page={letter.token}")
    prompt = f"<Say>{words}. Press 1 to take it. Press 2 to pass it on.</Say>"
    return (
        f'<Response><Gather numDigits="1" timeout="6" action={action}>{prompt}'
        f'<Pause length="2"/>{prompt}</Gather></Response>'
    )


@lru_cache(maxsize=1)
def _client(_process: int) -> httpx.Client:
    """One client a process: making one reads all certificates, and keeps connections."""
    logging.getLogger("httpx").setLevel(logging.WARNING)
    limits = httpx.Limits(max_connections=64, keepalive_expiry=20.0)
    trust = httpx.create_ssl_context() if settings.VOICE_API.startswith("https:") else False
    return httpx.Client(timeout=httpx.Timeout(SECONDS, connect=1.0), limits=limits, verify=trust)


def warm() -> None:
    """Make the client before the first page needs it."""
    if settings.VOICE_ACCOUNT:
        _client(os.getpid())


def _post(what: str, letter: Letter, fields: dict[str, str]) -> str:
    account, token = settings.VOICE_ACCOUNT, settings.VOICE_TOKEN
    if not (account and token and settings.VOICE_FROM):
        raise Unset("Set HELIODESK_VOICE_ACCOUNT, HELIODESK_VOICE_TOKEN and HELIODESK_VOICE_FROM.")
    try:
        answer = _client(os.getpid()).post(
            f"{settings.VOICE_API}/2010-04-01/Accounts/{account}/{what}.json",
            data={"From": settings.VOICE_FROM, **fields},
            auth=(account, token),
            headers={"I-Twilio-Idempotency-Token": letter.key},
        )
    except httpx.HTTPError as error:
        raise TryAgain(f"{type(error).__name__}: {error}") from error
    if answer.status_code >= 500 or answer.status_code in _PASSING:
        raise TryAgain(f"The provider answered {answer.status_code}.")
    if answer.status_code >= 400:
        raise Gone(f"The provider answered {answer.status_code}: {answer.text[:200]}")
    try:
        return str(answer.json().get("sid", ""))
    except (ValueError, AttributeError):
        return ""
