"""What stands open at this moment: who has what, its age, what falls due, how intake does."""

from datetime import datetime, timedelta
from typing import NamedTuple

from django.db import connection

from heliodesk.cases.access import visible
from heliodesk.cases.queries import OPEN_ONLY
from heliodesk.identity.person import Person
from heliodesk.intake.access import held_condition
from heliodesk.kernel import reading

#: A case that falls due within this time is at risk.
SOON = timedelta(hours=1)
#: How many cases at risk are named.
MOST_AT_RISK = 12
#: Counting what waits stops here.
MOST_WAITING = 1000
#: Ages of open cases, as days since they were opened; the last has no end.
AGES = (1, 3, 7, 30)


class Load(NamedTuple):
    """What one person holds; ``id`` is none for cases without an owner."""

    id: int | None
    name: str
    active: int
    waiting: int
    p1: int
    late: int
    soon: int
    oldest: datetime | None

    @property
    def open(self) -> int:
        """All that this person holds."""
        return self.active + self.waiting


class Aged(NamedTuple):
    """How many open cases of one state are of which age (see ``AGES``)."""

    state: str
    ages: list[int]

    @property
    def all(self) -> int:
        """Of every age."""
        return sum(self.ages)


class AtRisk(NamedTuple):
    """A case whose next promise is late or nearly so."""

    ref: str
    title: str
    account: str
    package: str
    priority: str
    owner: str | None
    due_at: datetime


class Waiting(NamedTuple):
    """How much waits somewhere, and since when the oldest does."""

    n: int
    since: datetime | None


class MailHealth(NamedTuple):
    """What mail waits on the way in and out, and what failed in the last day."""

    inbound: Waiting
    outbound: Waiting
    failed: int
    last_received: datetime | None
    #: Mailboxes that cannot be fetched: address and trouble.
    troubled: list[tuple[str, str]]

    @property
    def well(self) -> bool:
        """Whether nothing needs looking after."""
        return not (self.failed or self.troubled)


_LOAD = """
with held as (
    select c.owner_id, count(*) filter (where c.state <> 'pending_customer') as active,
           count(*) filter (where c.state = 'pending_customer') as waiting,
           count(*) filter (where c.priority = 'P1') as p1,
           count(*) filter (where c.due_at < %s) as late,
           count(*) filter (where c.due_at >= %s and c.due_at < %s) as soon,
           min(c.opened_at) as oldest
    from cases_case c where {open} and {visible} group by 1
)
select u.id, coalesce(u.name, ''), coalesce(h.active, 0), coalesce(h.waiting, 0),
       coalesce(h.p1, 0), coalesce(h.late, 0), coalesce(h.soon, 0), h.oldest
from held h full join
     (select id, name from identity_user where is_active and role <> 'contact') u
     on u.id = h.owner_id
order by u.id is not null, coalesce(h.late, 0) desc, coalesce(h.active, 0) desc, u.name
"""
_AGES = """
select c.state, width_bucket(extract(epoch from %s - c.opened_at) / 86400,
                             array[{ages}]::float8[]) as age, count(*)
from cases_case c where {open} and {visible} group by 1, 2
"""
_AT_RISK = """
select c.ref, c.title, a.name, c.package, c.priority, u.name, c.due_at
from cases_case c join customers_account a on a.id = c.account_id
left join identity_user u on u.id = c.owner_id
where {open} and {visible} and c.due_at < %s
order by c.urgency, c.due_at, c.id limit %s
"""
_HELD = """
select count(*), min(at) from (
    select h.created_at as at from intake_helditem h where h.state = 'held' and {visible}
    order by h.id limit %s) waiting
"""
_MAIL = """
select (select count(*) from (select from channels_inbound where state = 'waiting'
                              limit %(most)s) x),
       (select received_at from channels_inbound where state = 'waiting' order by id limit 1),
       (select count(*) from (select from channels_outbound where state in ('queued', 'sending')
                              limit %(most)s) x),
       (select min(created_at) from (select created_at from channels_outbound
            where state in ('queued', 'sending') order by next_attempt_at, id limit 1) x),
       (select count(*) from (select created_at from channels_outbound where state = 'failed'
            order by id desc limit %(most)s) x where created_at > %(day)s),
       (select received_at from channels_inbound order by id desc limit 1)
"""
_TROUBLED = """
select address, imap_error from channels_mailbox where active and imap_error <> '' order by address
"""


class MailboxFlow(NamedTuple):
    """How one mailbox does: fetched, received, sent, failed; ``fetched`` is none when it is not."""

    id: int
    address: str
    fetches: bool
    fetched: datetime | None
    received: datetime | None
    sent: datetime | None
    waiting: int
    failed: int
    trouble: str


