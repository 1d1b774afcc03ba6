"""Asking for mail: once per key, whole, and never with a broken header."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from pytest_django import Settings

from heliodesk.channels import outgoing
from heliodesk.channels.models import Mailbox, Outbound

AT = datetime(2026, 11, 23, 9, tzinfo=UTC)


def draft(key: str = "reply:1", **changed: Any) -> outgoing.OutboundDraft:
    plain = outgoing.OutboundDraft(
        key=key,
        mailbox_id=None,
        kind="reply",
        subject_kind="case",
        subject_id=7,
        automatic=False,
        to=["ada@customer.example"],
        from_address="support@desk.example",
        subject="Your case",
        text="It works again.",
        message_id="<1@desk.example>",
    )
    return replace(plain, **changed)


@pytest.mark.django_db
def test_drafts_are_written_in_order_and_whole() -> None:
    mailbox = Mailbox.objects.create(code="eu", address="support@desk.example", name="Desk")
    blob = {"name": "log.txt", "content_type": "text/plain", "size": 3, "sha256": "ab" * 32}
    full = draft(
        "reply:2",
        mailbox_id=mailbox.id,
        automatic=True,
        to=["ada@customer.example", "o'hara+x@x.example"],
        cc=["grace@customer.example"],
        bcc=["audit@desk.example"],
        from_name="Ünal Desk",
        reply_to="support+x@desk.example",
        html="<p>It works.</p>",
        in_reply_to="<q@customer.example>",
        references=["<p@customer.example>", "<q@customer.example>"],
        attachments=[blob],
    )
    ids = outgoing.write([draft(), full], at=AT)
    rows = list(Outbound.objects.order_by("id"))
    assert [row.id for row in rows] == ids
    assert [row.key for row in rows] == ["reply:1", "reply:2"]
    row = rows[1]
    assert (row.to, row.cc, row.bcc) == (list(full.to), list(full.cc), list(full.bcc))
    assert (row.from_name, row.reply_to, row.html) == (full.from_name, full.reply_to, full.html)
    assert row.references == list(full.references) and row.in_reply_to == full.in_reply_to
    assert row.attachments == [blob] and row.automatic and row.mailbox_id == mailbox.id
    assert row.created_at == AT and row.attempts == 0


@pytest.mark.django_db
def test_a_key_is_written_once() -> None:
    assert len(outgoing.write([draft("a"), draft("a"), draft("b")], at=AT)) == 2
    assert outgoing.write([draft("a"), draft("b")], at=AT) == []
    assert outgoing.write([], at=AT) == []
    assert Outbound.objects.count() == 2


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("outbound", "state", "due"), [("capture", "captured", None), ("smtp", "queued", AT)]
)
def test_mail_is_captured_until_sending_is_set_up(
    settings: Settings, outbound: str, state: str, due: datetime | None
) -> None:
    settings.MAIL_OUTBOUND = outbound
    outgoing.write([draft()], at=AT)
    row = Outbound.objects.get()
    assert (row.state, row.next_attempt_at) == (state, due)


@pytest.mark.django_db
def test_texts_from_outside_become_storable() -> None:
    hostile = draft(subject="Hi\r\nBcc: x@y.example\0", text="a\0b\ud800", from_name="D\nesk")
    outgoing.write([hostile], at=AT)
    row = Outbound.objects.get()
    assert row.subject == "Hi Bcc: x@y.example" and row.from_name == "D esk"
    assert row.text == "ab?"


@pytest.mark.django_db
@pytest.mark.parametrize(
    "changed",
    [
        {"to": []},
        {"to": ["ada@customer.example\r\nBcc: eve@evil.example"]},
        {"to": ["ada@customer.example, eve@evil.example"]},
        {"cc": ["nobody"]},
        {"bcc": ["a <b@c.example>"]},
        {"from_address": "x@y.example\n"},
        {"reply_to": "x y@z.example"},
        {"message_id": "1@desk.example"},
        {"message_id": "<1@desk.example>\r\nX-Evil: 1"},
    ],
)
def test_a_draft_that_breaks_a_header_is_refused(changed: dict[str, Any]) -> None:
    with pytest.raises(outgoing.BadDraft):
        outgoing.write([draft(), draft("reply:2", **changed)], at=AT)
    assert not Outbound.objects.exists()


@pytest.mark.django_db
def test_a_long_thread_keeps_its_root_and_its_latest() -> None:
    ids = [f"<{n}@customer.example>" for n in range(5_000)]
    outgoing.write([draft(references=[*ids, "junk", "<a b>"], in_reply_to="junk")], at=AT)
    row = Outbound.objects.get()
    assert row.references == [ids[0], *ids[-19:]] and row.in_reply_to == ""
