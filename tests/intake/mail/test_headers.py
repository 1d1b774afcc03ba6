"""Header fields: folding, encoded words, raw bytes, stray lines, Message-IDs."""

import pytest

from heliodesk.intake.mail import encoded, headers, read
from tests.intake.mail.letters import letter


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("=?utf-8?q?Gr=C3=BC=C3=9Fe?=", "Grüße"),
        ("=?UTF-8?B?R3LDvMOfZQ==?=", "Grüße"),
        ("=?iso-8859-1*de?Q?M=FCnchen?=", "München"),
        ("=?utf-8?q?one?= =?utf-8?q?_two?=", "one two"),
        ("=?utf-8?q?one?= and =?utf-8?q?two?=", "one and two"),
        ("=?utf-8?b?w7w=?= =?utf-8?b?w58=?=", "üß"),
        # one character cut in two between neighbouring words
        ("=?utf-8?b?R3LD?= =?utf-8?b?vA==?=", "Grü"),
        ("=?utf-8?q?with spaces inside?=", "with spaces inside"),
        ("=?utf-8?q?is it?_yes?=", "is it? yes"),
        ("=?utf-8?b?w7w?=", "ü"),
        ("=?utf-8?b?w7w=w58=?=", "üß"),
        ("pre=?utf-8?q?fix?=", "prefix"),
        ("=?x-unknown?q?caf=C3=A9?=", "café"),
        ("=?utf-8?z?nothing?=", "=?utf-8?z?nothing?="),
        ("=?gb2312?B?xOO6ww==?=", "你好"),
        ("=?iso-2022-jp?B?GyRCJUYlOSVIGyhC?=", "テスト"),
        ("=?koi8-r?B?0NLJ18XU?=", "привет"),
        ("=?utf-8?q?a=0D=0ABcc:_x@y.example?=", "a Bcc: x@y.example"),
        ("a\x00b", "a b"),
    ],
)
def test_header_text(raw: str, text: str) -> None:
    assert encoded.text(raw) == text


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("Größe".encode(), "Größe"),
        ("Größe".encode("latin-1"), "Größe"),
        (b"=?iso-8859-1?Q?Gr\xf6=DFe?=", "Größe"),
        ("размер".encode("koi8-r"), "размер"),
    ],
)
def test_raw_bytes_in_a_subject(raw: bytes, text: str) -> None:
    mail = b"Subject: " + raw + b"\r\nContent-Type: text/plain; charset=koi8-r\r\n\r\nx"
    if text != "размер":
        mail = mail.replace(b"koi8-r", b"iso-8859-1")
    assert read(mail).subject == text


def test_folded_subject_is_one_line() -> None:
    assert read(letter(Subject="a\r\n b\r\n\tc")).subject == "a b c"


@pytest.mark.parametrize(
    ("raw", "subject", "text"),
    [
        (b"\r\n\r\nSubject: late\r\n\r\nbody", "late", "body"),
        (b"\xef\xbb\xbfSubject: marked\n\nbody", "marked", "body"),
        (b"From ann Mon Nov 23 2026\nSubject: stored\n\nbody", "stored", "body"),
        (b">From ann Mon Nov 23 2026\nSubject: stored\n\nbody", "stored", "body"),
        (b"Subject : spaced\nX: 1\n\nbody", "spaced", "body"),
        (b"Subject: old\rX: 1\r\rbody", "old", "body"),
        (b"X: 1\nstray words\nSubject: after\n\nbody", "after", "body"),
        (b"Subject: gap\nHello there\nsecond\n\nthird", "gap", "Hello there\nsecond\n\nthird"),
        (b"no header at all\njust words\n", "", "no header at all\njust words\n"),
        (b"Subject: bodiless", "bodiless", ""),
        (b"", "", ""),
    ],
)
def test_where_the_header_ends(raw: bytes, subject: str, text: str) -> None:
    mail = read(raw)
    assert (mail.subject, mail.text) == (subject, text)


@pytest.mark.parametrize(
    ("field", "ids"),
    [
        ("<a@x> <b@y>", ("a@x", "b@y")),
        ("<a@x>\r\n\t<b@y>", ("a@x", "b@y")),
        ("<a@x> <a@x>", ("a@x",)),
        ("<a\r\n @x>", ("a@x",)),
        ("a@x b@y", ("a@x", "b@y")),
        ("Your mail of Monday <a@x>", ("a@x",)),
        ("", ()),
    ],
)
def test_references(field: str, ids: tuple[str, ...]) -> None:
    assert read(letter(References=field)).references == ids


def test_a_long_chain_keeps_its_two_ends() -> None:
    chain = " ".join(f"<{number}@x>" for number in range(5000))
    found = read(letter(References=chain)).references
    assert len(found) <= 100
    assert (found[0], found[-1]) == ("0@x", "4999@x")


def test_missing_message_id_and_date_are_named() -> None:
    mail = read(b"From: a@b.example\r\n\r\nx")
    assert (mail.message_id, mail.date) == ("", None)
    assert set(mail.defects) == {"message-id-missing", "date-missing"}


def test_first_of_two_subjects_counts() -> None:
    assert read(b"Subject: one\r\nSubject: two\r\n\r\n").subject == "one"


def test_fields_are_found_in_any_case() -> None:
    fields = headers.parse(b"X-LOOP: desk\nx-loop: again\n\n")
    assert fields.raws("x-loop") == ["desk", "again"]
    assert "x-loop" in fields
