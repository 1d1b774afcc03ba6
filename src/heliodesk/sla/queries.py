"""Reads of clocks: where each stands, and every minute that it counted."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from heliodesk.calendars.rules import Calendar
from heliodesk.calendars.timeline import Interval, instant
from heliodesk.entitlements.pack.model import ClockKind, Metric
from heliodesk.sla import facts
from heliodesk.sla.facts import Terms, Ticking
from heliodesk.sla.rules import ClockState, counted_by

_OF_CASE = facts.CLOCK + "where k.case_id = %s order by k.id desc limit 40"


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of time of a clock: counted, closed, or waiting for the customer."""

    start: datetime
    end: datetime
    what: str
    counted: timedelta = timedelta(0)
    #: Why it is closed, when a holiday or a closing says so.
    name: str = ""


@dataclass(frozen=True, slots=True)
class Standing:
    """A clock as its case's page shows it. ``left`` is negative when it is late."""

    metric: Metric
    state: ClockState
    live: bool
    kind: ClockKind
    minutes: int
    calendar: str
    version: int
    zone: str
    started_at: datetime
    due_at: datetime
    met_at: datetime | None
    missed_at: datetime | None
    warned: bool
    paused: bool
    counted: timedelta
    spans: tuple[Span, ...]

    @property
    def target(self) -> timedelta:
        """The whole target."""
        return timedelta(minutes=self.minutes)

    @property
    def share(self) -> float:
        """The share of the target that is left, from 0 to 1."""
        return max(0.0, 1 - self.counted / self.target)

    @property
    def late(self) -> bool:
        """Whether it is or was missed."""
        return self.missed_at is not None


def of_case(case_id: int, at: datetime) -> list[Standing]:
    """The latest clock of each metric of a case, in the order of the metrics."""
    terms = Terms()
    latest: dict[Metric, Ticking] = {}
    for one in facts.clocks(_OF_CASE, [case_id], terms):
        latest.setdefault(one.metric, one)
    return [explained(latest[metric], terms, at) for metric in Metric if metric in latest]


def explained(one: Ticking, terms: Terms, at: datetime) -> Standing:
    """A clock with all that it counted by ``at``."""
    given, timing = one.given, one.timing
    policy = terms.policy(given.pack_id)[1]
    calendar, _ = terms.calendar(given.calendar, policy)
    late = timing.missed_at or (timing.due_at if timing.live and timing.due_at < at else None)
    return Standing(
        metric=one.metric,
        state=ClockState.MISSED if late else timing.state,
        live=timing.live,
        kind=given.kind,
        minutes=given.aim.minutes,
        calendar=given.calendar,
        version=given.version,
        zone=calendar.zone.key,
        started_at=timing.started_at,
        due_at=timing.due_at,
        met_at=timing.met_at,
        missed_at=late,
        warned=timing.warned_at is not None,
        paused=timing.live and timing.since is None,
        counted=counted_by(timing, given.aim.hours, at),
        spans=tuple(_spans(one, terms, at)),
    )


def _spans(one: Ticking, terms: Terms, at: datetime) -> list[Span]:
    """Every stretch since the start, in order."""
    policy = terms.policy(one.given.pack_id)[1]
    found: list[Span] = []
    for begin, end, code, _version, counted, why in one.past:
        hours = terms.calendar(code, policy)[0] if code else None
        _gap(found, instant(begin))
        found += stretches(hours, instant(begin), instant(end), timedelta(microseconds=counted))
        if why == "customer":
            found.append(Span(instant(end), instant(end), "waiting"))
    if one.timing.since is not None:
        _gap(found, one.timing.since)
        now = max(at, one.timing.since)
        counted_now = counted_by(one.timing, one.given.aim.hours, now) - one.timing.counted
        found += stretches(one.given.aim.hours, one.timing.since, now, counted_now)
    elif found and found[-1].what == "waiting" and one.timing.live:
        found[-1] = Span(found[-1].start, at, "waiting")
    return [span for span in found if span.end > span.start]


def _gap(found: list[Span], begin: datetime) -> None:
    """Close an open wait at the moment counting begins again."""
    if found and found[-1].what == "waiting":
        found[-1] = Span(found[-1].start, begin, "waiting")


def stretches(
    hours: Calendar | None, begin: datetime, end: datetime, counted: timedelta
) -> list[Span]:
    """The open intervals between two instants, and the closed time between those; ``counted`` is
    what was counted where every hour counts."""
    if hours is None:
        return [Span(begin, end, "counted", counted)]
    spans, last = [], begin
    for opens, closes in [*hours.open_intervals(begin, end), Interval(end, end)]:
        if opens > last:
            spans.append(Span(last, opens, "closed", name=_closed_for(hours, last, opens)))
        if closes > opens:
            spans.append(Span(opens, closes, "counted", closes - opens))
        last = closes
    return spans


def _closed_for(hours: Calendar, begin: datetime, end: datetime) -> str:
    """Names of the holidays and closings within a closed stretch."""
    day, last = begin.astimezone(hours.zone).date(), end.astimezone(hours.zone).date()
    names = []
    while day <= last:
        if day in hours.one_off:
            names.append(hours.one_off[day].name)
        elif hours.week[day.weekday()]:
            names += [holiday.name for holiday in hours.holidays(day.year) if holiday.day == day]
        day += timedelta(days=1)
    return ", ".join(dict.fromkeys(name for name in names if name))
