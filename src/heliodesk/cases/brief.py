"""Cases as programs read them: plain values, and what was said, so much at a time."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from django.db import connection

from heliodesk.kernel import reading
from heliodesk.kernel.clock import NEVER


class Brief(NamedTuple):
    """A case without what was said on it."""

    id: int
    ref: str
    title: str
    state: str
    priority: str
    severity: str
    kind: str
    channel: str
    queue: str
    package: str
    tags: list[int]
    account_id: int
    account: str
    contact_id: int | None
    contact: str | None
    owner_id: int | None
    owner: str | None
    opened_at: datetime
    last_activity_at: datetime
    due_at: datetime
    first_response_at: datetime | None
    resolved_at: datetime | None
    closed_at: datetime | None
    resolution: str
    version: int
    merged_into: str | None
    participants: list[dict[str, Any]]

    @property
    def due(self) -> datetime | None:
        """When the next promise falls due; none when none runs."""
        return None if self.due_at >= NEVER else self.due_at


_BRIEF = """
select c.id, c.ref, c.title, c.state, c.priority, c.severity, c.kind, c.channel, c.queue,
       c.package, c.tags, c.account_id, a.name, c.contact_id, k.name, c.owner_id, u.name,
       c.opened_at, c.last_activity_at, c.due_at, c.first_response_at, c.resolved_at, c.closed_at,
       c.resolution, c.version, i.ref,
       case when %s then coalesce((
           select jsonb_agg(jsonb_build_object('address', p.address, 'name', p.name,
                  'requester', p.requester) order by p.requester desc, p.id)
             from (select * from cases_participant p where p.case_id = c.id limit 200) p),
           '[]') else '[]'::jsonb end
from cases_case c
join customers_account a on a.id = c.account_id
left join customers_contact k on k.id = c.contact_id
left join identity_user u on u.id = c.owner_id
left join cases_case i on i.id = c.merged_into_id
where c.id = any(%s) order by c.id desc
"""


def briefs(ids: Sequence[int], *, parties: bool = False) -> list[Brief]:
    """These cases, which the caller may see, the newest first; with their parties if wanted."""
    return reading.shaped(connection, Brief, _BRIEF, [parties, list(ids)]) if ids else []


class Line(NamedTuple):
    """Something said."""

    id: int
    direction: str
    channel: str
    at: datetime
    author: str
    address: str
    to: list[str]
    cc: list[str]
    subject: str
    text: str
    automatic: bool
    pending: bool
    files: list[dict[str, Any]]


_LINES = """
select m.id, m.direction, m.channel, m.at, m.author_name, m.author_address, m."to", m.cc,
       m.subject, m.text, m.automatic, m.pending,
       coalesce((select jsonb_agg(jsonb_build_object('id', f.id, 'name', f.name,
                'content_type', f.content_type, 'size', f.size) order by f.id)
           from (select * from cases_attachment f where f.message_id = m.id limit 200) f), '[]')
from cases_message m where m.case_id = %s and m.id > %s order by m.id limit %s
"""


def lines(case_id: int, *, after: int = 0, limit: int = 100) -> list[Line]:
    """What was said on a case that the caller has reached, the oldest first, and one beyond."""
    return reading.shaped(connection, Line, _LINES, [case_id, after, limit + 1])
