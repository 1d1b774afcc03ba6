"""Reads of a contact's own cases: one statement a page, never a note, never what waits for
confirmation. Whatever is forgotten here, the database's own wall still holds back.
"""

from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple

from django.db import connection

from heliodesk.cases.access import Hidden, visible_to
from heliodesk.cases.rules import OPEN
from heliodesk.customers.customer import Customer, Place
from heliodesk.kernel import reading

PAGE = 30
#: Rows of a sheet that is saved.
MOST = 10_000
#: Messages of a case that its page shows.
MOST_SAID = 300
#: As the index of such cases has it.
_UNSETTLED = ", ".join(f"'{state}'" for state in sorted({*OPEN, "resolved"}))
#: The lists a customer may choose, in their words.
SHOWN = {
    "open": f"c.state in ({_UNSETTLED})",
    "yours": "c.state in ('pending_customer', 'resolved')",
    "done": "c.state in ('closed', 'cancelled')",
    "all": "true",
}
_SAID_OF = "m.case_id = c.id and m.direction <> 'note' and not m.pending"


class Row(NamedTuple):
    """One line of my cases."""

    id: int
    ref: str
    title: str
    state: str
    priority: str
    kind: str
    opened_at: datetime
    last_activity_at: datetime
    closed_at: datetime | None
    account_id: int
    account: str
    contact: str


_LIST = """
select c.id, c.ref, c.title, c.state, c.priority, c.kind, c.opened_at, c.last_activity_at,
       c.closed_at, c.account_id, a.name, coalesce(k.name, '')
  from (select c.* from cases_case c
         where c.merged_into_id is null and {seen} and {where}
         order by c.last_activity_at desc, c.id desc limit %s) c
  join customers_account a on a.id = c.account_id
  left join customers_contact k on k.id = c.contact_id
 order by c.last_activity_at desc, c.id desc
"""


def mine(
    customer: Customer,
    *,
    shown: str = "open",
    own: bool = False,
    account_id: int | None = None,
    text: str = "",
    after: Sequence[object] | None = None,
    size: int = PAGE,
) -> list[Row]:
    """The next ``size`` cases that a contact may see, the latest first, and one beyond.

    Args:
        shown: a key of ``SHOWN``.
        own: only those they raised themselves.
        account_id: only those of this account, for a partner.
        text: a reference, or words of the title or of what was said.
        after: the time and id of the last row already shown.
    """
    seen, params = visible_to(customer)
    where = [SHOWN.get(shown, SHOWN["open"])]
    if own:
        where.append("c.contact_id = %s")
        params = [*params, customer.contact_id]
    if account_id is not None:
        where.append("c.account_id = %s")
        params = [*params, account_id]
    if text.strip():
        where.append(_FOUND)
        asked = text.strip()[:200]
        params = [*params, asked.replace(" ", ""), f"%{_escaped(asked)}%", asked]
    if after:
        where.append("(c.last_activity_at, c.id) < (%s, %s)")
        params = [*params, *after]
    sql = _list_sql(seen, " and ".join(where))
    return reading.shaped(connection, Row, sql, [*params, size + 1])


_FOUND = f"""(c.ref = %s or c.title ilike %s
 or exists (select from cases_message m where {_SAID_OF}
             and m.search @@ websearch_to_tsquery('simple', %s)))"""


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


@lru_cache(maxsize=256)
def _list_sql(seen: str, where: str) -> str:
    return _LIST.format(seen=seen, where=where)


def key(row: Row) -> tuple[object, ...]:
    """Where the next page begins."""
    return row.last_activity_at, row.id


class Head(NamedTuple):
    """A case as its customer sees it; times inside lists are seconds since 1970."""

    id: int
    ref: str
    title: str
    state: str
    priority: str
    kind: str
    package: str
    version: str
    opened_at: datetime
    last_activity_at: datetime
    first_response_at: datetime | None
    resolved_at: datetime | None
    closed_at: datetime | None
    resolution: str
    account_id: int
    account: str
    region: str
    contact_id: int | None
    owner: str
    merged_into: str | None
    continues: str | None
    people: list[dict[str, Any]]
    events: list[dict[str, Any]]
    score: int | None
    comment: str
    #: The fields that customers are asked for, by label.
    held: list[list[str]]


