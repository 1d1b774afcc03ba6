"""Sending over a real connection to a mail server that answers as it is told."""

import base64
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import dkim
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from pytest_django import Settings
from tests.channels.receiving import Server, receiving

from heliodesk.channels import blobs, outgoing, patience, sending
from heliodesk.channels.models import Outbound
from heliodesk.journal.models import Event

AT = datetime(2026, 11, 23, 9, tzinfo=UTC)
ADA, BOB, EVE = "ada@customer.example", "bob@customer.example", "eve@customer.example"


@pytest.fixture
def server(settings: Settings, tmp_path: Path) -> Iterator[Server]:
    settings.DATA, settings.BLOB_URL = tmp_path, ""
    with receiving() as (answering, port):
        settings.MAIL_OUTBOUND = "smtp"
        settings.MAIL_SMTP_URL = f"smtp://127.0.0.1:{port}"
        yield answering


Write = Callable[..., Outbound]


@pytest.fixture
def write(db: None) -> Write:
    """Queues a plain mail; ``write(to=[…])`` changes it."""

    def write(key: str = "reply:1", **changed: Any) -> Outbound:
        values: dict[str, Any] = {
            "mailbox_id": None,
            "kind": "reply",
            "subject_kind": "case",
            "subject_id": 7,
            "automatic": False,
            "to": [ADA],
            "from_address": "support@desk.example",
            "subject": "Your case",
            "text": "It works again.\n",
            "message_id": f"<{key.replace(':', '.')}@desk.example>",
        }
        draft = outgoing.OutboundDraft(key=key, **{**values, **changed})
        return Outbound.objects.get(pk=outgoing.write([draft], at=AT)[0])

    return write


def again(row: Outbound) -> Outbound:
    row.refresh_from_db()
    return row


def test_a_reply_arrives_whole(server: Server, write: Write) -> None:
    text = "Grüße,\n" + "long " * 300 + "\n.\n.dot\n"
    picture, note = blobs.put_many([b"\x89PNG\r\n\x1a\n" * 9_000, "naïve\r\ntext".encode()])
    row = write(
        cc=[BOB],
        bcc=[EVE],
        from_name='Desk, "Süd"',
        reply_to="support+4812099-x@desk.example",
        subject="Ünfall " + "wort " * 40,
        text=text,
        html="<p>Grüße</p>",
        in_reply_to="<q@customer.example>",
        references=[f"<{'p' * 90}{n}@customer.example>" for n in range(12)],
        attachments=[
            {"name": "../../a b.png", "content_type": "image/png", "size": 1, "sha256": picture},
            {"name": "x\r\ny.eml", "content_type": "message/rfc822", "size": 1, "sha256": note},
            {"name": "", "content_type": "te xt", "size": 1, "sha256": note},
        ],
    )
    assert sending.send_due(AT) == 1
    row = again(row)
    assert (row.state, row.sent_at, row.error) == ("sent", AT, "")
    assert row.delivered == [ADA, BOB, EVE]
    sender, recipients, raw = server.taken[0]
    assert sender == "support+4812099-x@desk.example" and recipients == [ADA, BOB, EVE]
    assert f"\r\nMessage-ID: {row.message_id}\r\n".encode() in raw
    assert b"\r\nSubject: =?utf-8?" in raw
    assert max(map(len, raw.split(b"\r\n"))) <= 998 and raw.isascii()
    mail = server.messages[0]
    assert mail["Subject"] == row.subject and mail["Message-ID"] == row.message_id
    assert mail["In-Reply-To"] == "<q@customer.example>"
    assert str(mail["References"]).split() == row.references
    assert mail["From"].addresses[0].display_name == row.from_name
    assert mail["Reply-To"].addresses[0].addr_spec == row.reply_to
    assert mail["To"] == ADA and mail["Cc"] == BOB and mail["Bcc"] is None
    assert mail["X-Heliodesk-Loop"] == "support@desk.example" and mail["Auto-Submitted"] is None
    plain, html = mail.get_body(("plain",)), mail.get_body(("html",))
    assert plain is not None and html is not None
    assert plain.get_content().replace("\r\n", "\n") == text
    assert html.get_content().strip() == "<p>Grüße</p>"
    parts = list(mail.iter_attachments())
    assert [part.get_filename() for part in parts] == ["a b.png", "x y.eml", "attachment"]
    assert [part.get_content_type() for part in parts] == [
        "image/png",
        "application/octet-stream",
        "application/octet-stream",
    ]
    assert parts[0].get_content() == blobs.get(picture) and parts[1].get_content() == blobs.get(
        note
    )


