"""Rules act once for each cause, never on their own doing, and say what they could not do."""

from datetime import timedelta
from typing import Any

import pytest

from heliodesk.automation import actions, jobs, queries, trying
from heliodesk.automation.models import Asked, AutomationRule, Firing
from heliodesk.automation.rules import MOST_AN_HOUR, Condition, Deed, Plan
from heliodesk.cases import actions as cases
from heliodesk.cases import tags
from heliodesk.cases.models import Case
from heliodesk.cases.rules import Happened, Refused
from heliodesk.identity.models import Team, TeamMember
from heliodesk.identity.person import Person
from heliodesk.identity.rules import Role
from heliodesk.journal.models import Event
from heliodesk.journal.record import SYSTEM, By, Happening, record
from heliodesk.notifications.models import Notice
from tests import make
from tests.make import NOW

pytestmark = pytest.mark.django_db
BY = By("user", 1, "Imogen", "admin")
OUTAGE = Condition("title", "contains", "outage")


def rule(moment: str = "opened", *deeds: Deed, on: bool = True, **groups: Any) -> AutomationRule:
    plan = Plan(moment, groups.get("all", (OUTAGE,)), groups.get("any", ()), deeds)
    row = actions.write(None, name=f"Rule {moment}", plan=plan, by=BY, at=NOW)
    if on:
        actions.switch(row, on=True, by=BY, at=NOW)
    return row


def opened(case: Case) -> None:
    record([Happening(Happened.OPENED, "case", case.pk, {"priority": case.priority})],
           by=SYSTEM, at=NOW)  # fmt: skip


def person() -> Person:
    user = make.user(role=Role.ADMIN)
    return Person(user.pk, user.name, user.email, Role.ADMIN, "UTC")


def test_a_new_case_that_fits_is_moved_noted_and_told_of_once() -> None:
    lead = make.user(role=Role.LEAD)
    rule("opened", Deed("move", "urgent"), Deed("note", "Call them."), Deed("tell", "leads"))
    case, other = make.case(title="Total OUTAGE"), make.case(title="A question")
    opened(case)
    opened(other)
    assert jobs.answer(NOW) == 2
    assert jobs.answer(NOW) == 0
    case.refresh_from_db()
    other.refresh_from_db()
    assert (case.queue, other.queue) == ("urgent", "emea")
    assert case.messages.get(direction="note").text == "Call them."
    assert Notice.objects.get(user=lead).data == {"words": "Rule “Rule opened”"}
    fired = Firing.objects.get()
    assert fired.did == ["moved to urgent", "note written", "1 told"] and not fired.trouble
    assert not Asked.objects.exists()
    moved = Event.objects.get(verb="move", subject_id=case.pk)
    assert (moved.by_kind, moved.by_name) == ("rule", "Rule “Rule opened”")


def test_rules_that_rest_are_not_even_remembered_for() -> None:
    rule("opened", Deed("move", "urgent"), on=False)
    opened(make.case(title="outage"))
    assert not Asked.objects.exists() and jobs.answer(NOW) == 0


def test_what_a_rule_does_starts_no_rule() -> None:
    rule("opened", Deed("move", "a"))
    rule("moved", Deed("move", "b"))
    case = make.case(title="outage")
    opened(case)
    assert jobs.answer(NOW) == 1
    assert jobs.answer(NOW) == 0
    case.refresh_from_db()
    assert case.queue == "a"
    cases.move(case, queue="c", by=BY, at=NOW)
    assert jobs.answer(NOW) == 1
    case.refresh_from_db()
    assert case.queue == "b"


def test_what_is_refused_is_told_and_the_rest_is_done() -> None:
    rule("opened", Deed("assign", "least_loaded"), Deed("prioritise", "P2"))
    case = make.case(title="outage")
    opened(case)
    jobs.answer(NOW)
    case.refresh_from_db()
    assert case.priority == "P2" and case.owner is None
    fired = Firing.objects.get()
    assert fired.did == ["priority P2"] and "Nobody who works emea" in fired.trouble
    assert queries.log(person())[0].trouble == fired.trouble


