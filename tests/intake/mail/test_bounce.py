"""Returned mail: proper notifications, nearly proper ones, and a dozen dialects."""

import pytest

from heliodesk.intake.mail import Bounce, parse, read
from tests.intake.mail.letters import letter, multipart, page, part, plain

ENCLOSED = "Message-ID: <case-7.abc@desk.example>\r\nTo: gone@x.example\r\nSubject: Hi\r\n\r\nHi"


def notification(fields: str, *, enclose: bool = True, boundary: str = "outer") -> bytes:
    parts = [plain("It did not work."), part(fields, "Content-Type: message/delivery-status")]
    if enclose:
        parts.append(part(ENCLOSED, "Content-Type: message/rfc822"))
    kind = "report; report-type=delivery-status"
    return multipart(kind, *parts, boundary=boundary, From="MAILER-DAEMON@mx.example")


def report(recipient: str = "gone@x.example", action: str = "failed", status: str = "5.1.1") -> str:
    return (
        "Reporting-MTA: dns; mx.example\r\n\r\n"
        f"Final-Recipient: rfc822; {recipient}\r\nAction: {action}\r\nStatus: {status}\r\n"
        "Diagnostic-Code: smtp; 550 5.1.1 no such mailbox\r\n"
    )


def bounce(raw: bytes) -> Bounce:
    found = read(raw).bounce
    assert found is not None
    return found


def test_a_proper_notification() -> None:
    found = bounce(notification(report()))
    assert found == Bounce(
        kind="failed",
        recipients=("gone@x.example",),
        status="5.1.1",
        reason="550 5.1.1 no such mailbox",
        message_id="case-7.abc@desk.example",
    )


def test_delayed_is_not_failed() -> None:
    raw = notification(report(action="delayed", status="4.4.1"))
    assert bounce(raw).kind == "delayed"
    assert parse(raw)["bounce"] is False


def test_one_failure_among_delays_is_a_failure() -> None:
    raw = notification(report(action="delayed") + "\r\n" + report("dead@x.example"))
    found = bounce(raw)
    assert (found.kind, found.recipients) == ("failed", ("dead@x.example",))


@pytest.mark.parametrize("action", ["delivered", "relayed", "expanded"])
def test_success_is_no_bounce(action: str) -> None:
    mail = read(notification(report(action=action, status="2.0.0")))
    assert mail.bounce is None
    assert mail.automatic.no_reply


@pytest.mark.parametrize(
    ("status", "words", "found"),
    [
        ("5.0.0", "550 5.2.2 mailbox full", "5.2.2"),
        ("5.1.0", "550 5.7.1 refused", "5.7.1"),
        ("5.2.1", "550 5.1.1 unknown", "5.2.1"),
        ("5.0.0", "5.1.0 - unknown error 550-'5.2.2 full'", "5.2.2"),
        ("", "554 5.4.4 no host", "5.4.4"),
        ("5.0.0", "nothing exact", "5.0.0"),
    ],
)
def test_the_more_exact_status_counts(status: str, words: str, found: str) -> None:
    fields = f"Final-Recipient: rfc822;a@x.example\r\nAction: failed\r\nStatus: {status}\r\n"
    raw = notification(f"{fields}Diagnostic-Code: smtp; {words}\r\n")
    assert bounce(raw).status == found


def test_several_recipients() -> None:
    raw = notification(report("a@x.example") + "\r\n" + report("b@x.example"))
    assert bounce(raw).recipients == ("a@x.example", "b@x.example")


def test_status_fields_in_a_plain_text() -> None:
    raw = letter(report(), From="MAILER-DAEMON@mx.example", Subject="Delivery failure")
    assert bounce(raw).recipients == ("gone@x.example",)


def test_a_notification_wrapped_in_another() -> None:
    inner = notification(report("deep@x.example"), enclose=False, boundary="inner")
    words = plain("----- The following addresses had permanent delivery errors -----")
    raw = multipart(
        "mixed",
        words,
        part(inner, "Content-Type: message/rfc822"),
        From="Mail Delivery Subsystem <MAILER-DAEMON@mx.example>",
        Subject="Returned mail: User unknown",
    )
    assert bounce(raw).recipients == ("deep@x.example",)


