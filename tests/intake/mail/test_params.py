"""MIME parameters: RFC 2231, RFC 2047 where it should not be, and broken mixes."""

import pytest

from heliodesk.intake.mail import params, read
from tests.intake.mail.letters import multipart, part, plain


@pytest.mark.parametrize(
    ("value", "kind", "found"),
    [
        ("text/plain", "text/plain", {}),
        ("Text/HTML; Charset=UTF-8", "text/html", {"charset": "UTF-8"}),
        ("text/html charset=utf-8", "text/html", {"charset": "utf-8"}),
        ("text", "text/plain", {}),
        ("html; charset=x", "text/html", {"charset": "x"}),
        ("", "text/plain", {}),
        ("nonsense", "application/octet-stream", {}),
        ('multipart/mixed; boundary="a; b"', "multipart/mixed", {"boundary": "a; b"}),
        ("multipart/mixed; boundary=a=b", "multipart/mixed", {"boundary": "a=b"}),
        ("multipart/mixed; BOUNDARY = 'a'", "multipart/mixed", {"boundary": "a"}),
    ],
)
def test_content_type(value: str, kind: str, found: dict[str, str]) -> None:
    assert params.content_type(value) == (kind, found)


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ('filename="plan.pdf"', "plan.pdf"),
        ("filename=plan of pump.pdf", "plan of pump.pdf"),
        ("filename*=utf-8''pl%C3%A4ne.pdf", "pläne.pdf"),
        ("filename*=iso-8859-1'de'pl%E4ne.pdf", "pläne.pdf"),
        ('filename*0="long-"; filename*1="name.pdf"', "long-name.pdf"),
        ("filename*0*=utf-8''pl%C3; filename*1*=%A4ne.pdf", "pläne.pdf"),
        ("filename*1=b.pdf; filename*0=a-", "a-b.pdf"),
        ("filename=plain.pdf; filename*=utf-8''besser.pdf", "besser.pdf"),
        ('filename="=?utf-8?q?pl=C3=A4ne=2Epdf?="', "pläne.pdf"),
        ('filename="=?utf-8?b?cGzDpG5l?=\r\n =?utf-8?b?LnBkZg==?="', "pläne.pdf"),
        ("filename*=%C3%BC.pdf", "ü.pdf"),
        ("filename*0==?utf-8?q?a?=; filename*1==?utf-8?q?b=2Epdf?=", "ab.pdf"),
        ('filename="../../etc/passwd"', "passwd"),
        ('filename="C:\\\\tmp\\\\x.txt"', "x.txt"),
        ('filename="C:\\tmp\\x.txt"', "x.txt"),
        ('filename="a\\"b.txt"', "ab.txt"),
        ('filename="open.txt', "open.txt"),
        ('filename="invoice\u202excod.exe"', "invoicexcod.exe"),
    ],
)
def test_attachment_names(given: str, name: str) -> None:
    attached = part(
        "x", "Content-Type: application/pdf", f"Content-Disposition: attachment; {given}"
    )
    assert [item.name for item in read(multipart("mixed", plain("hi"), attached)).parts] == [name]


def test_the_disposition_name_wins_over_the_type_name() -> None:
    attached = part(
        "x",
        'Content-Type: image/png; name="b.png"',
        'Content-Disposition: inline; filename="a.png"',
    )
    assert read(multipart("mixed", attached)).parts[0].name == "a.png"


def test_a_long_name_keeps_its_extension() -> None:
    attached = part("x", f'Content-Disposition: attachment; filename="{"a" * 400}.pdf"')
    name = read(multipart("mixed", attached)).parts[0].name
    assert len(name) <= 180
    assert name.endswith(".pdf")
