"""What the operators of a search come to: conditions on cases, and where it is best to begin.

Names are looked up first, in few bounded statements, so that the search itself compares ids.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection

from heliodesk.cases import tags
from heliodesk.cases.access import visible
from heliodesk.cases.asked import STATUS, Asked, Hint, Term
from heliodesk.cases.queries import OPEN_ONLY
from heliodesk.customers import queries as customers
from heliodesk.entitlements import packs
from heliodesk.identity import colleagues
from heliodesk.identity.person import Person
from heliodesk.kernel import reading

#: Accounts, contacts and colleagues that one name may stand for.
MOST_NAMED = 20
#: Cases are opened in the order of their ids, give or take what is filed at the same moment.
_AT_ONCE = 2_000
#: A desk of so few cases is looked through whole.
_FEW = 30_000


@dataclass
class Narrowed:
    """Conditions on ``c``, a case, and the ids among which they hold."""

    conditions: list[str] = field(default_factory=list)
    values: list[Any] = field(default_factory=list)
    #: The condition for what this person may see, with its values.
    seen: str = "true"
    seen_values: list[object] = field(default_factory=list)
    #: Where to begin, when operators name accounts, contacts, owners or tags.
    accounts: list[int] | None = None
    contacts: list[int] | None = None
    owners: list[int] | None = None
    tags: list[int] | None = None
    #: Only open cases fit.
    open: bool = False
    #: The ids among which to look: from ``lowest`` to below ``below``; none is no bound.
    lowest: int = 0
    below: int | None = None
    #: A name stands for nothing, so that no case fits.
    nothing: bool = False
    hints: list[Hint] = field(default_factory=list)
    #: Names that stand for nothing: what was asked for, and what kind of thing it should be.
    unknown: list[tuple[str, str]] = field(default_factory=list)

    def add(self, condition: str, *values: object, minus: bool = False) -> None:
        """One more condition; with ``minus`` its opposite."""
        self.conditions.append(f"not coalesce({condition}, false)" if minus else f"({condition})")
        self.values += values

    @property
    def where(self) -> str:
        """All conditions as SQL, and that the person may see it."""
        return " and ".join([*self.conditions, self.seen])

    @property
    def where_values(self) -> list[Any]:
        """The values of ``where``."""
        return [*self.values, *self.seen_values]


def narrow(person: Person, asked: Asked, *, at: datetime) -> Narrowed:
    """Look the names of a search up, and say what its operators mean for this person."""
    found = Narrowed()
    found.seen, found.seen_values = visible(person)
    for term in asked.terms:
        _READ[term.name](found, person, term, at)
    return found


def _status(found: Narrowed, _person: Person, term: Term, _at: datetime) -> None:
    states = sorted({state for value in term.values for state in STATUS[value]})
    if term.minus:
        found.add("c.state = any(%s)", states, minus=True)
        return
    found.add(f"c.state in ({', '.join(repr(state) for state in states)})")
    found.open |= set(states) <= set(STATUS["open"])


def _is(found: Narrowed, person: Person, term: Term, at: datetime) -> None:
    for value in term.values:
        condition, values = _KINDS[value]
        given = {"me": person.id, "at": at}
        found.add(condition, *(given[name] for name in values), minus=term.minus)
        if not term.minus:
            found.open |= OPEN_ONLY in condition
            if value == "mine":
                found.owners = [person.id]


_KINDS: dict[str, tuple[str, tuple[str, ...]]] = {
    "open": (OPEN_ONLY, ()),
    "done": (f"not ({OPEN_ONLY})", ()),
    "mine": ("c.owner_id = %s", ("me",)),
    "unassigned": (f"c.owner_id is null and {OPEN_ONLY}", ()),
    "late": (f"c.due_at < %s and {OPEN_ONLY}", ("at",)),
    "merged": ("c.merged_into_id is not null", ()),
}


def _priority(found: Narrowed, _person: Person, term: Term, _at: datetime) -> None:
    found.add("c.priority = any(%s)", list(term.values), minus=term.minus)


def _has(found: Narrowed, _person: Person, term: Term, _at: datetime) -> None:
    found.add(
        # A value, so that it is asked case by case; what exists() asks may be read whole instead.
        "(select true from cases_message m join cases_attachment f on f.message_id = m.id"
        " where m.case_id = c.id and not f.inline limit 1)",
        minus=term.minus,
    )


def _queue(found: Narrowed, _person: Person, term: Term, _at: datetime) -> None:
    found.add("lower(c.queue) = any(%s)", [v.lower() for v in term.values], minus=term.minus)


def _package(found: Narrowed, _person: Person, term: Term, _at: datetime) -> None:
    pack = packs.active().policy.pack
    known = {package.code: package.label for package in pack.packages}
    codes: list[str] = []
    for value in term.values:
        word = value.lower()
        fits = [c for c, name in known.items() if word in (c.lower(), name.lower())]
        fits = fits or [
            c for c, n in known.items() if c.lower().startswith(word) or n.lower().startswith(word)
        ]
        if not fits:
            names = ", ".join(known.values())
            found.hints.append(
                Hint(f"package:{value}", f"The policy in force has no package “{value}”: {names}.")
            )
        # A package of an earlier policy is still on the cases of its time.
        codes += fits or [word]
    found.add("c.package = any(%s)", codes, minus=term.minus)


def _region(found: Narrowed, _person: Person, term: Term, _at: datetime) -> None:
    known = list(packs.active().policy.pack.regions)
    for value in term.values:
        if value.lower() not in {region.lower() for region in known}:
            found.hints.append(
                Hint(f"region:{value}", f"There is no region “{value}”: {', '.join(known)}.")
            )
    found.add(
        "(select lower(a.region) from customers_account a where a.id = c.account_id) = any(%s)",
        [value.lower() for value in term.values],
        minus=term.minus,
    )


def _account(found: Narrowed, person: Person, term: Term, at: datetime) -> None:
    ids = _named(
        found, term, lambda text, size: [
            row.id for row in customers.accounts(person, at.date(), text=text, size=size)
        ],
    )  # fmt: skip
    found.add("c.account_id = any(%s)", ids, minus=term.minus)
    if not term.minus:
        found.accounts = ids


def _from(found: Narrowed, person: Person, term: Term, at: datetime) -> None:
    ids = _named(
        found, term, lambda text, size: [
            row.id for row in customers.contacts(person, at.date(), text=text, size=size)
        ],
    )  # fmt: skip
    found.add("c.contact_id = any(%s)", ids, minus=term.minus)
    if not term.minus:
        found.contacts = ids


_NOBODY = frozenset({"nobody", "none", "unassigned"})


def _owner(found: Narrowed, person: Person, term: Term, _at: datetime) -> None:
    nobody = _NOBODY & {value.lower() for value in term.values}
    people = [
        value for value in term.values if value.lower() not in ("nobody", "none", "unassigned")
    ]
    if nobody and not people:
        found.add("c.owner_id is null", minus=term.minus)
        return
    ids = _named(
        found,
        Term(term.name, tuple(people), term.minus),
        lambda text, size: [person.id] if text.lower() == "me" else colleagues.named(text, size),
    )
    found.add(f"c.owner_id = any(%s){' or c.owner_id is null' if nobody else ''}", ids,
              minus=term.minus)  # fmt: skip
    if not term.minus and not nobody:
        found.owners = ids


def _tag(found: Narrowed, _person: Person, term: Term, _at: datetime) -> None:
    known, unknown = tags.named(term.values)
    ids = tags.lineage(tag.id for tag in known)
    found.unknown += [("tag", value) for value in unknown]
    found.nothing |= not ids and not term.minus
    found.add("c.tags && %s::int[] and c.tags <> '{}'", ids, minus=term.minus)
    if not term.minus:
        found.tags = ids


def _named(found: Narrowed, term: Term, look_up: Callable[[str, int], Sequence[int]]) -> list[int]:
    """The ids that these names stand for; what stands for nothing is noted."""
    ids: list[int] = []
    for value in term.values:
        some = look_up(value, MOST_NAMED)
        if not some:
            found.unknown.append((term.name, value))
        if len(some) > MOST_NAMED:
            found.hints.append(
                Hint(
                    f"{term.name}:{value}",
                    f"“{term.name}:{value}” fits more than {MOST_NAMED}; the first {MOST_NAMED}"
                    " by name are looked at. Write more of the name.",
                )
            )
        ids += some[:MOST_NAMED]
    if not ids and not term.minus:
        found.nothing = True
    return sorted(set(ids))


def _day(found: Narrowed, person: Person, term: Term, _at: datetime) -> None:
    if term.day is None:
        return
    instant = midnight(term.day, person.zone)
    later = (term.name == "after") != term.minus
    found.add(f"c.opened_at {'>=' if later else '<'} %s", instant)
    edge = _first_since(instant)
    if edge is None:
        return
    if later:
        found.lowest = max(found.lowest, edge - _AT_ONCE)
    else:
        found.below = min(found.below or edge + _AT_ONCE, edge + _AT_ONCE)


def midnight(day: date, zone: str) -> datetime:
    """When this day begins at somebody in this zone."""
    return datetime.combine(day, time(), ZoneInfo(zone))


#: The first case since an instant, found by halving: some twenty looks into the primary key.
_HALVING = """
with recursive ends(low, high) as (
    select coalesce((select min(id) from cases_case), 0),
           coalesce((select max(id) from cases_case), 0) + 1
), s(low, high) as (
    select low, high from ends
    union all
    select case when t.earlier then m.mid + 1 else s.low end,
           case when t.earlier then s.high else m.mid end
    from s
    cross join lateral (select (s.low + s.high) / 2 as mid) m
    cross join lateral (
        select coalesce((select c.opened_at from cases_case c where c.id >= m.mid
                         order by c.id limit 1) < %s, false) as earlier) t
    where s.low < s.high
)
select s.low, ends.high - ends.low from s cross join ends where s.low >= s.high limit 1
"""


def _first_since(instant: datetime) -> int | None:
    """The id of the first case opened since; none where it is not worth knowing."""
    rows = reading.rows(connection, _HALVING, [instant])
    return int(rows[0][0]) if rows and rows[0][1] > _FEW else None


_READ: dict[str, Callable[[Narrowed, Person, Term, datetime], None]] = {
    "account": _account,
    "from": _from,
    "owner": _owner,
    "status": _status,
    "is": _is,
    "priority": _priority,
    "package": _package,
    "region": _region,
    "queue": _queue,
    "tag": _tag,
    "has": _has,
    "before": _day,
    "after": _day,
}
