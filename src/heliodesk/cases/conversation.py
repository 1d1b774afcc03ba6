"""Everything a case page shows, by two statements: the case with all beside it, and what was said.

Lists that can grow are bounded here; times inside them are seconds since 1970.
"""

from datetime import date, datetime
from functools import lru_cache
from typing import Any, NamedTuple

from django.db import connection

from heliodesk.cases.access import Hidden, visible
from heliodesk.cases.models import Case
from heliodesk.cases.queries import OPEN_ONLY
from heliodesk.identity.person import Person
from heliodesk.kernel import reading

#: Messages shown at first, and at most when all are asked for.
LATEST = 60
MOST = 2000


class Head(NamedTuple):
    """A case and what stands beside its conversation."""

    id: int
    ref: str
    title: str
    state: str
    priority: str
    kind: str
    queue: str
    flags: list[str]
    tags: list[int]
    channel: str
    package: str
    version: int
    offshore: bool
    opened_at: datetime
    due_at: datetime
    first_response_at: datetime | None
    resolved_at: datetime | None
    closed_at: datetime | None
    resolution: str
    account_id: int
    account: str
    region: str
    lifecycle: str
    identifier: str | None
    contact_id: int | None
    contact: str | None
    contact_zone: str | None
    contact_phone: str | None
    contact_kind: str | None
    owner_id: int | None
    owner: str | None
    mailbox: str | None
    mailbox_name: str | None
    decision: str | None
    outcome: dict[str, Any] | None
    #: The facts decided on, and the version of the policy.
    facts: dict[str, Any] | None
    pack_id: int | None
    contract_package: str | None
    contract_ends: date | None
    merged_into: str | None
    continues: str | None
    events: list[dict[str, Any]]
    parties: list[dict[str, Any]]
    links: list[dict[str, Any]]
    merged: list[dict[str, Any]]
    drafts: dict[str, dict[str, Any]]
    #: Letters that are sent off and not yet sent, with their writers.
    waiting: list[dict[str, Any]]
    #: Other open cases of the account, counted to 20.
    others: int

    @property
    def requester(self) -> str | None:
        """The address that answers go to."""
        return next((party["address"] for party in self.parties if party["requester"]), None)

    @property
    def copied(self) -> list[str]:
        """The addresses that are copied on answers."""
        return [party["address"] for party in self.parties if not party["requester"]]


_HEAD = f"""
select c.id, c.ref, c.title, c.state, c.priority, c.kind, c.queue, c.flags, c.tags, c.channel,
    c.package, c.version, c.offshore, c.opened_at, c.due_at, c.first_response_at, c.resolved_at,
    c.closed_at, c.resolution,
    c.account_id, a.name, a.region, a.lifecycle,
    (select i.value from customers_accountidentifier i
     where i.account_id = c.account_id order by i.valid_from desc, i.id desc limit 1),
    c.contact_id, k.name, k.zone, k.phone,
    (select r.kind from customers_contactrole r
     where r.contact_id = c.contact_id and r.account_id = c.account_id and r.valid_from <= %(day)s
       and (r.valid_to is null or r.valid_to > %(day)s)
     order by r.kind = 'designated' desc, r.id limit 1),
    c.owner_id, u.name, b.address, b.name, d.decision, d.outcome, d.request, d.pack_id,
    s.package, s.ends_on,
    into_.ref, before.ref,
    coalesce((select json_agg(json_build_object('id', e.id, 'at', extract(epoch from e.at),
         'verb', e.verb, 'by_kind', e.by_kind, 'by', e.by_name, 'data', e.data) order by e.id)
     from (select * from journal_event e where e.subject_kind = 'case' and e.subject_id = c.id
           order by e.id desc limit 200) e), '[]'),
    coalesce((select json_agg(json_build_object('address', p.address, 'name', p.name,
         'requester', p.requester, 'contact', p.contact_id) order by p.requester desc, p.id)
     from cases_participant p where p.case_id = c.id), '[]'),
    coalesce((select json_agg(json_build_object('ref', o.ref, 'title', o.title, 'state', o.state)
         order by o.id desc)
     from (select l.other_id as id from cases_caselink l where l.case_id = c.id
           union select l.case_id from cases_caselink l where l.other_id = c.id) l
     join cases_case o on o.id = l.id), '[]'),
    coalesce((select json_agg(json_build_object('ref', o.ref, 'title', o.title) order by o.id)
     from cases_case o where o.merged_into_id = c.id), '[]'),
    coalesce((select json_object_agg(f.mode, json_build_object('text', f.text,
         'at', extract(epoch from f.saved_at), 'rest', f.rest, 'files', f.files))
     from cases_draft f where f.case_id = c.id and f.user_id = %(me)s), '{{}}'),
    coalesce((select json_agg(json_build_object('id', l.id, 'mode', l.mode, 'text', l.text,
         'rest', l.rest, 'files', l.files, 'brief', l.brief, 'why', l.held_for,
         'writer_id', l.user_id, 'writer', v.name, 'made', extract(epoch from l.made_at),
         'due', extract(epoch from l.due_at)) order by l.id)
     from cases_waitingletter l join identity_user v on v.id = l.user_id
     where l.case_id = c.id), '[]'),
    (select count(*) from (select from cases_case c where c.account_id = a.id and c.ref <> %(ref)s
         and {OPEN_ONLY} limit 20) n)
from cases_case c
join customers_account a on a.id = c.account_id
left join customers_contact k on k.id = c.contact_id
left join identity_user u on u.id = c.owner_id
left join channels_mailbox b on b.id = c.mailbox_id
left join entitlements_entitlementdecision d on d.id = c.decision_id
left join entitlements_supportcontract s on s.account_id = c.account_id
    and s.starts_on <= %(day)s and (s.ends_on is null or s.ends_on > %(day)s)
left join cases_case into_ on into_.id = c.merged_into_id
left join cases_case before on before.id = c.continues_id
where c.ref = %(ref)s and """