@pytest.mark.parametrize(
    ("answered", "word"), [("<q@customer.example>", "auto-replied"), ("", "auto-generated")]
)
def test_automatic_mail_says_so_and_takes_no_answer(
    server: Server, write: Write, answered: str, word: str
) -> None:
    write(automatic=True, in_reply_to=answered, reply_to="support+1@desk.example")
    assert sending.send_due(AT) == 1
    mail = server.messages[0]
    assert server.taken[0][0] in ("", "<>")
    assert mail["Auto-Submitted"] == word and mail["X-Auto-Response-Suppress"] == "All"


def test_a_batch_goes_over_one_connection_and_nothing_twice(server: Server, write: Write) -> None:
    rows = [write(f"reply:{n}") for n in range(5)]
    later = write("later")
    Outbound.objects.filter(pk=later.pk).update(next_attempt_at=AT + timedelta(seconds=1))
    assert sending.send_due(AT) == 5 and sending.send_due(AT) == 0
    assert len(server.taken) == 5 and server.connections == 1
    assert {again(row).state for row in rows} == {"sent"} and again(later).state == "queued"


def test_captured_mail_is_never_sent(server: Server, write: Write, settings: Settings) -> None:
    settings.MAIL_OUTBOUND = "capture"
    row = write()
    assert sending.send_due(AT) == 0 and again(row).state == "captured"
    settings.MAIL_OUTBOUND = "smtp"
    assert sending.send_due(AT) == 0 and not server.taken


def test_a_passing_refusal_is_tried_again_and_given_up_at_last(
    server: Server, write: Write
) -> None:
    server.data_answer = "451 4.7.1 Greylisted"
    row, at, waits = write(), AT, []
    while sending.send_due(at):
        row = again(row)
        if row.next_attempt_at is None:
            break
        waits.append(row.next_attempt_at - at)
        at = row.next_attempt_at
    minutes = [wait.total_seconds() / 60 for wait in waits]
    assert minutes[:6] == [1, 5, 15, 60, 240, 240] and set(minutes[5:]) == {240}
    assert timedelta(days=1.8) < at - AT <= timedelta(days=2)
    assert row.state == "failed" and "451 4.7.1 Greylisted" in row.error and not server.taken
    event = Event.objects.get(verb="mail_failed")
    assert (event.subject_kind, event.subject_id) == ("case", 7)
    assert event.data["to"] == [ADA] and "Greylisted" in event.data["reason"]


def test_it_is_sent_once_the_server_takes_it(server: Server, write: Write) -> None:
    server.data_answer = "451 later"
    row = write()
    sending.send_due(AT)
    server.data_answer = "250 OK"
    assert sending.send_due(AT + timedelta(seconds=59)) == 0
    assert sending.send_due(AT + timedelta(minutes=1)) == 1
    assert again(row).state == "sent" and row.attempts == 2 and row.error == ""


@pytest.mark.parametrize("where", ["data", "recipient"])
def test_a_final_refusal_fails_at_once_in_the_servers_words(
    server: Server, write: Write, where: str
) -> None:
    words = "550 5.1.1 No such user"
    if where == "data":
        server.data_answer = words
    else:
        server.refuse[ADA] = words
    row = write()
    assert sending.send_due(AT) == 1
    assert again(row).state == "failed" and row.error == f"{ADA}: {words}"
    assert row.next_attempt_at is None
    assert Event.objects.get().data["reason"] == f"{ADA}: {words}"


