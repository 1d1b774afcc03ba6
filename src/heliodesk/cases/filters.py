"""Which cases a view holds: conditions in groups, what is wrong with them, and the SQL that they
become. Every value is a parameter; the text of the SQL comes from the tables below alone. Pure.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from heliodesk.cases.rules import OPEN, Refused

#: Bounds of one view.
MOST_GROUPS = 4
MOST_CONDITIONS = 16
MOST_VALUES = 60
MOST_TEXT = 200
MOST_SPAN = 10_000


class Match(StrEnum):
    """How the conditions of a group belong together."""

    ALL = "all"
    ANY = "any"


class Scope(StrEnum):
    """Which cases a view looks at in the first place; each has an index of its own."""

    OPEN = "open"
    DONE = "done"
    ALL = "all"


class Sort(StrEnum):
    """What sort of thing is compared."""

    CHOICE = "choice"
    TAGS = "tags"
    TEXT = "text"
    MOMENT = "moment"
    #: A field of an administrator's; it knows by itself how it is compared.
    FIELD = "field"


class How(StrEnum):
    """How a fact is compared."""

    IS = "is"
    IS_NOT = "is_not"
    HAS_ANY = "has_any"
    HAS_ALL = "has_all"
    HAS_NONE = "has_none"
    CONTAINS = "contains"
    CONTAINS_NOT = "contains_not"
    IN_THE_LAST = "in_the_last"
    LONGER_AGO = "longer_ago"
    IN_THE_NEXT = "in_the_next"
    PASSED = "passed"
    FROM = "from"
    UNTIL = "until"
    SET = "set"
    UNSET = "unset"


COMPARISONS: Mapping[Sort, tuple[str, ...]] = {
    Sort.CHOICE: (How.IS, How.IS_NOT),
    Sort.TAGS: (How.HAS_ANY, How.HAS_ALL, How.HAS_NONE),
    Sort.TEXT: (How.CONTAINS, How.CONTAINS_NOT),
    Sort.MOMENT: (
        How.IN_THE_LAST,
        How.LONGER_AGO,
        How.IN_THE_NEXT,
        How.PASSED,
        How.FROM,
        How.UNTIL,
        How.SET,
        How.UNSET,
    ),
}
#: Comparisons that ask for no value.
BARE = frozenset({How.PASSED, How.SET, How.UNSET})
SPANS = frozenset({How.IN_THE_LAST, How.LONGER_AGO, How.IN_THE_NEXT})
UNITS: Mapping[str, timedelta] = {
    "minutes": timedelta(minutes=1),
    "hours": timedelta(hours=1),
    "days": timedelta(days=1),
    "weeks": timedelta(weeks=1),
}
#: What can be asked of a case, in the order of the lists to choose from.
FACTS: Mapping[str, Sort] = {
    "state": Sort.CHOICE,
    "priority": Sort.CHOICE,
    "package": Sort.CHOICE,
    "region": Sort.CHOICE,
    "owner": Sort.CHOICE,
    "team": Sort.CHOICE,
    "queue": Sort.CHOICE,
    "kind": Sort.CHOICE,
    "channel": Sort.CHOICE,
    "tags": Sort.TAGS,
    "account": Sort.TEXT,
    "contact": Sort.TEXT,
    "title": Sort.TEXT,
    "opened": Sort.MOMENT,
    "activity": Sort.MOMENT,
    "customer": Sort.MOMENT,
    "due": Sort.MOMENT,
    "resolved": Sort.MOMENT,
}
#: Before the code of an administrator's field.
FIELD = "field:"
#: Values of ``owner`` and ``team`` that are no id.
ME, NOBODY, MINE = "me", "nobody", "mine"
OPEN_ONLY = "c.state in (" + ", ".join(f"'{state}'" for state in sorted(OPEN)) + ")"
_SCOPES = {Scope.OPEN: OPEN_ONLY, Scope.DONE: f"not ({OPEN_ONLY})", Scope.ALL: "true"}


@dataclass(frozen=True)
class Condition:
    """One question: a fact, a comparison, and the values it is compared with."""

    fact: str
    how: str
    values: tuple[str, ...] = ()


@dataclass(frozen=True)
class Group:
    """Conditions of which all hold, or one."""

    match: str
    conditions: tuple[Condition, ...]


@dataclass(frozen=True)
class Plan:
    """Which cases: of a scope, those for which every group holds."""

    scope: str = Scope.OPEN.value
    groups: tuple[Group, ...] = ()


#: The SQL condition of a field, with its parameters, from a comparison and a text.
OfField = Callable[[str, str], tuple[str, list[object]]]


@dataclass(frozen=True)
class Ground:
    """What the values stand for, when they are compared: who asks, where, and when."""

    person_id: int
    queues: tuple[str, ...]
    at: datetime
    zone: ZoneInfo
    #: Ids of tags as cases may hold them.
    tags: Callable[[Sequence[int]], list[int]] = list
    #: How each field of an administrator's is compared, by its code.
    fields: Mapping[str, OfField] = field(default_factory=dict)


Sql = tuple[str, list[object]]


def where(plan: Plan, ground: Ground) -> Sql:
    """The SQL condition of a view over ``cases_case c``, with its parameters.

    Raises:
        Refused: a value is none, or a field is gone; the sentence says which.
    """
    parts, params = [_SCOPES[Scope(plan.scope)]], list[object]()
    for group in plan.groups:
        compiled = [_compiled(one, ground) for one in group.conditions]
        if compiled:
            joined = " and " if group.match == Match.ALL else " or "
            parts.append("(" + joined.join(sql for sql, _ in compiled) + ")")
            params += [value for _, values in compiled for value in values]
    return " and ".join(parts), params


def _compiled(one: Condition, ground: Ground) -> Sql:
    if one.fact.startswith(FIELD):
        compare = ground.fields.get(one.fact.removeprefix(FIELD))
        if compare is None:
            raise Refused("The view asks for a field that there is no more. Edit the view.")
        return compare(one.how, one.values[0] if one.values else "")
    sort = FACTS[one.fact]
    if sort is Sort.CHOICE:
        return _but(_choice(one, ground), negated=one.how == How.IS_NOT)
    if sort is Sort.TEXT:
        return _but(_text(one), negated=one.how == How.CONTAINS_NOT)
    return _tags(one, ground) if sort is Sort.TAGS else _moment(one, ground)


def _but(sql: Sql, *, negated: bool) -> Sql:
    """What is unknown is not the same: nothing falls between a question and its contrary."""
    return (f"({sql[0]}) is not true", sql[1]) if negated else sql


_COLUMNS = ("state", "priority", "package", "queue", "kind", "channel")


def _choice(one: Condition, ground: Ground) -> Sql:
    values = list(one.values)
    if one.fact in _COLUMNS:
        return f"c.{one.fact} = any(%s)", [values]
    if one.fact == "region":
        return (
            "exists (select from customers_account x where x.id = c.account_id"
            " and x.region = any(%s))",
            [values],
        )
    if one.fact == "owner":
        ids = [
            ground.person_id if value == ME else int(value) for value in values if value != NOBODY
        ]
        nobody = "c.owner_id is null or " if NOBODY in values else ""
        return f"({nobody}c.owner_id = any(%s::bigint[]))", [ids]
    teams = [int(value) for value in values if value != MINE]
    mine = list(ground.queues) if MINE in values else []
    return (
        "(c.queue = any(%s::text[]) or c.queue = any(array(select q from identity_team t,"
        " unnest(t.queues) q where t.id = any(%s::bigint[]))))",
        [mine, teams],
    )


_TEXTS = {
    "title": "c.title ilike %s",
    "account": "c.account_id in (select x.id from customers_account x where x.name ilike %s"
    " union all select i.account_id from customers_accountidentifier i where i.value ilike %s)",
    "contact": "c.contact_id in (select x.id from customers_contact x where x.name ilike %s"
    " union all select i.contact_id from customers_contactaddress i where i.address ilike %s)",
}


def _text(one: Condition) -> Sql:
    sql = _TEXTS[one.fact]
    return sql, [f"%{_escaped(one.values[0])}%"] * sql.count("%s")


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def _tags(one: Condition, ground: Ground) -> Sql:
    ids = [int(value) for value in one.values]
    if one.how == How.HAS_ALL:
        each = [ground.tags([id]) for id in ids]
        return " and ".join(["c.tags && %s::int[] and c.tags <> '{}'"] * len(each)), list(each)
    found: list[object] = [ground.tags(ids)]
    if one.how == How.HAS_NONE:
        return "not (c.tags && %s::int[])", found
    return "(c.tags && %s::int[] and c.tags <> '{}')", found


_MOMENTS = {
    "opened": "c.opened_at",
    "activity": "c.last_activity_at",
    "customer": "c.last_customer_at",
    "due": "c.due_at",
    "resolved": "c.resolved_at",
}
#: When nothing is promised: later than any time that is.
_NEVER = datetime(9999, 1, 1, tzinfo=UTC)


def _moment(one: Condition, ground: Ground) -> Sql:
    column, at = _MOMENTS[one.fact], ground.at
    if one.how in {How.SET, How.UNSET}:
        known = f"(c.due_at < %s) = {'true' if one.how == How.SET else 'false'}"
        empty = f"{column} is {'not ' if one.how == How.SET else ''}null"
        return (known, [_NEVER]) if one.fact == "due" else (empty, [])
    if one.how == How.PASSED:
        return f"{column} < %s", [at]
    if one.how in SPANS:
        span = int(one.values[0]) * UNITS[one.values[1]]
        if one.how == How.IN_THE_LAST:
            return f"{column} between %s and %s", [at - span, at]
        if one.how == How.LONGER_AGO:
            return f"{column} < %s", [at - span]
        return f"{column} between %s and %s", [at, at + span]
    day = date.fromisoformat(one.values[0])
    begins = datetime.combine(day, time(), ground.zone)
    if one.how == How.FROM:
        return f"{column} >= %s" + (" and c.due_at < %s" if one.fact == "due" else ""), (
            [begins, _NEVER] if one.fact == "due" else [begins]
        )
    return f"{column} < %s", [begins + timedelta(days=1)]


def faults(plan: Plan, fields: Mapping[str, Sequence[str]] | None = None) -> list[str]:
    """What is wrong with a view, in sentences; none when it can be used.

    Args:
        fields: how each field of an administrator's can be compared, by its code.
    """
    found: list[str] = []
    if plan.scope not in set(Scope):
        found.append("Choose whether the view holds open cases, ended ones, or all.")
    if len(plan.groups) > MOST_GROUPS:
        found.append(f"At most {MOST_GROUPS} groups of conditions, please.")
    conditions = [one for group in plan.groups for one in group.conditions]
    if len(conditions) > MOST_CONDITIONS:
        found.append(f"At most {MOST_CONDITIONS} conditions, please.")
    if any(group.match not in set(Match) for group in plan.groups):
        found.append("Choose whether all conditions of a group hold, or one of them.")
    for one in conditions:
        found += _fault(one, fields or {})
    return list(dict.fromkeys(found))


def _fault(one: Condition, fields: Mapping[str, Sequence[str]]) -> list[str]:
    if one.fact.startswith(FIELD):
        known = fields.get(one.fact.removeprefix(FIELD))
        if known is None:
            return ["One condition asks for a field that there is no more."]
        return [] if one.how in known else ["Choose how the field is compared."]
    sort = FACTS.get(one.fact)
    if sort is None:
        return ["Choose what each condition asks for."]
    if one.how not in COMPARISONS[sort]:
        return [f"Choose how “{one.fact}” is compared."]
    if one.how in BARE:
        return []
    if len(one.values) > MOST_VALUES or any(len(value) > MOST_TEXT for value in one.values):
        return [f"“{one.fact}” is compared with too much at once."]
    if not one.values or not any(value.strip() for value in one.values):
        return [f"Say what “{one.fact}” is compared with."]
    return [] if _CHECKS[sort](one) else [f"“{one.fact}” cannot be compared with that."]


def _good_moment(one: Condition) -> bool:
    if one.how not in SPANS:
        try:
            return 1970 <= date.fromisoformat(one.values[0]).year <= 2200
        except ValueError:
            return False
    if len(one.values) != 2 or one.values[1] not in UNITS:
        return False
    return _is_id(one.values[0]) and 0 < int(one.values[0]) <= MOST_SPAN


def _is_id(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 18


def _good_choice(one: Condition) -> bool:
    if one.fact == "owner":
        return all(value in {ME, NOBODY} or _is_id(value) for value in one.values)
    if one.fact == "team":
        return all(value == MINE or _is_id(value) for value in one.values)
    return all(value.isprintable() for value in one.values)


_CHECKS: Mapping[Sort, Callable[[Condition], bool]] = {
    Sort.CHOICE: _good_choice,
    Sort.TAGS: lambda one: all(_is_id(value) and int(value) < 2**31 for value in one.values),
    Sort.TEXT: lambda one: "\0" not in one.values[0],
    Sort.MOMENT: _good_moment,
}


def is_personal(plan: Plan) -> bool:
    """Whether the same view holds other cases for another person."""
    return any(
        {ME, MINE} & set(one.values)
        for group in plan.groups
        for one in group.conditions
        if one.fact in {"owner", "team"}
    )


def written(plan: Plan) -> list[dict[str, Any]]:
    """The groups as they are stored."""
    return [
        {
            "match": group.match,
            "conditions": [
                {"fact": one.fact, "how": one.how, "values": list(one.values)}
                for one in group.conditions
            ],
        }
        for group in plan.groups
    ]


def read(scope: str, groups: Any) -> Plan:
    """A view from its stored form, or from an address; what has another shape is left out."""
    found = []
    for group in groups if isinstance(groups, list) else []:
        if isinstance(group, dict) and isinstance(group.get("conditions"), list):
            conditions = tuple(one for raw in group["conditions"] if (one := _condition(raw)))
            found.append(Group(str(group.get("match", Match.ALL.value)), conditions))
    return Plan(scope, tuple(found))


def _condition(raw: Any) -> Condition | None:
    if not isinstance(raw, dict) or not isinstance(raw.get("values", []), list):
        return None
    values = tuple(str(value).replace("\0", "") for value in raw.get("values", []))
    return Condition(str(raw.get("fact", "")), str(raw.get("how", "")), values)
