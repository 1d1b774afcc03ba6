"""Paging in steps until somebody takes it (G4), and who wins (G5)."""

import threading
from collections import Counter
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest
from django.db import connection

from heliodesk.cases import actions as cases
from heliodesk.journal.models import Event
from heliodesk.oncall import actions
from heliodesk.oncall.actions import paging
from heliodesk.oncall.models import P1, Ownership, Page
from heliodesk.oncall.rules.words import How
from tests.make import NOW
from tests.oncall import world

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


def paged(p1: P1) -> list[tuple[int, str]]:
    """(step, name) of everybody who was paged, each once a step."""
    rows = Page.objects.filter(p1=p1, purpose="page").order_by("step", "id")
    return list(dict.fromkeys((row.step, row.person.name) for row in rows if row.person))


def run(p1: P1, *, seconds: int, every: int = 1) -> list[int]:
    """Sweep once every so many seconds; the seconds at which steps fired."""
    fired = []
    for second in range(0, seconds + 1, every):
        at = p1.declared_at + timedelta(seconds=second)
        if paging.fire_due(at):
            fired.append(second)
        paging.chase_contact(at)
    return fired


def test_the_first_step_pages_the_primary_of_the_region_that_is_awake_at_once() -> None:
    desk = world.desk()
    p1 = world.p1()
    assert p1.owner == desk.primary
    assert run(p1, seconds=0) == [0]
    assert paged(p1) == [(0, desk.primary.name)]
    assert {row.channel for row in Page.objects.filter(p1=p1)} == {"voice", "email"}


def test_steps_come_on_time_each_once_and_repeat_for_ever() -> None:
    desk = world.desk()
    p1 = world.p1()
    assert run(p1, seconds=1800) == [0, 180, 360, 540, 720, 1020, 1320, 1620]
    names = {step: [n for s, n in paged(p1) if s == step] for step in range(8)}
    assert names[1] == [desk.primary.name, desk.second.name]
    assert names[2] == [desk.leads["emea"].name]
    assert names[3] == [desk.engineers["amer"][0].name]
    assert names[4] == [desk.manager.name]
    everybody = {*names[1], *names[2], *names[3], *names[4]}
    assert set(names[5]) == set(names[7]) == everybody


def test_a_day_without_an_answer_never_ends_and_skips_nothing() -> None:
    world.desk()
    p1 = world.p1()
    fired = run(p1, seconds=24 * 3600, every=30)
    waits = [b - a for a, b in pairwise(fired)]
    assert len(fired) == 5 + (24 * 3600 - 720) // 300
    assert set(waits[:4]) == {180} and set(waits[4:]) == {300}
    p1.refresh_from_db()
    assert p1.state == "triggered" and p1.next_due_at is not None


def test_the_customer_is_told_at_each_miss() -> None:
    world.desk()
    p1 = world.p1()
    run(p1, seconds=400)
    missed = Event.objects.filter(subject_kind="case", subject_id=p1.case_id, verb="p1_missed")
    assert missed.count() == 2


def test_the_policy_of_the_declaration_holds_whatever_is_edited_later() -> None:
    from heliodesk.oncall.actions.setting_up import save_policy

    desk = world.desk()
    p1 = world.p1()
    steps = [{"after": 0, "targets": ["duty_manager"], "channels": ["email"]}]
    save_policy("", stored={"steps": steps}, by=world.by(desk.manager), at=NOW)
    run(p1, seconds=0)
    assert paged(p1) == [(0, desk.primary.name)]
    later = world.p1(NOW + MINUTE)
    run(later, seconds=0)
    assert paged(later) == [(0, desk.manager.name)]


def test_an_enhanced_p1_pages_whom_the_policy_pack_names_besides() -> None:
    from heliodesk.oncall.actions.setting_up import name_manager

    desk = world.desk()
    named = world.engineer("Named Manager")
    account = world.make.account(package="platinum", region="UK")
    name_manager(account.pk, person_id=named.pk, by=world.by(desk.manager), at=NOW)
    p1 = world.p1(flags=("p1_enhanced",), account=account)
    run(p1, seconds=0)
    assert {name for _, name in paged(p1)} == {desk.primary.name, desk.second.name, named.name}


def test_of_several_the_better_package_is_paged_first() -> None:
    world.desk()
    plain = world.p1()
    better = world.p1()
    better.case.urgency = 15
    better.case.save()
    paging.fire_due(NOW)
    first = Page.objects.filter(purpose="page").order_by("id").first()
    assert first and first.p1 == better and plain.pk < better.pk


def test_taking_it_ends_the_paging_and_gives_the_case_too() -> None:
    desk = world.desk()
    p1 = world.p1()
    run(p1, seconds=200)
    page = Page.objects.filter(p1=p1, person=desk.second).first()
    assert page
    won = actions.acknowledge(page.pk, how=How.LINK, at=NOW + 4 * MINUTE)
    assert isinstance(won, actions.Won) and won.ref == p1.case.ref
    p1.refresh_from_db()
    p1.case.refresh_from_db()
    assert (p1.state, p1.owner, p1.case.owner) == ("acked", desk.second, desk.second)
    assert run(p1, seconds=600) == []
    again = actions.acknowledge(page.pk, how=How.KEY, at=NOW + 5 * MINUTE)
    assert isinstance(again, actions.Won)
    late = Page.objects.filter(p1=p1, person=desk.primary).first()
    assert late
    lost = actions.acknowledge(late.pk, how=How.KEY, at=NOW + 5 * MINUTE)
    assert isinstance(lost, actions.Lost) and lost.by == desk.second.name


