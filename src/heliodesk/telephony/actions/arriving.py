"""A call as a row: made once, however often it is announced."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from heliodesk.entitlements import packs
from heliodesk.journal.record import SYSTEM, Happening, record
from heliodesk.telephony import numbers
from heliodesk.telephony.models import Call, VoiceNumber
from heliodesk.telephony.rules import Standing
from heliodesk.telephony.standing import kept


@dataclass(frozen=True)
class Announced:
    """What the telephone system says of a call when it first speaks of it."""

    source: str
    #: The telephone system's own id of the call.
    id: str
    caller: str = ""
    called: str = ""

    @property
    def key(self) -> str:
        """What makes the call one."""
        return f"{self.source}:{self.id}"[:200]


def locked(announced: Announced, *, at: datetime) -> tuple[Call, bool]:
    """The call's row, locked, and whether it is new; must run inside a transaction."""
    found = Call.objects.select_for_update().filter(key=announced.key).first()
    if found:
        return found, False
    Call.objects.bulk_create([_new(announced, at)], ignore_conflicts=True)
    call = Call.objects.select_for_update().get(key=announced.key)
    new = call.heard_at is None
    if new:
        call.heard_at = at
        record([Happening("arrived", "call", call.pk)], by=SYSTEM, at=at)
    return call, new


def _new(announced: Announced, at: datetime) -> Call:
    caller, called = numbers.cleaned(announced.caller), numbers.cleaned(announced.called)
    number = _number(called)
    pack = packs.active()
    standing = Standing(
        id_digits=numbers.digits_of(pack.policy.pack.identifier.pattern),
        notice=number.notice if number else "",
    )
    place = pack.policy.dialled(called)
    region = number.region if number else place.region.code if place else ""
    return Call(
        key=announced.key,
        source=announced.source,
        caller=caller,
        called=called,
        region=region,
        language=number.language if number else "en",
        started_at=at,
        standing=kept(standing),
    )


def _number(called: str) -> VoiceNumber | None:
    """The number that was dialled, with or without its plus; any number is answered (C21)."""
    digits = called.lstrip("+")
    if not digits:
        return None
    return VoiceNumber.objects.filter(e164__in=[f"+{digits}", digits], active=True).first()


def tell(verb: str, call: Call, at: datetime, **data: Any) -> None:
    """Record what happened to a call."""
    record([Happening(verb, "call", call.pk, data)], by=SYSTEM, at=at)
