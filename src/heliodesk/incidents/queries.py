"""Questions about incidents: which are open, what belongs to one, what might. All lists bounded."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db import connection

from heliodesk.cases.access import visible
from heliodesk.identity.person import Person
from heliodesk.identity.rules import May
from heliodesk.incidents.models import Incident, Update
from heliodesk.incidents.rules import telling_words
from heliodesk.kernel import reading

PAGE = 50
#: Hours before its beginning in which an incident's first reports may have come in.
LIKE_HOURS = 6
#: Of so many of the newest cases those are looked for that are like it.
_NEWEST = 2000
MOST_LIKE = 30
_MOST_REFERENCES = 2000


class Row(NamedTuple):
    """An incident in the list."""

    id: int
    title: str
    severity: str
    stage: str
    service: str
    regions: list[str]
    opened_at: datetime
    opened_by: str
    resolved_at: datetime | None
    published: bool
    cases: int
    accounts: int
    p1s: int
    updates: int
    resolution: str
    notes: bool
    lead: str

    @property
    def path(self) -> str:
        """Where its page is."""
        return f"/incidents/{self.id}/"


_ROWS = """
select i.major_id, i.title, i.severity, i.stage, i.service, i.regions, i.opened_at, m.opened_by,
       i.resolved_at, i.published_at is not null, k.cases, k.accounts, k.p1s,
       (select count(*)::int from incidents_update u
         where u.incident_id = i.major_id and u.what = 'update'),
       i.resolution, i.notes <> '', coalesce(u.name, '')
  from (select * from incidents_incident i where {where} order by i.major_id desc limit {size}) i
  join oncall_majorincident m on m.id = i.major_id
  left join identity_user u on u.id = i.lead_id
  cross join lateral (
    select count(*)::int as cases, count(distinct c.account_id)::int as accounts,
           count(*) filter (where c.priority = 'P1')::int as p1s
      from incidents_linkedcase l join cases_case c on c.id = l.case_id
     where l.incident_id = i.major_id and {seen}) k
 order by i.major_id desc
"""


def open_rows(person: Person) -> list[Row]:
    """The incidents that are not over, the youngest first."""
    return _rows(person, "i.resolved_at is null", [], 100)


def past_rows(person: Person, *, below: int | None = None, size: int = PAGE) -> list[Row]:
    """The incidents that are over, the youngest first, and one beyond a page."""
    if below is None:
        return _rows(person, "i.resolved_at is not null", [], size + 1)
    return _rows(person, "i.resolved_at is not null and i.major_id < %s", [below], size + 1)


def all_rows(person: Person, *, below: int | None = None, size: int = 500) -> list[Row]:
    """Every incident, the youngest first."""
    if below is None:
        return _rows(person, "true", [], size)
    return _rows(person, "i.major_id < %s", [below], size)


def _rows(person: Person, where: str, given: list[object], size: int) -> list[Row]:
    seen, params = visible(person)
    sql = _ROWS.format(where=where, seen=seen, size=int(size))
    return reading.shaped(connection, Row, sql, [*given, *params])


def incident_of(number: int) -> Incident | None:
    """The incident of this number."""
    return Incident.objects.select_related("major", "lead").filter(pk=number).first()


def open_ones() -> list[Incident]:
    """Every incident that is not over, the youngest first."""
    return list(Incident.objects.filter(resolved_at__isnull=True).order_by("-pk")[:50])


def open_count(*, most: int) -> int:
    """How many are open, counted to a bound."""
    sql = (
        "select count(*) from (select 1 from incidents_incident where resolved_at is null"
        " limit %s) few"
    )
    return int(reading.rows(connection, sql, [most])[0][0])


def may_lead(person: Person) -> bool:
    """Whether somebody may declare and run incidents: a lead, or whoever owns an open P1."""
    if person.may(May.RUN_ONCALL):
        return True
    owns = "select exists (select from oncall_p1 where owner_id = %s and state <> 'resolved')"
    return bool(reading.rows(connection, owns, [person.id])[0][0])


def of_case(case_id: int) -> Incident | None:
    """The incident that a case belongs to."""
    return Incident.objects.filter(cases__case_id=case_id).first()


class Linked(NamedTuple):
    """A case of an incident as its page lists it."""

    id: int
    case_id: int
    ref: str
    title: str
    account_id: int
    account: str
    package: str
    priority: str
    state: str
    owner: str
    how: str
    told_at: datetime | None
    #: Why the last update or the closing did not reach it.
    why: str


_LINKED = """
select l.id, c.id, c.ref, c.title, c.account_id, a.name, c.package, c.priority, c.state,
       coalesce(u.name, ''), l.how, l.told_at,
       coalesce((select d.why from incidents_delivery d
                  where d.case_id = c.id and d.state = 'refused' and d.update_id = (
                        select max(x.update_id) from incidents_delivery x
                          join incidents_update y on y.id = x.update_id
                         where x.case_id = c.id and y.incident_id = l.incident_id)), '')
  from incidents_linkedcase l
  join cases_case c on c.id = l.case_id
  join customers_account a on a.id = c.account_id
  left join identity_user u on u.id = c.owner_id
 where l.incident_id = %s and {seen} and l.id > %s
 order by l.id limit {size}
