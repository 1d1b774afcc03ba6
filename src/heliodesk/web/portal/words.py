"""The customer's words for what the desk calls otherwise (§5)."""

from functools import lru_cache
from typing import NamedTuple

from django.utils.translation import gettext_noop as _

from heliodesk.cases import kinds
from heliodesk.web.translation import language, translated


class Shown(NamedTuple):
    """A state as a customer reads it: the word, the tone that helps it, its icon."""

    word: str
    tone: str
    icon: str


_STATES = {
    "new": Shown(_("Received"), "neutral", "s-new"),
    "assigned": Shown(_("Being worked on"), "accent", "s-assigned"),
    "pending_customer": Shown(_("Waiting for you"), "warn", "s-customer"),
    "pending_vendor": Shown(_("Being worked on"), "accent", "s-assigned"),
    "resolved": Shown(_("Solved?"), "ok", "s-resolved"),
    "closed": Shown(_("Closed"), "neutral", "s-closed"),
    "cancelled": Shown(_("Withdrawn"), "neutral", "xring"),
}
_KINDS = {
    "technical": _("Something does not work"),
    "how_to": _("How do I …"),
    "implementation": _("Setting up the service"),
    "email_tracking": _("Message trace"),
}
_PRIORITIES = {"P1": _("Critical"), "P2": _("High"), "P3": _("Normal"), "P4": _("Low")}
_CHANNELS = {"email": _("by e-mail"), "web": _("on the web"), "phone": _("by phone")}
SHOWN = {
    "open": _("Open"),
    "yours": _("Waiting for you"),
    "done": _("Closed"),
    "all": _("All"),
}
SCORES = {
    5: _("Very good"),
    4: _("Good"),
    3: _("Fair"),
    2: _("Poor"),
    1: _("Very poor"),
}


def state(code: str) -> Shown:
    """A case state in customers' words."""
    return _state(code, language())


@lru_cache(maxsize=64)
def _state(code: str, _language: str) -> Shown:
    found = _STATES.get(code, _STATES["assigned"])
    return found._replace(word=translated(found.word))


def kind(code: str) -> str:
    """What sort of case it is; a type that the desk added by its own name."""
    if code in _KINDS:
        return translated(_KINDS[code])
    return kinds.name(code) or translated(_KINDS["technical"])


def priority(code: str) -> str:
    """A priority's word: ``Normal`` for P3."""
    return translated(_PRIORITIES.get(code, code))


def channel(code: str) -> str:
    """How a message came."""
    return translated(_CHANNELS[code]) if code in _CHANNELS else ""


def shown(code: str) -> str:
    """The name of a list of cases."""
    return translated(SHOWN[code])


def score(number: int) -> str:
    """What a rating says."""
    return translated(SCORES[number])
