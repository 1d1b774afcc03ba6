"""What clocks need to know of a batch of cases: standing, targets, and the clocks that are live."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any, NamedTuple

from django.db import connection

from heliodesk.calendars import book
from heliodesk.calendars.rules import Calendar
from heliodesk.entitlements import packs
from heliodesk.entitlements.pack.model import ClockKind, Metric, Target
from heliodesk.entitlements.policy import Policy, UnknownCode
from heliodesk.kernel import reading
from heliodesk.sla.rules import Aim, ClockState, Timing


class Standing(NamedTuple):
    """A case as its clocks see it."""

    id: int
    state: str
    priority: str
    package: str
    urgency: int
    due_at: datetime
    first_response_at: datetime | None
    region: str
    pack_id: int | None
    calendar: str


@dataclass(frozen=True, slots=True)
class Given:
    """A target as the policy gives it for one case."""

    aim: Aim
    kind: ClockKind
    calendar: str
    version: int
    pack_id: int


@dataclass(slots=True, eq=False)
class Ticking:
    """A clock in hand; ``id`` is None until it is written."""

    id: int | None
    case_id: int
    metric: Metric
    given: Given
    timing: Timing
    paused_at: datetime | None = None
    past: list[list[Any]] = field(default_factory=list)
    changed: bool = True


class Terms:
    """Targets and calendars in force for a batch; packs and calendars are read when they change."""

    @cached_property
    def stamp(self) -> int:
        """The state of the calendars."""
        return book.stamp()

    @cached_property
    def active(self) -> packs.ActivePack:
        """The pack in force."""
        return packs.active()

    def given(self, case: Standing, metric: Metric) -> Given | None:
        """The target of a case by the pack it was accepted under; None if there is none (C36)."""
        try:
            pack_id, policy = self._policy(case)
        except packs.NoActivePack:
            return None
        target = policy.terms(case.package).targets.get(metric, {}).get(case.priority)
        return self.of_target(case, pack_id, policy, target) if target else None

    def of_target(self, case: Standing, pack_id: int, policy: Policy, target: Target) -> Given:
        """A target of the policy, in the hours of the case."""
        kind = _kind(policy, target, case.priority)
        code = self.local(case, policy)
        return self.of_minutes(target.minutes, kind, code, pack_id, policy)

    def of_minutes(
        self, minutes: int, kind: ClockKind, calendar: str, pack_id: int, policy: Policy
    ) -> Given:
        """A target of so many minutes."""
        hours, version = self.calendar(calendar, policy)
        warn = int(str(policy.pack.settings["clock.warn_percent"].default))
        aim = Aim(minutes, hours if kind is ClockKind.BUSINESS_HOURS else None, warn)
        return Given(aim, kind, calendar, version, pack_id)

    def calendar(self, code: str, policy: Policy) -> tuple[Calendar, int]:
        """The calendar of a code with its version; version 0 is the pack's own."""
        kept = book.calendars(self.stamp).get(code)
        if kept:
            return kept
        own = policy.pack.calendars.get(code)
        return (own or policy.place(None).calendar), 0

    def policy(self, pack_id: int | None) -> tuple[int, Policy]:
        """The policy of a pack, else that in force."""
        if pack_id is None:
            return self.active.id, self.active.policy
        return pack_id, packs.policy_of(pack_id, self.stamp)

    def _policy(self, case: Standing) -> tuple[int, Policy]:
        """The policy of a case; that in force where its own does not know the package."""
        pack_id, policy = self.policy(case.pack_id)
        try:
            policy.terms(case.package)
        except UnknownCode:
            pack_id, policy = self.active.id, self.active.policy
        return pack_id, policy

    def local(self, case: Standing, policy: Policy) -> str:
        """The calendar whose hours are local to a case: as decided, else that of its region."""
        known = case.region in policy.pack.regions
        return case.calendar or policy.place(case.region if known else None).region.code


def _kind(policy: Policy, target: Target, priority: str) -> ClockKind:
    """The time a target counts in; a setting may overrule the package for all but P1 (C4)."""
    setting = policy.settings.email_clock
    if priority == "P1" or setting == "by_package":
        return target.clock
    return ClockKind.BUSINESS_HOURS if setting == "business_hours" else ClockKind.ALWAYS


