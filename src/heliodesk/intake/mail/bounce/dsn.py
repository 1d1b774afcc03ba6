"""Read delivery status notifications (RFC 3464), well formed or only nearly."""

import re
from dataclasses import dataclass

from heliodesk.intake.mail import encoded
from heliodesk.intake.mail.entities import Tree

REPORTS = {"message/delivery-status", "message/global-delivery-status"}
_FIELD = re.compile(r"^([A-Za-z][A-Za-z-]{2,40})[ \t]*:[ \t]*(.*(?:\n[ \t]+\S.*)*)", re.M)
_ADDRESS = re.compile(r"(?<![^\s<>\"'(),;:\[\]@])[^\s<>\"'(),;:\[\]@]++@[^\s<>\"'(),;:\[\]]+")
_PEOPLE = ("final-recipient", "original-recipient", "x-actual-recipient")
_SAID = re.compile(
    r"\b[45]\d\d[ -]+['\"#(]?([45]\.\d{1,3}\.\d{1,3})\b|(?:^|[\s(#])([45]\.\d{1,3}\.\d{1,3})\b"
)
_STATUS = re.compile(r"([245]\.\d{1,3}\.\d{1,3})")
_BARE = re.compile(r"^[45]\.\d\.0$")
_CHARS = 60_000


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a notification says of one recipient."""

    recipient: str
    action: str
    status: str
    reason: str


def verdicts(tree: Tree) -> list[Verdict]:
    """The verdicts of every status part of a message, in order."""
    found: list[Verdict] = []
    for leaf in tree.root.leaves():
        if leaf.kind in REPORTS:
            found += in_text(leaf.data[:_CHARS].decode("utf-8", "replace"))
    return found


def in_text(text: str) -> list[Verdict]:
    """The verdicts that stand in a text as status fields; empty when it has none."""
    if "ecipient" not in text and "ction:" not in text:
        return []
    groups: list[dict[str, str]] = [{}]
    for found in _FIELD.finditer(text.replace("\r\n", "\n")):
        name, value = found[1].lower(), found[2].strip()
        if name in ("final-recipient", "action", "original-recipient") and name in groups[-1]:
            groups.append({})
        groups[-1].setdefault(name, value)
    return [
        _verdict(group)
        for group in groups
        if any(name in group for name in _PEOPLE) or ("action" in group and "status" in group)
    ]


def _verdict(group: dict[str, str]) -> Verdict:
    reason = " ".join(encoded.text(group.get("diagnostic-code", "")).split())
    return Verdict(
        recipient=_recipient(group),
        action=group.get("action", "").split()[0].strip(";,.").lower()
        if group.get("action")
        else "",
        status=_status(group.get("status", ""), reason),
        reason=reason.partition(";")[2].strip() or reason,
    )


def _recipient(group: dict[str, str]) -> str:
    for name in _PEOPLE:
        value = group.get(name, "").partition(";")[2] or group.get(name, "")
        if found := _ADDRESS.search(value):
            return found[0].strip(".").lower()
    return ""


def _status(field: str, reason: str) -> str:
    """The status field, unless it says less than the words of the server."""
    given = _STATUS.search(field)
    status = given[1] if given else ""
    if not status or _BARE.match(status):
        return said(reason) or status
    return status


def said(words: str) -> str:
    """The enhanced status code (RFC 3463) that a server's words hold, or empty."""
    best = ""
    for found in _SAID.finditer(words):
        if found[1]:
            return found[1]
        best = best or found[2]
    return best
