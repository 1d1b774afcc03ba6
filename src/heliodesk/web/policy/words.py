"""Words for what a decision says."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as N_

from heliodesk.entitlements.decision import Decision, Page, Verdict
from heliodesk.entitlements.pack.model import ClockKind
from heliodesk.entitlements.rules import Answer

_VERDICTS = {
    Verdict.ACCEPT: (N_("Accepted"), "ok"),
    Verdict.ACCEPT_WRITTEN: (N_("Accepted, answered in writing"), "warn"),
    Verdict.ACCEPT_DOWNGRADED: (N_("Accepted at a lower priority"), "warn"),
    Verdict.ACCEPT_DEFERRED: (N_("Accepted, starts at the next opening"), "warn"),
    Verdict.ACCEPT_RESTRICTED: (N_("Accepted, without telling account data"), "warn"),
    Verdict.HOLD: (N_("Held for a person to decide"), "warn"),
    Verdict.REOPEN: (N_("Reopened"), "ok"),
    Verdict.NEW_LINKED: (N_("A new case, linked to the old one"), "ok"),
    Verdict.REJECT: (N_("Refused"), "danger"),
    Verdict.DROP: (N_("Put aside without an answer"), "neutral"),
}
_PAGES = {
    Page.YES: N_("Pages on-call now"),
    Page.DUTY_DESK: N_("Calls the duty desk"),
    Page.DUTY_MANAGER: N_("Calls the duty manager"),
}


def verdict(decision: Decision) -> str:
    """What becomes of the request; a P1 is named."""
    said = _(_VERDICTS[decision.decision][0])
    if decision.decision is Verdict.ACCEPT and decision.priority:
        return _("Accepted as %(priority)s") % {"priority": decision.priority}
    return said


def tone(decision: Decision) -> str:
    """The tone that goes with the words."""
    return _VERDICTS[decision.decision][1]


def paged(decision: Decision) -> str:
    """Who is called at once; empty for nobody."""
    return _(_PAGES[decision.page]) if decision.page in _PAGES else ""


_CALLS = {
    Answer.CONNECT: (N_("Connect"), "ok"),
    Answer.P1: (N_("P1"), "danger"),
    Answer.IN_WRITING: (N_("Take down in writing"), "warn"),
    Answer.CALL_BACK: (N_("Call back"), "warn"),
    Answer.REFUSE: (N_("Refuse"), "danger"),
}


def call(answer: Answer) -> str:
    """What becomes of a call, in large words."""
    return _(_CALLS[answer][0])


def call_tone(answer: Answer) -> str:
    """The tone that goes with them."""
    return _CALLS[answer][1]


def hours(kind: str | None) -> str:
    """The time a target counts in."""
    if kind is None:
        return _("none")
    return _("24/7") if kind == ClockKind.ALWAYS else _("business hours")


def minutes(count: int | None) -> str:
    """A target in hours and minutes."""
    if count is None:
        return _("none")
    whole, rest = divmod(count, 60)
    if not whole:
        return _("%(n)s min") % {"n": rest}
    return f"{whole} h {rest:02d}" if rest else f"{whole} h"
