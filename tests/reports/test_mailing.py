"""Reports by mail: asked for, sent once a period, ended."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from heliodesk.channels import blobs
from heliodesk.channels.models import Outbound
from heliodesk.identity.models import User
from heliodesk.identity.rules import Role
from heliodesk.journal.models import Event
from heliodesk.journal.record import SYSTEM
from heliodesk.reports import actions, counting, jobs
from heliodesk.reports.models import Subscription
from heliodesk.reports.queries import Only
from heliodesk.reports.rules import Span
from tests import make

pytestmark = pytest.mark.django_db


@pytest.fixture
def lead(settings: Any, tmp_path: Any) -> User:
    settings.BLOB_FOLDER = tmp_path
    make.mailbox(code="support", address="support@desk.example")
    return make.user(role=Role.LEAD, email="lead@desk.example", zone="Europe/London")


def ask(lead: User, *, every: str = "week", hour: str = "8", only: Only | None = None) -> None:
    actions.subscribe(lead.pk, every=every, hour=hour, only=only or Only(), by=SYSTEM, at=make.NOW)


def test_a_week_is_mailed_on_monday_with_its_sheet(lead: User) -> None:
    case = make.case()
    Event.objects.create(
        at=make.NOW, by_kind="system", verb="opened", subject_kind="case", subject_id=case.pk
    )
    day = make.NOW.date()
    counting.count(Span(day, day + timedelta(days=1)))
    ask(lead)
    monday = datetime(2026, 11, 30, 8, tzinfo=UTC)
    assert jobs.mail(monday - timedelta(minutes=1)) == 0
    assert jobs.mail(monday) == 1
    assert jobs.mail(monday) == 0
    mail = Outbound.objects.get()
    assert mail.to == ["lead@desk.example"] and mail.automatic
    assert mail.subject == "Support figures of last week"
    assert "23 November 2026 to 29 November 2026" in mail.text
    assert "New cases: 1 (before: 0)" in mail.text and "<td>1 (before: 0)</td>" in mail.html
    [sheet] = mail.attachments
    assert b"2026-11-23,EMEA,gold,emea,P3,1,0" in blobs.get(sheet["sha256"])
    row = Subscription.objects.get()
    assert row.sent_at == monday and row.next_at == monday + timedelta(days=7)


def test_a_desk_that_stood_still_sends_the_latest_period_only(lead: User) -> None:
    ask(lead, every="day")
    assert jobs.mail(make.NOW + timedelta(days=5)) == 1
    assert "27 November 2026 to 27 November 2026" in Outbound.objects.get().text


def test_nobody_who_left_gets_a_report(lead: User) -> None:
    ask(lead)
    User.objects.filter(pk=lead.pk).update(is_active=False)
    assert jobs.mail(make.NOW + timedelta(days=8)) == 1
    assert not Outbound.objects.exists()


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({"every": "minute"}, "every day, week or month"),
        ({"hour": "24"}, "an hour from 0 to 23"),
        ({"hour": "-1"}, "an hour from 0 to 23"),
        ({"hour": ""}, "an hour from 0 to 23"),
    ],
)
def test_what_is_no_period_or_hour_is_refused(lead: User, given: Any, why: str) -> None:
    with pytest.raises(actions.Refused, match=why):
        ask(lead, **given)
    assert not Subscription.objects.exists()


def test_the_same_report_is_asked_for_once(lead: User) -> None:
    ask(lead)
    ask(lead, only=Only(region="EMEA"))
    with pytest.raises(actions.Refused, match="get this report already"):
        ask(lead)


def test_nobody_gets_more_than_a_bounded_number(lead: User) -> None:
    for n in range(actions.MOST):
        ask(lead, only=Only(queue=f"queue-{n}"))
    with pytest.raises(actions.Refused, match="End one first"):
        ask(lead)


def test_a_report_is_ended_by_its_own_reader_only(lead: User) -> None:
    ask(lead)
    row = Subscription.objects.get()
    actions.unsubscribe(make.user().pk, row.pk, by=SYSTEM, at=make.NOW)
    assert Subscription.objects.exists()
    actions.unsubscribe(lead.pk, row.pk, by=SYSTEM, at=make.NOW)
    assert not Subscription.objects.exists()
    verbs = Event.objects.filter(subject_kind="user").order_by("id").values_list("verb", flat=True)
    assert list(verbs) == ["report_asked", "report_ended"]
