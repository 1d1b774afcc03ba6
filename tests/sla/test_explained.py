"""Every clock can be explained: what it counted, where it stood still, by which calendar."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from heliodesk.calendars.hours import parse_week
from heliodesk.calendars.public_holidays import Holiday
from heliodesk.calendars.rules import Calendar
from heliodesk.cases import actions
from heliodesk.cases.models import Case
from heliodesk.entitlements import actions as entitlements
from heliodesk.journal.record import By
from heliodesk.sla.queries import of_case
from tests import make
from tests.intake import post
from tests.make import NOW
from tests.sla.test_clocks import ID, MARA, at, write_again

pytestmark = pytest.mark.django_db(transaction=True)
HOUR = timedelta(hours=1)


@pytest.fixture
def case(settings: Any, tmp_path: Any) -> Case:
    settings.DATA = tmp_path
    entitlements.activate_shipped(at=NOW)
    make.mailbox(address="support@meridian.example", region="UK")
    row = make.account(name="Northwind Freight", identifier=ID, package="silver", region="UK")
    make.contact(row, name="Mara Lind", address=MARA)
    post.send(post.mail(sender=MARA, subject=f"({ID}) Mail is late"))
    return Case.objects.get()


def test_the_counted_intervals_add_up_to_what_was_counted(case: Case) -> None:
    (one,) = of_case(case.pk, at(26))
    assert [(span.what, span.counted) for span in one.spans] == [
        ("counted", 8 * HOUR), ("closed", 0 * HOUR), ("counted", 2 * HOUR),
    ]  # fmt: skip
    assert one.counted == sum((span.counted for span in one.spans), 0 * HOUR)
    assert (one.calendar, one.version, one.zone) == ("UK", 1, "Europe/London")
    assert one.late
    assert one.share == 0


def test_waiting_for_the_customer_is_shown_as_such(case: Case) -> None:
    agent = make.user()
    by = By("user", agent.pk, agent.name, agent.role)
    actions.reply(case, text="Looking", by=by, at=at(1))
    write_again(case, at(2))
    actions.await_customer(case, by=by, at=at(3))
    paused = of_case(case.pk, at(4))[1]
    assert paused.paused
    assert [(s.what, s.end - s.start) for s in paused.spans] == [
        ("counted", HOUR), ("waiting", HOUR),
    ]  # fmt: skip
    write_again(case, at(5))
    running = of_case(case.pk, at(6))[1]
    assert [(s.what, s.end - s.start) for s in running.spans] == [
        ("counted", HOUR), ("waiting", 2 * HOUR), ("counted", HOUR),
    ]  # fmt: skip
    assert running.counted == 2 * HOUR


def test_holidays_are_named() -> None:
    from heliodesk.sla.queries import stretches

    christmas = Holiday(datetime(2026, 12, 25, tzinfo=UTC).date(), "Christmas Day")
    hours = Calendar(
        "UK", "Europe/London", parse_week({"mon-fri": ["09:00-17:00"]}), lambda _: (christmas,)
    )
    begin = datetime(2026, 12, 24, 16, 0, tzinfo=UTC)
    spans = stretches(hours, begin, datetime(2026, 12, 28, 10, 0, tzinfo=UTC), 2 * HOUR)
    assert [(s.what, s.name) for s in spans] == [
        ("counted", ""), ("closed", "Christmas Day"), ("counted", ""),
    ]  # fmt: skip