"""


def linked(incident_id: int, person: Person, *, after: int = 0, size: int = PAGE) -> list[Linked]:
    """The next cases of an incident, in the order they came, and one beyond a page."""
    seen, params = visible(person)
    sql = _LINKED.format(seen=seen, size=int(size) + 1)
    return reading.shaped(connection, Linked, sql, [incident_id, *params, after])


class Affected(NamedTuple):
    """Accounts of a package that an incident touches."""

    package: str
    accounts: int
    cases: int
    open: int
    #: The first names, for the page.
    names: list[str]


_AFFECTED = """
select c.package, count(distinct c.account_id)::int, count(*)::int,
       count(*) filter (where c.state not in ('resolved', 'closed', 'cancelled'))::int,
       (array_agg(distinct a.name))[1:6]
  from incidents_linkedcase l
  join cases_case c on c.id = l.case_id
  join customers_account a on a.id = c.account_id
 where l.incident_id = %s and {seen}
 group by c.package order by count(distinct c.account_id) desc, c.package
"""


def affected(incident_id: int, person: Person) -> list[Affected]:
    """The accounts that an incident touches, by package."""
    seen, params = visible(person)
    sql = _AFFECTED.format(seen=seen)
    return reading.shaped(connection, Affected, sql, [incident_id, *params])


class Hidden(NamedTuple):
    """What belongs to an incident in all, and of it what this person may not see."""

    cases: int
    unseen: int


def counted(incident_id: int, person: Person) -> Hidden:
    """How many cases belong to an incident."""
    seen, params = visible(person)
    sql = (
        f"select count(*)::int, count(*) filter (where not ({seen}))::int"
        " from incidents_linkedcase l join cases_case c on c.id = l.case_id"
        " where l.incident_id = %s"
    )
    return reading.shaped(connection, Hidden, sql, [*params, incident_id])[0]


class Language(NamedTuple):
    """A language that customers of an incident read, with one of their cases."""

    code: str
    cases: int
    addresses: int
    ref: str
    title: str
    name: str
    package: str
    region: str
    offshore: bool
    mailbox_id: int | None


_LANGUAGES = """
select g.language, g.cases, g.addresses, c.ref, c.title, coalesce(k.name, ''), c.package,
       a.region, c.offshore, c.mailbox_id
  from (select coalesce(k.language, '') as language, count(*)::int as cases, min(c.id) as first,
               sum((select count(*) from cases_participant p where p.case_id = c.id))::int
                   as addresses
          from incidents_linkedcase l
          join cases_case c on c.id = l.case_id
          left join customers_contact k on k.id = c.contact_id
         where l.incident_id = %s and (cardinality(%s::text[]) = 0 or c.package = any(%s))
           and c.state in ('new', 'assigned', 'pending_customer', 'pending_vendor')
         group by 1) g
  join cases_case c on c.id = g.first
  join customers_account a on a.id = c.account_id
  left join customers_contact k on k.id = c.contact_id
 order by g.cases desc, g.language
"""


def languages(incident_id: int, packages: Sequence[str] = ()) -> list[Language]:
    """The languages of those who would be told, the most frequent first."""
    asked = [incident_id, list(packages), list(packages)]
    return reading.shaped(connection, Language, _LANGUAGES, asked)


class Sent(NamedTuple):
    """An update, and how far it is."""

    id: int
    what: str
    texts: dict[str, str]
    stage: str
    packages: list[str]
    made_at: datetime
    by_name: str
    done_at: datetime | None
    all: int
    done: int
    refused: int

    @property
    def percent(self) -> int:
        """How far it is."""
        return 100 if not self.all else round(100 * (self.done + self.refused) / self.all)


_SENT = """
select u.id, u.what, u.texts, u.stage, u.packages, u.made_at, u.by_name, u.done_at,
       k.whole, k.done, k.refused
  from (select * from incidents_update where {where} order by id desc limit 100) u
  cross join lateral (
    select count(*)::int as whole, count(*) filter (where d.state = 'done')::int as done,
           count(*) filter (where d.state = 'refused')::int as refused
      from incidents_delivery d where d.update_id = u.id) k
 order by u.id desc