def test_a_p1_is_left_alone() -> None:
    rule("opened", Deed("prioritise", "P4"))
    make.user(role=Role.LEAD)
    case = make.case(title="outage", priority="P1", channel="phone")
    opened(case)
    jobs.answer(NOW)
    case.refresh_from_db()
    assert case.priority == "P1" and "does not change a P1" in Firing.objects.get().trouble


def test_time_fires_once_until_a_person_does_something() -> None:
    waited = Condition("hours_since_activity", "at_least", "24")
    rule("time", Deed("tell", "owner"), all=(waited,))
    ann = make.user()
    case = make.case(owner=ann, state="assigned")
    later = NOW + timedelta(hours=25)
    assert jobs.look_at_time(NOW) == 0
    assert jobs.look_at_time(later) == 1
    assert jobs.look_at_time(later + timedelta(hours=1)) == 0
    cases.note(case, text="Still at it.", by=By("user", ann.pk, "Ann"), at=later)
    assert jobs.look_at_time(later + timedelta(hours=1)) == 0
    assert jobs.look_at_time(later + timedelta(hours=26)) == 1
    assert Notice.objects.filter(user=ann).count() == 2


def test_closed_cases_are_no_matter_of_time() -> None:
    rule("time", Deed("note", "x"), all=(Condition("hours_open", "at_least", "1"),))
    make.case(state="closed", resolved_at=NOW, closed_at=NOW)
    assert jobs.look_at_time(NOW + timedelta(days=9)) == 0


def test_rules_are_held_back_on_a_case_that_does_not_rest() -> None:
    rule("moved", Deed("note", "Moved again."))
    case = make.case(title="outage")
    for n in range(MOST_AN_HOUR + 2):
        cases.move(case, queue=f"q{n}", by=BY, at=NOW)
        jobs.answer(NOW)
    assert case.messages.filter(direction="note").count() == MOST_AN_HOUR
    assert Firing.objects.filter(trouble__startswith="Held back").count() == 2


def test_the_least_loaded_who_is_at_work_gets_it() -> None:
    team = Team.objects.create(code="emea", name="EMEA", queues=["emea"])
    ann, bob, away = make.user(), make.user(), make.user()
    for user in (ann, bob, away):
        TeamMember.objects.create(team=team, user=user)
    away.absences.create(starts_at=NOW, ends_at=NOW + timedelta(days=1))
    make.case(owner=ann, state="assigned")
    rule("opened", Deed("assign", "least_loaded"))
    case = make.case(title="outage")
    opened(case)
    jobs.answer(NOW)
    case.refresh_from_db()
    assert case.owner == bob


def test_a_dry_run_changes_nothing_and_keeps_the_data_boundary() -> None:
    for n in range(3):
        make.case(title=f"outage {n}", offshore=n == 2)
    make.case(title="fine")
    trial = trying.run(Plan("opened", (OUTAGE,), (), (Deed("note", "x"),)), person(), NOW)
    assert trial.asked == 3 and [one.title for one in trial.fitting] == ["outage 1", "outage 0"]
    assert not Firing.objects.exists() and not Event.objects.exists()


def test_rules_are_asked_in_their_order() -> None:
    first = rule("opened", Deed("move", "first"))
    second = rule("opened", Deed("move", "second"))
    actions.raise_up(second, by=BY, at=NOW)
    assert [row.pk for row in queries.rules()] == [second.pk, first.pk]
    actions.raise_up(AutomationRule.objects.get(pk=second.pk), by=BY, at=NOW)
    case = make.case(title="outage")
    opened(case)
    jobs.answer(NOW)
    case.refresh_from_db()
    assert case.queue == "first"
    actions.drop(first, by=BY, at=NOW)
    assert [row.pk for row in queries.rules()] == [second.pk]
    verbs = Event.objects.filter(subject_kind="automation").values_list("verb", flat=True)
    assert {"automation_added", "automation_started", "automation_moved"} < set(verbs)


def test_a_rule_that_cannot_be_used_is_not_saved() -> None:
    with pytest.raises(Refused, match=r"Give the rule a name.*at least one condition"):
        actions.write(None, name=" ", plan=Plan("opened", (), (), (Deed("note", "x"),)),
                      by=BY, at=NOW)  # fmt: skip
    assert not AutomationRule.objects.exists()


