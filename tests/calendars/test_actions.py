"""Calendars in the database: kept from the pack, confirmed and changed by people."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from tests.make import NOW

from heliodesk.calendars import actions, book, jobs
from heliodesk.calendars.hours import parse_week, write_week
from heliodesk.calendars.models import BusinessCalendar, HolidayState
from heliodesk.calendars.rules import Calendar, add, is_open
from heliodesk.entitlements import packs
from heliodesk.entitlements.actions import activate_shipped
from heliodesk.journal.models import Event
from heliodesk.journal.record import By

DONE: Any = {"by": By("user", 1, "Lee"), "at": NOW}
CHRISTMAS_NOON = datetime(2026, 12, 25, 12, 0, tzinfo=UTC)
pytestmark = pytest.mark.django_db


@pytest.fixture
def uk() -> BusinessCalendar:
    activate_shipped(at=NOW)
    return BusinessCalendar.objects.get(code="UK")


def in_force() -> Any:
    return packs.active().policy.place("UK").calendar


def test_each_region_of_the_pack_has_a_calendar_with_holidays(uk: BusinessCalendar) -> None:
    assert set(BusinessCalendar.objects.values_list("code", flat=True)) == {
        "UK", "NA", "ZA", "AU", "NZ", "SG", "OFF"
    }  # fmt: skip
    assert (uk.zone, uk.hours) == ("Europe/London", {"mon-fri": ["09:00-17:00"]})
    assert (uk.first_year, uk.last_year) == (2025, 2028)
    assert uk.holidays.filter(day="2026-12-25", state=HolidayState.PROPOSED).exists()


def test_a_rejected_holiday_is_a_working_day_for_the_policy_in_force(
    uk: BusinessCalendar,
) -> None:
    assert not is_open(in_force(), CHRISTMAS_NOON)
    row = uk.holidays.get(day="2026-12-25")
    actions.decide_holidays(uk, reject=[row.pk], **DONE)
    assert is_open(in_force(), CHRISTMAS_NOON)
    row.refresh_from_db()
    assert row.decided_by == "Lee"
    uk.refresh_from_db()
    assert uk.version == 2


def test_confirmed_holidays_stay_closed(uk: BusinessCalendar) -> None:
    row = uk.holidays.get(day="2026-12-25")
    actions.decide_holidays(uk, confirm=[row.pk], **DONE)
    assert not is_open(in_force(), CHRISTMAS_NOON)
    told = Event.objects.filter(subject_kind="calendar").latest("id")
    assert (told.verb, told.data["confirmed"]) == ("holidays_decided", ["2026-12-25"])


def test_a_closing_moves_deadlines_and_can_be_taken_back(uk: BusinessCalendar) -> None:
    plain = add(in_force(), NOW, 60).due
    actions.set_day(uk, day=NOW.date(), name="Office move", **DONE)
    assert add(in_force(), NOW, 60).due == datetime(2026, 11, 24, 10, 0, tzinfo=UTC)
    actions.drop_day(uk, day=NOW.date(), **DONE)
    assert add(in_force(), NOW, 60).due == plain


def test_a_day_may_have_other_hours(uk: BusinessCalendar) -> None:
    actions.set_day(uk, day=date(2026, 12, 25), hours=["10:00-12:30"], name="Cover", **DONE)
    assert not is_open(in_force(), CHRISTMAS_NOON.replace(hour=9))
    assert is_open(in_force(), CHRISTMAS_NOON)


def test_own_hours_count(uk: BusinessCalendar) -> None:
    actions.change_hours(uk, zone="Europe/London", hours={"mon-sun": ["00:00-24:00"]}, **DONE)
    assert is_open(in_force(), datetime(2026, 11, 22, 3, 0, tzinfo=UTC))


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"hours": {}}, "no open time"),
        ({"hours": {"mon": []}}, "no open time"),
        ({"hours": {"mon": ["17:00-17:00"]}}, "same minute"),
        ({"hours": {"mon": ["9-17"]}}, "not a window"),
        ({"hours": {"noday": ["09:00-17:00"]}}, "not a day"),
        ({"zone": "Europe/Nowhere"}, "not a time zone"),
        ({"zone": "../etc/passwd"}, "not a time zone"),
    ],
)
def test_hours_on_which_no_deadline_would_come_are_refused(
    uk: BusinessCalendar, wrong: dict[str, Any], why: str
) -> None:
    given = {"zone": "Europe/London", "hours": {"mon-fri": ["09:00-17:00"]}, **wrong}
    with pytest.raises(actions.Refused, match=why):
        actions.change_hours(uk, **given, **DONE)
    uk.refresh_from_db()
    assert (uk.zone, uk.version) == ("Europe/London", 1)


def test_days_need_a_name_and_come_once(uk: BusinessCalendar) -> None:
    with pytest.raises(actions.Refused, match="name"):
        actions.set_day(uk, day=NOW.date(), name=" ", **DONE)
    actions.add_holiday(uk, day=date(2026, 12, 24), name="Eve", **DONE)
    with pytest.raises(actions.Refused, match="already"):
        actions.add_holiday(uk, day=date(2026, 12, 24), name="Eve", **DONE)


def test_another_place_brings_other_holidays(uk: BusinessCalendar) -> None:
    actions.change_place(uk, country="GB", subdivision="SCT", **DONE)
    assert uk.holidays.filter(day="2026-11-30").exists()
    with pytest.raises(actions.Refused, match="No public holidays"):
        actions.change_place(uk, country="XX", subdivision="", **DONE)


def test_the_years_to_come_are_imported_by_themselves(uk: BusinessCalendar) -> None:
    later = NOW.replace(year=2027)
    assert jobs.import_coming_years(NOW) == 0
    assert jobs.import_coming_years(later) > 0
    assert uk.holidays.filter(day="2029-12-25").exists()
    assert jobs.import_coming_years(later) == 0


def test_activating_again_changes_nothing(uk: BusinessCalendar) -> None:
    stamp = book.stamp()
    activate_shipped(at=NOW)
    assert book.stamp() == stamp


@pytest.mark.parametrize(
    "hours",
    [
        {"mon-fri": ["09:00-12:30", "13:30-17:00"]},
        {"mon-tue": ["22:00-06:00"], "sat-sun": ["00:00-24:00"]},
        {"wed": ["09:00-17:00"]},
    ],
)
def test_a_written_week_reads_back(hours: dict[str, list[str]]) -> None:
    assert write_week(parse_week(hours)) == hours


def test_new_zone_data_gives_calendars_a_new_version(
    uk: BusinessCalendar, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert jobs.notice_changed_times(NOW) == 0
    assert jobs.notice_changed_times(NOW) == 0
    real = Calendar.mark
    monkeypatch.setattr(
        Calendar, "mark", lambda self, years: real(self, years)[:: -1 if self.code == "UK" else 1]
    )
    assert actions.notice_changed_times(NOW) == ["UK"]
    assert jobs.notice_changed_times(NOW) == 0
    uk.refresh_from_db()
    assert uk.version == 2
    assert Event.objects.get(verb="times_changed").data == {"code": "UK", "zone": "Europe/London"}


def test_a_change_by_people_and_a_new_year_are_no_new_data(uk: BusinessCalendar) -> None:
    jobs.notice_changed_times(NOW)
    actions.set_day(uk, day=date(2026, 12, 24), hours=["09:00-12:00"], name="Eve", **DONE)
    assert jobs.notice_changed_times(NOW) == 0
    assert jobs.notice_changed_times(NOW.replace(year=2027)) == 0
    assert not Event.objects.filter(verb="times_changed").exists()


def test_hours_that_bring_no_deadline_about_are_refused(uk: BusinessCalendar) -> None:
    seldom: Any = {"zone": "Europe/London", "hours": {"mon": ["09:00-09:01"]}, **DONE}
    with pytest.raises(actions.Refused, match="does not have 14400 open minutes"):
        actions.change_hours(uk, **seldom)
    uk.refresh_from_db()
    assert uk.hours == {"mon-fri": ["09:00-17:00"]}
