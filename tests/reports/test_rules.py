"""Bands, medians, periods."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from heliodesk.reports.rules import (
    EDGES,
    Every,
    Span,
    next_sending,
    nice_top,
    open_at_ends,
    percent,
    quantile,
    span_ended,
)


def band(minutes: float) -> int:
    """The band of PostgreSQL's width_bucket over the edges."""
    return sum(edge <= minutes for edge in EDGES)


@pytest.mark.parametrize("minutes", [0, 1, 7, 30, 61, 240, 1440, 9000])
def test_a_median_is_true_to_within_a_tenth(minutes: float) -> None:
    found = quantile({band(minutes): 9})
    assert found is not None
    assert abs(found - minutes) <= max(0.13 * minutes, 1)


def test_nothing_has_no_median_and_no_share() -> None:
    assert quantile({}) is None
    assert percent(0, 0) is None
    assert percent(1, 4) == 25


def test_nine_of_ten_lie_below() -> None:
    found = quantile({band(10): 8, band(600): 2}, 0.9)
    assert found is not None and 480 < found < 700
    assert quantile({len(EDGES): 1}) == EDGES[-1]


def test_open_cases_are_counted_back_from_now() -> None:
    assert open_at_ends(5, opened=[4, 1, 0], ended=[0, 2, 1]) == [7, 6, 5]
    assert open_at_ends(0, opened=[1], ended=[1]) == [0]


def test_an_axis_has_four_even_steps() -> None:
    assert [nice_top(n) for n in (0, 1, 4, 5, 9, 21, 41, 170, 1001)] == [
        4, 4, 4, 8, 20, 40, 80, 200, 2000,
    ]  # fmt: skip


def test_a_report_covers_the_period_that_has_ended() -> None:
    monday = date(2026, 11, 23)
    assert span_ended(Every.DAY, monday) == Span(date(2026, 11, 22), monday)
    assert span_ended(Every.WEEK, date(2026, 11, 25)) == Span(date(2026, 11, 16), monday)
    assert span_ended(Every.MONTH, date(2026, 3, 1)) == Span(date(2026, 2, 1), date(2026, 3, 1))
    assert Span(date(2026, 2, 1), date(2026, 3, 1)).before().start == date(2026, 1, 4)


@pytest.mark.parametrize(
    ("every", "due"),
    [
        (Every.DAY, (24, 11)),
        (Every.WEEK, (30, 11)),
        (Every.MONTH, (1, 12)),
    ],
)
def test_it_is_sent_at_the_next_hour_after_a_period(every: Every, due: tuple[int, int]) -> None:
    zone = ZoneInfo("Australia/Sydney")
    after = datetime(2026, 11, 23, 9, 30, tzinfo=zone)
    assert next_sending(every, after, 8) == datetime(2026, due[1], due[0], 8, tzinfo=zone)


def test_it_keeps_its_hour_when_clocks_change() -> None:
    zone = ZoneInfo("Europe/London")
    after = datetime(2026, 10, 24, 9, tzinfo=zone)
    assert next_sending(Every.DAY, after, 8).astimezone(UTC).hour == 8
    assert next_sending(Every.DAY, after.replace(day=23), 8).astimezone(UTC).hour == 7
