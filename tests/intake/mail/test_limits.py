"""Hostile mail costs little time and never an exception."""

import time

import pytest

from heliodesk.intake.mail import parse
from tests.intake.mail.letters import letter

SECONDS = 2.0
HOSTILE = {
    "encoded words": letter(Subject=" ".join(["=?utf-8?q?=C3=BC?="] * 20_000)),
    "references": letter(References=" ".join(f"<{number}@x>" for number in range(50_000))),
    "recipients": letter(To=", ".join(f"a{number}@x.example" for number in range(50_000))),
    "quotes in From": letter(From='"' * 60_001),
    "brackets in From": letter(From="(" * 60_000),
    "spaces in From": letter(From="a" + " " * 60_000 + "b@x.example"),
    "escaped quotes in From": letter(From='\\"' * 60_000),
    "backslashes in From": letter(From='"' + "\\" * 60_000),
    "many fields": b"Received: from a by b\r\n" * 100_000 + b"\r\nx",
    "one huge field": b"X-A: " + b"a" * 5_000_000 + b"\r\n\r\nx",
    "nested messages": b"Content-Type: message/rfc822\r\n\r\n" * 2_000 + b"x",
    "many parameters": letter(Content_Type="text/plain" + "; a=b" * 10_000),
    "a long line": letter("a" * 5_000_000),
    "many lines": letter("a\n" * 1_000_000),
    "many quotes": letter("> a\n" * 200_000),
    "unfinished markers": letter("On 3 Nov 2020 at 10:00, <\n" * 5_900),
    "addresses": letter("a@b.example foo bar baz\n" * 5_900),
    "headers in text": letter("From: a@b 2020\nx\n" * 2_900),
    "uuencoding": letter("begin 644 a\n" * 50_000),
    "base64 runs": letter("YQ==\r\n" * 500_000, Content_Transfer_Encoding="base64"),
    "html tags": letter("<div>" * 300_000, Content_Type="text/html"),
    "html comments": letter("<!--" * 300_000, Content_Type="text/html"),
    "bounce words": letter("could " * 100_000, From="MAILER-DAEMON@x.example", Return_Path="<>"),
    "random bytes": letter(bytes(range(128, 256)) * 8_000),
    "blank lines": b"\n" * 3_000_000,
    "nothing but NUL": b"\0" * 3_000_000,
    **{
        f"{field} of {sign!r}": letter(**{field: f"{start}{sign * 300_000}x"})
        for field, start in (
            ("Content_Type", "text/plain;"),
            ("Content_Disposition", "attachment"),
            ("X_Failed_Recipients", ""),
        )
        for sign in (";", "a", "@", " ", "'", "charset")
    },
    "a returned mail of blank lines": letter("\n" * 300_000, From="MAILER-DAEMON@x.example"),
    "a returned mail of spaces": letter(" " * 300_000, From="MAILER-DAEMON@x.example"),
    "failed, without a gap": letter(
        "failed" * 100_000, From="MAILER-DAEMON@x.example", Subject="Undelivered mail"
    ),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_bounded(name: str) -> None:
    before = time.process_time()
    found = parse(HOSTILE[name])
    assert time.process_time() - before < SECONDS
    assert isinstance(found["text"], str)
