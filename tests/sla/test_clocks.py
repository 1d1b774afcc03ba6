"""The clocks of a case through its life: what starts, pauses, moves and ends them."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest

from heliodesk.calendars import actions as calendars
from heliodesk.calendars.models import BusinessCalendar
from heliodesk.cases import actions
from heliodesk.cases.models import Case
from heliodesk.cases.rules import Stage, State, Verb
from heliodesk.customers.models import Account
from heliodesk.entitlements import actions as entitlements
from heliodesk.entitlements.models import PolicyPack
from heliodesk.identity.models import User
from heliodesk.identity.rules import Role
from heliodesk.journal.models import Event
from heliodesk.journal.record import SYSTEM, By
from heliodesk.kernel.clock import NEVER
from heliodesk.sla import jobs
from heliodesk.sla.models import Clock, Patience
from tests import make
from tests.intake import post
from tests.make import NOW

ID = "10-2233-0012345"
MARA = "mara@northwind.example"
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def account(settings: Any, tmp_path: Any) -> Account:
    settings.DATA = tmp_path
    entitlements.activate_shipped(at=NOW)
    make.mailbox(address="support@meridian.example", region="UK")
    row = make.account(name="Northwind Freight", identifier=ID, package="silver", region="UK")
    make.contact(row, name="Mara Lind", address=MARA)
    return row


@pytest.fixture
def agent() -> User:
    return make.user(name="Priya Nadar", role=Role.LEAD)


@pytest.fixture
def case() -> Case:
    post.send(post.mail(sender=MARA, subject=f"({ID}) Mail is late"))
    return Case.objects.get()


def by(user: User) -> By:
    return By("user", user.pk, user.name, user.role)


def at(hours: float) -> datetime:
    """So many hours after the case came, on a Monday at 9 in London."""
    return NOW + timedelta(hours=hours)


def clock(case: Case, metric: str = "first_response") -> Clock:
    return Clock.objects.filter(case=case, metric=metric).latest("id")


def write_again(case: Case, moment: datetime) -> None:
    """The customer writes on the case."""
    text = post.mail(sender=MARA, subject=f"Re: [{case.ref}] more", in_reply_to="<x@y.example>")
    text["X-Number"] = str(moment)
    post.send(text, at=moment)


def test_a_mail_starts_the_first_response_as_it_was_decided(case: Case) -> None:
    one = clock(case)
    assert case.decision is not None
    assert (one.state, one.kind, one.calendar, one.target_minutes) == (
        "running", "business_hours", "UK", 480,
    )  # fmt: skip
    assert one.due_at == case.due_at == datetime.fromisoformat(case.decision.outcome["due"])
    assert one.pack_id == case.decision.pack_id
    assert one.look_at == at(6)
    assert Clock.objects.count() == 1


def test_the_acknowledgement_is_no_response_but_an_answer_is(case: Case, agent: User) -> None:
    assert clock(case).met_at is None
    actions.reply(case, text="Looking", by=by(agent), at=at(1))
    one = clock(case)
    case.refresh_from_db()
    assert (one.state, one.met_at, case.due_at) == ("met", at(1), NEVER)
    assert one.counted == 3600 * 10**6


def test_a_note_and_taking_meet_nothing(case: Case, agent: User) -> None:
    actions.take(case, by=by(agent), at=at(1))
    actions.note(case, text="Look at this", by=by(agent), at=at(1))
    assert clock(case).state == "running"


def test_each_question_owes_one_next_response(case: Case, agent: User) -> None:
    write_again(case, at(0.5))
    assert Clock.objects.count() == 1
    actions.reply(case, text="Looking", by=by(agent), at=at(1))
    write_again(case, at(2))
    write_again(case, at(3))
    one = clock(case, "next_response")
    assert (one.started_at, one.target_minutes) == (at(2), 480)
    assert Clock.objects.filter(metric="next_response").count() == 1
    case.refresh_from_db()
    assert case.due_at == one.due_at


def test_waiting_for_the_customer_pauses_but_not_the_first_response(
    case: Case, agent: User
) -> None:
    actions.take(case, by=by(agent), at=at(0))
    actions.await_customer(case, by=by(agent), at=at(1))
    assert clock(case).state == "running"
    actions.reply(case, text="Looking", by=by(agent), at=at(2))
    write_again(case, at(3))
    case.refresh_from_db()
    assert case.state == "assigned"
    actions.await_customer(case, by=by(agent), at=at(4))
    one = clock(case, "next_response")
    assert (one.state, one.paused_at, one.due_at, one.counted) == (
        "paused", at(4), NEVER, 3600 * 10**6,
    )  # fmt: skip
    write_again(case, at(5))
    one.refresh_from_db()
    # 8 hours from 12:00 without the hour of the pause: 4 h on Monday, the rest on Tuesday.
    assert (one.state, one.due_at) == ("running", datetime(2026, 11, 24, 13, 0, tzinfo=UTC))


def test_engineering_does_not_stop_the_clock(case: Case, agent: User) -> None:
    actions.take(case, by=by(agent), at=at(0))
    due = clock(case).due_at
    actions.await_vendor(case, by=by(agent), at=at(1))
    assert (clock(case).state, clock(case).due_at) == ("running", due)


def test_another_priority_keeps_the_time_counted(case: Case, agent: User) -> None:
    actions.prioritise(case, priority="P2", reason="Many users", by=by(agent), at=at(2))
    one = clock(case)
    assert (one.target_minutes, one.counted) == (240, 7200 * 10**6)
    assert one.due_at == at(4)
    actions.prioritise(case, priority="P4", reason="One user", by=by(agent), at=at(3))
    one.refresh_from_db()
    # 16 business hours, 3 of them gone: 13 are left from 12:00.
    assert one.due_at == datetime(2026, 11, 24, 17, 0, tzinfo=UTC)
    assert [entry[5] for entry in one.past] == ["target", "target"]


def test_an_upgrade_counts_for_running_cases(case: Case, account: Account) -> None:
    done: Any = {"by": SYSTEM, "at": at(1)}
    held = account.contracts.get()
    entitlements.upgrade(held, package="platinum", on=NOW.date(), **done)
    case.refresh_from_db()
    one = clock(case)
    assert (case.package, case.urgency % 20) == ("platinum", 15)
    assert (one.target_minutes, one.due_at, case.due_at) == (240, at(4), at(4))


def test_a_new_pack_leaves_running_cases_alone(case: Case, agent: User) -> None:
    first = PolicyPack.objects.get()
    draft = entitlements.draft_pack(first, by=SYSTEM, at=NOW)
    source = draft.source.replace("P2: 240, P3: 480", "P2: 24, P3: 48")
    entitlements.write_draft(draft, source=source, by=SYSTEM, at=NOW)
    entitlements.activate(draft, by=SYSTEM, at=NOW)
    actions.prioritise(case, priority="P2", reason="Many users", by=by(agent), at=at(1))
    assert (clock(case).target_minutes, clock(case).pack_id) == (240, first.pk)


def test_resolving_meets_and_reopening_starts_again(case: Case, agent: User) -> None:
    actions.take(case, by=by(agent), at=at(0))
    actions.reply(case, text="Fixed", then=Verb.RESOLVE, by=by(agent), at=at(1))
    assert not Clock.objects.filter(ended_at=None).exists()
    write_again(case, at(2))
    case.refresh_from_db()
    one = clock(case, "next_response")
    assert (case.state, one.state, one.started_at) == ("assigned", "running", at(2))


def test_cancelling_ends_all(case: Case, agent: User) -> None:
    actions.cancel(case, reason="Spam", by=by(agent), at=at(1))
    case.refresh_from_db()
    assert (clock(case).state, case.due_at) == ("cancelled", NEVER)


def test_a_merge_ends_the_clocks_and_taking_it_back_revives_them(
    case: Case, agent: User, account: Account
) -> None:
    post.send(post.mail(sender=MARA, subject=f"({ID}) Mail is late again"))
    loser = Case.objects.exclude(pk=case.pk).get()
    actions.merge(loser, into=case, by=by(agent), at=at(1))
    assert clock(loser).state == "cancelled"
    actions.unmerge(loser, by=by(agent), at=at(2))
    one = clock(loser)
    loser.refresh_from_db()
    assert (one.state, one.counted, one.due_at) == ("running", 3600 * 10**6, loser.due_at)
    assert one.due_at == datetime(2026, 11, 24, 10, 0, tzinfo=UTC)
    case.refresh_from_db()
    assert case.due_at == clock(case).due_at == at(8)


def test_an_answered_case_owes_what_was_merged_into_it(case: Case, agent: User) -> None:
    actions.reply(case, text="Looking", by=by(agent), at=at(1))
    post.send(post.mail(sender=MARA, subject=f"({ID}) Mail is late again"), at=at(2))
    loser = Case.objects.exclude(pk=case.pk).get()
    actions.merge(loser, into=case, by=by(agent), at=at(4))
    case.refresh_from_db()
    one = clock(case, "next_response")
    # Eight business hours from 11:00, when the merged mail came: two of them are gone.
    assert (one.started_at, one.counted) == (at(2), 2 * 3600 * 10**6)
    assert one.due_at == case.due_at == datetime(2026, 11, 24, 11, 0, tzinfo=UTC)
    actions.reply(case, text="To both", by=by(agent), at=at(5))
    one.refresh_from_db()
    assert (one.state, one.met_at, one.counted) == ("met", at(5), 3 * 3600 * 10**6)
    actions.unmerge(loser, by=by(agent), at=at(6))
    one.refresh_from_db()
    assert (one.state, clock(loser).state) == ("met", "running")


def test_of_two_answers_owed_the_earlier_stays(case: Case, agent: User) -> None:
    actions.reply(case, text="Looking", by=by(agent), at=at(0))
    post.send(post.mail(sender=MARA, subject=f"({ID}) Mail is late again"), at=at(1))
    loser = Case.objects.exclude(pk=case.pk).get()
    write_again(case, at(3))
    assert clock(case, "next_response").due_at == datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
    actions.merge(loser, into=case, by=by(agent), at=at(4))
    one = clock(case, "next_response")
    case.refresh_from_db()
    assert one.due_at == case.due_at == datetime(2026, 11, 24, 10, 0, tzinfo=UTC)
    assert Clock.objects.filter(case=case, ended_at=None).count() == 1
    actions.unmerge(loser, by=by(agent), at=at(5))
    one.refresh_from_db()
    assert one.due_at == datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
    assert clock(loser).due_at == datetime(2026, 11, 24, 11, 0, tzinfo=UTC)


def test_taking_a_merge_back_takes_back_what_was_owed(case: Case, agent: User) -> None:
    actions.reply(case, text="Looking", by=by(agent), at=at(1))
    post.send(post.mail(sender=MARA, subject=f"({ID}) Mail is late again"), at=at(2))
    loser = Case.objects.exclude(pk=case.pk).get()
    actions.merge(loser, into=case, by=by(agent), at=at(4))
    actions.unmerge(loser, by=by(agent), at=at(5))
    case.refresh_from_db()
    loser.refresh_from_db()
    assert (clock(case, "next_response").state, case.due_at) == ("cancelled", NEVER)
    assert clock(loser).counted == 2 * 3600 * 10**6
    assert loser.due_at == clock(loser).due_at == datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


def test_warned_then_missed_then_met_too_late(case: Case, agent: User) -> None:
    assert jobs.sweep(at(5)) == 0
    assert jobs.sweep(at(6.1)) == 1
    case.refresh_from_db()
    assert case.urgency // 20 == Stage.WARNED
    assert jobs.sweep(at(8.1)) == 1
    assert jobs.sweep(at(9)) == 0
    case.refresh_from_db()
    assert (case.urgency // 20, clock(case).state) == (Stage.MISSED, "missed")
    actions.reply(case, text="Sorry, late", by=by(agent), at=at(9))
    one = clock(case)
    case.refresh_from_db()
    assert (one.state, one.met_at, one.missed_at) == ("missed", at(9), at(8))
    assert (case.urgency // 20, case.due_at) == (Stage.RUNNING, NEVER)
    told = Event.objects.filter(verb__startswith="target_").order_by("id")
    assert list(told.values_list("verb", flat=True)) == ["target_warned", "target_missed"]


def test_an_answer_just_after_the_due_time_tells_that_it_was_missed(
    case: Case, agent: User
) -> None:
    actions.reply(case, text="Sorry, late", by=by(agent), at=at(8.01))
    assert jobs.sweep(at(9)) == 0
    assert Event.objects.get(verb="target_missed").data["metric"] == "first_response"


def test_deadlines_follow_their_calendar(case: Case) -> None:
    uk = BusinessCalendar.objects.get(code="UK")
    assert jobs.recount(at(1)) == 0
    done: Any = {"by": SYSTEM, "at": at(1)}
    calendars.set_day(uk, day=NOW.date(), name="Flood", **done)
    assert jobs.recount(at(1)) == 1
    assert jobs.recount(at(1)) == 0
    one = clock(case)
    case.refresh_from_db()
    assert one.due_at == case.due_at == datetime(2026, 11, 24, 17, 0, tzinfo=UTC)
    assert one.calendar_version == 2


def test_the_silent_customer_is_reminded_twice_then_the_case_is_resolved_and_closed(
    case: Case, agent: User
) -> None:
    actions.reply(case, text="Which one?", then=Verb.AWAIT_CUSTOMER, by=by(agent), at=at(1))
    day = timedelta(days=1)
    seen = []
    for number in range(16):
        jobs.act_on_patience(NOW + number * day + timedelta(hours=9))
        case.refresh_from_db()
        seen.append(case.state)
    reminded = Event.objects.filter(verb="reminded").order_by("id")
    assert [event.at.date().day for event in reminded] == [24, 26]
    assert seen.index("resolved") == 7
    assert seen.index("closed") == 14
    assert not Patience.objects.exists()


def test_a_desk_that_stood_still_reminds_once_a_day(case: Case, agent: User) -> None:
    actions.reply(case, text="Which one?", then=Verb.AWAIT_CUSTOMER, by=by(agent), at=at(1))
    later = NOW + timedelta(days=14, hours=9)
    seen = []
    for days in range(8):
        jobs.act_on_patience(later + timedelta(days=days))
        case.refresh_from_db()
        seen.append(Event.objects.filter(verb__in=["reminded", "resolve"]).count())
    assert seen[0] == 1 and seen[-1] == 3 and case.state == "resolved"
    assert all(after - before <= 1 for before, after in pairwise(seen))


def test_an_answer_ends_the_wait(case: Case, agent: User) -> None:
    actions.reply(case, text="Which one?", then=Verb.AWAIT_CUSTOMER, by=by(agent), at=at(1))
    assert Patience.objects.count() == 1
    write_again(case, at(2))
    assert not Patience.objects.exists()


def test_a_p1_is_never_resolved_by_silence(case: Case, agent: User) -> None:
    actions.reply(case, text="Which one?", then=Verb.AWAIT_CUSTOMER, by=by(agent), at=at(1))
    Case.objects.filter(pk=case.pk).update(priority="P1", flags=["p1_by_call"])
    for number in range(20):
        jobs.act_on_patience(NOW + timedelta(days=number, hours=9))
    case.refresh_from_db()
    assert case.state == "pending_customer"
    assert Event.objects.filter(verb="reminded").count() == 2


@pytest.mark.parametrize("end", ["resolve", "close", "cancel"])
def test_what_an_undone_end_stopped_goes_on(case: Case, agent: User, end: str) -> None:
    who = by(agent)
    row = actions.take(case, by=who, at=at(0.25))
    owed = {one.metric for one in Clock.objects.filter(case=case, ended_at=None)}
    due = clock(case, "resolution").due_at if "resolution" in owed else None
    if end == "cancel":
        row = actions.cancel(row, reason="Twice", by=who, at=at(0.5))
    else:
        row = actions.resolve(row, text="Restarted.", by=who, at=at(0.5))
    if end == "close":
        row = actions.close(row, by=who, at=at(0.5))
        back = {"former": State.RESOLVED, "resolution": row.resolution}
    else:
        back = {"former": State.ASSIGNED, "resolution": ""}
    actions.revert(row, flags=[], since=at(0.5), by=who, at=at(0.75), **back)
    now = list(Clock.objects.filter(case=case, ended_at=None))
    assert {one.metric for one in now} == (set() if end == "close" else owed)
    assert Clock.objects.filter(case=case).count() == len(owed)
    if due and end != "close":
        assert clock(case, "resolution").due_at == due + timedelta(minutes=15)
    assert Patience.objects.filter(case=case).exists() == (end == "close")