def test_each_recipient_has_a_fate_of_its_own(server: Server, write: Write) -> None:
    server.refuse = {BOB: "550 gone", EVE: "450 later"}
    row = write(to=[ADA, BOB, EVE])
    sending.send_due(AT)
    row = again(row)
    assert (row.state, row.delivered, row.refused) == ("queued", [ADA], [BOB])
    assert Event.objects.get().data["to"] == [BOB]
    server.refuse = {}
    sending.send_due(AT + timedelta(minutes=1))
    row = again(row)
    assert (row.state, row.delivered, row.refused) == ("sent", [ADA, EVE], [BOB])
    assert [recipients for _, recipients, _ in server.taken] == [[ADA], [EVE]]
    assert Event.objects.count() == 1


def test_a_server_that_is_away_costs_no_attempt(write: Write, settings: Settings) -> None:
    settings.MAIL_OUTBOUND, settings.MAIL_SMTP_URL = "smtp", "smtp://127.0.0.1:9"
    row = write()
    assert sending.send_due(AT) == 0
    row = again(row)
    assert (row.state, row.attempts) == ("queued", 0)
    assert row.next_attempt_at == AT + patience.AWAY and "refused" in row.error
    assert sending.send_due(AT + timedelta(days=2, minutes=1)) == 0
    assert again(row).state == "failed" and Event.objects.get().verb == "mail_failed"


@pytest.mark.parametrize("url", ["", "ftp://host", "smtp://127.0.0.1:port"])
def test_a_wrong_address_of_the_server_keeps_the_mail(
    write: Write, settings: Settings, url: str
) -> None:
    settings.MAIL_OUTBOUND, settings.MAIL_SMTP_URL = "smtp", url
    row = write()
    assert sending.send_due(AT) == 0
    assert again(row).state == "queued" and row.error


def test_a_row_of_a_dead_worker_is_sent_when_its_lease_ends(server: Server, write: Write) -> None:
    row = write()
    assert [claimed.id for claimed in sending._claim(AT)] == [row.id]
    assert again(row).state == "sending" and sending.send_due(AT) == 0
    assert sending.send_due(AT + sending.LEASE) == 1
    assert again(row).state == "sent" and server.messages[0]["Message-ID"] == row.message_id


def test_a_clock_that_jumped_ahead_and_back_puts_nothing_off(server: Server, write: Write) -> None:
    row, patient = write(), write("reply:2")
    ahead = AT + timedelta(days=1)
    Outbound.objects.filter(pk=row.pk).update(next_attempt_at=ahead + timedelta(minutes=5))
    waiting = AT + patience.LONGEST_WAIT
    Outbound.objects.filter(pk=patient.pk).update(next_attempt_at=waiting)
    assert sending.send_due(AT) == 1
    assert again(row).state == "sent"
    assert again(patient).state == "queued" and patient.next_attempt_at == waiting


def test_a_worker_that_was_overtaken_changes_nothing(server: Server, write: Write) -> None:
    row = write()
    server.refuse[ADA] = "550 gone"
    claimed = sending._claim(AT)
    Outbound.objects.update(state="sent")
    sending._send_all(claimed, AT)
    assert again(row).state == "sent" and not Event.objects.exists()


def test_a_missing_attachment_fails_one_mail_only(server: Server, write: Write) -> None:
    lost = {"name": "a", "content_type": "text/plain", "size": 1, "sha256": "ab" * 32}
    row, other = write(attachments=[lost]), write("reply:2")
    assert sending.send_due(AT) == 2
    assert again(row).state == "failed" and "cannot be made" in row.error
    assert again(other).state == "sent"


