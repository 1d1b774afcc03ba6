"""What kind of case a message makes, where routing sends it, and what crosses the boundary."""

from dataclasses import replace
from typing import Any

import pytest

from heliodesk.cases import actions
from heliodesk.cases.models import Case
from heliodesk.cases.rules import Refused
from heliodesk.channels.models import Outbound
from heliodesk.customers.models import Account, Contact
from heliodesk.entitlements import packs
from heliodesk.entitlements.actions import activate, change_settings
from heliodesk.entitlements.models import PolicyPack
from heliodesk.identity.rules import Role
from heliodesk.intake.actions.by_hand import Asked, open_by_hand
from heliodesk.journal.models import Event
from heliodesk.journal.record import SYSTEM, By
from heliodesk.routing.actions import add_rule
from heliodesk.routing.rules import Rule
from heliodesk.telephony import facts
from tests import make
from tests.intake import post
from tests.intake.conftest import JERSEY, NORTHWIND, World
from tests.make import NOW

pytestmark = pytest.mark.django_db(transaction=True)
MARA = "mara@northwind.example"


def lead() -> By:
    user = make.user(role=Role.LEAD)
    return By("user", user.pk, user.name, user.role)


def asked(subject: str, **mail: Any) -> Case:
    post.send(post.mail(sender=MARA, subject=f"({NORTHWIND}) {subject}", **mail))
    return Case.objects.latest("id")


@pytest.mark.parametrize(
    ("subject", "kind"),
    [
        ("Mail is late", "technical"),
        ("How do I block a sender?", "how_to"),
        ("How to export the archive", "how_to"),
        ("Go-live on Friday", "implementation"),
        ("Show what went wrong", "technical"),
    ],
)
def test_the_subject_tells(world: World, subject: str, kind: str) -> None:
    case = asked(subject)
    assert case.kind == kind
    assert case.decision is not None
    assert case.decision.request["case_type"] == kind


def test_an_account_being_set_up_writes_to_its_consultant(world: World) -> None:
    Account.objects.filter(pk=world.northwind.pk).update(lifecycle="implementation")
    case = asked("MX records")
    assert (case.kind, case.queue) == ("implementation", "implementation")
    urgent = asked("Nothing is delivered", text="Priority: P1\nWe are down.\n")
    assert (urgent.kind, urgent.queue, urgent.priority) == ("technical", "frontline-uk", "P2")


def test_rules_route_by_kind_and_again_when_it_changes(world: World) -> None:
    add_rule(Rule("How to", kind="how_to", queue="learning"), by=SYSTEM, at=NOW)
    case = asked("How do I block a sender?")
    assert case.queue == "learning"
    other, by = asked("Mail is late"), lead()
    actions.classify(other, kind="how_to", by=by, at=NOW)
    other.refresh_from_db()
    assert (other.kind, other.queue) == ("how_to", "learning")
    assert Event.objects.get(verb="classify").data == {"kind": "how_to", "was": "technical"}


def test_a_case_that_somebody_works_on_is_not_moved(world: World) -> None:
    add_rule(Rule("How to", kind="how_to", queue="learning"), by=SYSTEM, at=NOW)
    case, by = asked("Mail is late"), lead()
    actions.take(case, by=by, at=NOW)
    actions.classify(case, kind="how_to", by=by, at=NOW)
    case.refresh_from_db()
    assert (case.kind, case.queue) == ("how_to", "frontline-uk")
    with pytest.raises(Refused, match="kind of case"):
        actions.classify(case, kind="nonsense", by=by, at=NOW)


def test_an_agent_says_the_kind_of_a_case_taken_down(world: World) -> None:
    given = Asked(
        world.northwind.pk, world.mara.pk, "phone", "P3", "A question", "How to?", kind="how_to"
    )
    opened = open_by_hand(given, by=lead(), at=NOW)
    assert Case.objects.get(pk=opened.id).kind == "how_to"


def test_an_empty_mail_makes_a_case_and_is_asked_for_words(world: World) -> None:
    case = asked("Mail is late", text="\n")
    assert "summary_missing" in case.flags
    told = Outbound.objects.get().text
    assert "came without a description" in told


def test_mail_to_the_wrong_side_is_moved_and_the_journal_says_so(world: World) -> None:
    row = post.arrive(
        post.mail(sender="jo@jersey.example", subject=f"({JERSEY}) Slow", to="x@meridian.example"),
        mailbox=world.onshore,
    )
    post.file()
    row.refresh_from_db()
    case = Case.objects.get()
    assert (case.offshore, case.queue) == (True, "offshore")
    moved = Event.objects.get(verb="rerouted")
    assert moved.subject_id == case.pk
    assert moved.data["boundary"] is True
    assert moved.data["offshore"] is True
    assert moved.data["queue"] == "offshore"


