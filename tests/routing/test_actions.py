"""Routing at work: rules move new cases, people take the next, cases follow the boundary."""

import threading
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection

from heliodesk.cases import actions as cases
from heliodesk.cases.models import Case
from heliodesk.cases.rules import Refused
from heliodesk.customers import actions as customers
from heliodesk.entitlements.actions import activate_shipped
from heliodesk.identity.models import TeamMember
from heliodesk.identity.person import Person
from heliodesk.identity.rules import Role
from heliodesk.journal.models import Event
from heliodesk.journal.record import By
from heliodesk.routing import actions, queries
from heliodesk.routing.rules import Rule
from tests import make
from tests.intake import post
from tests.make import NOW

ID = "10-2233-0012345"
DONE: Any = {"by": By("user", 1, "Lee", "lead"), "at": NOW}
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def desk(settings: Any, tmp_path: Any) -> Any:
    settings.DATA = tmp_path
    activate_shipped(at=NOW)
    make.mailbox(address="support@meridian.example", region="UK")
    account = make.account(name="Northwind", identifier=ID, package="gold", region="UK")
    make.contact(account, address="mara@northwind.example")
    return account


def person(user: Any, *queues: str, offshore: bool = False) -> Person:
    return Person(user.pk, user.name, user.email, Role.AGENT, user.zone, offshore, queues)


def arrive(subject: str = "Mail is late") -> Case:
    post.send(post.mail(sender="mara@northwind.example", subject=f"({ID}) {subject}"))
    return Case.objects.latest("id")


def test_a_rule_moves_new_cases_and_says_so() -> None:
    actions.add_rule(Rule("Gold customers", package="gold", queue="gold-desk"), **DONE)
    case = arrive()
    assert case.queue == "gold-desk"
    told = Event.objects.get(subject_kind="case", verb="move")
    assert told.data == {"queue": "gold-desk", "was": "frontline-uk", "rule": "Gold customers"}


def test_without_rules_nothing_moves() -> None:
    assert arrive().queue == "frontline-uk"
    assert not Event.objects.filter(verb="move").exists()


@pytest.mark.parametrize(
    "wrong",
    [
        Rule(""),
        Rule("All"),
        Rule(" ", queue="desk"),
        Rule("Far", region="atlantis", queue="desk"),
        Rule("Odd", kind="nonsense", queue="desk"),
        Rule("Soon", priority="2026-13-45", queue="desk"),
        Rule("Tin", package="tin", queue="desk"),
    ],
)
def test_a_rule_has_a_name_and_does_something(wrong: Rule) -> None:
    with pytest.raises(Refused):
        actions.add_rule(wrong, **DONE)


def test_a_rule_holds_as_much_of_a_queue_as_there_is_room() -> None:
    row = actions.add_rule(Rule("Long", queue="q" * 70_000, skill="\0Traces " * 900), **DONE)
    assert len(row.queue) <= 60 and len(row.skill) <= 60 and "\0" not in row.skill


def test_the_next_case_is_the_most_urgent_of_ones_queues() -> None:
    agent = make.user(queues=("frontline-uk",))
    late = make.case(urgency=30, queue="frontline-uk")
    make.case(urgency=10, queue="elsewhere")
    make.case(urgency=70, queue="frontline-uk")
    taken = actions.take_next(person(agent, "frontline-uk"), at=NOW)
    assert taken is not None
    assert (taken.pk, taken.owner_id, taken.state) == (late.pk, agent.pk, "assigned")


def test_nothing_is_taken_where_nothing_waits() -> None:
    assert actions.take_next(person(make.user()), at=NOW) is None


def test_offshore_cases_are_taken_offshore_only() -> None:
    case = make.case(offshore=True, urgency=10)
    assert actions.take_next(person(make.user()), at=NOW) is None
    inside = make.user(offshore=True)
    assert actions.take_next(person(inside, offshore=True), at=NOW) == case


def test_a_needed_skill_is_asked_for() -> None:
    actions.add_rule(Rule("Traces", package="gold", skill="Traces"), **DONE)
    case = arrive()
    agent = make.user(queues=("frontline-uk",))
    assert actions.take_next(person(agent, "frontline-uk"), at=NOW) is None
    TeamMember.objects.filter(user=agent).update(skills=["traces"])
    assert actions.take_next(person(agent, "frontline-uk"), at=NOW) == case


def test_two_who_ask_at_once_get_two_cases() -> None:
    for _ in range(20):
        make.case()
    agents = [make.user() for _ in range(4)]
    got: list[int] = []

    def ask(agent: Any) -> None:
        for _ in range(5):
            taken = actions.take_next(person(agent), at=NOW)
            if taken:
                got.append(taken.pk)
        connection.close()

    threads = [threading.Thread(target=ask, args=[agent]) for agent in agents]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(got) == len(set(got)) == 20


def test_cases_follow_their_account_over_the_boundary(desk: Any) -> None:
    case = arrive()
    agent = make.user()
    cases.take(case, by=By("user", agent.pk, agent.name, agent.role), at=NOW)
    customers.change_residency(desk, offshore=True, **DONE)
    case.refresh_from_db()
    assert (case.offshore, case.queue, case.owner_id, case.state) == (
        True, "offshore", None, "new",
    )  # fmt: skip
    told = Event.objects.get(subject_kind="case", verb="move")
    assert (told.data["boundary"], told.by_name) == (True, "Lee")


def test_a_case_is_not_moved_by_hand_over_the_boundary() -> None:
    make.user(queues=("beyond",), offshore=True)
    case = arrive()
    with pytest.raises(Refused, match="onshore"):
        cases.move(case, queue="beyond", **DONE)
    assert cases.move(case, queue="anything", **DONE).queue == "anything"


def test_who_works_when() -> None:
    agent = make.user(name="Priya", queues=("desk",), zone="Asia/Singapore")
    team = agent.teams.get()
    assert queries.teams(NOW)[0].members[0].at_work
    actions.set_team(team, calendar="UK", skills=["Traces", " "], **DONE)
    (row,) = queries.teams(NOW)
    assert (row.calendar, row.members[0].at_work, row.team.skills) == ("UK", True, ["traces"])
    assert not queries.teams(NOW - timedelta(hours=1))[0].members[0].at_work
    actions.set_person(agent, hours={"mon-fri": ["09:00-17:00"]}, skills=["dns"], **DONE)
    assert not queries.teams(NOW.replace(hour=9, minute=30))[0].members[0].at_work
    early = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
    (member,) = queries.teams(early)[0].members
    assert (member.at_work, member.by, member.skills) == (True, "own", ["dns"])


def test_hours_that_cannot_be_read_are_refused() -> None:
    agent = make.user(queues=("desk",))
    with pytest.raises(Refused, match="not a window"):
        actions.set_person(agent, hours={"mon": ["9-5"]}, skills=[], **DONE)
    with pytest.raises(Refused, match="no calendar"):
        actions.set_team(agent.teams.get(), calendar="MOON", skills=[], **DONE)


def test_queues_are_counted() -> None:
    make.case(queue="desk")
    make.case(queue="desk", urgency=5)
    (row,) = queries.queues(person(make.user()))
    assert (row.queue, row.open, row.unowned, row.pressing) == ("desk", 2, 2, 1)
