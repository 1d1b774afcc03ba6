"""Cases and held items as plain data, for programs that read what the desk holds."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import connection

_LIST = """
select c.ref, c.title, c.state, c.priority, c.severity, c.kind, c.queue, c.package, c.channel,
       a.name as account,
       (select i.value from customers_accountidentifier i where i.account_id = a.id
         order by i.valid_to desc nulls first, i.id limit 1) as account_id,
       k.name as contact, u.email as owner, c.flags, c.opened_at, c.due_at, c.last_activity_at,
       c.resolved_at, c.closed_at, s.ref as merged_into, f.ref as continues
  from cases_case c
  join customers_account a on a.id = c.account_id
  left join customers_contact k on k.id = c.contact_id
  left join identity_user u on u.id = c.owner_id
  left join cases_case s on s.id = c.merged_into_id
  left join cases_case f on f.id = c.continues_id
 where {where}
 order by c.id desc limit %(limit)s
"""
_FILTERS = {
    "ref": "c.ref = %(ref)s",
    "state": "c.state = %(state)s",
    "queue": "c.queue = %(queue)s",
    "account": "c.account_id in (select account_id from customers_accountidentifier"
    " where value = %(account)s)",
    "before": "c.ref < %(before)s",
}
_OPEN = "c.state in ('new', 'assigned', 'pending_customer', 'pending_vendor')"
_MESSAGES = """
select m.direction, m.channel, m.at, m.author_name as author, m.author_address as address,
       m.subject, m.text, m.new_text, m.automatic, m.pending, m.message_id,
       coalesce((select json_agg(json_build_object('name', f.name, 'size', f.size,
                    'content_type', f.content_type, 'sha256', f.sha256) order by f.id)
                   from cases_attachment f where f.message_id = m.id), '[]') as attachments
  from cases_message m join cases_case c on c.id = m.case_id where c.ref = %s order by m.id
"""


def _rows(sql: str, params: Any) -> list[dict[str, Any]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        names = [column[0] for column in cursor.description or ()]
        return [
            {name: _plain(value) for name, value in zip(names, row, strict=True)}
            for row in cursor.fetchall()
        ]


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return None if value.year >= 9999 else value.isoformat()
    return value


def listed(*, limit: int, everything: bool = False, **filters: str | None) -> list[dict[str, Any]]:
    """Cases, the newest first; the open ones unless ``everything`` or a state is asked for.

    Args:
        limit: how many at the most.
        filters: ``ref``, ``state``, ``queue``, ``account`` (an ID), ``before`` (a reference).
    """
    given = {name: value for name, value in filters.items() if value}
    where = [_FILTERS[name] for name in given]
    if not everything and not given.keys() & {"state", "ref"}:
        where.append(_OPEN)
    sql = _LIST.format(where=" and ".join(where) or "true")
    return _rows(sql, {**given, "limit": limit})


def shown(ref: str) -> Mapping[str, Any] | None:
    """One case with everything said on it; none if there is no such case."""
    found = listed(limit=1, ref=ref)
    return {**found[0], "messages": _rows(_MESSAGES, [ref])} if found else None
