"""The words of incidents: how severe, how far, and what happened."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from django.utils.translation import gettext as translated
from django.utils.translation import gettext_noop as _

from heliodesk.journal.past import Past


class Word(NamedTuple):
    """How a value is shown."""

    word: str
    tone: str
    icon: str


STAGES = {
    "investigating": Word(_("Investigating"), "danger", "search"),
    "identified": Word(_("Cause found"), "warn", "flag"),
    "monitoring": Word(_("Fixed, being watched"), "accent", "eye"),
    "resolved": Word(_("Over"), "ok", "okring"),
}
SEVERITIES = {
    "critical": Word(_("Critical: nothing works"), "danger", "bolt"),
    "major": Word(_("Major: much does not work"), "warn", "warn"),
    "limited": Word(_("Limited: some notice it"), "neutral", "info"),
}
HOWS = {
    "hand": _("by hand"),
    "bulk": _("from a list"),
    "like": _("suggested"),
    "call": _("on the telephone"),
    "p1": _("as a P1"),
    "merge": _("by a merge"),
}
_LANGUAGES = {
    "": _("Everybody"),
    "de": _("German"),
    "en": _("English"),
    "es": _("Spanish"),
    "fr": _("French"),
}


def stage(code: str) -> Word:
    """How far the work is."""
    found = STAGES[code]
    return found._replace(word=translated(found.word))


def severity(code: str) -> Word:
    """How severe it is."""
    found = SEVERITIES[code]
    return found._replace(word=translated(found.word))


def how(code: str) -> str:
    """How a case came to an incident."""
    return translated(HOWS[code])


def language(code: str) -> str:
    """A language that words are written in."""
    return translated(_LANGUAGES[code]) if code in _LANGUAGES else code


class Line(NamedTuple):
    """Something that happened to an incident."""

    icon: str
    tone: str
    text: str


def happened(event: Past) -> Line:
    """What happened, in a sentence."""
    icon, tone, sentence = _SENTENCES.get(event.verb, ("info", "neutral", event.verb))
    return Line(icon, tone, translated(sentence) % _Known(_values(event.data)))


_SENTENCES = {
    "opened": ("bolt", "danger", _("Declared")),
    "amended": ("pen", "neutral", _("What is known was changed%(changed)s")),
    "linked": ("link", "neutral", _("%(cases)s case(s) linked")),
    "unlinked": ("x", "neutral", _("A case has nothing to do with it")),
    "update": ("mail", "accent", _("Update written")),
    "told": ("check", "ok", _("Every case has it%(refused)s")),
    "published": ("globe", "warn", _("Published under Get Support")),
    "unpublished": ("globe", "neutral", _("No longer published")),
    "closing": ("okring", "ok", _("Closing: its cases are being resolved")),
    "resolved": ("okring", "ok", _("Over")),
    "noted": ("doc", "neutral", _("Notes written")),
}


class _Known(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return ""


def _values(data: Mapping[str, Any]) -> dict[str, str]:
    changed = [str(SEVERITIES[data["severity"]].word)] if data.get("severity") in SEVERITIES else []
    changed += [str(STAGES[data["stage"]].word)] if data.get("stage") in STAGES else []
    changed += [f"“{data['title']}”"] if data.get("title") else []
    refused = data.get("refused")
    return {
        "cases": str(data.get("cases", "")),
        "changed": f": {', '.join(translated(word) for word in changed)}" if changed else "",
        "refused": translated(", but %(count)s") % {"count": refused} if refused else "",
    }
