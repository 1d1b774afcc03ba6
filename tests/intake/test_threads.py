"""How a message finds its case, and how one that should not does not."""

from datetime import timedelta

import pytest

from heliodesk.cases import actions
from heliodesk.cases.models import Case, Message
from heliodesk.channels import threading_ids
from heliodesk.channels.models import Inbound, Outbound
from heliodesk.customers.models import ContactAddress
from heliodesk.intake.models import HeldItem, ThreadKey
from heliodesk.journal.record import By
from tests import make
from tests.intake import post
from tests.intake.conftest import HALVORSEN, NORTHWIND, World
from tests.make import NOW

pytestmark = pytest.mark.django_db
MARA = "mara@northwind.example"


@pytest.fixture
def case(world: World) -> Case:
    post.send(
        post.mail(
            sender=MARA, subject=f"({NORTHWIND}) late", message_id="<first@northwind.example>"
        ),
        mailbox=world.onshore,
    )
    return Case.objects.get()


def lead() -> By:
    user = make.user(role="lead")
    return By("user", user.pk, user.name, user.role)


def test_by_reference_in_the_subject_from_a_party(case: Case) -> None:
    post.send(post.mail(sender=MARA, subject=f"Re: late [#{case.ref}]"))
    assert Message.objects.filter(case=case).count() == 2
    post.send(post.mail(sender=MARA, subject=f"about {case.ref[:4]} {case.ref[4:]}"))
    assert Message.objects.filter(case=case).count() == 3


def test_by_message_id(case: Case) -> None:
    post.send(post.mail(sender=MARA, subject="other", in_reply_to="<first@northwind.example>"))
    assert Message.objects.filter(case=case).count() == 2


def test_by_our_message_id_although_it_was_never_stored(case: Case) -> None:
    ours = threading_ids.message_id("reply", case.ref, "meridian.example")
    post.send(post.mail(sender=MARA, subject="other", in_reply_to=ours))
    assert Message.objects.filter(case=case).count() == 2


def test_keys_rotate(case: Case, settings: object) -> None:
    old = threading_ids.reply_address("support@meridian.example", case.ref)
    settings.SECRET_KEYS = ["new", *settings.SECRET_KEYS]  # type: ignore[attr-defined]  # the fixture takes any
    post.send(post.mail(sender=MARA, subject="other", to=old))
    assert Message.objects.filter(case=case).count() == 2
    settings.SECRET_KEYS = ["new"]  # type: ignore[attr-defined]  # the fixture takes any
    post.send(post.mail(sender=MARA, subject="one more", to=old))
    assert Case.objects.count() == 2


@pytest.mark.parametrize(
    "named", ["[{}]", "Re: case {}", "your ticket no. {}", "Case number: {}", "ref {}"]
)
def test_however_the_reference_is_named_a_stranger_is_held(
    case: Case, world: World, named: str
) -> None:
    for written in (case.ref, f"{case.ref[:4]} {case.ref[4:]}"):
        subject = named.format(written)
        post.send(post.mail(sender="ove@halvorsen.example", subject=subject))
        held = HeldItem.objects.latest("id")
        assert (held.case_hint, held.reason) == (case, "thread_sender_mismatch")
    assert Case.objects.count() == 1


def test_a_stranger_who_knows_the_reference_is_held(case: Case, world: World) -> None:
    post.send(post.mail(sender="ove@halvorsen.example", subject=f"[#{case.ref}] pay me"))
    held = HeldItem.objects.get()
    assert held.case_hint == case
    assert held.reason == "thread_sender_mismatch"
    assert Message.objects.filter(case=case).count() == 1
    assert case.ref not in Outbound.objects.get(subject_kind="held").text


def test_a_forged_token_is_no_token(case: Case) -> None:
    address = threading_ids.reply_address("support@meridian.example", case.ref)
    forged = address.replace(address[30:34], "aaaa")
    post.send(post.mail(sender="who@elsewhere.example", subject="hi", to=forged))
    assert Message.objects.filter(case=case).count() == 1
    assert HeldItem.objects.get().case_hint is None