class TeamLoad(NamedTuple):
    """What waits for one team: open cases of its queues, how many without owner, late, at work."""

    id: int
    name: str
    people: int
    open: int
    unowned: int
    late: int
    oldest: datetime | None

    @property
    def each(self) -> float:
        """Open cases for each of its people."""
        return self.open / self.people if self.people else float(self.open)


#: Mails looked through, the latest, for when a mailbox last received and sent.
MOST_MAILS = 5000
_FLOW = """
with came as (
    select mailbox_id, max(received_at) as at from (
        select mailbox_id, received_at from channels_inbound order by id desc limit %(mails)s) i
    group by 1),
went as (
    select mailbox_id, max(sent_at) as at,
           count(*) filter (where state in ('queued', 'sending')) as waiting,
           count(*) filter (where state in ('failed', 'bounced') and created_at > %(day)s) as failed
    from (select mailbox_id, sent_at, state, created_at from channels_outbound
          order by id desc limit %(mails)s) o
    group by 1)
select b.id, b.address, b.imap_host <> '', b.imap_seen_at, came.at, went.at,
       coalesce(went.waiting, 0), coalesce(went.failed, 0), b.imap_error
  from channels_mailbox b left join came on came.mailbox_id = b.id
  left join went on went.mailbox_id = b.id
 where b.active and (%(offshore)s or not b.offshore) order by b.address limit 100
"""
_TEAMS = """
with waits as (
    select c.queue, count(*) as open, count(*) filter (where c.owner_id is null) as unowned,
           count(*) filter (where c.due_at < %s) as late, min(c.opened_at) as oldest
    from cases_case c where {open} and {visible} group by 1)
select t.id, t.name,
       (select count(*) from identity_teammember m join identity_user u on u.id = m.user_id
         where m.team_id = t.id and u.is_active),
       coalesce(sum(w.open), 0)::int, coalesce(sum(w.unowned), 0)::int,
       coalesce(sum(w.late), 0)::int, min(w.oldest)
  from identity_team t left join waits w on w.queue = any(t.queues)
 where %s or not t.offshore group by t.id, t.name order by 6 desc, 4 desc, t.name limit 100
"""


def mailboxes(person: Person, at: datetime) -> list[MailboxFlow]:
    """How each mailbox in use does, from its latest mails."""
    bounds = {"mails": MOST_MAILS, "day": at - timedelta(days=1), "offshore": person.offshore}
    return reading.shaped(connection, MailboxFlow, _FLOW, bounds)


def teams(person: Person, at: datetime) -> list[TeamLoad]:
    """What waits for each team."""
    seen, params = visible(person)
    return reading.shaped(
        connection,
        TeamLoad,
        _TEAMS.format(open=OPEN_ONLY, visible=seen),
        [at, *params, person.offshore],
    )


def load(person: Person, at: datetime) -> list[Load]:
    """What everybody holds, cases without an owner first."""
    seen, params = visible(person)
    return reading.shaped(
        connection,
        Load,
        _LOAD.format(open=OPEN_ONLY, visible=seen),
        [at, at, at + SOON, *params],
    )


def backlog(person: Person, at: datetime) -> list[Aged]:
    """Open cases by state and age."""
    seen, params = visible(person)
    found = reading.rows(
        connection,
        _AGES.format(open=OPEN_ONLY, visible=seen, ages=", ".join(map(str, AGES))),
        [at, *params],
    )
    ages: dict[str, list[int]] = {}
    for state, age, n in found:
        ages.setdefault(state, [0] * (len(AGES) + 1))[age] += n
    return [Aged(state, counts) for state, counts in sorted(ages.items())]


def at_risk(person: Person, at: datetime) -> list[AtRisk]:
    """The cases that are late or fall due soon, the most urgent first, ``MOST_AT_RISK`` of them."""
    seen, params = visible(person)
    return reading.shaped(
        connection,
        AtRisk,
        _AT_RISK.format(open=OPEN_ONLY, visible=seen),
        [*params, at + SOON, MOST_AT_RISK],
    )


def held(person: Person) -> Waiting:
    """What waits in held intake, counted to ``MOST_WAITING``."""
    found = reading.rows(connection, _HELD.format(visible=held_condition(person)), [MOST_WAITING])
    return Waiting(*found[0])


def mail(at: datetime) -> MailHealth:
    """How mail flows."""
    bounds = {"most": MOST_WAITING, "day": at - timedelta(days=1)}
    came, came_at, goes, goes_at, failed, last = reading.rows(connection, _MAIL, bounds)[0]
    troubled = [(str(address), str(why)) for address, why in reading.rows(connection, _TROUBLED)]
    return MailHealth(Waiting(came, came_at), Waiting(goes, goes_at), failed, last, troubled)
