"""What would happen if: choose the facts of a request, see outcome, rules and sentence."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as N_

from heliodesk.entitlements.pack.model import PRIORITIES, Pack
from heliodesk.entitlements.pack.nodes import PackError
from heliodesk.entitlements.simulation import QuestionError, Simulator
from heliodesk.entitlements.wording import local_time, tell
from heliodesk.identity.rules import May
from heliodesk.kernel import clock
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


@needs(May.WORK_CASES)
def simulator(request: PersonRequest) -> HttpResponse:
    """The simulator over the package matrix of the pack in view."""
    row = row_in_view(request)
    try:
        pack = pack_in_view(row)
    except PackError as error:
        return policy_page(request, "policy/broken.html", "simulator", row, faults=error.faults)
    given = _given(request, pack)
    found, wrong = _answer(pack, given)
    return policy_page(
        request,
        "policy/simulator.html",
        "simulator",
        row,
        given=given,
        options=_options(pack),
        found=found,
        wrong=wrong,
        matrix=matrix(pack, given["package"]),
    )


def _given(request: PersonRequest, pack: Pack) -> dict[str, str]:
    """The facts chosen, each with what it is when nothing was chosen."""
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
    }
    given = {name: request.GET.get(name, value) for name, value in defaults.items()}
    if not given["when"]:
        zone = pack.regions[given["region"] if given["region"] in pack.regions else region].zone
        given["when"] = f"{clock.now().astimezone(ZoneInfo(zone)):%Y-%m-%dT%H:%M}"
    return given


def _options(pack: Pack) -> dict[str, Options]:
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
    }
    return {
        "package": [(package.code, package.label) for package in pack.packages],
        "severity": [(code, f"{code} {labels[code]}") for code in PRIORITIES],
        "region": [(code, region.label) for code, region in pack.regions.items()],
        **{name: [(code, _(said)) for code, said in given] for name, given in fixed.items()},
    }


def _answer(pack: Pack, given: dict[str, str]) -> tuple[dict[str, Any] | None, str]:
    """The decision in words, or why there is none."""
    try:
        decision, policy = Simulator(pack).ask(_question(pack, given))
    except (QuestionError, ValueError) as error:
        text = str(error)
        return None, f"{text[:1].upper()}{text[1:]}."
    region = policy.place(given["region"]).region
    return {
        "decision": decision,
        "verdict": words.verdict(decision),
        "tone": words.tone(decision),
        "paged": words.paged(decision),
        "hours": words.hours(decision.clock),
        "target": words.minutes(decision.target_minutes),
        "due": local_time(decision.due, region) if decision.due else _("never"),
        "told": tell(decision, policy),
        "queue": decision.queue,
    }, ""


def _question(pack: Pack, given: dict[str, str]) -> dict[str, object]:
    """The facts as the simulation asks for them; the moment is wall time of the region."""
    region = pack.regions.get(given["region"])
    if region is None:
        raise QuestionError(f"region {given['region']!r} is not in this pack")
    moment = datetime.fromisoformat(given["when"])
    at = moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(region.zone))
    expired = given["expired"]
    return {
        "at": at.isoformat(),
        "package": given["package"],
        "channel": given["channel"],
        "contact_role": given["contact_role"],
        "severity": given["severity"],
        "region": given["region"],
        "case_type": given["case_type"],
        "account_id": given["account_id"],
        "existing_case": given["existing_case"] or None,
        "lifecycle": given["lifecycle"],
        "contract": {
            "service": given["service"],
            "package_expired_days": int(expired) if expired.isdigit() else 0,
        },
        "p1_criteria_met": given["p1_met"] != "no",
    }
