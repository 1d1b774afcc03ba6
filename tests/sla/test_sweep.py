"""The sweep at size: exactly once with several at work, and cheap while nothing is due."""

import threading
import time
from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from heliodesk.cases.actions import await_customer, reply, take
from heliodesk.cases.models import Case, Participant
from heliodesk.entitlements.actions import activate_shipped
from heliodesk.entitlements.models import PolicyPack
from heliodesk.journal.models import Event
from heliodesk.journal.record import By
from heliodesk.sla import actions, jobs
from heliodesk.sla.models import Clock
from tests import make
from tests.make import NOW

pytestmark = pytest.mark.django_db(transaction=True)
_CASES = """
insert into cases_case (ref, account_id, channel, title, kind, severity, priority, state, queue,
    package, flags, offshore, urgency, due_at, resolution, version, opened_at, last_activity_at)
select lpad(n::text, 8, '0'), %(account)s, 'email', 'Case ' || n, 'technical', 'P3', 'P3', 'new',
    'desk', 'gold', '{}', false, 76, %(now)s::timestamptz + n * interval '1 second', '', 1,
    %(now)s, %(now)s
from generate_series(1, %(count)s) n
"""
_CLOCKS = """
insert into sla_clock (case_id, metric, kind, calendar, calendar_version, target_minutes,
    warn_percent, pack_id, state, started_at, since, counted, due_at, look_at, past)
select id, 'first_response', 'business_hours', 'UK', 1, 480, 75, %(pack)s, 'running', %(now)s,
    %(now)s, 0, due_at, due_at - interval '1 hour', '[]' from cases_case
"""


@pytest.fixture(autouse=True)
def desk() -> None:
    activate_shipped(at=NOW)


def crowd(count: int) -> None:
    """So many open cases with a running clock each, one due a second."""
    given: dict[str, Any] = {
        "account": make.account(package="gold", region="UK").pk,
        "now": NOW,
        "count": count,
        "pack": PolicyPack.objects.get(state="active").pk,
    }
    with connection.cursor() as cursor:
        cursor.execute(_CASES, given)
        cursor.execute(_CLOCKS, given)
        cursor.execute("analyze sla_clock, cases_case")


def in_threads(work: Any, number: int) -> None:
    def run() -> None:
        try:
            work()
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_two_sweeps_at_once_tell_each_clock_once() -> None:
    crowd(600)
    after = NOW + timedelta(days=1)
    # The first look finds them past due: they are missed, not warned of.
    in_threads(lambda: [actions.sweep(after, most=50) for _ in range(14)], 2)
    events = Event.objects.filter(subject_kind="case")
    told = Counter(events.values_list("verb", "subject_id"))
    assert len(told) == 600
    assert set(told.values()) == {1}
    assert Clock.objects.filter(state="missed").count() == 600
    assert Case.objects.filter(urgency=36).count() == 600


def test_a_sweep_beside_people_at_work_neither_waits_nor_doubles() -> None:
    crowd(60)
    agent = make.user()
    by = By("user", agent.pk, agent.name, agent.role)
    after = NOW + timedelta(hours=9)

    def work() -> None:
        for case in Case.objects.order_by("id")[:20]:
            take(case, by=by, at=after)
            await_customer(case, by=by, at=after)

    threads = [
        threading.Thread(target=lambda: (work(), connection.close())),
        threading.Thread(target=lambda: (jobs.sweep(after), connection.close())),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    jobs.sweep(after)
    missed = Event.objects.filter(verb="target_missed").values_list("subject_id", flat=True)
    assert len(missed) == len(set(missed)) == 60


def test_many_running_clocks_cost_nothing_until_they_are_due() -> None:
    crowd(20_000)
    with connection.cursor() as cursor:
        cursor.execute(
            "explain select k.id from sla_clock k join cases_case c on c.id = k.case_id"
            " where k.ended_at is null and k.since is not null and k.missed_at is null"
            " and k.look_at < %s order by k.look_at limit 500 for update of k, c skip locked",
            [NOW],
        )
        plan = "\n".join(row[0] for row in cursor.fetchall())
    assert "clock_to_look_at" in plan
    assert "Seq Scan" not in plan
    begin = time.perf_counter()
    for _ in range(20):
        assert actions.sweep(NOW - timedelta(hours=2)) == 0
    assert (time.perf_counter() - begin) / 20 < 0.02


def test_one_batch_takes_a_fixed_number_of_statements(
    django_assert_max_num_queries: Any,
) -> None:
    crowd(300)
    actions.sweep(NOW + timedelta(minutes=0))
    with django_assert_max_num_queries(16):
        assert actions.sweep(NOW + timedelta(hours=8)) == 300


def test_following_a_reply_takes_a_fixed_number_of_statements(
    django_assert_max_num_queries: Any,
) -> None:
    crowd(1)
    case, agent = Case.objects.get(), make.user()
    Participant.objects.create(
        case=case, address="mara@northwind.example", requester=True, added_at=NOW
    )
    with django_assert_max_num_queries(40):
        reply(case, text="Hello", by=By("user", agent.pk, agent.name, agent.role), at=NOW)