def test_a_p1_that_comes_back_in_writing_is_a_p2_and_told_to_call(world: World) -> None:
    case, by = asked("Nothing is delivered"), lead()
    actions.take(case, by=by, at=NOW)
    Case.objects.filter(pk=case.pk).update(priority="P1", flags=["p1_by_call"], urgency=3)
    actions.resolve(case, text="Done", by=by, at=NOW)
    Outbound.objects.all().delete()
    post.send(post.mail(sender=MARA, subject=f"Re: [#{case.ref}] down again"))
    case.refresh_from_db()
    assert (case.state, case.priority, case.urgency // 20) == ("assigned", "P2", 3)
    assert Event.objects.get(verb="prioritise").data["was"] == "P1"
    assert "raised by telephone only" in Outbound.objects.get().text


def test_a_reopened_case_is_told_its_own_priority(world: World) -> None:
    case, by = asked("Mail is late", text="Priority: P2\nAll of it.\n"), lead()
    assert case.priority == "P2"
    actions.take(case, by=by, at=NOW)
    actions.resolve(case, text="Done", by=by, at=NOW)
    Outbound.objects.all().delete()
    post.send(post.mail(sender=MARA, subject=f"Re: [#{case.ref}] again"))
    assert "at priority P2 (High)" in Outbound.objects.get().text


def test_only_ids_in_parentheses_count_where_the_policy_says_so(world: World) -> None:
    turn("id.require_parenthesis", True)
    post.send(post.mail(sender=MARA, subject=f"{NORTHWIND} late"))
    case = Case.objects.get()
    assert "id_malformed" in case.flags
    assert "id_malformed" not in asked("late again").flags


def test_how_often_a_stranger_is_taught_is_the_policys(world: World) -> None:
    turn("email.how_to_per_day", 2)
    for number in range(4):
        post.send(post.mail(sender="who@elsewhere.example", subject=f"Hello {number}"))
    assert Outbound.objects.filter(kind="held").count() == 2


def test_a_p1_may_be_the_duty_managers_to_lower(world: World) -> None:
    case = asked("Nothing is delivered")
    Case.objects.filter(pk=case.pk).update(priority="P1", flags=["p1_by_call"])
    turn("p1.downgrade_needs", "duty_manager+reason")
    user = make.user(role=Role.AGENT)
    agent = By("user", user.pk, user.name, user.role)
    lower: Any = {"priority": "P2", "reason": "Mail flows", "at": NOW}
    case.refresh_from_db()
    with pytest.raises(Refused, match="duty manager"):
        actions.prioritise(case, by=agent, **lower)
    assert actions.prioritise(case, by=lead(), **lower).priority == "P2"


def turn(key: str, value: Any) -> None:
    """Give a setting of the policy in force another value."""
    draft = change_settings(PolicyPack.objects.get(state="active"), {key: value}, by=SYSTEM, at=NOW)
    activate(draft, by=SYSTEM, at=NOW)


def test_local_hours_may_be_the_contacts(world: World) -> None:
    Contact.objects.filter(pk=world.mara.pk).update(zone="Australia/Melbourne")
    assert asked("Mail is late").decision.outcome["calendar"] == "UK"  # type: ignore[union-attr]  # there is one
    turn("hours.local_of", "contact")
    case = asked("Mail is late again")
    assert case.decision is not None
    assert case.decision.outcome["calendar"] == "AU"
    assert case.queue == "frontline-uk"


def test_local_hours_may_be_the_contacts_for_a_case_made_by_an_agent(world: World) -> None:
    Contact.objects.filter(pk=world.mara.pk).update(zone="Australia/Melbourne")
    taken = Asked(
        account_id=world.northwind.pk, contact_id=world.mara.pk, channel="phone", severity="P3",
        title="Mail is late", text="It is.",
    )  # fmt: skip
    by = lead()
    assert decided(open_by_hand(taken, by=by, at=NOW))["calendar"] == "UK"
    turn("hours.local_of", "contact")
    assert decided(open_by_hand(taken, by=by, at=NOW))["calendar"] == "AU"
    somebody = replace(taken, contact_id=None, address="new@northwind.example")
    assert decided(open_by_hand(somebody, by=by, at=NOW))["calendar"] == "UK"


def test_local_hours_may_be_the_callers_once_they_said_who_they_are(world: World) -> None:
    Contact.objects.filter(pk=world.mara.pk).update(
        zone="Australia/Melbourne", phone="+442079460155"
    )
    turn("hours.local_of", "contact")

    def region(caller: facts.Caller) -> str | None:
        return facts.judge(caller, facts.About(), packs.active(), at=NOW).request.contact_region

    assert region(facts.by_word(NORTHWIND, world.mara.pk, NOW)) == "AU"
    assert region(facts.by_word(NORTHWIND, None, NOW)) is None
    by_number = facts.by_number(NORTHWIND, "+442079460155", NOW)
    assert by_number.contact is not None and region(by_number) is None


def decided(opened: Any) -> Any:
    """What was decided on a case."""
    case = Case.objects.get(pk=opened.id)
    assert case.decision is not None
    return case.decision.outcome