def test_an_unknown_sender_with_our_token_waits_for_confirmation_on_the_case(case: Case) -> None:
    address = threading_ids.reply_address("support@meridian.example", case.ref)
    post.send(post.mail(sender="mara@new.example", subject="from my phone", to=address))
    message = Message.objects.get(case=case, pending=True)
    assert message.author_address == "mara@new.example"
    case.refresh_from_db()
    assert "sender_to_confirm" in case.flags
    assert not case.participants.filter(address="mara@new.example").exists()
    actions.confirm_sender(case, message_id=message.pk, by=lead(), at=NOW)
    case.refresh_from_db()
    assert "sender_to_confirm" not in case.flags
    assert case.participants.filter(address="mara@new.example").exists()
    assert not Message.objects.filter(pending=True).exists()


def test_a_bare_number_of_a_stranger_is_only_a_number(case: Case) -> None:
    post.send(
        post.mail(sender="ove@halvorsen.example", subject=f"({HALVORSEN}) invoice {case.ref}")
    )
    assert Case.objects.count() == 2
    assert not HeldItem.objects.exists()


def test_a_reply_to_a_held_item_joins_it(world: World) -> None:
    post.send(post.mail(sender="who@elsewhere.example", subject="help"), mailbox=world.onshore)
    letter = Outbound.objects.get()
    post.send(
        post.mail(sender="who@elsewhere.example", subject="more", to=letter.reply_to),
        at=post.later(5),
    )
    held = HeldItem.objects.get()
    assert held.messages.count() == 2
    assert Outbound.objects.count() == 1


def test_a_resolved_case_is_reopened_by_its_party(case: Case) -> None:
    by = lead()
    actions.take(case, by=by, at=NOW)
    actions.resolve(case, text="Done", by=by, at=NOW)
    post.send(post.mail(sender=MARA, subject=f"[#{case.ref}] still late"), at=post.later(60))
    case.refresh_from_db()
    assert case.state == "assigned" and case.resolved_at is None


def test_a_reply_long_after_closing_opens_a_linked_case(case: Case) -> None:
    by = lead()
    actions.take(case, by=by, at=NOW)
    actions.resolve(case, text="Done", by=by, at=NOW)
    actions.close(case, by=by, at=NOW)
    post.send(
        post.mail(sender=MARA, subject=f"[#{case.ref}] late again"), at=NOW + timedelta(days=60)
    )
    follow = Case.objects.exclude(pk=case.pk).get()
    assert follow.continues == case
    case.refresh_from_db()
    assert case.state == "closed"


def test_a_reply_to_a_merged_case_reaches_the_survivor(case: Case, world: World) -> None:
    post.send(post.mail(sender=MARA, subject=f"({NORTHWIND}) the same"), mailbox=world.onshore)
    second = Case.objects.exclude(pk=case.pk).get()
    by = lead()
    actions.merge(case, into=second, by=by, at=NOW)
    post.send(post.mail(sender=MARA, subject=f"[#{case.ref}] more"))
    assert Message.objects.filter(case=second).count() == 3
    actions.unmerge(case, by=by, at=NOW)
    assert Message.objects.filter(case=case).count() == 1
    assert Message.objects.filter(case=second).count() == 2


def test_out_of_office_joins_and_changes_nothing(case: Case) -> None:
    by = lead()
    actions.take(case, by=by, at=NOW)
    actions.resolve(case, text="Done", by=by, at=NOW)
    post.send(
        post.mail(
            sender=MARA,
            subject=f"Automatic reply: late [#{case.ref}]",
            Auto_Submitted="auto-replied",
        )
    )
    case.refresh_from_db()
    assert case.state == "resolved"
    assert Message.objects.get(case=case, automatic=True)
    sent = Outbound.objects.order_by("id").values_list("kind", flat=True)
    assert list(sent) == ["acknowledgement", "resolved"]


def test_out_of_office_from_nowhere_is_put_aside(world: World) -> None:
    row = post.send(
        post.mail(sender="x@y.example", subject="Out of office", Auto_Submitted="auto-replied")
    )
    assert (row.state, row.error) == ("dropped", "automatic_reply")
    assert not Outbound.objects.exists()


