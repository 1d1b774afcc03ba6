"""What pages about on-call show; every row is fetched here, each list is bounded."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import Q

from heliodesk.cases.access import visible
from heliodesk.identity.models import User
from heliodesk.identity.person import Person
from heliodesk.kernel import reading
from heliodesk.oncall.models import (
    P1,
    ContactMethod,
    CoverageCheck,
    EscalationPolicy,
    Feed,
    Handover,
    MajorIncident,
    Override,
    Page,
    Region,
    Rota,
    Shift,
    Swap,
)
from heliodesk.oncall.rules.words import SwapState


class P1Row(NamedTuple):
    """A P1 in a list."""

    id: int
    case_id: int | None
    ref: str
    title: str
    account: str
    package: str
    state: str
    owner: str
    region: str
    declared_at: datetime
    next_due_at: datetime | None
    #: When the next update to the customer falls due.
    update_at: datetime | None
    resolved_at: datetime | None
    incident: str
    call_id: int | None
    pages: int

    @property
    def path(self) -> str:
        """Where its page is."""
        return f"/p1/{self.ref}/" if self.ref else f"/p1/call/{self.call_id}/"


_ROWS = """
select p.id, p.case_id, coalesce(c.ref, ''), coalesce(c.title, p.subject), coalesce(a.name, ''),
    coalesce(c.package, ''), p.state, u.name, coalesce(r.name, ''), p.declared_at, p.next_due_at,
    (select min(k.due_at) from sla_clock k
      where k.case_id = c.id and k.metric = 'update' and k.ended_at is null),
    p.resolved_at, coalesce(i.title, ''), p.call_id,
    (select count(*) from oncall_page g where g.p1_id = p.id and g.purpose = 'page')
from oncall_p1 p
join identity_user u on u.id = p.owner_id
left join cases_case c on c.id = p.case_id
left join customers_account a on a.id = c.account_id
left join oncall_region r on r.id = p.region_id
left join oncall_majorincident i on i.id = p.incident_id
where {where} and (c.id is null or {seen}) order by {order} limit 60
"""


def open_rows(person: Person) -> list[P1Row]:
    """The open P1s that a person may see: untaken first, then the better package."""
    seen, params = visible(person)
    order = "(p.state <> 'triggered'), coalesce(c.urgency, 0), p.id"
    sql = _ROWS.format(where="p.state <> 'resolved'", seen=seen, order=order)
    return reading.shaped(connection, P1Row, sql, params)


def past_rows(person: Person) -> list[P1Row]:
    """The P1s that ended last."""
    seen, params = visible(person)
    sql = _ROWS.format(where="p.state = 'resolved'", seen=seen, order="p.resolved_at desc")
    return reading.shaped(connection, P1Row, sql, params)


def open_count(person: Person, *, most: int) -> int:
    """How many P1s are open, counted to a bound."""
    seen, params = visible(person)
    sql = (
        "select count(*) from (select 1 from oncall_p1 p left join cases_case c on c.id = p.case_id"
        f" where p.state <> 'resolved' and (c.id is null or {seen}) limit %s) few"
    )
    return int(reading.rows(connection, sql, [*params, most])[0][0])


class Paged(NamedTuple):
    """A person paged in a step, over all ways."""

    step: int
    person: str
    channels: list[str]
    made_at: datetime
    sent_at: datetime | None
    answer: str
    answered_at: datetime | None
    #: Of its pages: how many wait, were handed over, failed, were called back, are captured.
    waiting: int
    sent: int
    failed: int
    cancelled: int
    captured: int
    error: str


_PAGED = """
select g.step, u.name, array_agg(distinct g.channel), min(g.made_at), min(g.sent_at),
    coalesce(max(g.answer), ''), min(g.answered_at),
    count(*) filter (where g.state in ('pending', 'sending')),
    count(*) filter (where g.state = 'sent'), count(*) filter (where g.state = 'failed'),
    count(*) filter (where g.state = 'cancelled'), count(*) filter (where g.state = 'captured'),
    coalesce(max(g.error), '')
