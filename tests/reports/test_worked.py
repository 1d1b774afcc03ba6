"""Time that people entered, in figures and sheets."""

import csv
import io
from datetime import timedelta

import pytest

from heliodesk.cases import actions
from heliodesk.identity.rules import Role
from heliodesk.journal.record import By
from heliodesk.kernel import clock
from heliodesk.reports import mailing, queries
from heliodesk.reports.queries import Only
from heliodesk.reports.rules import Span
from tests import make
from tests.web.conftest import Browser, browser

__all__ = ["browser"]
pytestmark = pytest.mark.django_db


@pytest.fixture
def by() -> By:
    user = make.user()
    return By("user", user.pk, user.name, user.role)


def test_time_counts_on_the_day_that_was_worked(by: By) -> None:
    today = make.NOW.date()
    gold, silver = make.case(queue="emea"), make.case(queue="emea", package="silver")
    for case, minutes, ago in ((gold, 30, 0), (gold, 15, 3), (silver, 20, 1), (gold, 99, 40)):
        day = today - timedelta(days=ago)
        actions.log_time(case, minutes=minutes, on_day=day, by=by, at=make.NOW)
    week = Span(today - timedelta(days=6), today + timedelta(days=1))
    assert queries.worked("package", week, Only()) == {"gold": 45, "silver": 20}
    assert queries.worked("queue", week, Only(package="silver")) == {"emea": 20}
    rows = list(csv.DictReader(io.StringIO(mailing.sheet(week, Only()))))
    assert [(row["day"], row["package"], row["minutes_worked"]) for row in rows] == [
        (str(today - timedelta(days=3)), "gold", "15"),
        (str(today - timedelta(days=1)), "silver", "20"),
        (str(today), "gold", "30"),
    ]
    assert {row["opened"] for row in rows} == {"0"}


def test_the_sheet_of_a_list_tells_the_minutes(browser: Browser, by: By) -> None:
    case = make.case(title="Lyon office")
    now = clock.now()
    for minutes in (25, 40):
        actions.log_time(case, minutes=minutes, on_day=now.date(), by=by, at=now)
    answer = browser(role=Role.LEAD).get("/cases.csv?list=open")
    text = b"".join(answer.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]  # of the answer as Django gives it
    (row,) = csv.DictReader(io.StringIO(text))
    assert row["Minutes worked"] == "65"