class Said(NamedTuple):
    """One message, with its files and, for an answer, how far it has come."""

    id: int
    direction: str
    channel: str
    at: datetime
    author_user_id: int | None
    author_contact_id: int | None
    author: str
    address: str
    to: list[str]
    cc: list[str]
    subject: str
    text: str
    new_text: str | None
    has_html: bool
    has_raw: bool
    marks: dict[str, Any]
    automatic: bool
    pending: bool
    origin: str | None
    sending: str | None
    sending_error: str | None
    files: list[dict[str, Any]]


_SAID = """
select m.id, m.direction, m.channel, m.at, m.author_user_id, m.author_contact_id, m.author_name,
    m.author_address, m."to", m.cc, m.subject, m.text, m.new_text, m.html <> '',
    m.inbound_id is not null, m.marks, m.automatic, m.pending, o.ref, q.state, q.error,
    coalesce((select json_agg(json_build_object('id', f.id, 'name', f.name, 'size', f.size,
         'type', f.content_type, 'inline', f.inline) order by f.id)
     from cases_attachment f where f.message_id = m.id), '[]')
from (select * from cases_message m where m.case_id = %s order by m.id desc limit {limit:d}) m
left join cases_case o on o.id = m.origin_id
left join channels_outbound q on q.key = case when m.direction = 'out' then 'reply:' || m.id
    when m.marks ? 'forward' then 'forward:' || m.id end
order by m.id
"""


def head(person: Person, ref: str, *, on: date) -> Head:
    """A case as its page shows it.

    Raises:
        Hidden: there is none that this person may see.
    """
    seen, params = visible(person)
    named = {f"seen{n}": value for n, value in enumerate(params)}
    given = {"ref": ref, "me": person.id, "day": on, **named}
    found = reading.shaped(connection, Head, _head_sql(seen, tuple(named)), given)
    if not found:
        raise Hidden(ref)
    return found[0]


@lru_cache(maxsize=4)
def _head_sql(seen: str, names: tuple[str, ...]) -> str:
    """The statement with who may see it; its places become names, as the others are."""
    for name in names:
        seen = seen.replace("%s", f"%({name})s", 1)
    return _HEAD + seen


def said(case_id: int, *, limit: int = LATEST) -> list[Said]:
    """The last ``limit`` messages of a case that the caller has reached, the oldest first; and,
    to show that there are more, one beyond."""
    return reading.shaped(connection, Said, _said_sql(limit + 1), [case_id])


@lru_cache(maxsize=4)
def _said_sql(limit: int) -> str:
    return _SAID.format(limit=limit)


class Looked(NamedTuple):
    """A case that somebody looked at."""

    ref: str
    title: str
    priority: str
    account: str