from oncall_page g join identity_user u on u.id = g.person_id
where g.p1_id = %s and g.purpose = 'page'
group by g.step, u.id, u.name order by g.step, min(g.id) limit 400
"""


def paged(p1_id: int) -> list[Paged]:
    """Who was paged for a P1, step by step."""
    return reading.shaped(connection, Paged, _PAGED, [p1_id])


def p1_of_call(call_id: int) -> P1 | None:
    """The P1 of a call that has no case."""
    return P1.objects.filter(call_id=call_id).select_related("owner", "region").first()


def handover_of(p1_id: int) -> Handover | None:
    """The handover of a P1 that was asked for and is not settled."""
    return (
        Handover.objects.filter(p1_id=p1_id, accepted_at=None, closed_at=None)
        .select_related("giver", "taker")
        .first()
    )


def handovers_for(person_id: int) -> list[Handover]:
    """Handovers that wait for a person's acceptance."""
    return list(
        Handover.objects.filter(taker_id=person_id, accepted_at=None, closed_at=None)
        .select_related("giver", "p1__case")
        .order_by("ends_at")
    )


def followers_of(p1: P1) -> list[P1]:
    """The other P1s of its incident."""
    if p1.incident_id is None:
        return []
    return list(
        P1.objects.filter(incident_id=p1.incident_id)
        .exclude(pk=p1.pk)
        .select_related("case__account")
        .order_by("pk")[:40]
    )


def incident(incident_id: int) -> MajorIncident | None:
    """A major incident."""
    return MajorIncident.objects.filter(pk=incident_id).first()


def ways_of(person_id: int) -> list[ContactMethod]:
    """A person's ways to be reached."""
    return list(ContactMethod.objects.filter(person_id=person_id))


def way_of(person_id: int, way_id: int) -> ContactMethod | None:
    """One of a person's ways."""
    return ContactMethod.objects.filter(person_id=person_id, pk=way_id).first()


def last_pages(person_id: int) -> list[Page]:
    """What was last sent to a person; of codes only those that were captured."""
    return list(
        Page.objects.filter(person_id=person_id)
        .exclude(Q(purpose="code") & ~Q(state="captured"))
        .select_related("p1__case")
        .order_by("-id")[:12]
    )


def feeds_of(person_id: int) -> list[Feed]:
    """A person's calendar feeds that hold."""
    return list(Feed.objects.filter(person_id=person_id, ended_at=None).order_by("-id"))


def swaps_asked(at: datetime) -> list[Swap]:
    """Swaps that nobody has settled yet."""
    return list(
        Swap.objects.filter(state=SwapState.ASKED, during__startswith__gt=at)
        .select_related("asker", "asked", "region", "return_region")
        .order_by("during")[:40]
    )


def overrides_ahead(at: datetime) -> list[Override]:
    """Who stands in from now on."""
    return list(
        Override.objects.filter(ended_at=None, during__endswith__gt=at)
        .select_related("person", "region")
        .order_by("during")[:60]
    )


def override_of(override_id: int) -> Override | None:
    """One override."""
    return Override.objects.filter(pk=override_id, ended_at=None).first()


def own_shifts(person_id: int, at: datetime) -> list[Shift]:
    """Shifts that a person may give away."""
    return list(
        Shift.objects.filter(person_id=person_id, during__startswith__gt=at)
        .select_related("region")
        .order_by("during")[:60]
    )


def shift_of(shift_id: int) -> Shift | None:
    """One shift."""
    return Shift.objects.filter(pk=shift_id).select_related("region").first()


def colleagues() -> list[tuple[int, str]]:
    """Everybody who works at the desk, by name."""
    return list(User.staff.filter(is_active=True).order_by("name").values_list("pk", "name"))


def regions() -> list[Region]:
    """Every region, those in use first."""
    return list(Region.objects.order_by("-active", "place").prefetch_related("coverage"))


def region_of(code: str) -> Region | None:
    """One region."""
    return Region.objects.filter(code=code).prefetch_related("coverage").first()


def rotas() -> list[Rota]:
    """Every rota in use."""
    return list(
        Rota.objects.filter(active=True)
        .select_related("region")
        .prefetch_related("members__person")
        .order_by("region__place", "duty")
    )


def rota_of(rota_id: int) -> Rota | None:
    """One rota."""
    return (
        Rota.objects.filter(pk=rota_id, active=True)
        .select_related("region")
        .prefetch_related("members__person")
        .first()
    )


def policies() -> list[EscalationPolicy]:
    """The escalations that were edited."""
    return list(EscalationPolicy.objects.order_by("grade"))


def last_check() -> CoverageCheck | None:
    """What the last look for gaps found."""
    return CoverageCheck.objects.filter(pk=1).first()


class Month(NamedTuple):
    """An account's P1s in a month (R74)."""

    month: datetime
    account_id: int
    account: str
    package: str
    p1s: int
    #: Median seconds from the declaration until it was taken, the customer reached, resolved.
    taken: float | None
    reached: float | None
    resolved: float | None
    pages: int
    missed: int


