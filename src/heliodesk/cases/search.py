"""Finding cases: by their reference, by words said on them, by what narrows them.

Words are looked for in the newest cases first, in steps: two buckets of 16,384 cases, then two,
then six more, then all. A step stops as soon as it has enough, nothing is ranked and nothing is
counted, so that a search costs the same however many cases there are. Without words the cases of
those whom operators name are read from the newest backwards, or all cases, so many at a time:
what found too little says how far it looked, and can be continued from there.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from django.db import connection

from heliodesk.cases.access import visible
from heliodesk.cases.asked import Asked, Hint
from heliodesk.cases.looking import Look
from heliodesk.cases.narrowing import narrow
from heliodesk.identity.person import Person
from heliodesk.kernel import reading
from heliodesk.kernel.references import is_case_reference, likely_references

#: Cases that a mistyped reference may stand for, as many as are shown.
_MOST_MEANT = 6


class Found(NamedTuple):
    """A case that was found, with the words around what was looked for."""

    id: int
    ref: str
    title: str
    state: str
    priority: str
    channel: str
    package: str
    opened_at: datetime
    last_activity_at: datetime
    account_id: int
    account: str
    contact: str | None
    owner: str | None
    #: Of the message that was found, or else the last one: from a little before the first word.
    text: str | None
    #: The names of the files on that message, one a line.
    files: str | None


@dataclass
class Hits:
    """What a search found, the newest case first, and where it can go on."""

    cases: list[Found] = field(default_factory=list)
    hints: list[Hint] = field(default_factory=list)
    #: Names that stand for nothing, each with the operator that named it.
    unknown: list[tuple[str, str]] = field(default_factory=list)
    #: The search goes on among cases with a lower id than this; none when all were looked at.
    further: int | None = None
    #: How far back it looked, when it stopped before the page was full.
    looked_to: datetime | None = None


#: A word is looked for in 20,000 characters to show what stands round it.
_COLUMNS = """
select c.id, c.ref, c.title, c.state, c.priority, c.channel, c.package, c.opened_at,
       c.last_activity_at, c.account_id, a.name, k.name, u.name,
       substr(m.text, greatest(strpos(lower(left(m.text, 20000)), %s) - 200, 1), 1200),
       (select string_agg(f.name, chr(10)) from (
            select f.name from cases_attachment f where f.message_id = m.id and not f.inline
             order by f.id limit 8) f)