def test_a_header_that_breaks_is_refused(server: Server, write: Write) -> None:
    row, other = write(), write("reply:2")
    Outbound.objects.filter(pk=row.pk).update(subject="Hi\r\nBcc: eve@evil.example")
    assert sending.send_due(AT) == 2
    assert again(row).state == "failed" and again(other).state == "sent"
    assert len(server.taken) == 1


def test_mail_is_signed(server: Server, write: Write, settings: Settings, tmp_path: Path) -> None:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem, plain = serialization.Encoding.PEM, serialization.NoEncryption()
    form = serialization.PrivateFormat.TraditionalOpenSSL
    (tmp_path / "dkim.pem").write_bytes(key.private_bytes(pem, form, plain))
    settings.MAIL_DKIM_KEY, settings.MAIL_DKIM_SELECTOR = str(tmp_path / "dkim.pem"), "desk1"
    write(text="Grüße\n.\n", subject="Ünfall", references=["<a@b.example>"])
    assert sending.send_due(AT) == 1
    raw = server.taken[0][2]
    public = key.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    record = b"v=DKIM1; k=rsa; p=" + base64.b64encode(public)
    asked: list[bytes] = []

    def dns(name: bytes, timeout: int = 5) -> bytes:
        asked.append(name)
        return record

    assert dkim.verify(raw, dnsfunc=dns) and asked == [b"desk1._domainkey.desk.example."]
    assert not dkim.verify(raw.replace(b"support@", b"suppart@"), dnsfunc=dns)


def test_mail_waits_for_a_key_that_cannot_be_read(
    server: Server, write: Write, settings: Settings, tmp_path: Path
) -> None:
    settings.MAIL_DKIM_KEY = str(tmp_path / "none.pem")
    row = write()
    assert sending.send_due(AT) == 0 and not server.taken
    assert again(row).state == "queued" and "none.pem" in row.error


def test_a_provider_backend_sends(write: Write, settings: Settings) -> None:
    settings.MAIL_OUTBOUND = "django.core.mail.backends.locmem.EmailBackend"
    from django.core import mail

    row = write(to=[ADA, BOB])
    assert sending.send_due(AT) == 1 and again(row).state == "sent"
    assert mail.outbox[0].to == [ADA, BOB] and mail.outbox[0].subject == "Your case"


def test_a_provider_that_is_not_set_up_keeps_the_mail(write: Write, settings: Settings) -> None:
    settings.MAIL_OUTBOUND = "anymail.backends.mailgun.EmailBackend"
    row = write()
    assert sending.send_due(AT) == 0
    assert again(row).state == "queued" and "MAILGUN" in row.error


def test_an_unforeseen_error_holds_up_no_other_mail(
    server: Server, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    row, other = write(), write("reply:2")
    real = sending._sent

    def odd(way: Any, sent: Outbound) -> Any:
        if sent.pk == row.pk:
            raise RuntimeError("out of the blue")
        return real(way, sent)

    monkeypatch.setattr(sending, "_sent", odd)
    assert sending.send_due(AT) == 2
    assert again(row).state == "queued" and "out of the blue" in row.error
    assert again(other).state == "sent"


@pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")
def test_sign_in_at_the_mail_server(write: Write, settings: Settings, tmp_path: Path) -> None:
    settings.DATA = tmp_path
    with receiving(password="p@ss/word") as (answering, port):
        settings.MAIL_OUTBOUND = "smtp"
        settings.MAIL_SMTP_URL = f"smtp://desk:wrong@127.0.0.1:{port}"
        row = write()
        assert sending.send_due(AT) == 0
        assert again(row).state == "queued" and row.attempts == 0 and "535" in row.error
        settings.MAIL_SMTP_URL = f"smtp://desk:p%40ss%2Fword@127.0.0.1:{port}"
        assert sending.send_due(AT + patience.AWAY) == 1 and again(row).state == "sent"
        assert len(answering.taken) == 1
