"""Clocks count what the wall clock would: against a walk minute by minute."""

import random
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from heliodesk.calendars.hours import parse_week
from heliodesk.calendars.rules import Calendar, business_days_after, is_open
from heliodesk.kernel.clock import NEVER
from heliodesk.sla import rules
from heliodesk.sla.rules import Aim, ClockState, Timing

OFFICE = Calendar("UK", "Europe/London", parse_week({"mon-fri": ["09:00-12:30", "13:30-17:00"]}))
NIGHT = Calendar("NY", "America/New_York", parse_week({"mon-sun": ["22:00-06:00"]}))
#: A week with the change to summer time in London and one with that in New York's autumn.
SPRING = datetime(2026, 3, 27, 8, 0, tzinfo=UTC)
AUTUMN = datetime(2026, 10, 30, 8, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def walked(hours: Calendar | None, start: datetime, end: datetime) -> int:
    """Minutes that count, looked at one by one."""
    count = 0
    while start < end:
        count += hours is None or is_open(hours, start)
        start += MINUTE
    return count


@pytest.mark.parametrize("hours", [OFFICE, NIGHT, None])
@pytest.mark.parametrize("begin", [SPRING, AUTUMN])
def test_pauses_and_resumes_agree_with_a_minute_walk(
    hours: Calendar | None, begin: datetime
) -> None:
    rng = random.Random(f"{begin}")
    for _ in range(12):
        aim = Aim(rng.choice([60, 240, 480, 960]), hours, 75)
        at = begin + rng.randrange(60) * MINUTE
        timing, expected, running = rules.start(aim, at), 0, True
        for _ in range(rng.randrange(1, 5)):
            after = at + rng.randrange(5, 1500) * MINUTE
            if running:
                expected += walked(hours, at, after)
                timing = rules.pause(timing, hours, after)
            else:
                timing = rules.resume(timing, aim, after)
            running, at = not running, after
        if not running:
            timing = rules.resume(timing, aim, at)
        assert timing.counted == expected * MINUTE
        if timing.missed_at is None:
            left = aim.minutes - expected
            assert walked(hours, at, timing.due_at) == left


@given(first=st.integers(15, 1000), second=st.integers(15, 1000), after=st.integers(0, 3000))
def test_another_target_keeps_what_was_counted(first: int, second: int, after: int) -> None:
    old, new = Aim(first, OFFICE), Aim(second, None)
    at = SPRING + after * MINUTE
    timing = rules.retarget(rules.start(old, SPRING), OFFICE, new, at)
    counted = walked(OFFICE, SPRING, at)
    assert timing.counted == counted * MINUTE
    if timing.missed_at is None:
        assert timing.due_at == at + max(second - counted, 0) * MINUTE
    assert timing.missed_at is not None or timing.due_at >= at


@given(minutes=st.integers(1, 5000), steps=st.lists(st.integers(1, 600), max_size=6))
def test_a_clock_never_falls_due_in_the_past_and_never_loses_time(
    minutes: int, steps: list[int]
) -> None:
    aim, at = Aim(minutes, OFFICE, 80), AUTUMN
    timing, before = rules.start(aim, at), timedelta(0)
    for number, step in enumerate(steps):
        at += step * MINUTE
        again = number % 2
        timing = rules.resume(timing, aim, at) if again else rules.pause(timing, OFFICE, at)
        assert rules.counted_by(timing, OFFICE, at) >= before
        before = rules.counted_by(timing, OFFICE, at)
        assert timing.missed_at or timing.due_at >= at
        assert timing.look_at <= timing.due_at or timing.missed_at


def test_it_warns_once_and_is_missed_once() -> None:
    aim = Aim(100, None, 75)
    timing = rules.start(aim, SPRING)
    assert timing.look_at == SPRING + 75 * MINUTE
    assert rules.look(timing, SPRING + 74 * MINUTE) == timing
    warned = rules.look(timing, SPRING + 76 * MINUTE)
    assert (warned.state, warned.look_at) == (ClockState.RUNNING, timing.due_at)
    assert rules.look(warned, SPRING + 99 * MINUTE) == warned
    missed = rules.look(warned, SPRING + 101 * MINUTE)
    assert (missed.state, missed.missed_at, missed.look_at) == (
        ClockState.MISSED, timing.due_at, NEVER,
    )  # fmt: skip
    assert rules.look(missed, SPRING + 500 * MINUTE) == missed


@pytest.mark.parametrize(("minute", "state"), [(100, ClockState.MET), (101, ClockState.MISSED)])
def test_met_at_the_last_moment_and_too_late(minute: int, state: ClockState) -> None:
    timing = rules.meet(rules.start(Aim(100, None), SPRING), None, SPRING + minute * MINUTE)
    assert (timing.state, timing.live) == (state, False)
    assert timing.met_at == SPRING + minute * MINUTE


def test_a_pause_after_the_due_time_does_not_hide_it() -> None:
    aim = Aim(60, None)
    paused = rules.pause(rules.start(aim, SPRING), None, SPRING + 90 * MINUTE)
    assert paused.missed_at == SPRING + 60 * MINUTE
    assert rules.resume(paused, aim, SPRING + 120 * MINUTE).state is ClockState.MISSED


def test_what_has_ended_stays_as_it_is() -> None:
    done = rules.meet(rules.start(Aim(60, None), SPRING), None, SPRING + MINUTE)
    later, aim = SPRING + 5 * MINUTE, Aim(5, None)
    for again in (
        rules.meet(done, None, later),
        rules.cancel(done, None, later),
        rules.pause(done, None, later),
        rules.resume(done, aim, later),
        rules.retarget(done, None, aim, later),
        rules.look(done, later),
    ):
        assert again == done


def test_a_cancelled_clock_can_be_owed_again() -> None:
    aim = Aim(60, None)
    gone = rules.cancel(rules.start(aim, SPRING), None, SPRING + 20 * MINUTE)
    back = rules.revive(gone, aim, SPRING + 100 * MINUTE)
    assert (back.due_at, back.state) == (SPRING + 140 * MINUTE, ClockState.RUNNING)


@pytest.mark.parametrize(
    ("days", "due"),
    [
        (1, datetime(2026, 3, 30, 16, 0, tzinfo=UTC)),
        (2, datetime(2026, 3, 31, 16, 0, tzinfo=UTC)),
        (6, datetime(2026, 4, 6, 16, 0, tzinfo=UTC)),
    ],
)
def test_business_days_end_at_the_closing(days: int, due: datetime) -> None:
    assert business_days_after(OFFICE, SPRING, days) == due


def test_a_missing_target_never_looks() -> None:
    timing = Timing(ClockState.PAUSED, SPRING, None, timedelta(0), NEVER, NEVER)
    assert rules.look(timing, NEVER) == timing
