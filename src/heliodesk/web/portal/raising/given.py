"""What somebody typed into the form: read without changing a character, and checked."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date as day
from datetime import time as clock_time
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext_noop as _

from heliodesk.cases import kinds as types
from heliodesk.cases.kinds import Kind
from heliodesk.customers.customer import Customer
from heliodesk.customers.rules import pattern_in_words
from heliodesk.entitlements.policy import Policy
from heliodesk.intake import subject as subjects
from heliodesk.intake.tracking import FIELDS
from heliodesk.web.dates import zone as zone_of
from heliodesk.web.portal import times
from heliodesk.web.portal.raising import asked
from heliodesk.web.translation import translated

KINDS = ("technical", "how_to", "implementation", "email_tracking")
SEVERITIES = ("P1", "P2", "P3", "P4")
#: Most code points of the fields beside the details; longer text is refused, never cut.
_MOST = {
    "name": 120, "address": 254, "company": 200, "identifier": 60, "alternative": 200,
    "subject": 200,
}  # fmt: skip
_MOST_TRACE = 500
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_TIME = re.compile(r"\d{2}:\d{2}(:\d{2})?")


@dataclass
class Given:
    """The form as it was filled in; ``troubles`` says what is wrong, by field."""

    name: str = ""
    address: str = ""
    company: str = ""
    identifier: str = ""
    #: What it is about; a type of the desk's own counts as the kind by which it is treated.
    kind: str = "technical"
    treated_as: str = ""
    own_name: str = ""
    severity: str = ""
    subject: str = ""
    details: str = ""
    alternative: str = ""
    zone: str = ""
    trace: dict[str, str] = field(default_factory=dict)
    #: Further fields, by their codes, as an administrator has customers asked for them.
    fields: dict[str, str] = field(default_factory=dict)
    files: list[str] = field(default_factory=list)
    troubles: dict[str, str] = field(default_factory=dict)

    @property
    def policy_kind(self) -> str:
        """The kind of the policy that counts."""
        return self.treated_as or self.kind

    @property
    def length(self) -> int:
        """The issue details in code points."""
        return len(self.details)


def read(posted: Any) -> Given:
    """What was posted. Line breaks become one character each, as the counter counts them."""

    def text(name: str) -> str:
        return " ".join(posted.get(name, "").split())

    return Given(
        name=text("name"),
        address=text("address"),
        company=text("company"),
        identifier=text("identifier"),
        kind=posted.get("kind", ""),
        severity=posted.get("severity", ""),
        subject=text("subject"),
        details=posted.get("details", "").replace("\r\n", "\n").replace("\r", "\n"),
        alternative=text("alternative"),
        zone=text("zone")[:64],
        trace={name: text(f"trace_{name}") for name in FIELDS},
        fields=asked.read(posted),
        files=[word for word in posted.getlist("kept") if word.isalnum()][:50],
    )


def kinds(policy: Policy) -> tuple[str, ...]:
    """What a case may be about: messages are traced only where the policy names their fields."""
    if policy.pack.tracking_fields:
        return KINDS
    return tuple(kind for kind in KINDS if kind != "email_tracking")


def own_kinds(policy: Policy) -> list[Kind]:
    """The desk's own types that a case may be of; those that trace messages, where they are."""
    known = kinds(policy)
    return [kind for kind in types.for_customers() if kind.treated_as in known]


def _kind(given: Given, policy: Policy) -> None:
    if given.kind in kinds(policy):
        return
    chosen = next((kind for kind in own_kinds(policy) if kind.code == given.kind), None)
    if chosen is None:
        given.troubles["kind"] = translated(_("Choose what it is about."))
    else:
        given.treated_as, given.own_name = chosen.treated_as, chosen.name


def check(given: Given, policy: Policy, customer: Customer | None, *, own: frozenset[str]) -> None:
    """Note everything that is wrong with the form (R70, R71).

    Args:
        own: the desk's own addresses, from which nobody asks.
    """
    if customer is None:
        _who(given, policy, own)
    _kind(given, policy)
    if given.severity not in SEVERITIES:
        given.troubles["severity"] = translated(_("Choose how badly you are affected."))
    if not given.subject:
        given.troubles["subject"] = translated(_("Give it a subject of a few words."))
    _details(given, policy)
    if given.policy_kind == "email_tracking":
        _trace(given)
    _lengths(given)
    held, troubles = asked.check(given.fields, given.kind)
    given.troubles |= troubles
    if not given.troubles:
        given.fields = held