_MONTHS = """
select date_trunc('month', p.declared_at at time zone 'UTC') at time zone 'UTC' as month,
    a.id, a.name, max(c.package), count(*),
    percentile_cont(0.5) within group (
        order by extract(epoch from p.acked_at - p.declared_at))::float8,
    percentile_cont(0.5) within group (
        order by extract(epoch from p.engaged_at - p.declared_at))::float8,
    percentile_cont(0.5) within group (
        order by extract(epoch from p.resolved_at - p.declared_at))::float8,
    coalesce(sum((select count(*) from oncall_page g
                   where g.p1_id = p.id and g.purpose = 'page')), 0)::int,
    coalesce(sum((select count(*) from journal_event e where e.subject_kind = 'case'
                   and e.subject_id = c.id and e.verb = 'p1_missed')), 0)::int
from oncall_p1 p join cases_case c on c.id = p.case_id
join customers_account a on a.id = c.account_id
where p.declared_at >= %s and p.declared_at < %s and {seen}
group by 1, 2, 3 order by 1 desc, count(*) desc, a.name limit 2000
"""


def months(person: Person, start: datetime, end: datetime) -> list[Month]:
    """P1s by month and account, with the median seconds to taken, reached and resolved."""
    seen, params = visible(person)
    sql = _MONTHS.format(seen=seen)
    return reading.shaped(connection, Month, sql, [start, end, *params])


class Rate(NamedTuple):
    """All P1s of a month."""

    month: datetime
    p1s: int
    accounts: int
    cases: int


_RATES = """
select m.month, coalesce(p.count, 0)::int, coalesce(p.accounts, 0)::int, coalesce(k.cases, 0)::int
from generate_series(date_trunc('month', %(start)s::timestamptz), %(end)s::timestamptz,
                     interval '1 month') as m (month)
left join lateral (select count(*) as count, count(distinct c.account_id) as accounts
    from oncall_p1 p join cases_case c on c.id = p.case_id
    where p.declared_at >= m.month and p.declared_at < m.month + interval '1 month') p on true
left join lateral (select count(*) as cases from cases_case c
    where c.opened_at >= m.month and c.opened_at < m.month + interval '1 month') k on true
order by 1
"""


def rates(start: datetime, end: datetime) -> list[Rate]:
    """P1s a month beside all cases."""
    return reading.shaped(connection, Rate, _RATES, {"start": start, "end": end})


_MISSES = """
select count(*) from journal_event where subject_kind = 'case' and verb = 'p1_missed'
   and at >= %s
"""


def misses_since(at: datetime) -> int:
    """How often nobody had answered when a step was over."""
    return int(reading.rows(connection, _MISSES, [at])[0][0])


class Reach(NamedTuple):
    """How to reach the customer of a case when their mail may be down (C30)."""

    name: str
    phone: str
    alternative: str
    address: str


_REACH = """
select t.name, t.phone, t.alternative, coalesce((select s.address from customers_contactaddress s
    where s.contact_id = t.id order by s.preferred desc, s.id limit 1), '')
from cases_case c join customers_contact t on t.id = c.contact_id where c.id = %s
"""


def reach(case_id: int) -> Sequence[Reach]:
    """The customer's registered number and addresses."""
    return reading.shaped(connection, Reach, _REACH, [case_id])


class Told(NamedTuple):
    """Something that was said to the customer of a P1, or changed on its case."""

    at: datetime
    verb: str
    by: str
    text: str
    data: dict[str, Any]


_TOLD = """
select e.at, e.verb, e.by_name, coalesce(left(m.text, 400), ''), e.data
from journal_event e
left join cases_message m on m.id = case when e.verb = 'reply' then (e.data->>'message')::bigint end
where e.subject_kind = 'case' and e.subject_id = %s and e.at >= %s
  and e.verb in ('reply', 'await_vendor', 'await_customer', 'resolve', 'reopen', 'prioritise',
                 'target_missed', 'p1_missed')
order by e.id limit 300
"""


def told(case_id: int, since: datetime) -> list[Told]:
    """What happened on the case of a P1 that its timeline shows."""
    return reading.shaped(connection, Told, _TOLD, [case_id, since])


def followed_shifts(person_id: int, duty: str, start: datetime) -> list[Shift]:
    """A colleague's shifts that may be given in return."""
    return list(
        Shift.objects.filter(person_id=person_id, duty=duty, during__startswith__gt=start)
        .select_related("region")
        .order_by("during")[:20]
    )
