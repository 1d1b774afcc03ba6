"""What would happen if: choose the facts of a request, see outcome, rules and sentence.

The facts may be those of a real case (``?case=…``), to be changed one by one.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as N_

from heliodesk.calendars import book
from heliodesk.cases.access import get_case
from heliodesk.cases.models import Case
from heliodesk.entitlements.decision import Decision
from heliodesk.entitlements.pack.model import PRIORITIES, ClockKind, Pack
from heliodesk.entitlements.pack.nodes import PackError
from heliodesk.entitlements.policy import Policy
from heliodesk.entitlements.rules import answered
from heliodesk.entitlements.simulation import QuestionError, Simulator
from heliodesk.entitlements.speech import say
from heliodesk.entitlements.wording import local_time, shown_number, tell
from heliodesk.identity.rules import May
from heliodesk.kernel import clock
from heliodesk.sla.queries import stretches
from heliodesk.web import clocks
from heliodesk.web.access import PersonRequest, needs
from heliodesk.web.policy import words
from heliodesk.web.policy.frame import pack_in_view, policy_page, row_in_view
from heliodesk.web.policy.matrix import matrix

Options = list[tuple[str, str]]
_CHANNELS = [("phone", N_("Phone")), ("email", N_("E-mail")), ("web", N_("Web form"))]
_CALLERS = [
    ("designated", N_("Designated contact")),
    ("authorised", N_("Authorised contact")),
    ("partner", N_("Partner, linked")),
    ("partner_unlinked", N_("Partner, not linked")),
    ("other_account", N_("Contact of another account")),
    ("former", N_("Former contact")),
    ("unknown_domain_ok", N_("Unknown, at a verified domain")),
    ("unknown", N_("Unknown")),
]
_TYPES = [
    ("technical", N_("Technical")),
    ("how_to", N_("How to")),
    ("implementation", N_("Implementation")),
    ("email_tracking", N_("E-mail tracking")),
]
_IDS = [
    ("valid", N_("Valid")),
    ("missing", N_("Missing")),
    ("unknown_id", N_("No account has it")),
    ("malformed", N_("Malformed")),
]
_EXISTING = [
    ("", N_("None")),
    ("open", N_("Open")),
    ("closed_recent", N_("Closed 3 days ago")),
    ("closed_old", N_("Closed 60 days ago")),
]
_LIFECYCLES = [("live", N_("Live")), ("implementation", N_("Being set up"))]
_SERVICES = [("active", N_("Active")), ("terminated", N_("Ended"))]
_YES_NO = [("yes", N_("Yes")), ("no", N_("No"))]
#: Names of the form and of the simulation, where they differ only in emptiness.
_COUNTS = ("issue_details_length", "accounts_known", "major_incident_minutes", "courtesy_used")
_MOST_SETTINGS = 40
MOST_STRETCHES = 12


@needs(May.WORK_CASES)
def simulator(request: PersonRequest) -> HttpResponse:
    """The simulator over the package matrix of the pack in view."""
    row = row_in_view(request)
    try:
        pack = pack_in_view(row)
    except PackError as error:
        return policy_page(request, "policy/broken.html", "simulator", row, faults=error.faults)
    case = _case(request)
    given = _given(request, pack, facts_of(case, pack) if case else {})
    found, wrong = _answer(pack, given)
    return policy_page(
        request,
        "policy/simulator.html",
        "simulator",
        row,
        given=given,
        case=case,
        options=_options(pack, given),
        found=found,
        wrong=wrong,
        matrix=matrix(pack, given["package"]),
    )


def _case(request: PersonRequest) -> Case | None:
    """The case whose facts are asked for, if this person may see it and a decision was made."""
    ref = request.GET.get("case", "").replace(" ", "")
    case = get_case(request.person, ref) if ref else None
    return case if case and case.decision else None


def facts_of(case: Case, pack: Pack) -> dict[str, str]:
    """What was decided about a case, as this page asks it."""
    decision = case.decision
    assert decision is not None  # noqa: S101 (asked by the caller)
    facts = decision.request
    region = facts.get("region") or str(pack.settings["region.default"].default)
    zone = pack.regions[region].zone if region in pack.regions else "UTC"
    closed = int(facts.get("closed_days") or 0)
    state = facts.get("existing_case")
    known = {
        name: "" if facts.get(name) is None else str(facts[name])
        for name in (
            "channel", "contact_role", "severity", "case_type", "account_id", "lifecycle",
            "service", "endpoint", "assessed_severity", "existing_priority", *_COUNTS,
        )
    }  # fmt: skip
    return known | {
        "package": facts.get("package") or pack.packages[0].code,
        "region": region,
        "when": f"{decision.at.astimezone(ZoneInfo(zone)):%Y-%m-%dT%H:%M}",
        "existing_case": "open" if state == "open" else f"closed {closed}" if state else "",
        "expired": str(facts.get("package_expired_days") or 0),
        "p1_met": "yes" if facts.get("p1_criteria_met", True) else "no",
        "missing": ", ".join(facts.get("missing_fields") or ()),
        "incident": "yes" if facts.get("major_incident_open") else "no",
        "auto_reply": "yes" if facts.get("auto_reply") else "no",
        "grace": "" if facts.get("grace_days") is None else str(facts["grace_days"]),
    }


def _given(request: PersonRequest, pack: Pack, case: dict[str, str]) -> dict[str, str]:
    """The facts chosen, each with what it is in the case, or when nothing was chosen."""
    region = str(pack.settings["region.default"].default)
    defaults = {
        "package": pack.packages[-1].code,
        "channel": "phone",
        "contact_role": "authorised",
        "severity": "P1",
        "region": region,
        "when": "",
        "case_type": "technical",
        "account_id": "valid",
        "existing_case": "",
        "lifecycle": "live",
        "service": "active",
        "expired": "0",
        "p1_met": "yes",
        "endpoint": "",
        "missing": "",
        "assessed_severity": "",
        "existing_priority": "",
        "incident": "no",
        "auto_reply": "no",
        "grace": "",
        "settings": "",
    } | dict.fromkeys(_COUNTS, "")
    given = {name: request.GET.get(name, value) for name, value in (defaults | case).items()}
    if not given["when"]:
        zone = pack.regions[given["region"] if given["region"] in pack.regions else region].zone
        given["when"] = f"{clock.now().astimezone(ZoneInfo(zone)):%Y-%m-%dT%H:%M}"
    return given


def _options(pack: Pack, given: Mapping[str, str]) -> dict[str, Options]:
    labels = {severity.code: severity.label for severity in pack.severities}
    fixed = {
        "channel": _CHANNELS,
        "contact_role": _CALLERS,
        "case_type": _TYPES,
        "account_id": _IDS,
        "existing_case": _EXISTING,
        "lifecycle": _LIFECYCLES,
        "service": _SERVICES,
        "p1_met": _YES_NO,
        "incident": _YES_NO,
        "auto_reply": _YES_NO,
    }
    days = given["existing_case"].removeprefix("closed ")
    if days != given["existing_case"] and days.isdigit():
        exactly = (given["existing_case"], _("Closed %(n)s days ago") % {"n": days})
        fixed["existing_case"] = [*_EXISTING, exactly]
    levels = [(code, f"{code} {labels[code]}") for code in PRIORITIES]
    return {
        "package": [(package.code, package.label) for package in pack.packages],
        "severity": levels,
        "assessed_severity": [("", _("Not assessed")), *levels],
        "existing_priority": [("", _("None")), *levels],
        "endpoint": _endpoints(pack),
        "region": [(code, region.label) for code, region in pack.regions.items()],
        **{name: [(code, _(said)) for code, said in given] for name, given in fixed.items()},
    }


def _endpoints(pack: Pack) -> Options:
    """The addresses and numbers of the pack."""
    addresses = [(code, address) for code, address in pack.mail_addresses.items()]
    numbers = [(n.e164, shown_number(n)) for r in pack.regions.values() for n in r.numbers]
    return [("", _("Their own")), *addresses, *numbers]


def _answer(pack: Pack, given: dict[str, str]) -> tuple[dict[str, Any] | None, str]:
    """The decision in words, or why there is none."""
    try:
        decision, policy = Simulator(pack).ask(_question(pack, given))
    except (QuestionError, ValueError) as error:
        text = str(error)
        return None, f"{text[:1].upper()}{text[1:]}."
    region = policy.place(given["region"]).region
    at = datetime.fromisoformat(str(_question(pack, given)["at"]))
    return {
        "counted": _counted(decision, pack, at),
        "decision": decision,
        "verdict": words.verdict(decision),
        "tone": words.tone(decision),
        "paged": words.paged(decision),
        "hours": words.hours(decision.clock),
        "target": words.minutes(decision.target_minutes),
        "due": local_time(decision.due, region) if decision.due else _("never"),
        "told": tell(decision, policy),
        "call": _call(decision, policy) if given["channel"] == "phone" else None,
        "queue": decision.queue,
    }, ""


def _counted(decision: Decision, pack: Pack, at: datetime) -> dict[str, Any] | None:
    """How the due time was found: the stretches that count, holidays, calendar and version."""
    if decision.due is None:
        return None
    always = decision.clock is ClockKind.ALWAYS
    calendar = None if always else pack.calendars[decision.calendar]
    kept = book.calendars(book.stamp()).get(decision.calendar)
    zone = calendar.zone.key if calendar else "UTC"
    spans = stretches(calendar, at.astimezone(UTC), decision.due, decision.due - at)
    return {
        "rows": clocks.stretches(spans[-MOST_STRETCHES:], zone),
        "calendar": "" if always else decision.calendar,
        "version": kept.version if kept and not always else 0,
        "zone": zone,
    }


def _call(decision: Decision, policy: Policy) -> tuple[str, str, str]:
    """What becomes of a call in large words, their tone, and what the caller hears."""
    answer = answered(decision)
    return words.call(answer), words.call_tone(answer), say(decision, policy)


def _question(pack: Pack, given: dict[str, str]) -> dict[str, object]:
    """The facts as the simulation asks for them; the moment is wall time of the region."""
    region = pack.regions.get(given["region"])
    if region is None:
        raise QuestionError(f"region {given['region']!r} is not in this pack")
    moment = datetime.fromisoformat(given["when"])
    at = moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(region.zone))
    existing = given["existing_case"]
    days = existing.removeprefix("closed ")
    return {
        "at": at.isoformat(),
        "package": given["package"],
        "channel": given["channel"],
        "contact_role": given["contact_role"],
        "severity": given["severity"],
        "region": given["region"],
        "case_type": given["case_type"],
        "account_id": given["account_id"],
        "existing_case": "closed_recent" if days != existing else existing or None,
        "closed_days": _whole(days, "days") if days != existing else None,
        "existing_priority": given["existing_priority"] or None,
        "endpoint": given["endpoint"] or None,
        "assessed_severity": given["assessed_severity"] or None,
        "missing_fields": [w.strip() for w in given["missing"].split(",") if w.strip()],
        "major_incident_open": given["incident"] == "yes",
        "auto_reply": given["auto_reply"] == "yes",
        "settings": _settings(given["settings"], pack),
        **{name: _whole(given[name], name) for name in _COUNTS},
        "lifecycle": given["lifecycle"],
        "contract": {
            "service": given["service"],
            "package_expired_days": _whole(given["expired"], "expired") or 0,
            "grace_days": _whole(given["grace"], "grace"),
        },
        "p1_criteria_met": given["p1_met"] != "no",
    }


def _whole(text: str, name: str) -> int | None:
    """A whole number, None for nothing."""
    if not text.strip():
        return None
    if not (text.strip().isascii() and text.strip().isdigit() and len(text) < 10):
        raise QuestionError(f"{name.replace('_', ' ')} is a whole number, not {text!r}")
    return int(text)


def _settings(text: str, pack: Pack) -> dict[str, object]:
    """Settings tried instead of the pack's: a ``key: value`` a line."""
    found: dict[str, object] = {}
    for line in text.splitlines()[:_MOST_SETTINGS]:
        key, _colon, value = (part.strip() for part in line.partition(":"))
        if not key:
            continue
        if key not in pack.settings:
            raise QuestionError(f"setting {key!r} is not known")
        many = pack.settings[key].type == "list"
        found[key] = [w.strip() for w in value.split(",") if w.strip()] if many else value
    return found
