"""What the customer is told: the decision's message in words, with local times (R94)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from heliodesk.entitlements.decision import Decision
from heliodesk.entitlements.pack.model import Pack, PhoneNumber, Region
from heliodesk.entitlements.pack.wordings import BLIND_KEYS, fill
from heliodesk.entitlements.policy import Policy

PLACEHOLDER = "[case reference]"


@dataclass(frozen=True, slots=True)
class Manner:
    """How the facts of a message are put: in writing, or for the ear (``speech.SPOKEN``)."""

    time: Callable[[datetime, Region], str]
    #: The second: as the source wrote them, instead of as they are dialled from abroad.
    number: Callable[[Region, bool], str]
    address: Callable[[str], str]
    priority: Callable[[str, str], str]


def tell(
    decision: Decision,
    policy: Policy,
    *,
    reference: str = PLACEHOLDER,
    manner: Manner | None = None,
    said: Callable[[str], str] = str,
) -> str:
    """The sentence for the customer; empty if nothing is sent. ``said`` translates its parts.

    Times are those of the account's region, with its place and zone. To people who cannot be
    placed no account fact is told: their texts have no field that could hold one.
    """
    manner = manner or WRITTEN
    if decision.message == "none":
        return ""
    message = policy.pack.messages[decision.message]
    text = message.variants.get(decision.variables.get("variant", ""), message.text)
    values = _everybody(policy.pack)
    values["where_to_find"] = said(values["where_to_find"])
    if decision.message not in BLIND_KEYS:
        values |= _customer(decision, policy, reference, manner)
        values["target_label"] = said(values["target_label"])
        values["missing"] = _named(values["missing"], said)
    return fill(said(text), values)


def _named(missing: str, said: Callable[[str], str]) -> str:
    """The names of fields, as a form names them in another language than the pack's."""
    if said is str:
        return missing
    return ", ".join(said(name.capitalize()) for name in missing.split(", ") if name)


def _everybody(pack: Pack) -> dict[str, str]:
    identifier = pack.identifier
    return {
        "vendor": pack.vendor,
        "id_label": identifier.label,
        "id_example": identifier.example,
        "where_to_find": identifier.where_to_find,
        "web_form": pack.web_form,
    }


def _customer(decision: Decision, policy: Policy, reference: str, manner: Manner) -> dict[str, str]:
    given: Mapping[str, str] = decision.variables
    place = policy.place(given.get("region"))
    labels = {severity.code: severity.label for severity in policy.pack.severities}
    priority = decision.priority or ""
    return {
        "address": manner.address(policy.pack.mail_addresses[place.region.mail]),
        "due": manner.time(decision.due, place.region) if decision.due else "",
        "length": given.get("length", ""),
        "limit": given.get("limit", ""),
        "missing": given.get("missing", ""),
        "next_opening": manner.time(decision.next_opening, place.region)
        if decision.next_opening
        else "",
        "number": manner.number(place.region, _as_source(policy.pack)),
        "package": given.get("package", ""),
        "priority": manner.priority(priority, labels[priority]) if priority else "",
        "reference": reference,
        "target_label": policy.settings.targets_label,
    }


def local_time(at: datetime, region: Region) -> str:
    """An instant as the region's people read it: ``11:15 on Tuesday 3 March 2026, London (GMT)``.

    Zones without letters of their own are given as UTC+08:00.
    """
    local = at.astimezone(ZoneInfo(region.zone))
    zone = local.tzname() or ""
    if not zone.isalpha():
        offset = local.strftime("%z")
        zone = f"UTC{offset[:3]}:{offset[3:]}"
    return f"{local:%H:%M on %A} {local.day} {local:%B %Y}, {region.place} ({zone})"


def number_text(region: Region, as_source: bool = False) -> str:  # noqa: FBT001, FBT002 (templates call it by place)
    """The numbers to call, those that work only inside the country marked (R63, C29)."""
    return " or ".join(_number(number, as_source=as_source) for number in region.numbers)


def _as_source(pack: Pack) -> bool:
    spec = pack.settings.get("numbers.format")
    return bool(spec and spec.default == "source")


def _number(number: PhoneNumber, *, as_source: bool) -> str:
    shown = number.source if as_source else shown_number(number)
    return f"{shown} (only inside the country)" if number.national_only else shown


@lru_cache(maxsize=512)
def shown_number(number: PhoneNumber) -> str:
    """A number as it is dialled: international, or the national form if it works only there."""
    import phonenumbers  # large, and only needed where a number is shown

    parsed = phonenumbers.parse(number.e164)
    form = phonenumbers.PhoneNumberFormat
    style = form.NATIONAL if number.national_only else form.INTERNATIONAL
    return phonenumbers.format_number(parsed, style)


#: As it stands in a mail or on a page.
WRITTEN = Manner(
    time=local_time,
    number=number_text,
    address=str,
    priority=lambda code, label: f"{code} ({label})",
)