DIALECTS = {
    "one list and the server's words": (
        "Hi. This is the mail-send program at mx.example.\nI was not able to deliver your message "
        "to the following addresses.\n\n<gone@x.example>:\nRemote host said: 550 5.1.1 unknown\n\n"
        "--- Below this line is a copy of the message.\n\nMessage-ID: <case-7.abc@desk.example>\n",
        {"Subject": "failure notice", "From": "MAILER-DAEMON@mx.example"},
    ),
    "created automatically": (
        "This message was created automatically by mail delivery software.\n\nA message that you "
        "sent could not be delivered to one or more of its recipients. This is a permanent error. "
        "The following address(es) failed:\n\n  gone@x.example\n    SMTP error after RCPT TO:"
        "<gone@x.example>: host mx.x.example: 550 5.1.1 unknown\n\n"
        "------ This is a copy of the message, including all the headers. ------\n\n"
        "Message-ID: <case-7.abc@desk.example>\n",
        {"Subject": "Mail delivery failed: returning message to sender", "Return_Path": "<>"},
    ),
    "header with the failed address": (
        "Delivery to the following recipient failed permanently:\n\n     gone@x.example\n\n"
        "The error was:\n550 5.1.1 no such user\n\n----- Original message -----\n"
        "Message-ID: <case-7.abc@desk.example>\n",
        {"X_Failed_Recipients": "gone@x.example", "From": "mailer-daemon@big.example"},
    ),
    "transcript": (
        "   ----- Transcript of session follows -----\n>>> RCPT To:<gone@x.example>\n"
        "<<< 550 5.1.1 <gone@x.example>... User unknown\n\n   ----- Unsent message follows -----\n"
        "Message-Id: <case-7.abc@desk.example>\n",
        {"Subject": "Returned mail: User unknown", "From": "MAILER-DAEMON@mx.example"},
    ),
    "did not reach": (
        "Your message\n\n  To:      gone@x.example\n  Subject: Hi\n\ndid not reach the following "
        "recipient(s):\n\ngone@x.example on Mon, 23 Nov 2026\n    550 5.1.1 unknown\n\n"
        "Original message follows.\n\nMessage-ID: <case-7.abc@desk.example>\n",
        {"Subject": "Undeliverable: Hi", "From": "System Administrator <postmaster@x.example>"},
    ),
    "German": (
        "Ihre Nachricht konnte nicht zugestellt werden.\n\n"
        "<gone@x.example>: 550 5.1.1 unbekannt\n\n"
        "----- Original message -----\nMessage-ID: <case-7.abc@desk.example>\n",
        {"Subject": "Unzustellbar: Hi", "From": "postmaster@x.example"},
    ),
}


@pytest.mark.parametrize("name", DIALECTS)
def test_dialects_without_notification(name: str) -> None:
    words, fields = DIALECTS[name]
    found = bounce(letter(words.replace("\n", "\r\n"), **fields))
    assert found.kind == "failed"
    assert found.recipient == "gone@x.example"
    assert found.status == "5.1.1"
    assert found.message_id == "case-7.abc@desk.example"


def test_a_warning_in_words_is_a_delay() -> None:
    words = (
        "THIS IS A WARNING MESSAGE ONLY.\r\nYou do not need to resend your message.\r\n"
        "Delivery to slow@x.example has been delayed.\r\n"
    )
    raw = letter(words, From="MAILER-DAEMON@mx.example", Subject="Warning: message delayed")
    assert bounce(raw).kind == "delayed"


@pytest.mark.parametrize(
    ("words", "fields"),
    [
        ("My message could not be delivered to Bob. Please help.", {"Subject": "Mail problem"}),
        ("See below, user unknown. 550 5.1.1 <x@y.example>", {"Subject": "Undeliverable mail?"}),
        ("It says: delivery failed, mailbox full.", {"Subject": "Delivery failure of pump 4"}),
        ("I am away until Monday.", {"Subject": "Automatic reply: x", "Return_Path": "<>"}),
        ("Your mail was read.", {"Subject": "Read: x", "From": "postmaster@x.example"}),
    ],
)
def test_people_who_write_of_failures_are_no_bounces(words: str, fields: dict[str, str]) -> None:
    assert read(letter(words, **fields)).bounce is None


def test_a_bounce_forwarded_by_a_person_is_no_bounce() -> None:
    inner = part(notification(report()), "Content-Type: message/rfc822")
    raw = multipart("mixed", plain("Why did I get this?"), inner, Subject="Fwd: Undeliverable")
    assert read(raw).bounce is None


def test_a_bounce_in_html_only() -> None:
    raw = multipart(
        "mixed",
        page(
            "<p>Your message couldn't be delivered to <b>gone@x.example</b></p><p>550 5.1.10 no</p>"
        ),
        part(ENCLOSED, "Content-Type: message/rfc822"),
        From="postmaster@x.example",
        Subject="Undeliverable: Hi",
    )
    found = bounce(raw)
    assert (found.status, found.message_id) == ("5.1.10", "case-7.abc@desk.example")
