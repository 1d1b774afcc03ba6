"""The messages of a pack: which keys there must be and what may stand in braces."""

import re
from collections.abc import Mapping

from heliodesk.entitlements.pack.model import Message
from heliodesk.entitlements.pack.nodes import Node

#: Keys whose text goes to somebody we cannot place: it may name no fact of any account.
BLIND_KEYS = frozenset(
    (
        "contact.verify",
        "intake.how_to_raise",
        "intake.unmatched",
        "intake.which_customer",
        "partner.not_linked",
        "phone.caller_unknown",
        "phone.find_your_id",
    )
)
OPEN_KEYS = frozenset(
    (
        "address.use_other",
        "case.accepted",
        "case.accepted_id_reminder",
        "case.accepted_live",
        "case.need_summary",
        "case.new_linked",
        "case.reopened",
        "contract.ended",
        "p1.accepted",
        "p1.accepted_callback",
        "p1.accepted_mi",
        "p1.call_us",
        "p1.deferred",
        "p1.designated_needed",
        "p1.not_met",
        "p1.open_case",
        "phone.closed",
        "phone.not_in_package",
        "tracking.need_fields",
        "web.details_missing",
        "web.too_long",
    )
)
VARIANTS = {
    "case.accepted": ("reply",),
    "phone.closed": ("refused",),
    "phone.not_in_package": ("refused",),
    "address.use_other": ("not_taken",),
    "p1.accepted_callback": ("waiting",),
    "tracking.need_fields": ("held",),
}
BLIND_FIELDS = frozenset(("vendor", "id_label", "id_example", "where_to_find", "web_form"))
OPEN_FIELDS = BLIND_FIELDS | {
    "address",
    "due",
    "length",
    "limit",
    "missing",
    "next_opening",
    "number",
    "package",
    "priority",
    "reference",
    "target_label",
}
_FIELD = re.compile(r"\{([^{}]*)\}")


def read_message(key: str, node: Node) -> Message:
    """One message, a text or a text with variants; unknown fields in braces are refused."""
    if key not in BLIND_KEYS and key not in OPEN_KEYS:
        raise node.wrong(f"{key} is not a message that any rule sends")
    if hasattr(node.raw, "value") and isinstance(node.raw.value, str):
        return Message(key, _text(key, node))
    given = node.fields("text", " ".join(VARIANTS.get(key, ())))
    variants = {name: _text(key, value) for name, value in given.items() if name != "text"}
    return Message(key, _text(key, given["text"]), variants)


def _text(key: str, node: Node) -> str:
    text = " ".join(node.text().split())
    allowed = BLIND_FIELDS if key in BLIND_KEYS else OPEN_FIELDS
    for name in _FIELD.findall(text):
        if name not in allowed:
            raise node.wrong(f"{key} may not use {{{name}}}")
    if _FIELD.sub("", text).count("{") or _FIELD.sub("", text).count("}"):
        raise node.wrong(f"{key} has a brace without its partner")
    return text


def check_messages(node: Node, messages: Mapping[str, Message]) -> None:
    """Refuse a pack that lacks the words for something a rule may tell."""
    missing = sorted((BLIND_KEYS | OPEN_KEYS) - set(messages))
    if missing:
        raise node.wrong(f"messages are missing: {', '.join(missing)}", "messages")
    for key, names in VARIANTS.items():
        absent = [name for name in names if name not in messages[key].variants]
        if absent:
            raise node.wrong(f"{key} lacks the variant {', '.join(absent)}")


def fill(text: str, values: Mapping[str, str]) -> str:
    """The text with its fields replaced; one that begins a sentence gets its capital."""

    def one(found: re.Match[str]) -> str:
        value = values[found[1]]
        begins = found.start() == 0 or text[: found.start()].endswith(". ")
        return value[:1].upper() + value[1:] if begins else value

    return _FIELD.sub(one, text)
