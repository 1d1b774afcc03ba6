"""A case's shape: checklists, escalation, splitting, children, time."""

from datetime import date, timedelta

import pytest
from tests import make
from tests.cases.test_actions import by_of, events
from tests.make import NOW

from heliodesk.cases import actions
from heliodesk.cases.actions import Splitting, setting_up
from heliodesk.cases.actions.setting_up import ListPlan
from heliodesk.cases.models import Case, CaseChecklist, Checklist, Message
from heliodesk.cases.rules import Refused
from heliodesk.channels.models import Outbound
from heliodesk.identity.models import Team, TeamMember
from heliodesk.journal.models import Event
from heliodesk.journal.record import By
from heliodesk.notifications.models import Notice

pytestmark = pytest.mark.django_db


@pytest.fixture
def agent() -> By:
    return by_of(make.user(name="Priya Nadar"))


@pytest.fixture
def lead() -> By:
    return by_of(make.user(name="Ines Carvalho", role="lead"))


@pytest.fixture
def case() -> Case:
    make.mailbox(address="support@meridian.example")
    account = make.account(name="Northwind Freight")
    contact = make.contact(account, name="Mara Lind", address="mara@northwind.example")
    return make.case(account, contact, title="Two things", text="The first thing is late.")


def checklist(by: By, **more: object) -> Checklist:
    plan = ListPlan(
        **{"name": "Playbook", "steps": [("Look", True), ("Tell", False)], **more}  # type: ignore[arg-type]  # fields of it by name
    )
    return setting_up.write_checklist(None, plan, by=by, at=NOW)


def test_a_checklist_is_put_on_ticked_and_holds(case: Case, agent: By, lead: By) -> None:
    row = checklist(lead, holds=True)
    case = actions.take(case, by=agent, at=NOW)
    actions.put_checklist(case, checklist_id=row.pk, by=agent, at=NOW)
    with pytest.raises(Refused, match="not on the case yet"):
        actions.put_checklist(case, checklist_id=row.pk, by=agent, at=NOW)
    with pytest.raises(Refused, match="do what “Playbook” requires: “Look”"):
        actions.resolve(case, text="Done.", by=agent, at=NOW)
    put = CaseChecklist.objects.get(case=case)
    with pytest.raises(Refused, match="A lead can take it off"):
        actions.take_checklist_off(case, checklist_id=put.pk, by=agent, at=NOW)
    look = put.steps.get(text="Look")
    actions.tick(case, step_id=look.pk, done=True, by=agent, at=NOW)
    actions.tick(case, step_id=look.pk, done=True, by=agent, at=NOW)
    look.refresh_from_db()
    assert (look.done_by_id, look.done_at) == (agent.id, NOW)
    assert events(case).count("tick") == 1
    actions.tick(case, step_id=look.pk, done=False, by=agent, at=NOW)
    actions.take_checklist_off(case, checklist_id=put.pk, by=lead, at=NOW)
    assert actions.resolve(case, text="Done.", by=agent, at=NOW).state == "resolved"
    with pytest.raises(Refused, match="resolved cannot be given a checklist"):
        actions.put_checklist(case, checklist_id=row.pk, by=agent, at=NOW)


def test_a_checklist_comes_with_type_and_priority(case: Case, agent: By, lead: By) -> None:
    checklist(lead, name="Returns", automatic=True, kinds=["how_to"])
    checklist(lead, name="Urgent", automatic=True, priorities=["P2"])
    checklist(lead, name="Never", priorities=["P2"])
    actions.classify(case, kind="how_to", by=agent, at=NOW)
    assert [one.name for one in case.checklists.all()] == ["Returns"]
    actions.prioritise(case, priority="P2", reason="It spreads.", by=agent, at=NOW)
    actions.prioritise(case, priority="P2", reason="It still does.", by=agent, at=NOW)
    assert {one.name for one in case.checklists.all()} == {"Returns", "Urgent"}
    assert events(case).count("checklist") == 2


def test_a_changed_checklist_stays_on_cases_as_it_was(case: Case, agent: By, lead: By) -> None:
    row = checklist(lead)
    actions.put_checklist(case, checklist_id=row.pk, by=agent, at=NOW)
    plan = ListPlan(name="Playbook", steps=[("Something else", True)], active=False)
    setting_up.write_checklist(row, plan, by=lead, at=NOW)
    assert [step.text for step in case.checklists.get().steps.all()] == ["Look", "Tell"]


