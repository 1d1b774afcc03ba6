"""What an attacker puts into a mail comes to nothing, on its way in and on its way out."""

import email
import email.policy
from email.message import EmailMessage
from typing import Any

import pytest
from django.test import Client

from heliodesk.cases.models import Attachment, Case, Message
from heliodesk.channels.letter import in_bytes, letter
from heliodesk.channels.models import Outbound
from tests import make
from tests.intake import post
from tests.intake.conftest import NORTHWIND, World
from tests.web.test_hostile_text import CORPUS, assert_harmless

pytestmark = pytest.mark.django_db


def _raw(*lines: str, body: str = "Hello.\r\n") -> bytes:
    named = [line.partition(":")[0].lower() for line in lines]
    rest = {"from": "mara@northwind.example", "message-id": "<h1@northwind.example>"}
    more = [f"{name}: {value}" for name, value in rest.items() if name not in named]
    return ("\r\n".join([*lines, *more]) + "\r\n\r\n" + body).encode("utf-8", "surrogateescape")


@pytest.mark.parametrize(
    "subject",
    [
        "=?utf-8?q?Late=0D=0ABcc:_eve@evil.example?=",
        "=?utf-8?b?TGF0ZQpCY2M6IGV2ZUBldmlsLmV4YW1wbGU=?=",
        "Late\x0bBcc: eve@evil.example",
        "Late\u2028Bcc: eve@evil.example",
        "Late\x00\rBcc: eve@evil.example",
    ],
)
def test_a_header_cannot_be_smuggled_through_subject_or_name(world: World, subject: str) -> None:
    name = "=?utf-8?q?Mara=0D=0ABcc=3A_eve=40evil=2Eexample?="
    post.send(
        _raw(
            f"Subject: ({NORTHWIND}) {subject}",
            f"From: {name} <mara@northwind.example>",
            "Reply-To: =?utf-8?q?x=0D=0ABcc=3A_eve=40evil.example?= <mara@northwind.example>",
        )
    )
    case = Case.objects.get()
    assert "\n" not in case.title and "\r" not in case.title
    row = Outbound.objects.get(kind="acknowledgement")
    raw = in_bytes(letter(row))
    sent = email.message_from_bytes(raw, policy=email.policy.default)
    assert sent["Bcc"] is None and row.to == ["mara@northwind.example"] and not row.cc + row.bcc
    header = raw.split(b"\r\n\r\n")[0] if b"\r\n\r\n" in raw else raw.split(b"\n\n")[0]
    assert b"evil.example" not in b"".join(
        line for line in header.splitlines() if line.lower().startswith((b"bcc", b"to", b"cc"))
    )


#: In the frame of an original, links open a new window.
OUR_BASE = '<base target="_blank">'
PATHS = [
    "../../../../etc/cron.d/evil",
    "..\\..\\windows\\system32\\evil.dll",
    "/etc/passwd",
    "C:\\autoexec.bat",
    "....//....//x",
    "a/../../b.txt",
    "\x00hidden.exe",
    "..",
    ".",
    "CON",
    "evil\r\nContent-Type: text/html.txt",
    "'; drop table cases_case; --",
]


@pytest.mark.parametrize("name", PATHS)
def test_a_path_in_the_name_of_a_file_leads_nowhere(world: World, name: str) -> None:
    escaped = name.replace("\\", "\\\\").replace("\r\n", "")
    mail = (
        f'--b\r\nContent-Type: text/plain\r\n\r\nHi\r\n--b\r\nContent-Type: text/html; name="x"\r\n'
        f'Content-Disposition: attachment; filename="{escaped}"\r\n\r\n<script>1</script>\r\n--b--'
    )
    kind = 'Content-Type: multipart/mixed; boundary="b"'
    post.send(_raw(f"Subject: ({NORTHWIND}) Files", kind, "MIME-Version: 1.0", body=mail))
    (kept,) = Attachment.objects.all()
    assert kept.name not in {"", ".", ".."} and not set("/\\\r\n\0") & set(kept.name)
    browser = Client()
    browser.force_login(make.user())
    answer = browser.get(f"/attachments/{kept.pk}/")
    assert b"".join(answer) == b"<script>1</script>"  # type: ignore[call-overload]  # of the answer as Django gives it
    assert answer["Content-Disposition"].startswith("attachment")
    assert "html" not in answer["Content-Type"] and answer["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("text", CORPUS)
def test_hostile_words_in_a_mail_are_only_words(world: World, text: str) -> None:
    mail = EmailMessage()
    mail["From"] = email.utils.formataddr((text[:60].replace("\n", ""), "mara@northwind.example"))
    mail["Subject"] = f"({NORTHWIND}) {text}"
    mail.set_content(text)
    mail.add_alternative(f"<p>{text}</p>", subtype="html")
    mail.add_attachment(b"x", maintype="text", subtype="html", filename=text[:60])
    post.send(mail)
    case, message = Case.objects.get(), Message.objects.get()
    browser = Client()
    browser.force_login(make.user())
    for path in (f"/cases/{case.ref}/", "/", f"/cases/{case.ref}/?all=1"):
        assert_harmless(browser.get(path).content.decode())
    original = browser.get(f"/messages/{message.pk}/html/").content.decode()
    assert original.count("<base ") == 1 == original.count(OUR_BASE)
    assert_harmless(original.replace(OUR_BASE, ""))
    acknowledged: Any = Outbound.objects.get(kind="acknowledgement")
    assert_harmless_letter(acknowledged.html)


def assert_harmless_letter(html: str) -> None:
    """In our own letters styles are ours; nothing else of the customer's is markup."""
    lowered = html.lower()
    assert "<script" not in lowered and "<svg" not in lowered and "<img src=x" not in lowered
    assert "<iframe" not in lowered and "<b>x" not in lowered