_HEAD = """
select c.id, c.ref, c.title, c.state, c.priority, c.kind, c.package, {version}, c.opened_at,
    c.last_activity_at, c.first_response_at, c.resolved_at, c.closed_at, c.resolution,
    c.account_id, a.name, a.region, c.contact_id, coalesce(u.name, ''), into_.ref, before.ref,
    coalesce((select json_agg(json_build_object('address', p.address, 'name', p.name,
         'requester', p.requester) order by p.requester desc, p.id)
     from cases_participant p where p.case_id = c.id), '[]'),
    coalesce((select json_agg(json_build_object('at', extract(epoch from e.at), 'verb', e.verb,
         'by_kind', e.by_kind, 'by', e.by_name, 'to', e.data ->> 'to') order by e.id)
     from (select * from journal_event e where e.subject_kind = 'case' and e.subject_id = c.id
           order by e.id desc limit 100) e), '[]'),
    r.score, coalesce(r.comment, ''),
    coalesce((select json_agg(json_build_array(f.label, v.text)
         order by f.place, lower(f.label), f.id)
     from cases_casevalue v join cases_casefield f on f.id = v.field_id
     where v.case_id = c.id and f.active and f.asked), '[]')
from cases_case c
join customers_account a on a.id = c.account_id
left join identity_user u on u.id = c.owner_id
left join cases_case into_ on into_.id = c.merged_into_id
left join cases_case before on before.id = c.continues_id
left join cases_rating r on r.case_id = c.id
where c.ref = %s and {seen}
"""


#: What changes when something changes that a customer sees; a note of the desk changes nothing.
_VERSION = f"""concat_ws('-', c.state, c.priority, c.kind, c.owner_id, c.merged_into_id,
    left(md5(c.title), 6),
    (select count(*) || '.' || max(m.id) from cases_message m where {_SAID_OF}),
    (select count(*) || '.' || max(p.id) from cases_participant p where p.case_id = c.id))"""


class Said(NamedTuple):
    """A message as its customer sees it."""

    id: int
    direction: str
    channel: str
    at: datetime
    author_contact_id: int | None
    author: str
    text: str
    new_text: str | None
    automatic: bool
    files: list[dict[str, Any]]


_SAID = f"""
select m.id, m.direction, m.channel, m.at, m.author_contact_id, m.author_name, m.text, m.new_text,
    m.automatic,
    coalesce((select json_agg(json_build_object('id', f.id, 'name', f.name, 'size', f.size,
         'type', f.content_type) order by f.id)
     from cases_attachment f where f.message_id = m.id), '[]')
from (select m.* from cases_message m join cases_case c on c.id = m.case_id
       where c.id = %s and {_SAID_OF} order by m.id desc limit %s) m
order by m.id
"""


def head(customer: Customer, ref: str) -> Head:
    """A case as its page shows it.

    Raises:
        Hidden: there is none that this contact may see where they act.
    """
    seen, params = visible_to(customer)
    found = reading.shaped(connection, Head, _head_sql(seen), [ref.replace(" ", ""), *params])
    if not found:
        raise Hidden(ref)
    return found[0]


@lru_cache(maxsize=16)
def _head_sql(seen: str) -> str:
    return _HEAD.format(seen=seen, version=_VERSION)


def said(case_id: int) -> list[Said]:
    """What was said on a case that the caller has reached, the oldest first."""
    return reading.shaped(connection, Said, _SAID, [case_id, MOST_SAID])


def version(customer: Customer, ref: str) -> str:
    """By what the page of the case is known as it is now; raises as ``head``."""
    seen, params = visible_to(customer)
    sql = f"select {_VERSION} from cases_case c where c.ref = %s and {seen}"
    rows = reading.rows(connection, sql, [ref.replace(" ", ""), *params])
    if not rows:
        raise Hidden(ref)
    return str(rows[0][0])


def places_of(customer: Customer, ref: str) -> list[Place]:
    """The places of a contact whose account has the case with this reference."""
    sql = "select account_id from cases_case where ref = %s"
    found = {row[0] for row in reading.rows(connection, sql, [ref.replace(" ", "")])}
    return [place for place in customer.places if place.account_id in found]


class File(NamedTuple):
    """A file on a message, to be served."""

    name: str
    content_type: str
    size: int
    sha256: str


def file(customer: Customer, attachment_id: int) -> File:
    """A file on a message that this contact may read.

    Raises:
        Hidden: there is none.
    """
    seen, params = visible_to(customer)
    sql = f"""
    select f.name, f.content_type, f.size, f.sha256 from cases_attachment f
    join cases_message m on m.id = f.message_id join cases_case c on c.id = m.case_id
    where f.id = %s and {_SAID_OF} and {seen}
    """
    rows = reading.shaped(connection, File, sql, [attachment_id, *params])
    if not rows:
        raise Hidden(str(attachment_id))
    return rows[0]
