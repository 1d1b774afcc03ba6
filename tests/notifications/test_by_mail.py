"""Notices by mail: to those they are for, who want them and may see the case."""

import pytest

from heliodesk.cases import actions
from heliodesk.cases.models import Case
from heliodesk.channels.models import Outbound
from heliodesk.identity.actions import mail_notices
from heliodesk.identity.models import Team, TeamMember, User
from heliodesk.journal.record import By
from tests import make
from tests.make import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def agent() -> By:
    user = make.user(name="Priya Nadar")
    return By("user", user.pk, user.name, user.role)


def mails() -> list[Outbound]:
    return list(Outbound.objects.filter(kind="notice").order_by("id"))


def wants(user: User, *kinds: str) -> None:
    mail_notices(user.pk, kinds, by=By("user", user.pk, user.name, user.role), at=NOW)


def test_whoever_is_called_to_a_case_reads_it_in_their_mail(agent: By) -> None:
    make.mailbox(address="support@meridian.example")
    case = make.case(make.account(name="Northwind"), title="Mail is late", text="It is late.")
    team = Team.objects.create(code="net", name="Network", queues=["net"])
    wanting, silent = make.user(), make.user()
    wants(silent)
    for user in (wanting, silent, User.objects.get(pk=agent.id)):
        TeamMember.objects.create(team=team, user=user)
    actions.escalate(case, reason="Routing is ours", team_id=team.pk, by=agent, at=NOW)
    (mail,) = mails()
    assert (mail.to, mail.from_address) == ([wanting.email], "support@meridian.example")
    assert mail.subject.startswith("Escalated: ")
    assert "Priya Nadar calls you to this case: Routing is ours" in mail.text
    assert f"/cases/{case.ref}/" in mail.text
    assert (mail.automatic, mail.subject_kind) == (True, "notice")


def test_the_other_side_of_the_boundary_reads_nothing(agent: By) -> None:
    make.mailbox(address="support@meridian.example")
    case, lead = make.case(), make.user()
    Case.objects.filter(pk=case.pk).update(offshore=True)
    case.refresh_from_db()
    inside = make.user(offshore=True)
    actions.escalate(case, reason="Help", user_id=inside.pk, by=agent, at=NOW)
    assert mails() == []  # there is no mailbox on that side
    make.mailbox(address="us@meridian.example", offshore=True)
    actions.escalate(case, reason="Help", user_id=inside.pk, by=agent, at=NOW)
    assert [mail.from_address for mail in mails()] == ["us@meridian.example"]
    wants(lead, "mentioned")
    actions.note(case, text="@lead", mentions={lead.pk: lead.name}, by=agent, at=NOW)
    assert len(mails()) == 1


def test_names_in_notes_are_mailed_to_who_wants_that(agent: By) -> None:
    make.mailbox()
    case, one, two = make.case(), make.user(), make.user()
    wants(one, "mentioned", "nonsense")
    people = {one.pk: one.name, two.pk: two.name}
    actions.note(case, text="Look, both.", mentions=people, by=agent, at=NOW)
    assert [mail.to for mail in mails()] == [[one.email]]
    assert "mentioned you in a note." in mails()[0].text
