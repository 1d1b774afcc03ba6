"""Cases as rules see them, many in one statement."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import connection

from heliodesk.automation.rules import Facts
from heliodesk.cases import tags
from heliodesk.cases.access import visible
from heliodesk.cases.queries import OPEN_ONLY
from heliodesk.identity.person import Person
from heliodesk.kernel import reading

#: How much of the last message rules read.
_MOST_TEXT = 4000
_FACTS = f"""
select c.id, c.ref, c.title, c.priority, c.state, c.queue, c.package, a.region, c.kind, c.channel,
       coalesce(u.name, ''), a.name, coalesce(m.text, ''), coalesce(m.sender, ''),
       c.opened_at, c.last_customer_at, c.last_activity_at, c.due_at, coalesce(e.cause, 0),
       c.tags
from {{source}}
join customers_account a on a.id = c.account_id
left join identity_user u on u.id = c.owner_id
left join lateral (select left(coalesce(new_text, text), {_MOST_TEXT}) as text,
        author_address as sender
    from cases_message where case_id = c.id and direction = 'in' order by id desc limit 1) m on true
left join lateral (select max(id) as cause from (select id from journal_event
    where subject_kind = 'case' and subject_id = c.id and by_kind in ('user', 'contact')
    order by id desc limit 1) latest) e on true
order by c.id desc
"""


def of(ids: Sequence[int]) -> list[Facts]:
    """These cases."""
    source = "cases_case c join unnest(%s::bigint[]) as wanted (id) on wanted.id = c.id"
    return _read(source, [list(ids)])


def open_before(case_id: int, most: int) -> list[Facts]:
    """The next open cases below this id, the newest first."""
    source = f"""(select * from cases_case c where {OPEN_ONLY} and c.id < %s
                  order by c.id desc limit %s) c"""
    return _read(source, [case_id, most])


def newest(person: Person, most: int) -> list[Facts]:
    """The latest cases that a person may see, open or not."""
    seen, params = visible(person)
    source = f"(select * from cases_case c where {seen} order by c.id desc limit %s) c"
    return _read(source, [*params, most])


_TOUCHED = "select id, data from journal_event where id = any(%s)"
_LAST_TOUCHED = """
select distinct on (subject_id) subject_id, data from journal_event
where subject_kind = 'case' and subject_id = any(%s) and verb = 'tag' and {which}
order by subject_id, id desc
"""


def touched(event_ids: Sequence[int]) -> dict[int, Mapping[str, Any]]:
    """Which tags these events put on and took off, by event."""
    return dict(reading.rows(connection, _TOUCHED, [list(event_ids)])) if event_ids else {}


def last_touched(case_ids: Sequence[int], key: str) -> dict[int, tuple[str, ...]]:
    """The tags that were last put on (``added``) or taken off (``removed``), by case."""
    statement = _LAST_TOUCHED.format(which=f"jsonb_array_length(data->'{key}') > 0")
    found = reading.rows(connection, statement, [list(case_ids)])
    return {id: tuple(data[key]) for id, data in found}


def _read(source: str, params: Sequence[object]) -> list[Facts]:
    rows = reading.rows(connection, _FACTS.format(source=source), list(params))
    return [Facts(*(*row[:-1], tuple(tag.name for tag in tags.of(row[-1])))) for row in rows]
