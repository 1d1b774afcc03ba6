"""Cases as rules see them, many in one statement."""

from collections.abc import Sequence

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


def _read(source: str, params: Sequence[object]) -> list[Facts]:
    rows = reading.rows(connection, _FACTS.format(source=source), list(params))
    return [Facts(*(*row[:-1], tuple(tag.name for tag in tags.of(row[-1])))) for row in rows]
