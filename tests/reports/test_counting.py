"""Figures are counted from the journal, and may be counted again."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from heliodesk.cases.actions import bulk
from heliodesk.cases.models import Case
from heliodesk.entitlements.actions import activate_shipped
from heliodesk.identity.person import Person
from heliodesk.identity.rules import Role
from heliodesk.journal.models import Event
from heliodesk.reports import counting, jobs, queries
from heliodesk.reports.models import Figure
from heliodesk.reports.queries import Only
from heliodesk.reports.rules import Measure, Span
from tests import make

pytestmark = pytest.mark.django_db
DAY = Span(make.NOW.date(), make.NOW.date() + timedelta(days=1))


def happened(case: Case, verb: str, minutes: float = 0, **data: Any) -> None:
    """Something on a case, so many minutes after the tests' moment."""
    Event.objects.create(
        at=make.NOW + timedelta(minutes=minutes), by_kind="system", verb=verb,
        subject_kind="case", subject_id=case.pk, data=data,
    )  # fmt: skip


def answered(case: Case, minutes: float) -> None:
    """A first answer."""
    case.first_response_at = make.NOW + timedelta(minutes=minutes)
    case.save(update_fields=["first_response_at"])
    happened(case, "reply", minutes)


def counted(only: Only | None = None) -> Mapping[str, int]:
    counting.count(DAY)
    return queries.total(DAY, only or Only()).n


def test_each_thing_that_happened_counts_once() -> None:
    case = make.case()
    happened(case, "opened")
    answered(case, 26)
    happened(case, "reply", 40)
    happened(case, "resolve", 90, **{"from": "assigned", "to": "resolved"})
    happened(case, "close", 95, **{"from": "resolved", "to": "closed"})
    happened(case, "reopen", 99, **{"from": "closed", "to": "assigned"})
    happened(case, "cancel", 120, **{"from": "assigned", "to": "cancelled"})
    happened(case, "target_missed", 60, metric="update")
    happened(case, "rated", 130, score=4)
    happened(case, "take", 1, **{"from": "new", "to": "assigned"})
    assert counted() == {
        Measure.OPENED: 1, Measure.RESPONDED: 1, Measure.RESOLVED: 1, Measure.ENDED: 2,
        Measure.REOPENED: 1, Measure.BREACHED: 1, Measure.RATED: 1,
    }  # fmt: skip
    total = queries.total(DAY, Only())
    assert total.response == pytest.approx(26, rel=0.13)
    assert total.resolution == pytest.approx(90, rel=0.13)
    assert total.times(Measure.BREACHED) == {2: 1}
    assert total.met == 100
    assert total.reopened == 50
    assert total.satisfaction == 4


def test_what_was_undone_neither_ended_nor_came_back() -> None:
    undone, again = make.case(), make.case()
    ended = {"from": "assigned", "to": "resolved"}
    back = {"from": "resolved", "to": "assigned"}
    happened(undone, "resolve", 90, **ended)
    happened(undone, "revert", 95, since=(make.NOW + timedelta(minutes=90)).isoformat(), **back)
    happened(undone, "resolve", 99, **ended)
    happened(again, "resolve", 90, **ended)
    happened(again, "reopen", 95, **back)
    assert counted() == {Measure.RESOLVED: 2, Measure.ENDED: 2, Measure.REOPENED: 1}
    assert queries.total(DAY, Only()).reopened == 50


def test_what_many_cases_undid_leaves_no_figure_however_old_it_is() -> None:
    lead = make.user(role=Role.LEAD)
    person = Person(lead.pk, lead.name, lead.email, Role.LEAD, lead.zone)
    case = make.case(state="assigned", owner=lead)
    given = {"text": "Solved."}
    run = bulk.start("resolve", [case.pk], given=given, person=person, at=make.NOW)
    bulk.work(make.NOW + timedelta(minutes=1))
    assert jobs.count(make.NOW) and counted()[Measure.ENDED] == 1
    later = make.NOW + timedelta(days=5)
    happened(make.case(), "opened", 5 * 24 * 60)
    counting.count(Span(later.date(), later.date() + timedelta(days=1)))
    assert counting.span_to_count(later).start == later.date() - timedelta(days=1)
    bulk.undo(run, person=person, at=later)
    bulk.work(later)
    assert counting.span_to_count(later).start == DAY.start
    jobs.count(later)
    assert not {Measure.ENDED, Measure.REOPENED, Measure.RESOLVED} & set(
        queries.total(Span(DAY.start, later.date() + timedelta(days=1)), Only()).n
    )


def test_counting_again_changes_nothing() -> None:
    happened(make.case(), "opened")
    assert counted() == counted()
    assert Figure.objects.get().n == 1


def test_an_answer_after_its_target_is_late() -> None:
    activate_shipped(at=make.NOW)
    case = make.case()
    make.missed_clock(case)
    answered(case, 26)
    assert counted()[Measure.RESPONDED_LATE] == 1
    assert queries.total(DAY, Only()).met == 0


def test_figures_are_kept_by_region_package_queue_and_priority() -> None:
    one = make.case(make.account(region="APAC"), package="gold", queue="sydney")
    two = make.case(make.account(region="EMEA"), package="silver", queue="london", priority="P2")
    for case in (one, two, two):
        happened(case, "opened")
    counting.count(DAY)
    by_region = queries.by("region", DAY, Only())
    assert {name: counts.n[Measure.OPENED] for name, counts in by_region.items()} == {
        "EMEA": 2, "APAC": 1,
    }  # fmt: skip
    assert queries.total(DAY, Only(package="gold")).n[Measure.OPENED] == 1
    assert queries.total(DAY, Only(region="APAC", priority="P2")).n[Measure.OPENED] == 0
    assert queries.choices(DAY)["queue"] == ["london", "sydney"]
    with pytest.raises(ValueError, match="not kept by owner"):
        queries.by("owner", DAY, Only())


def test_days_without_figures_are_days_too() -> None:
    happened(make.case(), "opened")
    counting.count(DAY)
    week = Span(DAY.start - timedelta(days=6), DAY.end)
    days = queries.by_day(week, Only())
    assert len(days) == 7
    assert [counts.n[Measure.OPENED] for counts in days.values()] == [0, 0, 0, 0, 0, 0, 1]


def test_cases_come_at_an_hour_of_the_readers_zone() -> None:
    happened(make.case(), "opened")  # 09:00 UTC on a Monday
    counting.count(DAY)
    sydney = queries.coming(DAY, Only(), ZoneInfo("Australia/Sydney"))
    assert sydney[0][20] == 1 and sum(map(sum, sydney)) == 1
    late = queries.coming(DAY, Only(), ZoneInfo("Pacific/Kiritimati"))
    assert late[0][23] == 1


def test_the_first_count_covers_everything_and_the_next_only_the_latest() -> None:
    old = make.NOW - timedelta(days=100)
    case = make.case(opened_at=old)
    Event.objects.create(
        at=old, by_kind="system", verb="opened", subject_kind="case", subject_id=case.pk
    )
    happened(make.case(), "opened")
    assert jobs.count(make.NOW) == 2
    assert {row.day for row in Figure.objects.all()} == {old.date(), DAY.start}
    assert counting.span_to_count(make.NOW) == Span(date(2026, 11, 22), date(2026, 11, 24))
    after_a_pause = datetime(2026, 12, 24, 8, tzinfo=UTC)
    assert counting.span_to_count(after_a_pause) == Span(date(2026, 11, 22), date(2026, 12, 25))


def test_an_empty_desk_counts_nothing() -> None:
    assert jobs.count(make.NOW) == 0
    assert not queries.counted()
