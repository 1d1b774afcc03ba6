"""The desk's words for people: states, priorities, channels, sizes."""

from functools import lru_cache
from typing import NamedTuple

from django.utils.translation import gettext_noop as _

from heliodesk.cases import kinds
from heliodesk.web.translation import language, translated


class Shown(NamedTuple):
    """How a value is shown: its word, the tone that helps it, and its icon."""

    word: str
    tone: str
    icon: str


_STATES = {
    "new": Shown(_("New"), "neutral", "s-new"),
    "assigned": Shown(_("Assigned"), "accent", "s-assigned"),
    "pending_customer": Shown(_("Waiting for customer"), "warn", "s-customer"),
    "pending_vendor": Shown(_("With engineering"), "violet", "s-vendor"),
    "resolved": Shown(_("Resolved"), "ok", "s-resolved"),
    "closed": Shown(_("Closed"), "neutral", "s-closed"),
    "cancelled": Shown(_("Cancelled"), "neutral", "xring"),
}
_PRIORITIES = {"P1": _("Critical"), "P2": _("High"), "P3": _("Normal"), "P4": _("Low")}
_CHANNELS = {
    "email": Shown(_("by e-mail"), "neutral", "mail"),
    "web": Shown(_("on the web"), "neutral", "globe"),
    "phone": Shown(_("by phone"), "neutral", "phone"),
    "desk": Shown(_("by e-mail"), "neutral", "mail"),
    "api": Shown(_("through the API"), "neutral", "link"),
}


_KINDS = {
    "technical": _("Technical question"),
    "how_to": _("How-to question"),
    "implementation": _("Setting up"),
    "email_tracking": _("Message trace"),
}
_FLAGS = {
    "p1_by_call": _("P1 by telephone"),
    "sender_unproven": _("Sender not proven"),
    "escalated": _("Escalated"),
    "split_off": _("Split off"),
}
_CONTACT_KINDS = {
    "authorised": _("authorised"),
    "designated": _("designated"),
    "admin": _("account administrator"),
    "viewer": _("sees all cases"),
}
_LIFECYCLES = {
    "implementation": _("Being set up"),
    "live": _("Live"),
    "ended": _("Ended"),
}
_WHY = {
    "ACCEPT": _("Why this was accepted"),
    "ACCEPT_WRITTEN": _("Why this is answered in writing"),
    "ACCEPT_DOWNGRADED": _("Why this has a lower priority"),
    "ACCEPT_DEFERRED": _("Why this waits until opening"),
    "ACCEPT_RESTRICTED": _("Why this is restricted"),
    "REOPEN": _("Why this was reopened"),
    "NEW_LINKED": _("Why this is a new case"),
}


def _spelled(table: dict[str, str], code: str) -> str:
    """A code's words; a code without any is shown as words, not as a code."""
    return translated(table[code]) if code in table else code.replace("_", " ").replace("-", " ")


def kind(code: str) -> str:
    """What sort of case it is; a type that the desk added by its own name."""
    if code not in _KINDS and (own := kinds.name(code)):
        return own
    return _spelled(_KINDS, code).capitalize()


def flag(code: str) -> str:
    """A mark on a case."""
    return _spelled(_FLAGS, code)


def contact_kind(code: str) -> str:
    """What a contact is at an account."""
    return _spelled(_CONTACT_KINDS, code)


def lifecycle(code: str) -> str:
    """Where an account stands with the vendor."""
    return _spelled(_LIFECYCLES, code)


def why(decision: str | None) -> str:
    """The heading over the rules of a decision."""
    return translated(_WHY.get(decision or "", _("Why this was decided so")))


_ROLES = {"agent": _("Agent"), "lead": _("Lead"), "admin": _("Administrator")}


def role(code: str) -> str:
    """What a person is at the desk."""
    return translated(_ROLES.get(code, code))


def state(code: str) -> Shown:
    """A case state in agents' words."""
    return _translated(_STATES.get(code, Shown(code, "neutral", "s-new")), language())


def channel(code: str) -> Shown:
    """How something reached us."""
    return _translated(_CHANNELS.get(code, Shown(code, "neutral", "mail")), language())


def priority(code: str) -> str:
    """A priority's word: ``Normal`` for P3."""
    return translated(_PRIORITIES.get(code, code))


@lru_cache(maxsize=256)
def _translated(shown: Shown, _language: str) -> Shown:
    return shown._replace(word=translated(shown.word))


#: Pictures that a browser may show by itself.
PICTURES = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})


def size(count: int) -> str:
    """A file's size: ``184 KB``."""
    if count < 1000:
        return f"{count} B"
    if count < 999_500:
        return f"{count / 1000:.0f} KB"
    return f"{count / 1_000_000:.1f} MB".replace(".0 ", " ")


def bounded(count: int, limit: int) -> str:
    """A count that stops counting at a limit: ``1,000+``."""
    return f"{count:,}+" if count >= limit else f"{count:,}"