def test_an_escalation_calls_people_and_ends(case: Case, agent: By, lead: By) -> None:
    with pytest.raises(Refused, match="Say why"):
        actions.escalate(case, reason=" ", user_id=lead.id, by=agent, at=NOW)
    with pytest.raises(Refused, match="whom"):
        actions.escalate(case, reason="It burns", by=agent, at=NOW)
    case = actions.escalate(case, reason="It burns", user_id=lead.id, by=agent, at=NOW)
    assert case.flags == ["escalated"]
    notice = Notice.objects.get(user_id=lead.id, verb="escalate")
    assert notice.data == {"reason": "It burns", "by": "Priya Nadar"}
    case = actions.calm(case, by=agent, at=NOW)
    assert case.flags == []
    with pytest.raises(Refused, match="not escalated"):
        actions.calm(case, by=agent, at=NOW)
    case = actions.escalate(case, reason="Again", user_id=lead.id, by=agent, at=NOW)
    case = actions.take(case, by=agent, at=NOW)
    assert actions.resolve(case, text="Out.", by=agent, at=NOW).flags == []


def test_a_team_is_called_and_only_who_may_see_it(case: Case, agent: By) -> None:
    inside, outside = make.user(offshore=True), make.user()
    team = Team.objects.create(code="net", name="Network", queues=["net"], offshore=False)
    for user in (inside, outside):
        TeamMember.objects.create(team=team, user=user)
    actions.escalate(case, reason="Routing", team_id=team.pk, by=agent, at=NOW)
    assert Notice.objects.filter(verb="escalate").count() == 2
    Case.objects.filter(pk=case.pk).update(offshore=True)
    case.refresh_from_db()
    actions.escalate(case, reason="Routing", team_id=team.pk, by=agent, at=NOW)
    assert Notice.objects.filter(user=inside).count() == 2
    assert Notice.objects.filter(user=outside).count() == 1


def splitting(*messages: Message, **more: object) -> Splitting:
    known = {"title": "The second thing", "kind": "technical", "priority": "P3"}
    ids = [message.pk for message in messages]
    return Splitting(message_ids=ids, **{**known, **more})  # type: ignore[arg-type]  # fields of it by name


def test_a_case_is_split_and_put_together_again(case: Case, agent: By) -> None:
    first = case.messages.get()
    second = make.message(case, text="And the second thing.")
    for wrong in ([], [first, second]):
        with pytest.raises(Refused, match=r"Choose the messages|at least one"):
            actions.split(case, splitting(*wrong), by=agent, at=NOW)
    opened = actions.split(case, splitting(second), by=agent, at=NOW)
    new = Case.objects.get(pk=opened.id)
    assert (new.title, new.account_id, new.contact_id) == (
        "The second thing", case.account_id, case.contact_id,
    )  # fmt: skip
    assert [m.pk for m in new.messages.all()] == [second.pk]
    assert new.participants.get(requester=True).address == "mara@northwind.example"
    assert new.flags == ["split_off"]
    assert events(case)[-1] == "split"
    assert events(new) == ["opened"]
    assert not Outbound.objects.exists()

    actions.note(new, text="Said since.", by=agent, at=NOW)
    gone = actions.unsplit(new, by=agent, at=NOW)
    assert (gone.state, gone.merged_into_id) == ("cancelled", case.pk)
    said = list(case.messages.order_by("id").values_list("text", "origin"))
    assert said == [
        ("The first thing is late.", None),
        ("And the second thing.", None),
        ("Said since.", new.pk),
    ]
    new.refresh_from_db()
    with pytest.raises(Refused):
        actions.unsplit(new, by=agent, at=NOW)