_STANDING = """
select c.id, c.state, c.priority, c.package, c.urgency, c.due_at, c.first_response_at, a.region,
    d.pack_id, coalesce(d.outcome->>'calendar', '')
from cases_case c
join customers_account a on a.id = c.account_id
left join entitlements_entitlementdecision d on d.id = c.decision_id
where c.id = any(%s)
"""
CLOCK = """
select k.id, k.case_id, k.metric, k.kind, k.calendar, k.calendar_version, k.target_minutes,
    k.warn_percent, k.pack_id, k.state, k.started_at, k.since, k.counted, k.due_at, k.look_at,
    k.paused_at, k.warned_at, k.missed_at, k.met_at, k.ended_at, k.past
from sla_clock k
"""
LIVE = CLOCK + "where k.case_id = any(%s) and k.ended_at is null order by k.id for update"
CANCELLED = (
    CLOCK + "where k.id in (select max(id) from sla_clock where case_id = any(%s)"
    " group by case_id, metric) and k.state = 'cancelled' order by k.id for update"
)
#: What one event ended, met or not.
ENDED_AT = CLOCK + (
    "join (select unnest(%s::bigint[]) as case_id, unnest(%s::timestamptz[]) as at) u"
    " on u.case_id = k.case_id and u.at = k.ended_at order by k.id for update of k"
)
LOOKED_AT = CLOCK + (
    "join cases_case c on c.id = k.case_id"
    " where k.ended_at is null and k.since is not null and k.missed_at is null"
    " and k.look_at < %s order by k.look_at limit %s for update of k, c skip locked"
)
# Each calendar is asked for its own outdated clocks: joined the other way, all that run are read.
# The outer look at the end is for one that ended before it was locked; no index should serve it.
OUTDATED = CLOCK + (
    "join cases_case c on c.id = k.case_id"
    " where coalesce(k.ended_at, 'infinity') = 'infinity' and k.id = any(array(select o.id"
    " from calendars_businesscalendar b cross join lateral (select l.id from sla_clock l"
    " where l.calendar = b.code and l.calendar_version < b.version and l.ended_at is null"
    " and l.kind = 'business_hours' order by l.calendar, l.calendar_version limit %s) o"
    " limit %s)) for update of k, c skip locked"
)


class _Row(NamedTuple):
    id: int
    case_id: int
    metric: str
    kind: str
    calendar: str
    calendar_version: int
    target_minutes: int
    warn_percent: int
    pack_id: int
    state: str
    started_at: datetime
    since: datetime | None
    counted: int
    due_at: datetime
    look_at: datetime
    paused_at: datetime | None
    warned_at: datetime | None
    missed_at: datetime | None
    met_at: datetime | None
    ended_at: datetime | None
    past: list[list[Any]]


def standings(case_ids: Collection[int]) -> dict[int, Standing]:
    """These cases, by id."""
    rows = reading.shaped(connection, Standing, _STANDING, [sorted(case_ids)])
    return {row.id: row for row in rows}


def clocks(sql: str, params: Sequence[Any], terms: Terms) -> list[Ticking]:
    """Clocks by one of the statements above."""
    return [_ticking(row, terms) for row in reading.shaped(connection, _Row, sql, params)]


def live(case_ids: Collection[int], terms: Terms) -> dict[int, dict[Metric, Ticking]]:
    """The live clocks of these cases by metric, locked until the transaction ends."""
    found: dict[int, dict[Metric, Ticking]] = {id: {} for id in case_ids}
    for ticking in clocks(LIVE, [sorted(case_ids)], terms):
        found[ticking.case_id][ticking.metric] = ticking
    return found


def _ticking(row: _Row, terms: Terms) -> Ticking:
    hours = None
    if row.kind == ClockKind.BUSINESS_HOURS:
        hours, _ = terms.calendar(row.calendar, terms.policy(row.pack_id)[1])
    aim = Aim(row.target_minutes, hours, row.warn_percent)
    given = Given(aim, ClockKind(row.kind), row.calendar, row.calendar_version, row.pack_id)
    timing = Timing(
        ClockState(row.state), row.started_at, row.since, timedelta(microseconds=row.counted),
        row.due_at, row.look_at, row.warned_at, row.missed_at, row.met_at, row.ended_at,
    )  # fmt: skip
    return Ticking(
        row.id,
        row.case_id,
        Metric(row.metric),
        given,
        timing,
        row.paused_at,
        row.past,
        changed=False,
    )
