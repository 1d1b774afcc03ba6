"""Write clocks, and what they mean for their cases' places in the queue."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta

from django.db import connection

from heliodesk.cases.actions import Promise, promise
from heliodesk.cases.rules import Stage
from heliodesk.entitlements.pack.model import Metric
from heliodesk.kernel import sql
from heliodesk.kernel.clock import NEVER
from heliodesk.sla.facts import Ticking
from heliodesk.sla.rules import Timing

_US = timedelta(microseconds=1)
_CHANGING = {
    "kind": "text",
    "calendar": "text",
    "calendar_version": "int",
    "target_minutes": "int",
    "warn_percent": "smallint",
    "pack_id": "bigint",
    "state": "text",
    "since": "timestamptz",
    "counted": "bigint",
    "due_at": "timestamptz",
    "look_at": "timestamptz",
    "paused_at": "timestamptz",
    "warned_at": "timestamptz",
    "missed_at": "timestamptz",
    "met_at": "timestamptz",
    "ended_at": "timestamptz",
    "past": "jsonb",
}
_NEW = {"case_id": "bigint", "metric": "text", "started_at": "timestamptz", **_CHANGING}
_OLD = {"id": "bigint", **_CHANGING}
_UPDATE = (
    f"update sla_clock k set {', '.join(f'{name} = r.{name}' for name in _CHANGING)}"
    f" from {sql.recordset(_OLD)} where k.id = r.id"
)


def write(clocks: Sequence[Ticking]) -> None:
    """Insert the new and update the changed ones, with one statement each."""
    old = [one for one in clocks if one.id is not None and one.changed]
    # An ended clock makes room for a new one of its metric, so the old are written first.
    new = [one for one in clocks if one.id is None]
    with connection.cursor() as cursor:
        if old:
            rows = [(one.id, *_values(one)) for one in old]
            cursor.execute(_UPDATE, [sql.rows_parameter(_OLD, rows)])
        sql.insert(
            cursor,
            "sla_clock",
            _NEW,
            [(o.case_id, o.metric, o.timing.started_at, *_values(o)) for o in new],
        )


def place(live: Mapping[int, Collection[Ticking]], priorities: Mapping[int, str]) -> None:
    """Keep the place of these cases in the queue: by their next due clock, late ones first."""
    promise(
        [
            Promise(case_id, next_due(clocks), stage(clocks, priorities[case_id]))
            for case_id, clocks in live.items()
        ]
    )


def next_due(clocks: Collection[Ticking]) -> datetime:
    """When the next of these falls due, or did."""
    return min((one.timing.due_at for one in clocks if one.timing.live), default=NEVER)


def stage(clocks: Collection[Ticking], priority: str) -> Stage:
    """Where the next promise of a case stands."""
    timings = [one.timing for one in clocks if one.timing.live and one.timing.since]
    if priority == "P1":
        return Stage.P1
    if any(timing.missed_at for timing in timings):
        return Stage.MISSED
    return Stage.WARNED if any(map(_warned, timings)) else Stage.RUNNING


def _warned(timing: Timing) -> bool:
    return timing.warned_at is not None


def told(one: Ticking) -> dict[str, object]:
    """A clock as the journal tells of it."""
    return {
        "metric": Metric(one.metric).value,
        "minutes": one.given.aim.minutes,
        "due": one.timing.missed_at or one.timing.due_at,
    }


def _values(one: Ticking) -> tuple[object, ...]:
    given, timing = one.given, one.timing
    return (
        given.kind,
        given.calendar,
        given.version,
        given.aim.minutes,
        given.aim.warn_percent,
        given.pack_id,
        timing.state,
        timing.since,
        timing.counted // _US,
        timing.due_at,
        timing.look_at,
        one.paused_at,
        timing.warned_at,
        timing.missed_at,
        timing.met_at,
        timing.ended_at,
        one.past,
    )