def _lengths(given: Given) -> None:
    """Refuse what is too long for its field; all of it stays on the page."""
    texts = [(name, getattr(given, name), most) for name, most in _MOST.items()]
    if given.policy_kind == "email_tracking":
        texts += [(f"trace_{name}", said, _MOST_TRACE) for name, said in given.trace.items()]
    for name, said, most in texts:
        if len(said) > most:
            given.troubles[name] = too_many(len(said) - most)


def too_many(over: int) -> str:
    """The sentence for a text that is too long; nothing of it is lost."""
    if over == 1:
        return translated(_("1 character too many. Your text is kept; shorten it."))
    return translated(
        _("%(over)s characters too many. Your text is kept; shorten it."), over=times.number(over)
    )


def limit(policy: Policy) -> int:
    """How many code points the issue details may have (C19)."""
    return policy.settings.web_issue_details_max


def _details(given: Given, policy: Policy) -> None:
    most = limit(policy)
    if not given.details.strip():
        given.troubles["details"] = translated(_("Describe in a few words what happens."))
    elif given.length > most:
        given.troubles["details"] = details_too_long(given.length - most)


def details_too_long(over: int) -> str:
    """The sentence for issue details that are too long."""
    if over == 1:
        return translated(
            _("1 character too many. Your text is kept; shorten it or attach it as a file.")
        )
    return translated(
        _("%(over)s characters too many. Your text is kept; shorten it or attach it as a file."),
        over=times.number(over),
    )


def _who(given: Given, policy: Policy, own: frozenset[str]) -> None:
    if not given.name:
        given.troubles["name"] = translated(_("Tell us your name."))
    try:
        validate_email(given.address)
    except ValidationError:
        given.troubles["address"] = translated(
            _("Give the e-mail address by which we know you, such as name@company.com.")
        )
    if given.address.lower() in own:
        given.troubles["address"] = translated(_("This is our own address. Give yours."))
    pattern = policy.pack.identifier.pattern
    if given.identifier and not subjects.find_ids(f"({given.identifier})", pattern).values:
        given.troubles["identifier"] = _identifier_trouble(given.identifier, pattern)


def _identifier_trouble(text: str, pattern: str) -> str:
    shown = pattern_in_words(pattern)
    lacking = sum(c == "0" for c in shown) - sum(c.isdigit() for c in text)
    if lacking == 1:
        return translated(_("One digit is missing. The pattern is %(pattern)s."), pattern=shown)
    if lacking == -1:
        return translated(_("One digit too many. The pattern is %(pattern)s."), pattern=shown)
    return translated(
        _("This is not an ID of ours. The pattern is %(pattern)s; leave it empty if you do not "
          "have it at hand."), pattern=shown,
    )  # fmt: skip


def _trace(given: Given) -> None:
    """Dates and times must be such; what is missing is asked for later and stops nothing (C15)."""
    date, time = given.trace.get("date", ""), given.trace.get("time", "")
    if date and not (_DATE.fullmatch(date) and _is_one(day.fromisoformat, date)):
        given.troubles["trace_date"] = translated(_("Write the date as 2026-11-23."))
    if time and not (_TIME.fullmatch(time) and _is_one(clock_time.fromisoformat, time)):
        given.troubles["trace_time"] = translated(_("Write the time as 14:05."))
    if given.zone and zone_of(given.zone).key != given.zone:
        given.troubles["zone"] = translated(_("Choose a time zone from the list."))


def _is_one(read: Callable[[str], object], text: str) -> bool:
    """Whether there is such a day, or such a time of a day."""
    try:
        read(text)
    except ValueError:
        return False
    return True


def as_text(given: Given, *, labels: Mapping[str, str]) -> str:
    """The whole form as people read it in the case and in the mail that confirms it."""
    parts = [given.details]
    if given.policy_kind == "email_tracking":
        lines = [labels["trace"]]
        for name in FIELDS:
            value = given.trace.get(name, "")
            shown = f"{value} ({given.zone})" if name == "time" and value and given.zone else value
            lines.append(f"{labels[name]}: {shown or '–'}")
        parts.append("\n".join(lines))
    more = [f"{labels['kind']}: {given.own_name}"] if given.own_name else []
    more += asked.lines(given.fields, asked.everything()) if given.fields else []
    if given.company:
        more.append(f"{labels['company']}: {given.company}")
    if given.alternative:
        more.append(f"{labels['alternative']}: {given.alternative}")
    if more:
        parts.append("\n".join(more))
    return "\n\n".join(parts)