"""


def updates(incident_id: int) -> list[Sent]:
    """What was told, the latest first."""
    return reading.shaped(connection, Sent, _SENT.format(where="incident_id = %s"), [incident_id])


def sent(incident_id: int, update_id: int) -> Sent | None:
    """One update."""
    where = "incident_id = %s and id = %s"
    found = reading.shaped(connection, Sent, _SENT.format(where=where), [incident_id, update_id])
    return found[0] if found else None


def update_with(key: str) -> Update | None:
    """The update that a page has sent already."""
    return Update.objects.filter(key=key).first()


class NotReached(NamedTuple):
    """A case that an update or the closing did not reach, and why."""

    ref: str
    title: str
    why: str


_NOT_REACHED = """
select c.ref, c.title, d.why from incidents_delivery d join cases_case c on c.id = d.case_id
 where d.update_id = %s and d.state = 'refused' and {seen} order by d.id limit 200
"""


def not_reached(update_id: int, person: Person) -> list[NotReached]:
    """The cases that refused, with their reasons."""
    seen, params = visible(person)
    sql = _NOT_REACHED.format(seen=seen)
    return reading.shaped(connection, NotReached, sql, [update_id, *params])


class Like(NamedTuple):
    """An open case that may belong to an incident."""

    id: int
    ref: str
    title: str
    account: str
    package: str
    priority: str
    state: str
    opened_at: datetime
    same_region: bool
    #: How many words of the incident its title has.
    hits: int
    score: float


_LIKE = """
with asked as (select to_tsquery('simple', %(words)s) as words)
select c.id, c.ref, c.title, a.name, c.package, c.priority, c.state, c.opened_at,
       a.region = any(%(regions)s),
       said.hits,
       (said.hits + (case when said.hit then 0.5 else 0 end)
        + (case when a.region = any(%(regions)s) then 0.3 else 0 end)
        + (case c.priority when 'P1' then 0.3 when 'P2' then 0.1 else 0 end))::float8 as score
  from (select * from cases_case order by id desc limit {newest}) c
  cross join asked
  join customers_account a on a.id = c.account_id
  cross join lateral (
    select exists (select from cases_message m where m.case_id = c.id and m.direction = 'in'
                      and m.search @@ asked.words) as hit,
           (select count(*)::int from unnest(%(each)s::text[]) word
             where to_tsvector('simple', c.title) @@ to_tsquery('simple', word)) as hits) said
 where c.opened_at >= %(since)s
   and c.state in ('new', 'assigned', 'pending_customer', 'pending_vendor') and {seen}
   and (said.hits > 0 or said.hit)
   and not exists (select from incidents_linkedcase l where l.case_id = c.id)
 order by score desc, c.id desc limit {most}
"""


def like(incident: Incident, person: Person) -> list[Like]:
    """Open cases of the last hours with words of the incident, the likeliest first."""
    words = telling_words(incident.title, incident.service, incident.known)
    if not words:
        return []
    seen, params = visible(person)
    assert not params  # noqa: S101 - the condition has no values of its own
    asked = {
        "words": " | ".join(f"{word}:*" for word in words),
        "each": [f"{word}:*" for word in words],
        "regions": list(incident.regions),
        "since": incident.opened_at - timedelta(hours=LIKE_HOURS),
    }
    sql = _LIKE.format(seen=seen, newest=_NEWEST, most=MOST_LIKE)
    return reading.shaped(connection, Like, sql, asked, prepare=False)


def references(text: str) -> list[str]:
    """The references in a text, each once: separated by commas, spaces inside one allowed."""
    found: dict[str, None] = {}
    for part in text.replace("\n", ",").replace(";", ",").split(",")[:_MOST_REFERENCES]:
        digits = "".join(c for c in part if c.isascii() and c.isdigit())
        if digits:
            found.setdefault(digits[:12])
    return list(found)


def ids_of(person: Person, refs: Sequence[str]) -> list[int]:
    """The cases of these references that a person may see."""
    seen, params = visible(person)
    sql = f"select c.id from cases_case c where c.ref = any(%s) and {seen} order by c.id"
    return [int(row[0]) for row in reading.rows(connection, sql, [list(refs), *params])]


def refs_of(person: Person, ids: Sequence[int]) -> list[str]:
    """The references of these cases, of those that a person may see."""
    seen, params = visible(person)
    sql = f"select c.ref from cases_case c where c.id = any(%s) and {seen} order by c.id"
    return [str(row[0]) for row in reading.rows(connection, sql, [list(ids), *params])]


def colleagues() -> list[tuple[int, str]]:
    """Who can lead an incident, by name."""
    sql = (
        "select id, name from identity_user where is_active and role <> 'contact'"
        " order by name limit 500"
    )
    return [(int(id), str(name)) for id, name in reading.rows(connection, sql)]