def test_rules_ask_for_tags_and_put_them_on() -> None:
    tags.forget()
    billing, vip = (cases.add_tag(name=name, hue=1, by=BY, at=NOW) for name in ("billing", "vip"))
    tags.forget()
    has = Condition("tags", "has", "Billing")
    rule("opened", Deed("tag", "vip"), Deed("untag", "billing"), Deed("tag", "gone"), all=(has,))
    fits, fits_not = make.case(tags=[billing.pk]), make.case(tags=[vip.pk])
    opened(fits)
    opened(fits_not)
    assert jobs.answer(NOW) == 2
    fits.refresh_from_db()
    fits_not.refresh_from_db()
    assert fits.tags == fits_not.tags == [vip.pk]
    fired = Firing.objects.get()
    assert fired.did == ["tagged vip", "no longer tagged billing"]
    assert fired.trouble == "There is no tag “gone”."
    cases.change_tag(vip, name="very important", hue=1, by=BY, at=NOW)
    tags.forget()
    case = make.case(tags=[billing.pk])
    opened(case)
    jobs.answer(NOW)
    case.refresh_from_db()
    assert case.tags == [vip.pk]


def test_a_tag_that_is_put_on_and_one_taken_off_start_their_rules() -> None:
    tags.forget()
    admin = person()
    vip = cases.add_tag(name="vip", hue=1, by=admin.by, at=NOW)
    slow = cases.add_tag(name="slow", hue=1, by=admin.by, at=NOW)
    tags.forget()
    is_vip = Condition("touched", "has", "VIP")
    rule("tagged", Deed("move", "vips"), all=(is_vip,))
    rule("untagged", Deed("note", "No longer slow."), all=(Condition("touched", "has", "slow"),))
    case = make.case()
    cases.tag(case, add=[slow.pk], by=admin.by, at=NOW)
    assert jobs.answer(NOW) == 1
    assert not Firing.objects.exists()
    case.refresh_from_db()
    cases.tag(case, add=[vip.pk], remove=[slow.pk], by=admin.by, at=NOW)
    assert jobs.answer(NOW) == 2
    case.refresh_from_db()
    assert case.queue == "vips"
    assert case.messages.get(direction="note").text == "No longer slow."
    assert {one.rule.name for one in Firing.objects.all()} == {"Rule tagged", "Rule untagged"}


def test_a_rule_for_tags_is_tried_on_the_latest_change_of_each() -> None:
    tags.forget()
    admin = person()
    vip = cases.add_tag(name="vip", hue=1, by=admin.by, at=NOW)
    tags.forget()
    was, never = make.case(), make.case(tags=[vip.pk])
    row = cases.tag(was, add=[vip.pk], by=admin.by, at=NOW)
    cases.tag(row, remove=[vip.pk], by=admin.by, at=NOW)
    plan = Plan("untagged", (Condition("touched", "has", "vip"),), (), (Deed("move", "a"),))
    trial = trying.run(plan, admin, NOW)
    assert (trial.asked, [one.ref for one in trial.fitting]) == (1, [was.ref])
    assert never.ref not in {one.ref for one in trial.fitting}


def test_what_a_rule_tags_starts_no_rule_for_tags() -> None:
    tags.forget()
    cases.add_tag(name="vip", hue=1, by=person().by, at=NOW)
    tags.forget()
    rule("opened", Deed("tag", "vip"))
    rule("tagged", Deed("move", "vips"), all=(Condition("touched", "has", "vip"),))
    case = make.case(title="outage", queue="emea")
    opened(case)
    assert jobs.answer(NOW) == 1
    assert jobs.answer(NOW) == 0
    case.refresh_from_db()
    assert (len(case.tags), case.queue) == (1, "emea")


def test_which_tag_it_was_is_asked_only_when_tags_change() -> None:
    with pytest.raises(Refused, match="which one it was"):
        rule("opened", Deed("move", "a"), all=(Condition("touched", "has", "vip"),))
