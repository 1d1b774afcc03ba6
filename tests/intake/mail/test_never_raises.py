"""Whatever the bytes, the parser answers, and answers in plain data."""

import json

from hypothesis import example, given, settings
from hypothesis import strategies as st

from heliodesk.intake.mail import html, parse, reply
from tests.intake.mail.letters import encoded, letter, multipart, page, part, plain, winmail

SEEDS = [
    letter("Hello\r\n\r\nOn 23/11/2026 09:00, Desk wrote:\r\n> x\r\n"),
    multipart("alternative", plain("a"), page("<p>a<blockquote>b")),
    multipart("mixed", plain("x"), encoded(winmail("a.txt", b"abc"), "application/ms-tnef")),
    multipart(
        "report; report-type=delivery-status",
        plain("failed"),
        part("Final-Recipient: rfc822; a@b.example\r\nAction: failed\r\n",
             "Content-Type: message/delivery-status"),
        From="MAILER-DAEMON@x.example",
    ),
    multipart("mixed", part("x", "Content-Disposition: attachment; filename*0*=utf-8''a%20b")),
    letter("=?utf-8?q?x?=", Subject="=?utf-8?b?w7w=?= =?iso-2022-jp?B?GyRC?=", From='"a" <b@c>,('),
]  # fmt: skip
PIECES = [
    b"\r\n\r\n", b"--=_frontier\r\n", b"--=_frontier--", b"Content-Type: multipart/mixed\r\n",
    b"Content-Transfer-Encoding: base64\r\n", b"=?utf-8?q?", b"?=", b"\x00",
    b"\xff\xfe", b"<", b">",
    b"begin 644 x\n", b"From: ", b"On 1/1/2020 wrote:", b"*0*=''", b"charset=utf-16;",
    b"charset=utf-7;", b"+2AA-",
    b'"', b"\x1b$B",
]  # fmt: skip


def check(raw: bytes) -> None:
    found = parse(raw)
    json.dumps(found, ensure_ascii=False).encode()
    assert all("\r" not in str(found[name]) for name in ("subject", "from_addr", "from_name"))
    assert all("\n" not in str(found[name]) for name in ("subject", "from_addr", "from_name"))


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=2000))
@example(b"")
def test_random_bytes(raw: bytes) -> None:
    check(raw)


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(SEEDS), st.data())
def test_mutated_mails(seed: bytes, data: st.DataObject) -> None:
    for _ in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.integers(0, len(seed)))
        gone = data.draw(st.integers(0, 40))
        seed = seed[:at] + data.draw(st.sampled_from(PIECES)) + seed[at + gone :]
    check(seed)


@settings(max_examples=150, deadline=None)
@given(st.text(alphabet="ab<>/\"'=! -&;\n", max_size=300))
def test_random_html(page: str) -> None:
    html.to_text(page)
    html.to_text(page, cut="\x01")


@settings(max_examples=200, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            ["text", "", "> quote", "On 1/2/2020 10:00, A <a@b.example> wrote:", "--",
             "-- ", "From: a@b",
             "To: b", "Subject: c", "Date: 1 Jan 2020", "Sent from my iPhone", "_____",
             "```", "Ann> x",
             "-----Original Message-----", "##- reply above -##", "> > deeper", "On 1/2/2020, A <"]
        ),
        max_size=30,
    )
)  # fmt: skip
def test_reply_text_holds_only_lines_of_the_mail(lines: list[str]) -> None:
    shown = reply.strip("\n".join(lines))
    known = {"", *(line.strip() for line in lines)}
    assert all(line.strip() in known for line in shown.split("\n"))
