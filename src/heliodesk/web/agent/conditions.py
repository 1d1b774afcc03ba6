"""Conditions of views in words, and as a form sends them."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from django.http import QueryDict
from django.utils.translation import gettext_noop as _

from heliodesk.cases import fields, filters, kinds, tags
from heliodesk.cases.filters import (
    BARE,
    COMPARISONS,
    FACTS,
    FIELD,
    ME,
    MINE,
    MOST_CONDITIONS,
    MOST_GROUPS,
    NOBODY,
    SPANS,
    Condition,
    Group,
    How,
    Match,
    Plan,
    Scope,
    Sort,
)
from heliodesk.cases.rules import State
from heliodesk.entitlements import packs
from heliodesk.identity import queries as identity
from heliodesk.web import words
from heliodesk.web.agent import colleagues
from heliodesk.web.translation import translated

SCOPES = {
    Scope.OPEN: _("Open cases"),
    Scope.DONE: _("Resolved, closed and cancelled"),
    Scope.ALL: _("All cases"),
}
ORDERS = {
    "due": _("Next due first"),
    "activity": _("Last active first"),
    "newest": _("Newest first"),
    "oldest": _("Oldest first"),
}
MATCHES = {Match.ALL: _("All of these hold"), Match.ANY: _("One of these holds")}
_FACTS = {
    "state": _("State"),
    "priority": _("Priority"),
    "package": _("Package"),
    "region": _("Region"),
    "owner": _("Owner"),
    "team": _("Team"),
    "queue": _("Queue"),
    "kind": _("Kind of case"),
    "channel": _("Channel"),
    "tags": _("Tags"),
    "account": _("Account"),
    "contact": _("Contact"),
    "title": _("Title"),
    "opened": _("Opened"),
    "activity": _("Last active"),
    "customer": _("Customer last wrote"),
    "due": _("Due"),
    "resolved": _("Resolved"),
}
_HOWS = {
    How.IS: _("is"),
    How.IS_NOT: _("is not"),
    How.HAS_ANY: _("has one of"),
    How.HAS_ALL: _("has all of"),
    How.HAS_NONE: _("has none of"),
    How.CONTAINS: _("contains"),
    How.CONTAINS_NOT: _("does not contain"),
    How.IN_THE_LAST: _("in the last"),
    How.LONGER_AGO: _("longer ago than"),
    How.IN_THE_NEXT: _("within the next"),
    How.PASSED: _("is past"),
    How.FROM: _("on or after"),
    How.UNTIL: _("on or before"),
    How.SET: _("is known"),
    How.UNSET: _("is not known"),
    "at_least": _("at least"),
    "at_most": _("at most"),
}
UNITS = {
    "minutes": _("minutes"),
    "hours": _("hours"),
    "days": _("days"),
    "weeks": _("weeks"),
}
#: Moments of which something can still come.
_COMING = frozenset({"due"})
Choice = tuple[str, str]


@dataclass(frozen=True)
class Choices:
    """Everything that a condition can be about, with words, for one form."""

    facts: list[Choice]
    #: What can be chosen of each fact; looked up when it is asked for.
    values: Mapping[str, Callable[[], list[Choice]]]
    of_fields: Mapping[str, fields.Field]
    _found: dict[str, list[Choice]] = field(default_factory=dict)

    def hows(self, fact: str) -> list[Choice]:
        """How a fact can be compared."""
        if fact.startswith(FIELD):
            field = self.of_fields.get(fact.removeprefix(FIELD))
            found: Sequence[str] = fields.COMPARISONS[field.value] if field else ()
        else:
            found = COMPARISONS[FACTS[fact]] if fact in FACTS else ()
        if fact in FACTS and FACTS[fact] is Sort.MOMENT and fact not in _COMING:
            found = [how for how in found if how not in {How.IN_THE_NEXT, How.PASSED}]
        if fact in {"opened", "activity"}:
            found = [how for how in found if how not in {How.SET, How.UNSET}]
        return [(str(how), translated(_HOWS[how])) for how in found]

    def control(self, fact: str, how: str) -> str:
        """What a value is given by: ``many``, ``text``, ``span``, ``day``, ``one`` or nothing."""
        if how in BARE or not fact:
            return ""
        if fact.startswith(FIELD):
            field = self.of_fields.get(fact.removeprefix(FIELD))
            by_value = {"date": "day", "choice": "one", "yes_no": "one"}
            return by_value.get(field.value, "text") if field and how != "contains" else "text"
        sort = FACTS.get(fact)
        if sort is Sort.MOMENT:
            return "span" if how in SPANS else "day"
        return "text" if sort is Sort.TEXT else "many"

    def of(self, fact: str) -> list[Choice]:
        """What can be chosen of a fact."""
        if fact.startswith(FIELD):
            field = self.of_fields.get(fact.removeprefix(FIELD))
            if field and field.value == "yes_no":
                return [("yes", translated(_("yes"))), ("no", translated(_("no")))]
            return [(one, one) for one in field.choices] if field else []
        if fact not in self._found:
            self._found[fact] = self.values[fact]() if fact in self.values else []
        return self._found[fact]


def choices() -> Choices:
    """Everything that conditions can be about."""
    of_fields = {field.code: field for field in fields.fields()}
    facts = [(fact, translated(label)) for fact, label in _FACTS.items()]
    facts += [(FIELD + field.code, field.label) for field in of_fields.values()]
    return Choices(facts, _VALUES, of_fields)


def _states() -> list[Choice]:
    return [(state.value, words.state(state.value).word) for state in State]


def _priorities() -> list[Choice]:
    return [(code, f"{code} {words.priority(code)}") for code in ("P1", "P2", "P3", "P4")]


def _owners() -> list[Choice]:
    people = [(str(id), name) for id, name in colleagues.everybody()]
    return [(ME, translated(_("Me"))), (NOBODY, translated(_("Nobody"))), *people]


def _teams() -> list[Choice]:
    teams = [(str(one.pk), one.name) for one in identity.all_teams()]
    return [(MINE, translated(_("My teams"))), *teams]


def _queues() -> list[Choice]:
    named = {queue for team in identity.all_teams() for queue in team.queues}
    return [(name, name) for name in sorted(named)]


def _kinds() -> list[Choice]:
    return [(code, words.kind(code)) for code in kinds.offered()]


def _channels() -> list[Choice]:
    return [
        (code, words.channel(code).word.capitalize()) for code in ("email", "web", "phone", "api")
    ]


def _tags() -> list[Choice]:
    return [(str(one.id), one.name) for one in tags.offered()]


def _packages() -> list[Choice]:
    try:
        found = packs.active().policy.pack.packages
    except packs.NoActivePack:
        return []
    return [(one.code, one.label) for one in found]


def _regions() -> list[Choice]:
    try:
        found = packs.active().policy.pack.regions
    except packs.NoActivePack:
        return []
    return [(code, code) for code in sorted(found)]


_VALUES: Mapping[str, Callable[[], list[Choice]]] = {
    "state": _states,
    "priority": _priorities,
    "package": _packages,
    "region": _regions,
    "owner": _owners,
    "team": _teams,
    "queue": _queues,
    "kind": _kinds,
    "channel": _channels,
    "tags": _tags,
}


def said(plan: Plan, known: Choices) -> list[tuple[str, list[str]]]:
    """A view in words: each group, how its conditions belong together, and these."""
    return [
        (group.match, [_say(one, known) for one in group.conditions])
        for group in plan.groups
        if group.conditions
    ]


def _say(one: Condition, known: Choices) -> str:
    label = dict(known.facts).get(one.fact, one.fact)
    how = translated(_HOWS.get(one.how, one.how))
    if known.control(one.fact, one.how) == "span" and len(one.values) == 2:
        unit = translated(UNITS.get(one.values[1], one.values[1]))
        return f"{label} {how} {one.values[0]} {unit}"
    if one.how in BARE:
        return f"{label} {how}"
    names = dict(known.of(one.fact))
    joined = ", ".join(names.get(value, value) for value in one.values)
    return f"{label} {how} {joined}"


_NAME = re.compile(r"c-([0-9])-([0-9]{1,2})-fact")


def read(given: QueryDict) -> Plan:
    """The conditions that a form sent; a fact that was changed begins anew."""
    lines: dict[int, dict[int, Condition]] = {}
    for name in given:
        if found := _NAME.fullmatch(name):
            group, place = int(found[1]), int(found[2])
            lines.setdefault(group, {})[place] = _line(given, f"c-{group}-{place}")
    matches = {
        n: given.get(f"g-{n}-match", Match.ALL.value) for n in range(10) if f"g-{n}-match" in given
    }
    groups = tuple(
        Group(
            matches.get(n, Match.ALL.value),
            tuple(one for _place, one in sorted(lines.get(n, {}).items())),
        )
        for n in sorted({*lines, *matches})
    )
    return Plan(given.get("scope", Scope.OPEN.value), groups)


def _line(given: QueryDict, name: str) -> Condition:
    fact, how = given.get(f"{name}-fact", ""), given.get(f"{name}-how", "")
    if fact != given.get(f"{name}-was", fact):
        return Condition(fact, "")
    values = tuple(value.strip().replace("\0", "") for value in given.getlist(f"{name}-value"))
    return Condition(fact, how, tuple(value for value in values if value))


def completed(plan: Plan, known: Choices) -> Plan:
    """The same with every comparison one of its fact, and at least one group to fill in."""
    groups = [
        replace(group, conditions=tuple(_complete(one, known) for one in group.conditions))
        for group in plan.groups
    ]
    return replace(plan, groups=tuple(groups) or (Group(Match.ALL.value, ()),))


def _complete(one: Condition, known: Choices) -> Condition:
    hows = [how for how, _label in known.hows(one.fact)]
    if not hows or one.how in hows:
        return one
    how = hows[0]
    values = ("7", "days") if known.control(one.fact, how) == "span" else ()
    return replace(one, how=how, values=values)


def edited(plan: Plan, deed: str) -> Plan:
    """A condition or group more or less, as a button of the form asks: ``add-0``, ``drop-0-1``,
    ``group``.
    """
    groups = list(plan.groups)
    word, *numbers = deed.split("-")
    at = [int(number) for number in numbers if number.isdigit()]
    count = sum(len(group.conditions) for group in groups)
    if word == "group" and len(groups) < MOST_GROUPS:
        groups.append(Group(Match.ANY.value, (Condition("", ""),)))
    elif word == "add" and at and at[0] < len(groups) and count < MOST_CONDITIONS:
        group = groups[at[0]]
        groups[at[0]] = replace(group, conditions=(*group.conditions, Condition("", "")))
    elif word == "drop" and len(at) == 2 and at[0] < len(groups):
        group = groups[at[0]]
        left = tuple(one for n, one in enumerate(group.conditions) if n != at[1])
        groups[at[0]] = replace(group, conditions=left)
        if not left and len(groups) > 1:
            del groups[at[0]]
    return replace(plan, groups=tuple(groups))


def meant(plan: Plan) -> Plan:
    """The view without lines that say nothing and groups that hold none."""
    groups = (
        replace(group, conditions=tuple(one for one in group.conditions if one.fact))
        for group in plan.groups
    )
    return replace(plan, groups=tuple(group for group in groups if group.conditions))


#: The desk's own queues as conditions, to begin a filter with.
QUEUES = {
    "needs_us": Plan(groups=(Group("all", (Condition("state", "is", ("new", "assigned")),)),)),
    "mine": Plan(groups=(Group("all", (Condition("owner", "is", (ME,)),)),)),
    "teams": Plan(groups=(Group("all", (Condition("team", "is", (MINE,)),)),)),
    "unassigned": Plan(groups=(Group("all", (Condition("owner", "is", (NOBODY,)),)),)),
    "waiting": Plan(groups=(Group("all", (Condition("state", "is", ("pending_customer",)),)),)),
    "engineering": Plan(groups=(Group("all", (Condition("state", "is", ("pending_vendor",)),)),)),
    "soon": Plan(
        groups=(
            Group(
                "any",
                (Condition("due", How.PASSED), Condition("due", How.IN_THE_NEXT, ("2", "hours"))),
            ),
        )
    ),
    "open": Plan(),
    "closed": Plan(Scope.DONE.value),
}


def fault_words(plan: Plan, known: Choices) -> list[str]:
    """What is wrong with a view, with the names of its facts as the form has them."""
    labels = dict(known.facts)
    comparisons = {code: fields.COMPARISONS[one.value] for code, one in known.of_fields.items()}
    return [
        re.sub(r"“(\w+)”", lambda found: f"“{labels.get(found[1], found[1])}”", fault)
        for fault in filters.faults(plan, comparisons)
    ]