def test_a_bounce_is_attached_and_the_address_flagged(case: Case) -> None:
    ours = Outbound.objects.get()
    raw = f"""Return-Path: <>
From: MAILER-DAEMON@northwind.example
To: support@meridian.example
Subject: Undelivered Mail Returned to Sender
Message-ID: <b1@northwind.example>
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary=x

--x
Content-Type: text/plain

Could not deliver.

--x
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.northwind.example

Final-Recipient: rfc822; {MARA}
Action: failed
Status: 5.1.1

--x
Content-Type: message/rfc822

Message-ID: {ours.message_id}
Subject: {ours.subject}

text
--x--
""".replace("\n", "\r\n").encode()
    post.send(raw, envelope_from="")
    ours.refresh_from_db()
    assert ours.state == "bounced"
    assert ContactAddress.objects.get(address=MARA).bounced_at is not None
    post.send(post.mail(sender=MARA, subject=f"[#{case.ref}] I am back"))
    assert ContactAddress.objects.get(address=MARA).bounced_at is None
    case.refresh_from_db()
    assert "mail_bounced" in case.flags
    assert Message.objects.get(case=case, automatic=True)
    assert Outbound.objects.count() == 1


def test_two_desks_that_answer_each_other_fall_silent(world: World) -> None:
    for n in range(20):
        post.send(post.mail(sender=MARA, subject=f"({NORTHWIND}) ticket {n}"), at=post.later(n))
    assert Case.objects.count() == 20
    assert Outbound.objects.count() <= 6


def test_one_mail_to_two_mailboxes_is_one_case_and_lost_in_neither(world: World) -> None:
    mail = post.mail(sender="mara@northwind.example", subject=f"({NORTHWIND}) Both of you")
    other = make.mailbox(address="other@meridian.example", region="UK")
    rows = [post.send(mail, mailbox=box) for box in (world.onshore, other, world.onshore)]
    assert [row.state for row in rows] == ["filed", "filed", "duplicate"]
    case = Case.objects.get()
    assert {row.result_id for row in rows} == {case.pk} and case.messages.count() == 2
    assert Outbound.objects.filter(kind="acknowledgement").count() == 1
    # And when both arrive in one batch.
    again = post.mail(sender="mara@northwind.example", subject=f"({NORTHWIND}) Both again")
    for box in (world.onshore, other):
        post.arrive(again, mailbox=box)
    post.file()
    assert Case.objects.count() == 2


def test_a_forged_duplicate_id_swallows_nothing(case: Case) -> None:
    row = post.send(
        post.mail(
            sender=MARA,
            subject=f"({NORTHWIND}) quite another",
            text="new",
            message_id="<first@northwind.example>",
        )
    )
    assert row.state == "filed"
    assert Message.objects.filter(text__contains="new").exists()


def test_our_own_mail_coming_back_is_put_aside(case: Case) -> None:
    row = post.send(post.mail(sender="support@meridian.example", subject=f"[#{case.ref}]"))
    assert (row.state, row.error) == ("dropped", "own_mail")


def test_mail_of_a_known_contact_that_fails_dmarc_is_held(world: World, settings: object) -> None:
    settings.MAIL_AUTHSERV_IDS = ["mx.meridian.example"]  # type: ignore[attr-defined]  # the fixture takes any
    failing = "mx.meridian.example; dmarc=fail header.from=northwind.example"
    message = post.mail(sender=MARA, subject=f"({NORTHWIND}) late", Authentication_Results=failing)
    post.send(message, mailbox=world.onshore)
    assert HeldItem.objects.get().reason == "auth_failed"
    assert not Outbound.objects.exists()
    settings.MAIL_FAILED_AUTH = "flag"  # type: ignore[attr-defined]  # the fixture takes any
    post.send(
        post.mail(sender=MARA, subject=f"({NORTHWIND}) more", Authentication_Results=failing),
        mailbox=world.onshore,
    )
    assert "auth_failed" in Case.objects.get().flags


def test_a_forged_verdict_is_not_believed(world: World, settings: object) -> None:
    settings.MAIL_AUTHSERV_IDS = ["mx.meridian.example"]  # type: ignore[attr-defined]  # the fixture takes any
    forged = "mx.evil.example; dmarc=pass header.from=northwind.example"
    post.send(
        post.mail(sender=MARA, subject=f"({NORTHWIND}) x", Authentication_Results=forged),
        mailbox=world.onshore,
    )
    assert "dmarc" not in Message.objects.get().marks


def test_ancestors_are_bounded(world: World) -> None:
    many = " ".join(f"<r{n}@x.example>" for n in range(2_000))
    post.send(
        post.mail(sender=MARA, subject=f"({NORTHWIND}) x", references=many), mailbox=world.onshore
    )
    assert ThreadKey.objects.count() <= 40
    assert Inbound.objects.get().state == "filed"
