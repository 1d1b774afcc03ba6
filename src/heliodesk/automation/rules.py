"""What a rule may ask and do, and whether it fits a case. Pure."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any


class Moment(StrEnum):
    """When a rule is asked."""

    OPENED = "opened"
    CUSTOMER_WROTE = "customer_wrote"
    ANSWERED = "answered"
    ASSIGNED = "assigned"
    MOVED = "moved"
    PRIORITISED = "prioritised"
    RESOLVED = "resolved"
    REOPENED = "reopened"
    TAGGED = "tagged"
    UNTAGGED = "untagged"
    TARGET_WARNED = "target_warned"
    TARGET_MISSED = "target_missed"
    TIME = "time"


#: The verbs of the journal at which rules of a moment are asked.
VERBS: Mapping[str, Moment] = {
    "opened": Moment.OPENED,
    "hear": Moment.CUSTOMER_WROTE,
    "reply": Moment.ANSWERED,
    "take": Moment.ASSIGNED,
    "assign": Moment.ASSIGNED,
    "move": Moment.MOVED,
    "prioritise": Moment.PRIORITISED,
    "resolve": Moment.RESOLVED,
    "reopen": Moment.REOPENED,
    "target_warned": Moment.TARGET_WARNED,
    "target_missed": Moment.TARGET_MISSED,
}
#: One event may be both: a tag put on while another was taken off. What it says of each.
TAG_VERB = "tag"
TAG_MOMENTS: Mapping[Moment, str] = {Moment.TAGGED: "added", Moment.UNTAGGED: "removed"}


def moments_of(verb: str, data: Mapping[str, Any]) -> list[Moment]:
    """The moments that an event of a case is."""
    if verb == TAG_VERB:
        return [moment for moment, key in TAG_MOMENTS.items() if data.get(key)]
    return [VERBS[verb]]


class Sort(StrEnum):
    """What sort of value a fact is."""

    CHOICE = "choice"
    TEXT = "text"
    HOURS = "hours"
    TAGS = "tags"


class Is(StrEnum):
    """How a fact is compared."""

    IS = "is"
    IS_NOT = "is_not"
    CONTAINS = "contains"
    CONTAINS_NOT = "contains_not"
    AT_LEAST = "at_least"
    LESS_THAN = "less_than"
    HAS = "has"
    HAS_NOT = "has_not"


COMPARISONS: Mapping[Sort, tuple[Is, ...]] = {
    Sort.CHOICE: (Is.IS, Is.IS_NOT),
    Sort.TEXT: (Is.CONTAINS, Is.CONTAINS_NOT),
    Sort.HOURS: (Is.AT_LEAST, Is.LESS_THAN),
    Sort.TAGS: (Is.HAS, Is.HAS_NOT),
}
#: What can be asked of a case.
FACTS: Mapping[str, Sort] = {
    "priority": Sort.CHOICE,
    "state": Sort.CHOICE,
    "queue": Sort.CHOICE,
    "package": Sort.CHOICE,
    "region": Sort.CHOICE,
    "kind": Sort.CHOICE,
    "channel": Sort.CHOICE,
    "owner": Sort.CHOICE,
    "tags": Sort.TAGS,
    "touched": Sort.TAGS,
    "account": Sort.TEXT,
    "title": Sort.TEXT,
    "message": Sort.TEXT,
    "sender": Sort.TEXT,
    "hours_open": Sort.HOURS,
    "hours_since_customer": Sort.HOURS,
    "hours_since_activity": Sort.HOURS,
    "hours_to_due": Sort.HOURS,
}


class Do(StrEnum):
    """What a rule can do; the value says to whom, where or what."""

    MOVE = "move"
    ASSIGN = "assign"
    PRIORITISE = "prioritise"
    NOTE = "note"
    TAG = "tag"
    UNTAG = "untag"
    TELL = "tell"


#: Who did it, in the journal, when a rule did.
BY_RULE = "rule"
#: Values of ``Do.ASSIGN`` and ``Do.TELL`` that are no person's id.
LEAST_LOADED = "least_loaded"
OWNER = "owner"
LEADS = "leads"
#: Bounds of one rule.
MOST_CONDITIONS = 12
MOST_DEEDS = 6
MOST_TEXT = 2000
#: How often rules may act on one case within an hour; then they are held back.
MOST_AN_HOUR = 20


@dataclass(frozen=True)
class Facts:
    """A case as rules see it."""

    id: int
    ref: str
    title: str
    priority: str
    state: str
    queue: str
    package: str
    region: str
    kind: str
    channel: str
    owner: str
    account: str
    #: The first words of the last thing that the customer said, and who said it.
    message: str
    sender: str
    opened_at: datetime
    last_customer_at: datetime | None
    last_activity_at: datetime
    due_at: datetime
    #: The latest event that a person made, or none.
    cause: int
    #: The names of its tags, and of those that were put on or taken off at that moment.
    tags: tuple[str, ...] = ()
    touched: tuple[str, ...] = ()


@dataclass(frozen=True)
class Condition:
    """One question: a fact, a comparison, a value."""

    fact: str
    comparison: str
    value: str


@dataclass(frozen=True)
class Deed:
    """One thing to do."""

    do: str
    value: str


@dataclass(frozen=True)
class Plan:
    """A rule as it was written."""

    moment: str
    all: tuple[Condition, ...]
    any: tuple[Condition, ...]
    deeds: tuple[Deed, ...]


def fits(plan: Plan, facts: Facts, at: datetime) -> bool:
    """Whether every condition of ``all`` holds, and one of ``any`` when there are some."""
    return all(holds(one, facts, at) for one in plan.all) and (
        not plan.any or any(holds(one, facts, at) for one in plan.any)
    )


def holds(condition: Condition, facts: Facts, at: datetime) -> bool:
    """Whether one condition holds. What never happened is longer ago than any number of hours."""
    if FACTS[condition.fact] is Sort.TAGS:
        names = facts.tags if condition.fact == "tags" else facts.touched
        has = condition.value.strip().casefold() in {name.casefold() for name in names}
        return has is (condition.comparison == Is.HAS)
    found = _value(condition.fact, facts, at)
    if isinstance(found, str):
        found, wanted = found.casefold(), condition.value.strip().casefold()
        return _TEXTS[Is(condition.comparison)](found, wanted)
    hours = float(condition.value)
    return found >= hours if condition.comparison == Is.AT_LEAST else found < hours


_TEXTS: Mapping[Is, Callable[[str, str], bool]] = {
    Is.IS: lambda found, wanted: found == wanted,
    Is.IS_NOT: lambda found, wanted: found != wanted,
    Is.CONTAINS: lambda found, wanted: wanted in found,
    Is.CONTAINS_NOT: lambda found, wanted: wanted not in found,
}


def _value(fact: str, facts: Facts, at: datetime) -> str | float:
    if fact == "hours_open":
        return _hours(facts.opened_at, at)
    if fact == "hours_since_customer":
        return _hours(facts.last_customer_at, at)
    if fact == "hours_since_activity":
        return _hours(facts.last_activity_at, at)
    if fact == "hours_to_due":
        return -_hours(facts.due_at, at)
    return str(getattr(facts, fact))


def _hours(since: datetime | None, at: datetime) -> float:
    return (at - since).total_seconds() / 3600 if since else float("inf")


def faults(plan: Plan) -> list[str]:
    """What is wrong with a rule, in sentences; none when it can be used."""
    found = []
    if plan.moment not in set(Moment):
        found.append("Choose when the rule is asked.")
    conditions = [*plan.all, *plan.any]
    if not conditions:
        found.append("Say which cases it is for: at least one condition.")
    if len(conditions) > MOST_CONDITIONS:
        found.append(f"At most {MOST_CONDITIONS} conditions, please; write two rules instead.")
    for one in conditions:
        found.extend(_fault(one))
    timed = [one for one in plan.all if FACTS.get(one.fact) is Sort.HOURS]
    if plan.moment == Moment.TIME and not timed:
        found.append("A rule of time needs a condition in hours that all its cases fulfil.")
    if plan.moment not in TAG_MOMENTS and any(one.fact == "touched" for one in conditions):
        found.append("Only when a tag is put on or taken off can be asked which one it was.")
    if not plan.deeds:
        found.append("Say what the rule does.")
    return [*found, *deed_faults(plan.deeds)]


def _fault(one: Condition) -> Sequence[str]:
    sort = FACTS.get(one.fact)
    if sort is None:
        return [f"Nothing is known as “{one.fact}”."]
    if one.comparison not in COMPARISONS[sort]:
        return [f"“{one.fact}” cannot be compared by “{one.comparison}”."]
    if sort is Sort.HOURS and _number(one.value) is None:
        return [f"“{one.fact}” is compared with a number of hours, not “{one.value}”."]
    if sort is Sort.TAGS and not one.value.strip():
        return ["Say which tag."]
    if sort is Sort.TEXT and not one.value.strip():
        return [f"Say what “{one.fact}” should contain."]
    if len(one.value) > MOST_TEXT:
        return [f"The value of “{one.fact}” is too long."]
    return []


def deed_faults(deeds: Sequence[Deed]) -> list[str]:
    """What is wrong with things to do."""
    found = [fault for deed in deeds for fault in _deed_fault(deed)]
    if len(deeds) > MOST_DEEDS:
        found.append(f"At most {MOST_DEEDS} things to do, please.")
    return found


def _deed_fault(deed: Deed) -> Sequence[str]:
    if deed.do not in set(Do):
        return [f"A rule cannot do “{deed.do}”."]
    if not deed.value.strip():
        return [f"Say what to {deed.do}."]
    if len(deed.value) > MOST_TEXT:
        return [f"The text of “{deed.do}” is longer than {MOST_TEXT} characters."]
    if deed.do == Do.PRIORITISE and deed.value not in {"P2", "P3", "P4"}:
        return ["A rule can set P2, P3 or P4; only a call makes a P1."]
    if deed.do == Do.ASSIGN and not (deed.value == LEAST_LOADED or deed.value.isdecimal()):
        return ["Choose who gets the case."]
    if deed.do == Do.TELL and not (deed.value in {OWNER, LEADS} or deed.value.isdecimal()):
        return ["Choose who is told."]
    return []


def _number(text: str) -> float | None:
    try:
        found = float(text)
    except ValueError:
        return None
    return found if 0 <= abs(found) <= 100_000 else None


def plan_of(
    moment: str,
    all: Sequence[Mapping[str, str]],
    any: Sequence[Mapping[str, str]],
    deeds: Sequence[Mapping[str, str]],
) -> Plan:
    """A rule from its stored form."""
    return Plan(
        moment,
        tuple(Condition(**one) for one in all),
        tuple(Condition(**one) for one in any),
        tuple(Deed(**one) for one in deeds),
    )
