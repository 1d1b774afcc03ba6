"""What the phone desk says: each answer in one large word and one sentence."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from heliodesk.entitlements import packs
from heliodesk.entitlements.decision import Effect, Reason
from heliodesk.entitlements.packs import ActivePack
from heliodesk.entitlements.policy import Policy
from heliodesk.entitlements.rules import Answer
from heliodesk.kernel.references import spoken
from heliodesk.telephony.facts import Judged
from heliodesk.telephony.queries import Pop

_DIGITS = (
    gettext_noop("zero"), gettext_noop("one"), gettext_noop("two"), gettext_noop("three"),
    gettext_noop("four"), gettext_noop("five"), gettext_noop("six"), gettext_noop("seven"),
    gettext_noop("eight"), gettext_noop("nine"),
)  # fmt: skip
_WORDS = {
    Answer.CONNECT: (gettext_noop("Connect"), "ok", "phone"),
    Answer.IN_WRITING: (gettext_noop("In writing"), "accent", "mail"),
    Answer.P1: (gettext_noop("P1"), "danger", "bolt"),
    Answer.CALL_BACK: (gettext_noop("Call back"), "warn", "phone"),
    Answer.REFUSE: (gettext_noop("Refuse"), "neutral", "x"),
}
_OUTCOMES = {
    "connected": (gettext_noop("Connected"), "ok"),
    "written": (gettext_noop("In writing"), "accent"),
    "p1": (gettext_noop("P1"), "danger"),
    "callback": (gettext_noop("Call back"), "warn"),
    "refused": (gettext_noop("Refused"), "neutral"),
    "identity": (gettext_noop("Not placed"), "warn"),
    "missed": (gettext_noop("Missed"), "warn"),
    "fallback": (gettext_noop("Rang everybody"), "warn"),
}
_STATES = {
    "queue_p1": gettext_noop("Waits, P1"),
    "queue": gettext_noop("Waits"),
    "offer": gettext_noop("Rings"),
    "connected": gettext_noop("On the line"),
    "ask_kind": gettext_noop("Keys"),
    "ask_id": gettext_noop("Keys the ID"),
    "ask_case": gettext_noop("Keys the reference"),
    "ringing": gettext_noop("Rings"),
}
_REASONS = {
    "asked": gettext_noop("asked to be called back"),
    "cut_off": gettext_noop("P1 claimed, then cut off"),
    "verify": gettext_noop("P1 without an ID: verify on a registered number"),
    "designated": gettext_noop("P1 by somebody else: ask a designated contact"),
    "missed": gettext_noop("nobody answered"),
}


@dataclass(frozen=True)
class Tile:
    """One of the large answers."""

    answer: str
    word: str
    tone: str
    icon: str
    text: str
    key: str
    due: bool = False
    off: bool = False


def entitled(pop: Pop, at: datetime) -> str:
    """What the caller of a pop may have, and the time there: one sentence."""
    rules = pop.decision.get("rules") if pop.decision else None
    if not isinstance(rules, list):
        return ""
    said = {rule["id"]: str(rule["text"]) for rule in rules}
    right = said.get("08.p1" if pop.kind == "p1" else "09.phone", "")
    regions = packs.active().policy.pack.regions
    region = regions.get(pop.account_region or "")
    if region is None:
        return right
    local = at.astimezone(ZoneInfo(region.zone))
    there = _("It is %(time)s in %(place)s, %(day)s.")
    words = {"time": f"{local:%H:%M}", "place": region.place, "day": f"{local:%A}"}
    return f"{right} {there % words}"


def read_out(reference: str) -> str:
    """A reference in speakable groups: ``four eight one two, zero eight seven six``."""
    groups = [" ".join(_(_DIGITS[int(d)]) for d in group) for group in spoken(reference).split()]
    return ", ".join(groups)


def outcome(code: str) -> tuple[str, str]:
    """What became of a call, and its tone."""
    word, tone = _OUTCOMES.get(code, ("", "neutral"))
    return (_(word) if word else ""), tone


def state(code: str) -> str:
    """Where a call stands that goes on."""
    return _(_STATES[code]) if code in _STATES else ""


def reason(code: str) -> str:
    """Why somebody is to be called back."""
    return _(_REASONS[code]) if code in _REASONS else code


def tiles(found: Judged | None, pack: ActivePack, at: datetime) -> list[Tile]:
    """The answers: the due one first and large, the others within reach."""
    due = found.answer if found else None
    claimed = found is not None and found.about.p1
    rest = [
        a
        for a in (Answer.CONNECT, Answer.IN_WRITING, Answer.P1)
        if a is not due and not (a is Answer.P1 and claimed)
    ]
    if due is None:
        return [_tile(a, found, pack, at) for a in rest]
    return [_tile(due, found, pack, at, due=True)] + [_tile(a, found, pack, at) for a in rest[-2:]]


def _tile(
    answer: Answer, found: Judged | None, pack: ActivePack, at: datetime, *, due: bool = False
) -> Tile:
    word, tone, icon = _WORDS[answer]
    key = {"p1": "p", "in_writing": "w"}.get(answer, "")
    text = _due_text(answer, found, pack, at) if due and found else _other_text(answer, found)
    open_to = found is not None and found.caller.account is not None
    able = (answer is Answer.P1 and found is not None) or (answer is Answer.IN_WRITING and open_to)
    off = not due and not able
    return Tile(answer, _(word), tone, icon, text, key, due=due, off=off)


def _due_text(answer: Answer, found: Judged, pack: ActivePack, at: datetime) -> str:
    why = found.decision.changed[-1:] or found.decision.rules[-1:]
    said = _reason(found) or (why[0].says if why else "")
    parts = [said]
    if found.caller.account and answer in {Answer.CONNECT, Answer.IN_WRITING}:
        parts.append(_local(found, pack.policy, at))
    if answer is Answer.IN_WRITING and found.decision.due:
        when = _moment(found.decision.due, found, pack.policy)
        parts.append(_("Say when: we aim to answer by %(when)s.") % {"when": when})
    if answer is Answer.P1:
        parts.append(_("Press it now: paging starts before you fill in the form."))
    if answer is Answer.CALL_BACK:
        parts.append(_("Only a number registered for the company is called back."))
    case = found.about.case
    if answer is Answer.CONNECT and case is not None and case.owner:
        words = {"name": case.owner.name, "ref": spoken(case.ref)}
        parts.append(_("Ring %(name)s, owner of %(ref)s.") % words)
    return " ".join(part for part in parts if part)


def first_words(found: Judged, policy: Policy, *, name: str) -> str:
    """What to say before there is a reference; no more than the policy allows now."""
    thanks = _("Thank you, %(name)s.") % {"name": name} if name else _("Thank you.")
    case = found.about.case
    if found.answer is Answer.CONNECT and case is not None:
        said = _("I have your case about “%(title)s”. One moment, I connect you.")
        return f"{thanks} {said % {'title': case.title}}"
    if found.answer is Answer.CONNECT:
        return f"{thanks} " + _("I can help you now. What happens, and since when?")
    if found.answer is Answer.P1:
        return f"{thanks} " + _(
            "I am alerting an engineer this moment. Stay on the line: I give you the reference, "
            "and ask you what does not work."
        )
    if found.answer is Answer.CALL_BACK:
        return f"{thanks} " + _(
            "I am alerting the people on duty. They call back on a number that is registered for "
            "your company. What is the company’s name, and who is a designated contact?"
        )
    parts = [thanks, _("I take this down now and give you a reference.")]
    if found.decision.due:
        when = _moment(found.decision.due, found, policy)
        parts.append(_("We answer in writing, and aim to do so by %(when)s.") % {"when": when})
    if found.decision.next_opening:
        when = _moment(found.decision.next_opening, found, policy)
        parts.append(_("Telephone support for you opens again %(when)s.") % {"when": when})
    return " ".join(parts)


def _reason(found: Judged) -> str:
    """The rule that tipped it: of the call's hours, of P1, of who is calling."""
    rules = {reason.rule: reason for reason in found.decision.rules}
    if found.answer is Answer.REFUSE or not found.decision.makes_case:
        last = found.decision.rules[-1:]
        return last[0].says if last else ""
    if found.answer is Answer.CALL_BACK and found.caller.account is None:
        return rules["05.identity"].says if "05.identity" in rules else ""
    if found.answer in {Answer.P1, Answer.CALL_BACK}:
        picked = rules.get("08.p1") or rules.get("05.identity")
        return picked.says if picked else ""
    picked = rules.get("09.phone")
    if picked and picked.says != "Not a call that needs the hours of the package.":
        return picked.says
    return rules["08.p1"].says if "08.p1" in rules else ""