def test_the_customer_hears_of_a_split_only_if_wanted_and_never_a_note(
    case: Case, agent: By
) -> None:
    second = make.message(case, text="And the second thing.")
    note = actions.note(case, text="They are always late.", by=agent, at=NOW)
    with pytest.raises(Refused, match="do not tell them"):
        actions.split(case, splitting(note, tell=True), by=agent, at=NOW)
    wanted = splitting(note, second, tell=True, sentence="It has a case of its own now.")
    opened = actions.split(case, wanted, by=agent, at=NOW)
    letter = Outbound.objects.get(kind="acknowledgement")
    assert letter.subject_id == opened.id
    assert "It has a case of its own now." in letter.text
    assert "And the second thing." in letter.text
    assert "always late" not in letter.text


def test_a_message_that_was_merged_in_finds_its_way_home(case: Case, agent: By) -> None:
    third = make.case(case.account, case.contact, text="A third thing.")
    message = third.messages.get()
    actions.merge(third, into=case, by=agent, at=NOW)
    opened = actions.split(case, splitting(message), by=agent, at=NOW)
    actions.unsplit(Case.objects.get(pk=opened.id), by=agent, at=NOW)
    third.refresh_from_db()
    actions.unmerge(third, by=agent, at=NOW)
    assert list(third.messages.values_list("pk", flat=True)) == [message.pk]


def test_children_stand_under_one_parent(case: Case, agent: By) -> None:
    child, other, grandchild = make.case(), make.case(), make.case()
    actions.put_under(child, parent=case, by=agent, at=NOW)
    with pytest.raises(Refused, match="part of"):
        actions.put_under(grandchild, parent=child, by=agent, at=NOW)
    with pytest.raises(Refused, match="children of its own"):
        actions.put_under(case, parent=other, by=agent, at=NOW)
    with pytest.raises(Refused, match="its own parent"):
        actions.put_under(case, parent=case, by=agent, at=NOW)
    actions.put_under(child, parent=other, by=agent, at=NOW)
    assert events(case)[-2:] == ["child", "child_gone"]
    assert events(child)[-3:] == ["parent", "unparented", "parent"]
    actions.take_out(child, by=agent, at=NOW)
    assert events(other)[-1] == "child_gone"
    Case.objects.filter(pk=other.pk).update(offshore=True)
    other.refresh_from_db()
    with pytest.raises(Refused, match="offshore"):
        actions.put_under(child, parent=other, by=agent, at=NOW)


def test_a_parent_is_resolved_with_its_children_or_nobody_is(case: Case, agent: By) -> None:
    case = actions.take(case, by=agent, at=NOW)
    ready = actions.take(make.case(), by=agent, at=NOW)
    fresh = make.case()
    for child in (ready, fresh):
        actions.put_under(child, parent=case, by=agent, at=NOW)
    with pytest.raises(Refused, match=f"{fresh.ref} stays open"):
        actions.resolve_with_children(
            case, ids=[ready.pk, fresh.pk], text="Fixed.", by=agent, at=NOW
        )
    assert {Case.objects.get(pk=c.pk).state for c in (case, ready)} == {"assigned"}
    actions.resolve_with_children(case, ids=[ready.pk], text="Fixed.", by=agent, at=NOW)
    ready.refresh_from_db()
    assert (ready.state, ready.resolution) == ("resolved", "Fixed.")
    fresh.refresh_from_db()
    assert fresh.state == "new"


def test_time_is_entered_and_taken_back(case: Case, agent: By, lead: By) -> None:
    entry = actions.log_time(
        case, minutes=45, note="Read logs", on_day=date(2026, 11, 20), by=agent, at=NOW
    )
    for minutes, day in ((0, NOW.date()), (1441, NOW.date()), (5, date(2027, 1, 1)),
                         (5, NOW.date() - timedelta(days=400))):  # fmt: skip
        with pytest.raises(Refused):
            actions.log_time(case, minutes=minutes, on_day=day, by=agent, at=NOW)
    with pytest.raises(Refused, match="Only a lead"):
        actions.remove_time(case, entry_id=entry.pk, by=by_of(make.user()), at=NOW)
    actions.remove_time(case, entry_id=entry.pk, by=lead, at=NOW)
    assert not case.time_spent.exists()
    data = Event.objects.get(verb="log_time").data
    assert data == {"minutes": 45, "note": "Read logs", "day": "2026-11-20"}
    assert events(case)[-1] == "time_removed"
    assert Case.objects.get(pk=case.pk).version == case.version
