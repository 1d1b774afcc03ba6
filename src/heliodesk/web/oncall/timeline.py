"""The timeline of a P1: what happened to it and what comes next, the latest on top."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from heliodesk.journal.past import Past
from heliodesk.oncall.looking import Paged, Told
from heliodesk.oncall.models import P1
from heliodesk.oncall.rules.escalation import Target, read
from heliodesk.oncall.rules.words import P1State


@dataclass(frozen=True)
class Line:
    """One point of the timeline."""

    at: datetime
    icon: str
    tone: str
    title: str
    text: str = ""
    pages: tuple[Paged, ...] = ()
    coming: bool = False


_TARGETS = {
    "primary": "the primary",
    "secondary": "the secondary",
    "lead": "the region's lead",
    "next_primary": "the next region's primary",
    "duty_manager": "the duty manager",
    "named_manager": "the named manager",
    "owner": "the owner",
}
_HOW = {
    "key": "by key 1 in the call",
    "link": "by the link in the page",
    "button": "at the desk",
    "sms": "by SMS",
    "call": "on the call",
}
_WHY = {
    "customer_not_reached": "The customer was not reached in time.",
    "handover_not_accepted": "The owner's shift is over and nobody accepted the handover.",
    "resolve": "The case is resolved.",
    "close": "The case is closed.",
    "cancel": "The case is cancelled.",
    "merge": "The case was merged into another.",
    "priority": "It is not priority 1 any more.",
    "filed": "A case was made of the call.",
    "called_back": "The caller was called back.",
}


def targets(words: Sequence[str]) -> str:
    """Whom a step pages, in words."""
    return ", ".join(_(_TARGETS.get(word, word)) for word in words)


def past(events: Sequence[Past], told: Sequence[Told], paged: Sequence[Paged]) -> list[Line]:
    """What happened, the latest first."""
    by_step: dict[int, list[Paged]] = {}
    for row in paged:
        by_step.setdefault(row.step, []).append(row)
    lines = [line for event in events if (line := _of_event(event, by_step))]
    updates = 0
    for said in told:
        updates += said.verb == "reply"
        if line := _of_case(said, updates):
            lines.append(line)
    return sorted(lines, key=lambda line: line.at, reverse=True)


def _of_event(event: Past, by_step: dict[int, list[Paged]]) -> Line | None:
    data = event.data
    if event.verb == "declared":
        where = f"{data['region']}. " if data.get("region") else ""
        grade = f" {_('Paged as')} {data['grade']}." if data.get("grade") else ""
        text = where + _("%(who)s answers for it.") % {"who": data["owner"]} + grade
        return Line(event.at, "bolt", "danger", _("P1 declared"), text)
    if event.verb == "paged":
        step = int(data["step"])
        title = _("Step %(number)s: %(who)s paged") % {
            "number": step + 1,
            "who": targets(data["targets"]),
        }
        if data.get("round"):
            title = _("Everybody paged again, round %(number)s") % {"number": data["round"]}
        return Line(event.at, "bell", "danger", title, pages=tuple(by_step.get(step, ())))
    return _of_answer(event)


def _of_answer(event: Past) -> Line | None:
    data, by = event.data, event.by
    if event.verb == "acked":
        text = _("Acknowledged %(how)s after %(seconds)s s. Theirs until somebody accepts it.") % {
            "how": _(_HOW.get(data["how"], data["how"])),
            "seconds": round(data["seconds"]),
        }
        return Line(event.at, "check", "ok", _("%(who)s took it") % {"who": by}, text)
    if event.verb == "customer_reached":
        first = data.get("first")
        title = _("Customer reached for the first time") if first else _("Customer reached")
        return Line(event.at, "phone", "ok", title, by) if data["how"] != "mail" or first else None
    if event.verb == "handed_over":
        title = _("%(taker)s took over from %(giver)s") % data
        return Line(event.at, "hand", "ok", title, data["note"])
    plain = {
        "passed_on": ("arrow", "warn", _("%(who)s passed it on") % {"who": by}, ""),
        "came_late": ("info", "neutral", _("%(who)s answered too late") % {"who": by}, ""),
        "retriggered": ("bell", "danger", _("Paging again"), _(_WHY.get(data.get("why", ""), ""))),
        "resolved": ("okring", "ok", _("P1 ended"), _(_WHY.get(data.get("why", ""), ""))),
        "handover_asked": (
            "hand", "neutral",
            _("%(who)s asked to take over") % {"who": data.get("taker", "")}, "",
        ),
        "handover_noted": ("pen", "neutral", _("Handover note written"), data.get("note", "")),
        "handover_declined": (
            "x", "warn", _("%(who)s cannot take it") % {"who": data.get("taker", "")}, "",
        ),
        "linked": ("link", "violet", _("Linked to a major incident"), data.get("title", "")),
        "unlinked": ("link", "neutral", _("Taken out of the major incident"), ""),
        "update_chased": (
            "clock", "warn",
            _("An update was missed") if data.get("missed") else _("An update falls due"),
            _("Rung: %(who)s.") % {"who": ", ".join(data.get("people", []))},
        ),
    }.get(event.verb)  # fmt: skip
    return Line(event.at, *plain) if plain else None


def _of_case(row: Told, updates: int) -> Line | None:
    if row.verb == "reply":
        title = _("Update %(number)s sent") % {"number": updates}
        return Line(row.at, "mail", "accent", title, f"“{row.text.strip()[:300]}” {row.by}")
    if row.verb == "await_vendor":
        text = _("The clock keeps running.")
        return Line(row.at, "users", "violet", _("With engineering"), text)
    if row.verb == "p1_missed":
        text = _("Told that nobody was reached yet, and that the next is being called.")
        return Line(row.at, "mail", "warn", _("Customer told of the miss"), text)
    if row.verb == "target_missed":
        words = {"first_response": _("First response"), "update": _("Update")}
        what = words.get(str(row.data.get("metric")), _("Resolution"))
        return Line(row.at, "warn", "danger", _("%(what)s missed its target") % {"what": what})
    return None


def coming(p1: P1, update_at: datetime | None, now: datetime) -> list[Line]:
    """What comes next if nobody does anything, the latest on top."""
    lines = []
    if p1.state == P1State.TRIGGERED and p1.next_due_at:
        step = read(p1.policy).at(p1.step)
        text = _("If nobody takes it: %(who)s.") % {"who": targets([t.value for t in step.targets])}
        lines.append(Line(p1.next_due_at, "bell", "neutral", _("Next page"), text, coming=True))
    if p1.state == P1State.ACKED and p1.contact_due_at:
        text = _("If the customer is not reached by then, paging begins again.")
        title = _("Reach the customer")
        lines.append(Line(p1.contact_due_at, "phone", "neutral", title, text, coming=True))
    if p1.state != P1State.RESOLVED and update_at and update_at > now - timedelta(days=1):
        text = _("If nobody posts, the owner is rung before, and the region's lead then.")
        title = _("Next update is promised")
        lines.append(Line(update_at, "clock", "neutral", title, text, coming=True))
    return sorted(lines, key=lambda line: line.at, reverse=True)


KNOWN_TARGETS = tuple(target.value for target in Target)
