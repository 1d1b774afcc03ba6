"""Answers of those outside to whom a message was forwarded: among us, never to the customer."""

import re

import pytest

from heliodesk.cases import actions, conversation
from heliodesk.cases.actions.forwarding import forward
from heliodesk.cases.letters import Written
from heliodesk.cases.models import Case, Message, Participant
from heliodesk.channels.models import Outbound
from heliodesk.intake.models import HeldItem, ThreadKey
from heliodesk.journal.models import Event
from heliodesk.journal.record import By
from heliodesk.notifications.models import Notice
from tests import make
from tests.intake import post
from tests.intake.conftest import NORTHWIND, World
from tests.make import NOW

pytestmark = pytest.mark.django_db
MARA, RELAY = "mara@northwind.example", "relay@vendor.example"


@pytest.fixture
def by() -> By:
    user = make.user(name="Sam Okafor", role="agent")
    return By("user", user.pk, user.name, user.role)


@pytest.fixture
def case(world: World, by: By) -> Case:
    """A case that waits for the customer, its first message forwarded outside."""
    subject = f"({NORTHWIND}) late"
    post.send(post.mail(sender=MARA, subject=subject, message_id="<first@northwind.example>"))
    found = Case.objects.get()
    actions.take(found, by=by, at=NOW)
    actions.await_customer(found, by=by, at=NOW)
    first = found.messages.get()
    forward(found, Written("forward", "See?", to=(RELAY,), message=first.pk), by=by, at=NOW)
    return found


def forwarded() -> Outbound:
    return Outbound.objects.get(kind="forward")


def only_ours(case: Case, text: str) -> Message:
    """The message, which only colleagues see and which changed nothing."""
    said = Message.objects.get(case=case, text__contains=text)
    assert said.direction == "note"
    assert said.marks["aside"] is True
    assert said.inbound is not None
    now = Case.objects.get(pk=case.pk)
    assert now.state == "pending_customer"
    assert now.last_customer_at == case.last_customer_at
    assert Participant.objects.filter(case=case).count() == 1
    assert Outbound.objects.count() == 2, "the acknowledgement and the forward, and no more"
    return said


def test_by_the_address_given_to_them(case: Case) -> None:
    answer = post.mail(
        sender=RELAY, subject="Fwd: late", text="We know it.", to=forwarded().reply_to
    )
    post.send(answer)
    said = only_ours(case, "We know it.")
    assert said.author_address == RELAY
    event = Event.objects.get(subject_kind="case", subject_id=case.pk, verb="answered_aside")
    assert event.data["from_address"] == RELAY
    assert Notice.objects.get(verb="answered_aside").user.name == "Sam Okafor"
    assert said.pk in {one.id for one in conversation.said(case.pk)}


def test_by_the_message_id_of_the_forward_even_from_another_address(case: Case) -> None:
    post.send(
        post.mail(
            sender="colleague@vendor.example",
            subject="AW: late",
            text="My colleague is away; yes.",
            in_reply_to=forwarded().message_id,
        )
    )
    only_ours(case, "My colleague is away")


def test_by_the_subject_from_whom_we_asked(case: Case) -> None:
    post.send(post.mail(sender=RELAY, subject=f"One more thing [#{case.ref}]", text="Also this."))
    only_ours(case, "Also this.")


def test_a_stranger_with_only_the_reference_is_held(case: Case) -> None:
    post.send(post.mail(sender="who@else.example", subject=f"[#{case.ref}]", text="Let me in."))
    assert HeldItem.objects.filter(sender_address="who@else.example").exists()
    assert not Message.objects.filter(text__contains="Let me in.").exists()


def test_what_the_customer_writes_with_a_forwarded_mail_stays_among_us(case: Case) -> None:
    """It may repeat what was written for others' eyes."""
    post.send(
        post.mail(sender=MARA, subject="Re: late", text="What is this?", to=forwarded().reply_to)
    )
    only_ours(case, "What is this?")


def test_the_customer_goes_on_as_before(case: Case) -> None:
    answer = post.mail(
        sender=MARA, subject="Re: late", text="Still.", in_reply_to="<first@northwind.example>"
    )
    post.send(answer)
    assert Message.objects.get(text__contains="Still.").direction == "in"
    assert Case.objects.get(pk=case.pk).state == "assigned"


def test_an_aside_leads_no_other_mail_to_the_case(case: Case) -> None:
    post.send(
        post.mail(
            sender=RELAY,
            subject="late",
            text="We know it.",
            message_id="<theirs@vendor.example>",
            to=forwarded().reply_to,
        )
    )
    assert not ThreadKey.objects.filter(key="theirs@vendor.example").exists()


def test_an_aside_after_a_merge_goes_to_the_case_that_stayed(case: Case, by: By) -> None:
    winner = make.case(case.account)
    actions.merge(case, into=winner, by=by, at=NOW)
    post.send(post.mail(sender=RELAY, subject="x", text="We know it.", to=forwarded().reply_to))
    assert Message.objects.get(text__contains="We know it.").case == winner


def test_our_own_forward_that_comes_back_is_dropped(case: Case) -> None:
    mail = forwarded()
    post.send(post.mail(sender="x@y.example", subject="loop", message_id=mail.message_id))
    assert Message.objects.filter(case=case).count() == 2


def test_a_forged_address_is_no_proof(case: Case) -> None:
    forged = re.sub(r"-[a-z2-7]+@", "-aaaaaaaaaaaaaaaa@", forwarded().reply_to)
    post.send(post.mail(sender="who@else.example", subject="x", text="Let me in.", to=forged))
    assert not Message.objects.filter(text__contains="Let me in.").exists()
