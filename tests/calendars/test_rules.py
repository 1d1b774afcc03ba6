"""Adding and measuring working time at the edges."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from heliodesk.calendars.hours import parse_week, parse_windows
from heliodesk.calendars.public_holidays import Holiday, holidays_of
from heliodesk.calendars.rules import (
    Calendar,
    CalendarError,
    OneOff,
    add,
    between,
    check_reach,
    closes_at,
    is_open,
    next_opening,
)

OFFICE = parse_week({"mon-fri": ["09:00-17:00"]})
LONDON = Calendar("UK", "Europe/London", OFFICE, lambda year: holidays_of("GB", "ENG", year))


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("start", "minutes", "due"),
    [
        ("2026-03-03T10:00", 60, "2026-03-03T11:00"),
        ("2026-03-03T19:00", 480, "2026-03-04T17:00"),  # ends on the closing, not the opening
        ("2026-03-03T17:00", 1, "2026-03-04T09:01"),  # half open: 17:00 is closed
        ("2026-03-27T15:00", 240, "2026-03-30T10:00"),  # over the change to summer time
        ("2026-04-02T15:00", 120, "2026-04-07T09:00"),  # over Easter
        ("2026-12-24T16:30", 60, "2026-12-29T09:30"),  # over Christmas and its substitute day
        ("2027-12-31T16:00", 120, "2028-01-04T10:00"),  # over a year's end
        ("2026-03-07T12:00", 0, "2026-03-09T09:00"),
        ("2026-03-03T10:00", 0, "2026-03-03T10:00"),
        ("2026-03-03T16:59:30", 1, "2026-03-04T09:00:30"),
    ],
)
def test_add(start: str, minutes: int, due: str) -> None:
    assert add(LONDON, utc(start), minutes).due == utc(due)


def test_counted_intervals_explain_the_deadline() -> None:
    found = add(LONDON, utc("2026-03-27T15:00"), 240)
    assert found.intervals == [
        (utc("2026-03-27T15:00"), utc("2026-03-27T17:00")),
        (utc("2026-03-30T08:00"), utc("2026-03-30T10:00")),
    ]


def test_between_measures_what_add_adds() -> None:
    measured = between(LONDON, utc("2026-03-27T12:00"), utc("2026-03-30T09:15"))
    assert measured.minutes == 5 * 60 + 75
    assert len(measured.intervals) == 2


def test_open_now_and_closing() -> None:
    assert is_open(LONDON, utc("2026-03-03T16:59"))
    assert not is_open(LONDON, utc("2026-03-03T17:00"))
    assert closes_at(LONDON, utc("2026-03-03T10:00")) == utc("2026-03-03T17:00")
    assert closes_at(LONDON, utc("2026-03-03T18:00")) is None
    assert next_opening(LONDON, utc("2026-03-06T18:00")) == utc("2026-03-09T09:00")


def test_one_off_day_replaces_week_and_holiday() -> None:
    changes = (
        OneOff(date(2026, 12, 24), parse_windows(["09:00-13:00"]), "Christmas Eve"),
        OneOff(date(2026, 12, 25), parse_windows(["10:00-11:00"]), "Skeleton crew"),
        OneOff(date(2026, 12, 29), (), "Stocktaking"),
    )
    calendar = Calendar(
        "shop",
        "Europe/London",
        OFFICE,
        lambda _: (Holiday(date(2026, 12, 25), "Christmas"),),
        changes,
    )
    assert add(calendar, utc("2026-12-24T12:30"), 60).due == utc("2026-12-25T10:30")
    assert next_opening(calendar, utc("2026-12-28T17:00")) == utc("2026-12-30T09:00")


def test_a_holiday_closes_the_whole_night_that_begins_on_it() -> None:
    nights = Calendar(
        "nights",
        "Europe/London",
        parse_week({"mon-sun": ["22:00-06:00"]}),
        lambda _: (Holiday(date(2026, 3, 3), "Feast"),),
    )
    assert is_open(nights, utc("2026-03-03T05:00"))
    assert not is_open(nights, utc("2026-03-04T05:00"))


def test_edges_inside_a_missing_hour_fall_at_its_end() -> None:
    night = Calendar("n", "Europe/London", parse_week({"sun": ["01:30-03:00"]}))
    assert next_opening(night, utc("2026-03-29T00:00")) == utc("2026-03-29T01:00")
    till = Calendar("n", "Europe/London", parse_week({"sun": ["00:30-01:30"]}))
    assert closes_at(till, utc("2026-03-29T00:45")) == utc("2026-03-29T01:00")


def test_in_a_repeated_hour_the_first_pass_opens_and_the_second_closes() -> None:
    hour = Calendar("n", "Europe/London", parse_week({"sun": ["01:00-01:30"]}))
    assert next_opening(hour, utc("2026-10-24T22:00")) == utc("2026-10-25T00:00")
    assert closes_at(hour, utc("2026-10-25T00:10")) == utc("2026-10-25T01:30")


def test_one_calendar_over_midnight_all_week_is_one_interval() -> None:
    always = Calendar("x", "Pacific/Auckland", parse_week({"mon-sun": ["00:00-24:00"]}))
    start = utc("2026-12-30T12:00")
    found = add(always, start, 5 * 1440)
    assert found.intervals == [(start, start + timedelta(days=5))]


def test_a_calendar_without_open_time_is_refused() -> None:
    with pytest.raises(CalendarError, match="never come"):
        Calendar("void", "Europe/London", parse_week({}))


def test_a_calendar_that_only_opened_once_says_so() -> None:
    once = Calendar(
        "once",
        "Europe/London",
        parse_week({}),
        one_off=(OneOff(date(2026, 3, 3), parse_windows(["09:00-10:00"])),),
    )
    assert add(once, utc("2026-03-01T00:00"), 60).due == utc("2026-03-03T10:00")
    with pytest.raises(CalendarError, match="does not have 61 open minutes"):
        add(once, utc("2026-03-01T00:00"), 61)


@pytest.mark.parametrize("zone", ["Europe/Atlantis", "", "../etc/passwd", "Europe"])
def test_unknown_zone_is_refused(zone: str) -> None:
    with pytest.raises(CalendarError, match="not a time zone"):
        Calendar("c", zone, OFFICE)


def test_bad_questions_are_refused() -> None:
    naive = datetime(2026, 3, 3, 10)  # noqa: DTZ001 (a time without zone is what is refused)
    aware = utc("2026-03-03T10:00")
    with pytest.raises(CalendarError, match="no time zone"):
        add(LONDON, naive, 10)
    with pytest.raises(CalendarError, match="no time zone"):
        between(LONDON, aware, naive)
    with pytest.raises(CalendarError, match="before the start"):
        between(LONDON, aware, aware - timedelta(minutes=1))
    with pytest.raises(CalendarError, match="at least 0"):
        add(LONDON, aware, -1)
    with pytest.raises(CalendarError, match="at least 0"):
        add(LONDON, aware, float("nan"))
    with pytest.raises(CalendarError, match="reach from"):
        add(LONDON, utc("9999-12-31T10:00"), 10)


def test_version_changes_with_the_holidays() -> None:
    plain = Calendar("UK", "Europe/London", OFFICE)
    years = range(2026, 2028)
    assert plain.version(years) == Calendar("UK", "Europe/London", OFFICE).version(years)
    assert plain.version(years) != LONDON.version(years)


def test_instants_in_other_zones_are_the_same_instants() -> None:
    there = utc("2026-03-03T10:00").astimezone(ZoneInfo("Asia/Tokyo"))
    assert add(LONDON, there, 60).due == utc("2026-03-03T11:00")


def test_holidays_come_with_substitutes_and_doubts() -> None:
    days = {row.day: row for row in holidays_of("GB", "ENG", 2026)}
    assert date(2026, 12, 26) in days
    assert date(2026, 12, 28) in days
    singapore = [row for row in holidays_of("SG", None, 2028) if row.expected]
    assert "Vesak Day" in [row.name for row in singapore]


def test_a_target_that_would_never_fall_due_is_refused() -> None:
    seldom = Calendar("X", "Europe/London", parse_week({"mon": ["09:00-09:01"]}))
    at = datetime(2026, 3, 3, tzinfo=UTC)
    check_reach(seldom, at, 100)
    with pytest.raises(CalendarError, match="does not have 2880 open minutes"):
        check_reach(seldom, at, 2880)
    check_reach(Calendar("X", "Europe/London", parse_week({"mon": ["00:00-24:00"]})), at, 14_400)
