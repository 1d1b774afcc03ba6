"""The desk behind a real Postfix: mail in by LMTP, mail out through it, bounces back."""

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from pytest_django import Settings
from tests.channels.listening import Listen, Running
from tests.channels.postfix import Postfix, free_port, running_postfix
from tests.channels.receiving import Server, receiving

from heliodesk.channels import outgoing, sending, threading_ids
from heliodesk.channels.models import Inbound, Outbound
from heliodesk.kernel.references import case_reference

pytestmark = pytest.mark.needs("postfix", "root")
AT = datetime(2026, 11, 23, 9, tzinfo=UTC)
MAIL = b"From: ada@customer.example\r\nSubject: It broke\r\n\r\nHello.\r\n.dot\r\n"


def until(condition: Callable[[], bool], seconds: float = 30.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.05)


@pytest.fixture(scope="module")
def world() -> Iterator[tuple[Server, int]]:
    """The server of customer.example."""
    with receiving() as running:
        yield running


@pytest.fixture(scope="module")
def lmtp_port() -> int:
    return free_port()


@pytest.fixture(scope="module")
def postfix(world: tuple[Server, int], lmtp_port: int) -> Iterator[Postfix]:
    with running_postfix(lmtp=lmtp_port, onward=world[1]) as running:
        yield running


@pytest.fixture
def desk(listen: Listen, lmtp_port: int) -> Callable[[], Running]:
    return lambda: listen(lmtp=lmtp_port)


def test_postfix_delivers_to_the_desk(postfix: Postfix, desk: Callable[[], Running]) -> None:
    desk()
    postfix.send("ada@customer.example", "support+tag@desk.example", MAIL)
    until(lambda: Inbound.objects.exists())
    row = Inbound.objects.get()
    assert row.channel == "lmtp" and row.envelope_from == "ada@customer.example"
    assert row.recipients == ["support+tag@desk.example"]
    raw = bytes(row.raw)
    assert raw.endswith(b"Hello.\r\n.dot\r\n") and b"Received: " in raw


def test_postfix_keeps_mail_while_the_desk_is_down(
    postfix: Postfix, desk: Callable[[], Running]
) -> None:
    for number in range(5):
        postfix.send("ada@customer.example", "help@desk.example", MAIL + b"%d\r\n" % number)
    time.sleep(1)
    desk()
    postfix.try_again()
    until(lambda: Inbound.objects.count() == 5)
    ends = sorted(bytes(row.raw).split()[-1] for row in Inbound.objects.all())
    assert ends == [b"0", b"1", b"2", b"3", b"4"]


def queue(reference: str, **changed: Any) -> Outbound:
    values: dict[str, Any] = {
        "key": f"reply:{reference}",
        "mailbox_id": None,
        "kind": "reply",
        "subject_kind": "case",
        "subject_id": 7,
        "automatic": False,
        "to": ["ada@customer.example"],
        "from_address": "support@desk.example",
        "reply_to": threading_ids.reply_address("support@desk.example", reference),
        "subject": "Ünfall",
        "text": "Grüße\n",
        "message_id": threading_ids.message_id("reply", reference, "desk.example"),
    }
    draft = outgoing.OutboundDraft(**{**values, **changed})
    return Outbound.objects.get(pk=outgoing.write([draft], at=AT)[0])


@pytest.fixture
def through_postfix(settings: Settings, postfix: Postfix) -> None:
    settings.MAIL_OUTBOUND = "smtp"
    settings.MAIL_SMTP_URL = f"smtp+starttls://127.0.0.1:{postfix.port}?ca={postfix.cert}"


def test_the_desk_sends_through_postfix(
    world: tuple[Server, int], desk: Callable[[], Running], through_postfix: None
) -> None:
    desk()
    world[0].taken.clear()
    row = queue(case_reference(4812099))
    assert sending.send_due(AT) == 1
    row.refresh_from_db()
    assert row.state == "sent", row.error
    until(lambda: bool(world[0].taken))
    assert world[0].messages[0]["Message-ID"] == row.message_id
    assert b"with ESMTPS" in world[0].taken[0][2]


def test_what_postfix_refuses_fails_in_its_words(
    desk: Callable[[], Running], through_postfix: None
) -> None:
    desk()
    row = queue(case_reference(4812100), to=["nobody@desk.example"])
    assert sending.send_due(AT) == 1
    row.refresh_from_db()
    assert row.state == "failed" and "550 5.1.1" in row.error


def test_a_bounce_comes_back_to_the_case(
    world: tuple[Server, int], desk: Callable[[], Running], through_postfix: None
) -> None:
    desk()
    reference = case_reference(4812101)
    world[0].refuse["gone@customer.example"] = "550 5.1.1 No such user"
    row = queue(reference, to=["gone@customer.example"])
    assert sending.send_due(AT) == 1
    until(lambda: Inbound.objects.exists())
    bounce = Inbound.objects.get()
    assert bounce.envelope_from == ""
    assert threading_ids.ref_in_address(bounce.recipients[0]) == reference
    assert row.message_id.encode() in bytes(bounce.raw)


def test_an_untrusted_postfix_gets_no_mail(
    desk: Callable[[], Running], postfix: Postfix, settings: Settings, tmp_path: Path
) -> None:
    desk()
    settings.MAIL_OUTBOUND = "smtp"
    settings.MAIL_SMTP_URL = f"smtp+starttls://127.0.0.1:{postfix.port}"
    row = queue(case_reference(4812102))
    assert sending.send_due(AT) == 0
    row.refresh_from_db()
    assert row.state == "queued" and "CERTIFICATE_VERIFY_FAILED" in row.error
