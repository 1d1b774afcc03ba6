"""Finding cases: by their reference, by words said on them, by who they belong to.

Words are looked for in the newest cases first, in steps: two buckets of 16,384 cases, then eight
more, then all. A step stops as soon as it has enough, nothing is ranked and nothing is counted,
so that a search costs the same however many cases there are.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple

from django.db import connection

from heliodesk.cases.access import visible
from heliodesk.cases.actions.write import BUCKET
from heliodesk.identity.person import Person
from heliodesk.kernel import reading
from heliodesk.kernel.references import is_case_reference

#: A word in more messages than this in one step is common: then the newest messages are walked.
_CANDIDATES = 2000
_WIDER = 8


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
    text: str | None


_COLUMNS = """
select c.id, c.ref, c.title, c.state, c.priority, c.channel, c.package, c.opened_at,
       c.last_activity_at, c.account_id, a.name, k.name, u.name, left(m.text, 1500)
"""
_JOINS = """
join customers_account a on a.id = c.account_id
left join customers_contact k on k.id = c.contact_id
left join identity_user u on u.id = c.owner_id
"""
_SAYS = "m.search @@ websearch_to_tsquery('simple', %s)"


def jump(person: Person, text: str) -> str | None:
    """The reference that this text is, when there is such a case for this person."""
    digits = "".join(text.split()).lstrip("#")
    if not is_case_reference(digits):
        return None
    seen, params = visible(person)
    sql = f"select c.ref from cases_case c where c.ref = %s and {seen}"
    rows = reading.rows(connection, sql, [digits, *params])
    return rows[0][0] if rows else None


def by_words(person: Person, text: str, *, limit: int = 50) -> list[Found]:
    """Cases on which these words were said, the newest first; quotes and minus signs count.

    Returns one more than ``limit`` when there are more.
    """
    hits: dict[int, int] = {}
    for buckets in _steps(_newest_bucket()):
        # Planned for these words: a rare one must never be looked for row by row.
        sql, params = _step_sql(len(buckets)), _step_params(text, buckets)
        found = reading.rows(connection, sql, params, prepare=False)
        if len(found) >= _CANDIDATES:
            found = reading.rows(connection, _WALK, [text, limit * 4], prepare=False)
            return _shown(person, _newest_message(found), limit)
        hits |= _newest_message(found)
        if len(hits) > limit:
            break
    return _shown(person, hits, limit)


def _newest_message(found: Iterable[tuple[int, int]]) -> dict[int, int]:
    """Of each case the newest message that was found."""
    newest: dict[int, int] = {}
    for case_id, message_id in found:
        newest[case_id] = max(message_id, newest.get(case_id, 0))
    return newest


def _newest_bucket() -> int:
    """The bucket of the newest case."""
    newest = reading.rows(connection, "select coalesce(max(id), 0) from cases_case")[0][0]
    return int(newest) // BUCKET


def _steps(newest: int) -> list[Sequence[int]]:
    """Which buckets are looked into, step by step; the last, empty, stands for all.

    The first step is the newest bucket, which may have just begun, and the full one before it.
    """
    begin = range(newest, max(newest - 2, -1), -1)
    wider = range(newest - 2, max(newest - 2 - _WIDER, -1), -1)
    whole = newest < len(begin) + len(wider)
    return [begin, *([wider] if wider else []), *([] if whole else [[]])]


@lru_cache(maxsize=_WIDER + 2)
def _step_sql(buckets: int) -> str:
    """Messages that hold the words, in so many buckets, or with none anywhere; not ordered.

    Each bucket is asked by itself, as the very type of its column: only then does the index serve
    it with the words at once.
    """
    one = f"(select m.case_id, m.id from cases_message m where m.bucket = %s::int and {_SAYS})"
    found = " union all ".join([one] * buckets)
    if not found:
        found = f"select m.case_id, m.id from cases_message m where {_SAYS}"
    return f"select * from ({found}) m limit {_CANDIDATES}"


def _step_params(text: str, buckets: Sequence[int]) -> list[object]:
    return [value for n in buckets for value in (n, text)] or [text]


#: The newest messages, from the last backwards, until enough hold these common words.
_WALK = f"""
select m.case_id, m.id from cases_message m where {_SAYS} order by m.id desc limit %s
"""


def _shown(person: Person, hits: dict[int, int], limit: int) -> list[Found]:
    """The newest of these cases that the person may see, with what was said there."""
    seen, params = visible(person)
    newest = sorted(hits, reverse=True)
    found: list[Found] = []
    while newest and len(found) <= limit:
        some, newest = newest[: limit + 1], newest[limit + 1 :]
        given = [some, [hits[id] for id in some], *params]
        found += reading.shaped(connection, Found, _shown_sql(seen), given)
    return found[: limit + 1]


@lru_cache(maxsize=4)
def _shown_sql(seen: str) -> str:
    return f"""
    {_COLUMNS}
    from unnest(%s::bigint[], %s::bigint[]) h(case_id, id) join cases_case c on c.id = h.case_id
    join cases_message m on m.id = h.id
    {_JOINS}
    where {seen} order by c.id desc
    """


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
    select m.text from cases_message m where m.case_id = c.id order by m.id desc limit 1) m on true
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
    given = [list(accounts), list(contacts), *params, limit]
    return reading.shaped(connection, Found, sql, given)