_RECENT = """
select c.ref, c.title, c.priority, a.name
from cases_presence p join cases_case c on c.id = p.case_id
join customers_account a on a.id = c.account_id
where p.user_id = %s and {seen} order by p.seen_at desc limit 8
"""


def recent(person: Person) -> list[Looked]:
    """The cases that a person looked at last."""
    seen, params = visible(person)
    return reading.shaped(connection, Looked, _RECENT.format(seen=seen), [person.id, *params])


class Here(NamedTuple):
    """Somebody who has a case open now."""

    name: str
    writes: bool


_HERE = """
select u.name, p.writes from cases_presence p join identity_user u on u.id = p.user_id
where p.case_id = %s and p.user_id <> %s and p.seen_at > %s and u.is_active
order by p.writes desc, lower(u.name) limit 12
"""


def others_here(case_id: int, *, but: int, since: datetime) -> list[Here]:
    """Who else has a case open that the caller has reached, writers first."""
    return reading.shaped(connection, Here, _HERE, [case_id, but, since])


_SUGGESTED = """
select distinct on (address) address, name, what from (
    select p.address, coalesce(nullif(p.name, ''), k.name, '') as name, 1 as what
      from cases_participant p left join customers_contact k on k.id = p.contact_id
     where p.case_id = %(case)s
    union all
    select a.address, k.name, 2
      from customers_contactrole r join customers_contact k on k.id = r.contact_id
      join customers_contactaddress a on a.contact_id = k.id
     where r.account_id = %(account)s and k.active and r.valid_to is null
    union all
    select t.address, '', 3 from cases_thirdparty t where t.case_id = %(case)s
) known
where address ilike %(like)s or name ilike %(like)s
order by address, what limit 200
"""


class Suggested(NamedTuple):
    """An address to write to, and whose it is."""

    address: str
    name: str
    #: 1 takes part, 2 a contact of the account, 3 outside.
    what: int


def suggested(case: Case, text: str, *, most: int = 8) -> list[Suggested]:
    """Addresses for a letter on a case that the caller has reached: those who take part first."""
    like = "%" + text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
    given = {"case": case.pk, "account": case.account_id, "like": like}
    found = reading.shaped(connection, Suggested, _SUGGESTED, given)
    return sorted(found, key=lambda one: (one.what, one.name.lower(), one.address))[:most]


class File(NamedTuple):
    """A file on a message, to be served."""

    name: str
    content_type: str
    size: int
    sha256: str


def file(person: Person, attachment_id: int) -> File:
    """A file on a case that this person may see.

    Raises:
        Hidden: there is none.
    """
    seen, params = visible(person)
    sql = f"""
    select f.name, f.content_type, f.size, f.sha256 from cases_attachment f
    join cases_message m on m.id = f.message_id join cases_case c on c.id = m.case_id
    where f.id = %s and {seen}
    """
    rows = reading.shaped(connection, File, sql, [attachment_id, *params])
    if not rows:
        raise Hidden(str(attachment_id))
    return rows[0]


class Original(NamedTuple):
    """A message as its sender formatted it, with the files shown inside it by their ids."""

    html: str
    inline: dict[str, int]


def original(person: Person, message_id: int) -> Original:
    """The cleaned HTML of a message on a case that this person may see.

    Raises:
        Hidden: there is none, or it had no HTML.
    """
    seen, params = visible(person)
    sql = f"""
    select m.html, coalesce((select json_object_agg(f.content_id, f.id) from cases_attachment f
        where f.message_id = m.id and f.content_id <> ''), '{{}}')
    from cases_message m join cases_case c on c.id = m.case_id
    where m.id = %s and m.html <> '' and {seen}
    """
    rows = reading.shaped(connection, Original, sql, [message_id, *params])
    if not rows:
        raise Hidden(str(message_id))
    return rows[0]


def raw(person: Person, message_id: int) -> bytes:
    """A message exactly as it arrived, on a case that this person may see.

    Raises:
        Hidden: there is none, or it did not arrive by mail.
    """
    seen, params = visible(person)
    sql = f"""
    select i.raw from cases_message m join cases_case c on c.id = m.case_id
    join channels_inbound i on i.id = m.inbound_id where m.id = %s and {seen}
    """
    rows = reading.rows(connection, sql, [message_id, *params])
    if not rows:
        raise Hidden(str(message_id))
    return bytes(rows[0][0])