def test_taken_but_the_customer_not_reached_in_ten_minutes_pages_the_next_step() -> None:
    desk = world.desk()
    p1 = world.p1()
    run(p1, seconds=0)
    actions.take(p1.pk, person_id=desk.primary.pk, how=How.BUTTON, at=NOW + MINUTE)
    assert run(p1, seconds=10 * 60) == []
    p1.refresh_from_db()
    paging.chase_contact(NOW + 11 * MINUTE)
    paging.fire_due(NOW + 11 * MINUTE)
    p1.refresh_from_db()
    assert p1.state == "triggered" and p1.owner == desk.primary
    assert paged(p1)[-1] == (1, desk.second.name)


def test_an_answer_to_the_customer_is_contact() -> None:
    desk = world.desk()
    account = world.make.account(package="gold", region="UK")
    contact = world.make.contact(account)
    p1 = world.p1(account=account, contact=contact)
    actions.take(p1.pk, person_id=desk.primary.pk, how=How.BUTTON, at=NOW)
    cases.reply(
        p1.case, text="We are on it.", seen_version=None, by=world.by(desk.primary), at=NOW + MINUTE
    )
    p1.refresh_from_db()
    assert (p1.state, p1.last_customer_contact) == ("engaged", NOW + MINUTE)
    assert paging.chase_contact(NOW + 20 * MINUTE) == 0


def test_passing_on_pages_the_next_step_at_once() -> None:
    desk = world.desk()
    p1 = world.p1()
    run(p1, seconds=0)
    page = Page.objects.filter(p1=p1, channel="voice").first()
    assert page
    assert isinstance(actions.press(page.pk, "2", at=NOW + MINUTE), actions.Passed)
    assert paging.fire_due(NOW + MINUTE) == 1
    assert (1, desk.second.name) in paged(p1)
    actions.press(page.pk, "2", at=NOW + 2 * MINUTE)
    assert paging.fire_due(NOW + 2 * MINUTE) == 0


def test_a_text_message_takes_it_and_says_nothing_to_strangers() -> None:
    desk = world.desk()
    world.way(desk.primary, world.Channel.SMS, "+447700900123")
    p1 = world.p1()
    run(p1, seconds=0)
    assert actions.answer_by_text("+447700900999", "1", at=NOW) is None
    assert actions.answer_by_text("+447700900123", "who is this", at=NOW) is None
    won = actions.answer_by_text("+447700900123", "1", at=NOW + MINUTE)
    assert isinstance(won, actions.Won) and won.p1_id == p1.pk


def test_nobody_on_call_pages_whoever_leads() -> None:
    from heliodesk.entitlements.actions import activate_shipped

    activate_shipped(at=NOW)
    lead = world.make.user(role="lead", name="Only Lead")
    p1 = world.p1()
    assert p1.owner == lead
    run(p1, seconds=0)
    assert paged(p1) == [(0, "Only Lead")]


def test_the_owner_is_one_person_at_every_instant() -> None:
    desk = world.desk()
    p1 = world.p1()
    actions.take(p1.pk, person_id=desk.second.pk, how=How.BUTTON, at=NOW + MINUTE)
    rows = list(Ownership.objects.filter(p1=p1).order_by("since"))
    assert [(r.person, r.since, r.until) for r in rows] == [
        (desk.primary, NOW, NOW + MINUTE),
        (desk.second, NOW + MINUTE, None),
    ]
    world.resolve(p1.case, desk.second, NOW + 30 * MINUTE)
    assert not Ownership.objects.filter(p1=p1, until=None).exists()
    p1.refresh_from_db()
    assert p1.state == "resolved" and paging.fire_due(NOW + timedelta(days=1)) == 0


@pytest.mark.django_db(transaction=True)
def test_of_fifty_answers_at_once_one_wins_and_all_others_hear_who() -> None:
    desk = world.desk()
    people = [world.engineer(f"Racer {n}") for n in range(50)]
    p1 = world.p1()
    answers: list[Any] = []
    gate = threading.Barrier(10)

    def race(some: list[Any]) -> None:
        try:
            gate.wait()
            for person in some:
                answers.append(
                    actions.take(p1.pk, person_id=person.pk, how=How.LINK, at=NOW + MINUTE)
                )
        finally:
            connection.close()

    threads = [threading.Thread(target=race, args=[people[n::10]]) for n in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Counter(type(one).__name__ for one in answers) == {"Won": 1, "Lost": 49}
    p1.refresh_from_db()
    assert {one.by for one in answers if isinstance(one, actions.Lost)} == {p1.owner.name}
    assert p1.owner != desk.primary