"""
_JOINS = """
join customers_account a on a.id = c.account_id
left join customers_contact k on k.id = c.contact_id
left join identity_user u on u.id = c.owner_id
"""


def jump(person: Person, text: str) -> str | None:
    """The reference that this text is, when there is such a case for this person."""
    digits = "".join(text.split()).lstrip("#")
    if not is_case_reference(digits):
        return None
    found = _by_references(person, [digits])
    return found[0].ref if found else None


def meant(person: Person, text: str) -> list[Found]:
    """The cases that a mistyped reference may stand for: a wrong or swapped digit, one too many
    or one too few."""
    digits = "".join(text.replace("-", " ").split()).lstrip("#")
    return _by_references(person, likely_references(digits))


def _by_references(person: Person, refs: Sequence[str]) -> list[Found]:
    if not refs:
        return []
    seen, params = visible(person)
    sql = f"""select c.id, c.ref from cases_case c where c.ref = any(%s) and {seen} limit 40"""
    likely = {ref: place for place, ref in enumerate(refs)}
    found = reading.rows(connection, sql, [list(refs), *params])
    ids = {id: likely[ref] for id, ref in found}
    some = sorted(ids, key=ids.__getitem__)[:_MOST_MEANT]
    return sorted(shown(dict.fromkeys(some)), key=lambda row: ids[row.id])


def cases(
    person: Person, asked: Asked, *, at: datetime, limit: int = 50, below: int | None = None
) -> Hits:
    """Cases that fit, at most ``limit``; ``below`` continues an earlier search."""
    if asked.empty:
        return Hits(hints=list(asked.hints))
    narrowed = narrow(person, asked, at=at)
    hits = Hits(hints=[*asked.hints, *narrowed.hints], unknown=narrowed.unknown)
    if narrowed.nothing:
        return hits
    if below is not None:
        narrowed.below = min(below, narrowed.below or below)
    # Hardly anything is hidden from anybody, so that is asked together with what is shown.
    for strict in (False, True):
        look = Look(asked, narrowed, limit, strict=strict)
        look.run()
        ids = sorted(look.found, reverse=True)
        some = {id: look.found[id] for id in ids[:limit]}
        hits.cases = shown(some, asked.wanted, where=narrowed.seen, values=narrowed.seen_values)
        if len(hits.cases) == len(some):
            break
    if look.enough:
        hits.further = ids[limit - 1]
    elif look.stopped_at is not None:
        hits.further = look.stopped_at
        hits.looked_to = _opened(look.stopped_at)
    return hits


class Listed(NamedTuple):
    """The ids of cases that fit, the newest first, and where the list goes on."""

    ids: list[int]
    hints: list[Hint]
    unknown: list[tuple[str, str]]
    further: int | None


def ids(
    person: Person, asked: Asked, *, at: datetime, limit: int, below: int | None = None
) -> Listed:
    """The same for programs: without words or operators, every case that the person may see."""
    narrowed = narrow(person, asked, at=at)
    hints = [*asked.hints, *narrowed.hints]
    if narrowed.nothing:
        return Listed([], hints, narrowed.unknown, None)
    if below is not None:
        narrowed.below = min(below, narrowed.below or below)
    look = Look(asked, narrowed, limit)
    look.run()
    found = sorted(look.found, reverse=True)
    further = found[limit - 1] if look.enough else look.stopped_at
    return Listed(found[:limit], hints, narrowed.unknown, further)


def _opened(id: int) -> datetime | None:
    sql = "select opened_at from cases_case where id >= %s order by id limit 1"
    rows = reading.rows(connection, sql, [id])
    return rows[0][0] if rows else None


_SHOWN = f"""
{_COLUMNS}
from unnest(%s::bigint[], %s::bigint[]) h(case_id, id) join cases_case c on c.id = h.case_id
left join cases_message m on m.id = coalesce(
    h.id, (select max(l.id) from cases_message l where l.case_id = c.id))
{_JOINS}
where {{where}} order by c.id desc
"""


def shown(
    hits: Mapping[int, int | None],
    words: Sequence[str] = (),
    *,
    where: str = "true",
    values: Sequence[object] = (),
) -> list[Found]:
    """These cases, as far as the condition holds, each with its message or the last one."""
    if not hits:
        return []
    first = words[0].lower() if words else ""
    given = [first, list(hits), list(hits.values()), *values]
    return reading.shaped(connection, Found, _SHOWN.format(where=where), given)


_OF_PARTIES = f"""
{_COLUMNS}
from (
    select distinct id from (
        select x.id from unnest(%s::bigint[]) p(id) cross join lateral (
            select c.id from cases_case c where c.account_id = p.id order by c.id desc limit 20) x
        union all
        select x.id from unnest(%s::bigint[]) p(id) cross join lateral (
            select c.id from cases_case c where c.contact_id = p.id order by c.id desc limit 20) x
    ) y
) n join cases_case c on c.id = n.id
left join lateral (
    select m.id, m.text from cases_message m where m.case_id = c.id order by m.id desc limit 1) m
    on true
{_JOINS}
where {{seen}} order by c.id desc limit %s
"""


def of_parties(
    person: Person, accounts: Sequence[int], contacts: Sequence[int], *, limit: int = 20
) -> list[Found]:
    """The newest cases of these accounts and contacts."""
    if not accounts and not contacts:
        return []
    seen, params = visible(person)
    sql = _OF_PARTIES.format(seen=seen)
    given = ["", list(accounts), list(contacts), *params, limit]
    return reading.shaped(connection, Found, sql, given)
