"""Web forms: the same rules as for mail, nothing typed is lost, and sent twice is sent once."""

from datetime import timedelta
from typing import Any

import pytest

from heliodesk.cases.models import Case, Message
from heliodesk.channels.models import Inbound, Mailbox, Outbound
from heliodesk.customers.models import Contact
from heliodesk.intake.actions import Taken, read_held, release_held, take_form
from heliodesk.intake.form import File, Submission, read_form, written
from heliodesk.intake.models import HeldItem
from heliodesk.journal.record import SYSTEM
from tests.intake.conftest import NORTHWIND, World
from tests.intake.post import send as post
from tests.make import NOW

_PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256))


def form(address: str = "mara@northwind.example", **fields: Any) -> Submission:
    """A form as a customer fills it in."""
    known: dict[str, Any] = {
        "name": "Mara Lind",
        "subject": "Digest shows yesterday",
        "details": "Since Monday the digest shows the day before.",
        "severity": "P3",
        **fields,
    }
    return Submission(address=address, **known)


def send(
    sent: Submission, *files: File, key: str = "k1", mailbox: Mailbox | None = None, at: Any = NOW
) -> Taken:
    return take_form(
        sent,
        files,
        key=key,
        mailbox_id=mailbox.pk if mailbox else None,
        to=mailbox.address if mailbox else "support@meridian.example",
        peer="192.0.2.7",
        at=at,
    )


def test_what_was_typed_comes_back_to_the_character() -> None:
    text = "  two blanks\n\n> quoted\n-- \nOn Monday X wrote:\n\U0001f469\u200d\U0001f680 é é\t.\n"
    sent = form(details=text, text=text, subject="Ünïcode (10-2233-0012345)", trace={"from": "a@b"})
    back, files = read_form(
        written(sent, [File("a\u00e9.png", "image/png", _PNG)], key="k", to="s@x.example", at=NOW),
        NOW,
    )
    assert back == sent
    assert [(f.name, f.content_type, f.data) for f in files] == [("aé.png", "image/png", _PNG)]


def test_a_mail_cannot_pass_for_a_form(world: World) -> None:
    claim = form("stranger@else.example", contact_id=world.mara.pk, account_id=world.northwind.pk)
    raw = written(claim, [], key="k", to=world.onshore.address, at=NOW)
    row = post(raw, mailbox=world.onshore)
    assert row.result_kind == "held"


def test_a_known_person_with_the_id_gets_a_case(world: World) -> None:
    taken = send(form(identifier=NORTHWIND), mailbox=world.onshore)
    case = Case.objects.get(pk=taken.id)
    assert (taken.kind, case.account, case.channel, case.priority) == (
        "case", world.northwind, "web", "P3",
    )  # fmt: skip
    assert case.flags == ["company_missing", "sender_unproven"]
    letter = Outbound.objects.get()
    assert letter.to == ["mara@northwind.example"]
    assert "Since Monday the digest shows the day before." in letter.text
    assert case.ref in letter.subject


def test_a_stranger_is_held_and_told_nothing_of_the_account(world: World) -> None:
    taken = send(form("who@else.example", identifier=NORTHWIND), mailbox=world.onshore)
    held = HeldItem.objects.get(pk=taken.id)
    assert (taken.kind, held.channel) == ("held", "web")
    assert "Northwind" not in Outbound.objects.get().text
    assert not Case.objects.exists()


def test_a_held_form_can_be_released_with_all_that_was_typed(world: World) -> None:
    sent = form("who@else.example", kind="how_to", severity="P4", alternative="+44 20 7946 0000")
    taken = send(sent, File("a.png", "image/png", _PNG), mailbox=world.onshore)
    held = HeldItem.objects.get(pk=taken.id)
    assert read_held(held)[0].error == ""
    opened = release_held(
        held, account_id=world.northwind.pk, contact_id=world.mara.pk, by=SYSTEM, at=NOW
    )
    case = Case.objects.get(pk=opened.id)
    assert (case.kind, case.priority, case.channel) == ("how_to", "P4", "web")
    assert case.messages.get().marks["alternative"] == "+44 20 7946 0000"
    assert case.messages.get().attachments.get().name == "a.png"


def test_sent_twice_is_one_case(world: World) -> None:
    first = send(form(identifier=NORTHWIND), mailbox=world.onshore)
    again = send(form(identifier=NORTHWIND), mailbox=world.onshore)
    assert first == again
    assert (Case.objects.count(), Inbound.objects.count(), Outbound.objects.count()) == (1, 1, 1)


