"""What letters need to know of cases: one statement for a batch."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import NamedTuple

from django.db import connection

from heliodesk.kernel import reading, sql


class CaseLetter(NamedTuple):
    """A case and the message that a letter is about."""

    case_id: int
    ref: str
    title: str
    priority: str
    region: str
    offshore: bool
    mailbox_id: int | None
    language: str
    requester: str
    requester_name: str
    #: Everybody else who is told, in lower case.
    copied: list[str]
    message_id: int
    author: str
    text: str
    #: Message-IDs of the thread: the newest message of the customer, and all known.
    in_reply_to: str
    files: list[dict[str, object]]
    #: How the case was solved, as far as anybody said.
    resolution: str
    #: Addresses that get this one answer, unknown to the others.
    hidden: list[str]
    #: What its author wants to stand under their answers; empty: the template's words.
    signature: str
    #: A team that works the case's queue and that its author belongs to.
    team: str


_NOW = "{0}.valid_from <= %(on)s and ({0}.valid_to is null or {0}.valid_to > %(on)s)"
#: Whether somebody has a role at the case's account, or at a partner who acts for it.
_ROLE = """exists (select from customers_contactrole r where r.contact_id = g.id
    and (r.account_id = c.account_id or exists (select from customers_partnership h
         where h.partner_id = r.account_id and h.customer_id = c.account_id{related})){current})"""
_EVER = _ROLE.format(related="", current="")
_TODAY = _ROLE.format(
    related=f" and {_NOW.format('h')}", current=f" and {_NOW.format('r')}"
)  # fmt: skip
#: Whether an address is of somebody who was a contact of the account, or of its partner, and is
#: no more: nothing is sent there. Whom the desk copied from elsewhere stays copied.
_LEFT = f"""exists (select from customers_contactaddress e
    join customers_contact g on g.id = e.contact_id
   where e.address = {{0}}.address and (not g.active or ({_EVER} and not {_TODAY})))"""
_LETTERS = f"""
select c.id, c.ref, c.title, c.priority, a.region, c.offshore, c.mailbox_id,
       coalesce(k.language, ''),
       case when p.id is null then '' when not {_LEFT.format("p")} then p.address
            else coalesce((select o.address from cases_participant o where o.case_id = c.id
                     and not o.requester and not {_LEFT.format("o")} order by o.id limit 1),
                 (select e.address from customers_contactrole r
                    join customers_contact g on g.id = r.contact_id and g.active
                    join customers_contactaddress e on e.contact_id = g.id
                   where r.account_id = c.account_id and r.kind in ('designated', 'admin')
                     and {_NOW.format("r")}
                   order by r.kind desc, r.id, e.preferred desc, e.id limit 1), '') end,
       case when {_LEFT.format("p")} then '' else coalesce(nullif(p.name, ''), k.name, '') end,
       array(select o.address from cases_participant o
              where o.case_id = c.id and not o.requester and not {_LEFT.format("o")}
              order by o.id limit 50),
       m.id, m.author_name, coalesce(m.new_text, m.text),
       coalesce((select i.message_id from cases_message i
                  where i.case_id = c.id and i.direction = 'in' and i.message_id <> ''
                    and not i.pending and i.id <= m.id order by i.id desc limit 1), ''),
       coalesce((select json_agg(json_build_object('name', f.name, 'content_type', f.content_type,
                    'size', f.size, 'sha256', f.sha256, 'inline', f.inline,
                    'content_id', f.content_id) order by f.id)
                   from cases_attachment f where f.message_id = m.id), '[]'),
       c.resolution,
       array(select jsonb_array_elements_text(m.marks -> 'bcc')),
       coalesce(w.signature, ''),
       coalesce((select t.name from identity_teammember b join identity_team t on t.id = b.team_id
                  where b.user_id = m.author_user_id
                  order by (c.queue = any(t.queues)) desc, t.id limit 1), '')
  from unnest(%(cases)s::bigint[], %(messages)s::bigint[]) as wanted(case_id, message_id)
  join cases_case c on c.id = wanted.case_id
  join customers_account a on a.id = c.account_id
  join cases_message m on m.id = wanted.message_id
  left join customers_contact k on k.id = c.contact_id
  left join cases_participant p on p.case_id = c.id and p.requester
  left join identity_user w on w.id = m.author_user_id and m.direction <> 'in'
"""

_FORWARDED = """
select m.id, m."to", m.cc, array(select jsonb_array_elements_text(m.marks -> 'forward' -> 'bcc')),
       coalesce(o.author_name, ''), coalesce(o.author_address, ''), o.at,
       coalesce(nullif(o.subject, ''), c.title), coalesce(o.text, '')
  from cases_message m
  join cases_case c on c.id = m.case_id
  left join cases_message o on o.id = (m.marks -> 'forward' ->> 'message')::bigint
 where m.id = any(%s::bigint[])
"""

_LAST_SAID = """
select distinct on (case_id) case_id, id, direction, at from cases_message
 where case_id = any(%s::bigint[]) and direction <> 'note' and not pending
   and (not automatic or direction = 'out')
 order by case_id, (direction = 'out') desc, id desc
"""


class Forwarded(NamedTuple):
    """What is forwarded, and to whom."""

    message_id: int
    to: list[str]
    cc: list[str]
    bcc: list[str]
    author: str
    address: str
    at: datetime | None
    subject: str
    text: str


def forwarded(message_ids: Sequence[int]) -> dict[int, Forwarded]:
    """What these messages forward, by their ids."""
    rows = reading.shaped(connection, Forwarded, _FORWARDED, [sorted(message_ids)])
    return {row.message_id: row for row in rows}


_WHO_ASKED = """
select distinct id from (
    select t.user_id as id from cases_thirdparty t where t.case_id = %(case)s
       and (t.address = %(address)s or not exists (
            select from cases_thirdparty o where o.case_id = %(case)s and o.address = %(address)s))
    union all select c.owner_id from cases_case c where c.id = %(case)s) who
 where id is not null order by id
"""


def who_asked(case_id: int, address: str) -> list[int]:
    """Who asked this address about a case, else whoever asked anybody outside; and its owner."""
    rows = reading.rows(connection, _WHO_ASKED, {"case": case_id, "address": address})
    return [id for (id,) in rows]


class LastSaid(NamedTuple):
    """The last answer of a case, or what the customer said when there is none."""

    case_id: int
    message_id: int
    direction: str
    at: datetime

    @property
    def ours(self) -> bool:
        """Whether the desk said it."""
        return self.direction == "out"


def last_said(case_ids: Sequence[int]) -> dict[int, LastSaid]:
    """What was last said on these cases, by case; one on which nobody wrote is left out."""
    rows = reading.shaped(connection, LastSaid, _LAST_SAID, [sorted(case_ids)])
    return {row.case_id: row for row in rows}


def case_letters(wanted: Sequence[tuple[int, int]], *, on: date) -> dict[int, CaseLetter]:
    """The letters for these (case id, message id), by message id.

    Args:
        on: the day by which is known who is still a contact; where the one who asked is none any
            more, those copied are written to, else a designated contact or an administrator.
    """
    told = {"cases": [c for c, _ in wanted], "messages": [m for _, m in wanted], "on": on}
    with sql.prepared(connection) as cursor:
        cursor.execute(_LETTERS, told)
        return {row[11]: CaseLetter(*row) for row in cursor.fetchall()}
