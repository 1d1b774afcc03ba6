"""What the customer is told, in the customer's language: the pack's sentences by the catalogue.

A pack is written in one language. Sentences of the shipped packs are in the catalogues; one that
an administrator has rewritten is told as it was written.
"""

from collections.abc import Callable
from datetime import datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from django.utils.dateformat import format as formatted
from django.utils.translation import gettext, override
from django.utils.translation import gettext_noop as _

from heliodesk.entitlements.decision import Decision
from heliodesk.entitlements.pack.model import Region
from heliodesk.entitlements.policy import Policy
from heliodesk.entitlements.wording import PLACEHOLDER, WRITTEN, Manner, number_text, tell
from heliodesk.entitlements.wording import local_time as local_time_in_english

#: Languages beside English that sentences are told in, with the way of writing a day.
_DAYS = {
    "de": "l, j. F Y, H:i \\U\\h\\r",
    "fr": "l j F Y, H:i",
    "es": "l j \\d\\e F \\d\\e Y, H:i",
}
LANGUAGES = tuple(_DAYS)


def short(language: str) -> str:
    """A language of ours for a language tag; English for all others."""
    code = language.partition("-")[0].lower()
    return code if code in _DAYS else "en"


def tell_in(
    language: str, decision: Decision, policy: Policy, *, reference: str = PLACEHOLDER
) -> str:
    """``wording.tell`` in a language; English where it is none of ours."""
    code = short(language)
    if code == "en":
        return tell(decision, policy, reference=reference)
    return tell(decision, policy, reference=reference, manner=_manner(code), said=_said(code))


def local_time(language: str, at: datetime, region: Region) -> str:
    """An instant as the region's people read it, in a language."""
    code = short(language)
    if code == "en":
        return local_time_in_english(at, region)
    local = at.astimezone(ZoneInfo(region.zone))
    with override(code):
        day = formatted(local, _DAYS[code])
    _rest, _comma, zone = local_time_in_english(at, region).rpartition(", ")
    return f"{day}, {zone}"


@lru_cache(maxsize=8)
def _said(code: str) -> Callable[[str], str]:
    def said(text: str) -> str:
        with override(code):
            return gettext(text) if text else ""

    return said


@lru_cache(maxsize=8)
def _manner(code: str) -> Manner:
    said = _said(code)

    def number(region: Region, as_source: bool) -> str:  # noqa: FBT001 (templates call it by place)
        text = number_text(region, as_source).replace(" or ", f" {said(_('or'))} ")
        return text.replace("only inside the country", said(_("only inside the country")))

    return Manner(
        time=lambda at, region: local_time(code, at, region),
        number=number,
        address=WRITTEN.address,
        priority=lambda priority, label: f"{priority} ({said(label)})",
    )
