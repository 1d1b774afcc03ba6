"""A mail becomes a case, is answered, and the reply finds its way back."""

import pytest

from heliodesk.cases import actions
from heliodesk.cases.models import Case, Message
from heliodesk.cases.rules import Verb
from heliodesk.channels.models import Inbound, Outbound
from heliodesk.entitlements.actions import activate_shipped
from heliodesk.intake.models import HeldItem
from heliodesk.journal.models import Event
from heliodesk.journal.record import By
from tests import make
from tests.intake import post
from tests.make import NOW

pytestmark = pytest.mark.django_db
ID = "10-2233-0012345"


@pytest.fixture(autouse=True)
def desk(settings: object, tmp_path: object) -> None:
    settings.DATA = tmp_path  # type: ignore[attr-defined]  # the fixture takes any
    activate_shipped(at=NOW)
    make.mailbox(address="support@meridian.example", region="UK")
    account = make.account(name="Northwind Freight", identifier=ID, package="gold", region="UK")
    make.contact(account, name="Mara Lind", address="mara@northwind.example")


def test_a_mail_becomes_a_case_and_is_acknowledged() -> None:
    row = post.send(
        post.mail(
            sender="Mara Lind <mara@northwind.example>",
            subject=f"({ID}) Mail is late",
            text="Northwind Freight\n\nIt has been an hour.\n",
        )
    )
    case = Case.objects.get()
    assert (row.state, row.result_kind, row.result_id) == ("filed", "case", case.pk)
    assert case.title == "Mail is late"
    assert (case.priority, case.package, case.queue) == ("P3", "gold", "frontline-uk")
    assert case.decision is not None and case.decision.outcome["rules"]
    assert case.due_at > NOW
    assert Event.objects.filter(subject_kind="case", subject_id=case.pk).count() == 1
    letter = Outbound.objects.get()
    assert letter.to == ["mara@northwind.example"]
    assert letter.automatic
    assert case.ref in letter.subject
    assert "It has been an hour." in letter.text
    assert letter.in_reply_to.startswith("<m")


def test_a_reply_comes_back_to_its_case_by_the_reply_address() -> None:
    post.send(post.mail(sender="mara@northwind.example", subject=f"({ID}) Mail is late"))
    case = Case.objects.get()
    agent = make.user(name="Priya Nadar")
    by = By("user", agent.pk, agent.name, agent.role)
    actions.reply(case, text="Which mailbox?", then=Verb.AWAIT_CUSTOMER, by=by, at=post.later(5))
    case.refresh_from_db()
    assert (case.state, case.owner_id) == ("pending_customer", agent.pk)
    answer = Outbound.objects.get(kind="reply")
    assert not answer.automatic and "Which mailbox?" in answer.text
    post.send(
        post.mail(
            sender="mara@northwind.example", subject="AW: something else", to=answer.reply_to
        ),
        at=post.later(9),
    )
    case.refresh_from_db()
    assert case.state == "assigned"
    assert Message.objects.filter(case=case).count() == 3
    assert Outbound.objects.count() == 2


def test_an_unknown_sender_is_held_and_told_how_to_write() -> None:
    post.send(post.mail(sender="who@elsewhere.example", subject="help"))
    held = HeldItem.objects.get()
    assert held.reason == "sender_unknown"
    assert not Case.objects.exists()
    letter = Outbound.objects.get()
    assert letter.subject_kind == "held"
    assert "Northwind" not in letter.text + letter.html + letter.subject


def test_the_same_message_twice_is_one_case() -> None:
    message = post.mail(sender="mara@northwind.example", subject=f"({ID}) Mail is late")
    post.send(message)
    second = post.send(message)
    assert second.state == "duplicate"
    assert Case.objects.count() == 1
    assert second.result_id == Case.objects.get().pk


def test_two_mails_of_one_batch_that_share_an_unseen_ancestor_are_one_case() -> None:
    for n in range(2):
        post.arrive(
            post.mail(
                sender="mara@northwind.example",
                subject=f"({ID}) Mail is late",
                text=f"Word {n}\n",
                references="<old@partner.example>",
                in_reply_to="<old@partner.example>",
            )
        )
    post.file()
    assert Case.objects.count() == 1
    assert Message.objects.count() == 2
    assert set(Inbound.objects.values_list("state", flat=True)) == {"filed"}