def _other_text(answer: Answer, found: Judged | None) -> str:
    if answer is Answer.P1:
        if found is None:
            return _("Mail or access is down? Press it first, the ID comes after.")
        return _("Not claimed. If anything changes, press it: paging starts at once.")
    if answer is Answer.IN_WRITING:
        if found is None or found.caller.account is None:
            return _("Ask for the account ID first.")
        return _("Log the call and answer by e-mail.")
    if found is None or found.caller.account is None:
        return _("Ask for the account ID first.")
    if found.about.p1:
        return _("A P1 is declared first; then you stay on the line.")
    return _("Not for this caller at this hour.")


#: Rules that say nothing to somebody on the telephone while they let the call pass.
_SILENT = ("01.", "02.", "06.", "10.", "12.")


def telling(found: Judged) -> list[Reason]:
    """The rules that matter for a call, in the order in which they were asked."""
    case = found.about.case
    return [
        reason
        for reason in found.decision.rules
        if reason.effect is Effect.CHANGED
        or not (reason.rule.startswith(_SILENT) or (case is None and reason.rule == "04.thread"))
    ]


def _local(found: Judged, policy: Policy, at: datetime) -> str:
    place = policy.place(found.request.region)
    local = at.astimezone(ZoneInfo(place.region.zone))
    words = {"time": f"{local:%H:%M}", "place": place.region.place, "day": f"{local:%A}"}
    return _("It is %(time)s in %(place)s, %(day)s.") % words


def _moment(due: datetime, found: Judged, policy: Policy) -> str:
    region = policy.place(found.request.region).region
    local = due.astimezone(ZoneInfo(region.zone))
    return f"{local:%a} {local.day} {local:%b}, {local:%H:%M} {region.place}"
