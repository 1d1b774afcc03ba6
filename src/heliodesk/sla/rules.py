"""How a clock counts: started, paused, resumed, given another target, met. Pure.

A clock has counted some time before ``since``; while it runs, the time since then is counted in
its hours (a calendar, or none: every hour). Nothing that was counted is ever lost.
"""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from heliodesk.calendars.rules import Calendar, add, between
from heliodesk.kernel.clock import NEVER

ZERO = timedelta(0)


class ClockState(StrEnum):
    """Where a clock stands. A missed one stays missed; until it has ended it is still owed."""

    RUNNING = "running"
    PAUSED = "paused"
    MET = "met"
    MISSED = "missed"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Aim:
    """A target: minutes, the hours they count in (None: every hour), when to warn."""

    minutes: int
    hours: Calendar | None
    warn_percent: int = 0


@dataclass(frozen=True, slots=True)
class Timing:
    """The time side of a clock; instants are UTC, ``since`` is None while nothing counts."""

    state: ClockState
    started_at: datetime
    since: datetime | None
    counted: timedelta
    due_at: datetime
    #: When somebody should look: at the warning, then at the due time; NEVER when at none.
    look_at: datetime
    warned_at: datetime | None = None
    missed_at: datetime | None = None
    met_at: datetime | None = None
    ended_at: datetime | None = None

    @property
    def live(self) -> bool:
        """Whether it is still owed."""
        return self.ended_at is None


def start(aim: Aim, at: datetime, *, counted: timedelta = ZERO) -> Timing:
    """A clock that begins to count at ``at`` (aware)."""
    fresh = Timing(ClockState.RUNNING, at, None, counted, NEVER, NEVER)
    return _run(fresh, aim, at)


def started_with(aim: Aim, at: datetime, due_at: datetime) -> Timing:
    """A clock whose due time was decided already."""
    fresh = Timing(ClockState.RUNNING, at, at, ZERO, due_at, due_at)
    return replace(fresh, look_at=_look(fresh, aim))


def counted_by(timing: Timing, hours: Calendar | None, at: datetime) -> timedelta:
    """What it has counted by ``at``."""
    if timing.since is None or at <= timing.since:
        return timing.counted
    if hours is None:
        return timing.counted + (at - timing.since)
    return timing.counted + between(hours, timing.since, at).open_time


def pause(timing: Timing, hours: Calendar | None, at: datetime) -> Timing:
    """Stand still: what was counted is kept, and nothing falls due. Missed stays missed."""
    if not timing.live or timing.since is None:
        return timing
    timing = _noticed(timing, at)
    return replace(
        timing,
        state=ClockState.PAUSED,
        counted=counted_by(timing, hours, at),
        since=None,
        due_at=NEVER,
        look_at=NEVER,
    )


def resume(timing: Timing, aim: Aim, at: datetime) -> Timing:
    """Go on with what is left."""
    if not timing.live or timing.since is not None:
        return timing
    return _run(timing, aim, at)


def retarget(timing: Timing, old: Calendar | None, aim: Aim, at: datetime) -> Timing:
    """Another target, or other hours: the time counted so far stays counted.

    What is over by the new measure is due at once, never in the past.
    """
    if not timing.live:
        return timing
    timing = _noticed(timing, at)
    counted = counted_by(timing, old, at)
    if timing.since is None:
        return replace(timing, counted=counted)
    return _run(replace(timing, counted=counted, since=None), aim, at)


def credit(timing: Timing, aim: Aim, extra: timedelta, at: datetime) -> Timing:
    """Add time that was waited elsewhere, or take it away again; never less than nothing."""
    if not timing.live or timing.since is None:
        return timing
    timing = _noticed(timing, at)
    counted = max(counted_by(timing, aim.hours, at) + extra, ZERO)
    return _run(replace(timing, counted=counted, since=None), aim, at)


def meet(timing: Timing, hours: Calendar | None, at: datetime) -> Timing:
    """What was owed is done; too late, the clock is missed though it was met."""
    if not timing.live:
        return timing
    timing = _noticed(timing, at)
    state = ClockState.MISSED if timing.missed_at else ClockState.MET
    return replace(_stopped(timing, hours, at), state=state, met_at=at)


def cancel(timing: Timing, hours: Calendar | None, at: datetime) -> Timing:
    """Nothing is owed any more; what was missed before stays missed."""
    if not timing.live:
        return timing
    timing = _noticed(timing, at)
    state = ClockState.MISSED if timing.missed_at else ClockState.CANCELLED
    return replace(_stopped(timing, hours, at), state=state)


def revive(timing: Timing, aim: Aim, at: datetime) -> Timing:
    """Owed again after it was cancelled; the time between does not count."""
    if timing.live:
        return timing
    return _run(replace(timing, ended_at=None, met_at=None, since=None), aim, at)


def look(timing: Timing, at: datetime) -> Timing:
    """What a look at ``at`` finds: a warning that is due, a target that was missed."""
    if not timing.live or timing.since is None:
        return timing
    if timing.due_at < at:
        return _noticed(timing, at)
    if timing.look_at <= at and timing.warned_at is None and timing.look_at < timing.due_at:
        return replace(timing, warned_at=at, look_at=timing.due_at)
    return timing


def _noticed(timing: Timing, at: datetime) -> Timing:
    """Mark it missed if its due time has passed."""
    if timing.missed_at is None and timing.since is not None and timing.due_at < at:
        return replace(timing, state=ClockState.MISSED, missed_at=timing.due_at, look_at=NEVER)
    return timing


def _stopped(timing: Timing, hours: Calendar | None, at: datetime) -> Timing:
    return replace(
        timing, counted=counted_by(timing, hours, at), since=None, look_at=NEVER, ended_at=at
    )


def _run(timing: Timing, aim: Aim, at: datetime) -> Timing:
    """Count from ``at`` on."""
    at = at.astimezone(UTC)
    if timing.missed_at:
        return replace(
            timing, state=ClockState.MISSED, since=at, due_at=timing.missed_at, look_at=NEVER
        )
    left = max(timedelta(minutes=aim.minutes) - timing.counted, ZERO)
    due_at = at + left if aim.hours is None else _later(aim.hours, at, left)
    running = replace(timing, state=ClockState.RUNNING, since=at, due_at=due_at)
    return replace(running, look_at=_look(running, aim))


def _look(timing: Timing, aim: Aim) -> datetime:
    """The instant of the warning, or the due time when none is to come."""
    if timing.warned_at or not 0 < aim.warn_percent < 100 or timing.since is None:
        return timing.due_at
    share = timedelta(minutes=aim.minutes) * aim.warn_percent / 100 - timing.counted
    if share <= ZERO:
        return timing.since if timing.since < timing.due_at else timing.due_at
    if aim.hours is None:
        return timing.since + share
    return _later(aim.hours, timing.since, share)


def _later(hours: Calendar, at: datetime, span: timedelta) -> datetime:
    return at if span == ZERO else add(hours, at, span / timedelta(minutes=1)).due
