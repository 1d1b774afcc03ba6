"""Many running clocks: what the sweep costs while none is due, and for each that is."""

import time
from typing import LiteralString

import psycopg

from bench import cpu
from bench.desk import Desk
from bench.figures import Figure, Round, of_rounds
from bench.machine import slowness

CLOCKS = 100_000
DUE = 2_000
IDLE_SECONDS = 20.0
#: The whole desk may keep a core busy this much while no clock is due.
TARGET_IDLE_PERCENT = 5.0
PATIENCE_SECONDS = 300.0

_RUNNING = """
insert into cases_case (ref, account_id, channel, title, kind, severity, priority, state, queue,
    package, flags, offshore, urgency, due_at, resolution, version, opened_at, last_activity_at)
select 'clock' || n, (select min(id) from customers_account), 'email', 'Case ' || n, 'technical',
    'P3', 'P3', 'new', 'support', 'gold', '{}', false, 76, now() + interval '30 days'
    + n * interval '1 second', '', 1, now(), now()
from generate_series(1, %s) n;
"""
_CLOCKS = """
insert into sla_clock (case_id, metric, kind, calendar, calendar_version, target_minutes,
    warn_percent, pack_id, state, started_at, since, counted, due_at, look_at, past)
select c.id, 'first_response', 'business_hours', 'UK',
    coalesce((select version from calendars_businesscalendar where code = 'UK'), 0), 480, 75,
    p.id, 'running', c.opened_at, c.opened_at, 0, c.due_at, c.due_at - interval '1 hour', '[]'
from cases_case c cross join entitlements_policypack p
where p.state = 'active' and c.ref like 'clock%'
"""
_FALL_DUE = """
update sla_clock set due_at = now(), look_at = now() where id in (
    select k.id from sla_clock k join cases_case c on c.id = k.case_id
    where c.ref like 'clock%%' and k.missed_at is null order by k.id limit %s)
"""
_LEFT: LiteralString = """
select count(*) from sla_clock where ended_at is null and missed_at is null and due_at <= now()
"""


def measure(desk: Desk) -> list[Figure]:
    """Start the clocks on this desk, watch its worker sweep, then let some of them fall due."""
    with desk.connect() as connection:
        connection.execute(_RUNNING, [CLOCKS])
        connection.execute(_CLOCKS)
        connection.execute("vacuum (analyze) sla_clock, cases_case")
        time.sleep(5)
        slow, before = slowness(), desk.spent()
        time.sleep(IDLE_SECONDS)
        idle = cpu.between(before, desk.spent())
        busy = 100 * idle["total"] / IDLE_SECONDS
        parts = {k: round(100 * v / IDLE_SECONDS, 2) for k, v in idle.items() if v and k != "total"}
        waiting = Figure(
            f"{CLOCKS:,} clocks, % of a core", CLOCKS, 0.0, 0.0, 0.0, busy, parts,
            TARGET_IDLE_PERCENT, round(slow, 2),
        )  # fmt: skip
        slow, before, begun = slowness(), desk.spent(), time.perf_counter()
        connection.execute(_FALL_DUE, [DUE])
        took = _until_settled(connection, begun)
        spent = cpu.between(before, desk.spent())
    return [waiting, of_rounds("clock that falls due", [Round([took] * DUE, took, spent, slow)])]


def _until_settled(connection: psycopg.Connection[tuple[object, ...]], begun: float) -> float:
    while time.perf_counter() - begun < PATIENCE_SECONDS:
        row = connection.execute(_LEFT).fetchone()
        if row == (0,):
            return time.perf_counter() - begun
        time.sleep(0.1)
    raise SystemExit("Clocks that are due stay as they are; does the worker run?")
