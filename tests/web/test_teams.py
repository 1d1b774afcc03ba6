"""Teams, routing, taking the next case, and notices: what people see and may do."""

from datetime import timedelta
from typing import Any

import pytest

from heliodesk.entitlements.actions import activate_shipped
from heliodesk.identity.rules import Role
from heliodesk.journal.record import SYSTEM, Happening, record
from heliodesk.kernel import clock
from heliodesk.notifications.models import Notice
from heliodesk.routing.models import RoutingRule
from tests import make
from tests.web.conftest import Browser

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def policy() -> None:
    activate_shipped(at=clock.now())


def text(response: Any) -> str:
    return " ".join(response.content.decode().split())


def missed(*cases: Any, verb: str = "target_missed") -> None:
    """The journal tells of these cases' targets."""
    data = {"metric": "first_response", "minutes": 480}
    record([Happening(verb, "case", c.pk, data) for c in cases], by=SYSTEM, at=clock.now())


def test_teams_queues_and_rules_are_shown(browser: Browser) -> None:
    make.user(name="Priya Nadar", queues=("desk",))
    make.case(queue="desk")
    make.case(queue="orphans", due_at=clock.now() - timedelta(hours=1), urgency=30)
    page = text(browser().get("/policy/teams/"))
    for words in ("Priya Nadar", "at work", "orphans", "no team", "No rules"):
        assert words in page


def test_an_administrator_routes(browser: Browser) -> None:
    admin = browser(role=Role.ADMIN)
    rule = {"name": "Traces", "kind": "email_tracking", "queue": "traces", "skill": "Traces"}
    assert "Traces" in text(admin.post("/policy/teams/rules/", rule, follow=True))
    row = RoutingRule.objects.get()
    admin.post(f"/policy/teams/rules/{row.pk}/drop/")
    assert not RoutingRule.objects.exists()
    page = admin.post("/policy/teams/rules/", {"name": "Nothing"})
    assert "A rule names a queue" in text(page)
    assert browser(role=Role.LEAD).post("/policy/teams/rules/", rule).status_code == 403


def test_hours_of_people_and_teams_are_set(browser: Browser) -> None:
    admin, agent = browser(role=Role.ADMIN), make.user(queues=("desk",))
    team = agent.teams.get()
    admin.post(f"/policy/teams/{team.pk}/", {"calendar": "UK", "skills": "dns, traces"})
    page = text(
        admin.post(
            f"/policy/teams/people/{agent.pk}/",
            {"hours": "mon-fri: 09:00-12:00, 13:00-17:00\n", "skills": "dns"},
            follow=True,
        )
    )
    assert "hours: UK" in page
    assert "mon-fri: 09:00-12:00, 13:00-17:00" in page
    page = text(admin.post(f"/policy/teams/people/{agent.pk}/", {"hours": "mon: nine"}))
    assert "not a window" in page
    assert admin.post("/policy/teams/99999/").status_code == 404


def test_the_next_case_opens(browser: Browser) -> None:
    agent = browser()
    case = make.case(urgency=10)
    answer = agent.post("/take-next/")
    assert answer["Location"] == f"/cases/{case.ref}/"
    case.refresh_from_db()
    assert case.owner_id == agent.person.pk  # type: ignore[attr-defined]  # ours, on the client
    page = text(agent.post("/take-next/", follow=True))
    assert "Nothing waits for you" in page


def test_the_owner_is_told_and_the_lead_of_what_was_missed(browser: Browser) -> None:
    owner, lead, other = make.user(), make.user(role=Role.LEAD), make.user()
    case = make.case(owner=owner, state="assigned")
    missed(case, verb="target_warned")
    assert list(Notice.objects.values_list("user_id", flat=True)) == [owner.pk]
    missed(case)
    assert set(Notice.objects.values_list("user_id", flat=True)) == {owner.pk, lead.pk}
    page = text(browser(user=owner).get("/notices/"))
    assert "First response was missed" in page
    assert case.title in page
    assert "No notices" in text(browser(user=other).get("/notices/"))


def test_a_case_without_owner_is_told_to_those_who_work_its_queue() -> None:
    near, far = make.user(queues=("desk",)), make.user(queues=("elsewhere",))
    missed(make.case(queue="desk"), verb="target_warned")
    assert list(Notice.objects.values_list("user_id", flat=True)) == [near.pk]
    assert far.pk != near.pk


def test_offshore_notices_stay_offshore(browser: Browser) -> None:
    lead = make.user(role=Role.LEAD)
    inside = make.user(role=Role.LEAD, offshore=True)
    missed(make.case(offshore=True))
    assert list(Notice.objects.values_list("user_id", flat=True)) == [inside.pk]
    assert lead.pk != inside.pk


def test_looking_makes_nothing_new_any_more(browser: Browser) -> None:
    agent = browser()
    missed(make.case(owner=agent.person, state="assigned"))  # type: ignore[attr-defined]  # ours, on the client
    assert "I have seen them" in text(agent.get("/notices/"))
    assert "I have seen them" not in text(agent.post("/notices/", follow=True))


def test_a_queue_counts_down_with_colour_and_word(browser: Browser) -> None:
    now = clock.now()
    make.case(due_at=now + timedelta(minutes=40, seconds=30), urgency=50)
    make.case(due_at=now - timedelta(minutes=5), urgency=30)
    page = text(browser().get("/"))
    assert 'data-clock="soon"' in page
    assert "in 40 min" in page
    assert 'data-clock="late"' in page
    assert "5 min late" in page
    assert "data-due=" in page