def test_the_same_words_sent_on_purpose_again_are_another_case(world: World) -> None:
    first = send(form(identifier=NORTHWIND), key="a", mailbox=world.onshore)
    other = send(form(identifier=NORTHWIND), key="b", mailbox=world.onshore)
    assert first.id != other.id


def test_a_form_never_starts_a_p1(world: World) -> None:
    """C5: made at P2, with the number to call and the reference to quote."""
    taken = send(form(identifier=NORTHWIND, severity="P1"), mailbox=world.onshore)
    case = Case.objects.get(pk=taken.id)
    assert (case.priority, case.severity) == ("P2", "P1")
    assert "raised by telephone only" in Outbound.objects.get().text.replace("\n", " ")


def test_missing_trace_fields_are_named(world: World) -> None:
    trace = {"from": "a@b.example", "to": "c@d.example", "date": "2026-11-20", "time": ""}
    sent = form(identifier=NORTHWIND, kind="email_tracking", trace=trace, zone="Europe/London")
    case = Case.objects.get(pk=send(sent, mailbox=world.onshore).id)
    assert case.kind == "email_tracking"
    assert "tracking_fields_missing" in case.flags
    assert "time, subject" in Outbound.objects.get().text
    assert case.messages.get().marks["trace"]["zone"] == "Europe/London"


def test_a_reference_in_a_public_form_grants_nothing(world: World) -> None:
    own = Case.objects.get(pk=send(form(identifier=NORTHWIND), mailbox=world.onshore).id)
    sent = form("who@else.example", subject=f"Re [#{own.ref}]", case_ref=own.ref)
    taken = send(sent, key="k2", mailbox=world.onshore)
    assert taken.kind == "held"
    assert own.messages.count() == 1


def signed_in(world: World, **fields: Any) -> Submission:
    return form(contact_id=world.mara.pk, account_id=world.northwind.pk, **fields)


def test_who_signed_in_is_proven_and_needs_no_id(world: World) -> None:
    case = Case.objects.get(pk=send(signed_in(world), mailbox=world.onshore).id)
    assert (case.account, case.contact, case.flags) == (world.northwind, world.mara, [])


def test_a_partner_raises_for_the_customer_they_chose(world: World) -> None:
    pat = Contact.objects.get(name="Pat Hand")
    sent = form("pat@hands.example", contact_id=pat.pk, account_id=world.northwind.pk)
    case = Case.objects.get(pk=send(sent, mailbox=world.onshore).id)
    assert (case.account, case.contact, case.package) == (world.northwind, pat, "gold")


def test_a_partner_without_a_link_is_held(world: World) -> None:
    pat = Contact.objects.get(name="Pat Hand")
    sent = form("pat@hands.example", contact_id=pat.pk, account_id=world.halvorsen.pk)
    assert send(sent, mailbox=world.onshore).kind == "held"


def test_an_answer_in_the_portal_joins_its_case(world: World) -> None:
    case = Case.objects.get(pk=send(signed_in(world), mailbox=world.onshore).id)
    Case.objects.filter(pk=case.pk).update(state="pending_customer")
    taken = send(signed_in(world, case_ref=case.ref, details="Yes, please."), key="k2")
    assert taken.id == case.pk
    case.refresh_from_db()
    assert (case.state, case.messages.count()) == ("assigned", 2)
    said = Message.objects.latest("id")
    assert (said.text, said.channel, said.author_contact) == ("Yes, please.", "web", world.mara)


@pytest.mark.parametrize(("days", "same"), [(3, True), (40, False)])
def test_an_answer_to_a_closed_case_reopens_it_or_goes_on_in_a_new_one(
    world: World, days: int, *, same: bool
) -> None:
    """C17."""
    case = Case.objects.get(pk=send(signed_in(world), mailbox=world.onshore).id)
    Case.objects.filter(pk=case.pk).update(state="closed", resolved_at=NOW, closed_at=NOW)
    sent = signed_in(world, case_ref=case.ref, details="It is back.")
    taken = send(sent, key="k2", at=NOW + timedelta(days=days), mailbox=world.onshore)
    assert (taken.id == case.pk) is same
    assert Case.objects.get(pk=taken.id).continues_id == (None if same else case.pk)
