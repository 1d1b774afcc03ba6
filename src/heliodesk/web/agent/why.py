"""Why a case was accepted as it was, in one line: ``Gold · 24/7 phone · designated contact``."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as N_

from heliodesk.cases.conversation import Head
from heliodesk.entitlements import packs
from heliodesk.web import badges

_WINDOWS = {
    "none": N_("no phone in the package"),
    "implementation_only": N_("phone for implementation only"),
    "local_business_hours": N_("phone in business hours"),
    "always": N_("24/7 phone"),
}
_CHANNELS = {"email": N_("e-mail"), "web": N_("web form"), "phone": N_("phone")}
_HOURS = {"24x7": N_("counts day and night"), "business_hours": N_("counts business hours")}
_ROLES = {
    "designated": N_("designated contact"),
    "authorised": N_("authorised contact"),
    "partner": N_("linked partner"),
    "unknown_domain_ok": N_("unknown, at a verified domain"),
}
_MOST_REFS = 6


class Why(NamedTuple):
    """The line, the requirements and readings behind it, and the version it was decided by."""

    line: str
    refs: str
    version: str


def why(head: Head) -> Why | None:
    """The reasons of the decision on a case; None where nothing was decided."""
    if not head.outcome or not head.facts or head.pack_id is None:
        return None
    outcome, facts = head.outcome, head.facts
    package = str(outcome.get("package") or facts.get("package") or "")
    parts = [
        badges.package(package).name if package else "",
        _right(outcome, facts, package, head.pack_id),
        _(_ROLES[facts["contact_role"]]) if facts.get("contact_role") in _ROLES else "",
        _(_HOURS[outcome["clock"]]) if outcome.get("clock") in _HOURS else "",
    ]
    return Why(
        " · ".join(part for part in parts if part),
        ", ".join(_refs(outcome.get("rules", ()))),
        packs.name_of(head.pack_id),
    )


def _right(outcome: Mapping[str, Any], facts: Mapping[str, Any], package: str, pack_id: int) -> str:
    """What the package gives for a call; for the rest, how it came."""
    channel = str(facts.get("channel", ""))
    if channel != "phone":
        return _(_CHANNELS[channel]) if channel in _CHANNELS else ""
    right = "p1_phone" if outcome.get("priority") == "P1" else "general_phone"
    row = packs.pack_of(pack_id).granting(right)
    cell = row.cells.get(package) if row else None
    return _(_WINDOWS[str(cell.value)]) if cell else _(_CHANNELS[channel])


def _refs(rules: Any) -> list[str]:
    """Of the rules that changed something, else of the last, which gave the target."""
    changed = [rule for rule in rules if not rule["passed"]] or list(rules[-1:])
    refs = dict.fromkeys(ref for rule in changed for ref in rule["refs"])
    return list(refs)[:_MOST_REFS]
