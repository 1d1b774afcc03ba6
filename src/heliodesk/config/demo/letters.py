"""Write the demo's mails as mail programs do, with their files."""

import struct
import zlib
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime, formataddr

#: Files named in the scripts: what is in them.
_TEXTS = {
    "delivery.log": "".join(
        f"2026-11-23 07:{minute:02d}:11 mta-leeds[4117]: to=<orders@{domain}.example>, "
        f"relay=mx.{domain}.example[203.0.113.{minute}]:25, delay={minute * 31}, dsn=4.7.1, "
        "status=deferred (451 4.7.1 Please try again later)\n"
        for minute in range(40, 56)
        for domain in ("stanton-alloys", "veridian")
    ),
    "october.csv": "mailbox,messages,size_mb\n"
    + "".join(f"user{n:03d}@pinewell.example,{n * 37 % 900},{n * 13 % 400}\n" for n in range(152)),
    "mailboxes.csv": "mailbox\nj.hart@corvane.example\nm.ruiz@corvane.example\n"
    "dispatch-lead@corvane.example\n",
    "checklist.txt": "Cut-over checklist\n\n[x] accepted domains\n[x] inbound connector\n"
    "[ ] outbound connector: second address\n[ ] journal rule\n[x] SPF and DKIM records\n",
    "phish.txt": "From: Payroll <payroll@pinewel1-payroll.example>\nSubject: Your October slip\n\n"
    "Please sign in to see your slip: hxxp://pinewel1-payroll.example/slip\n",
}


def letter(
    *,
    sender: tuple[str, str],
    to: tuple[str, str],
    subject: str,
    text: str,
    message_id: str,
    at: datetime,
    answers: str = "",
    files: list[str] | None = None,
) -> bytes:
    """A whole message as bytes.

    Args:
        answers: Message-ID of the mail that this one answers.
    """
    mail = EmailMessage()
    mail["From"] = formataddr(sender)
    mail["To"] = formataddr(to)
    mail["Subject"] = subject
    mail["Date"] = format_datetime(at)
    mail["Message-ID"] = f"<{message_id}>"
    if answers:
        mail["In-Reply-To"] = mail["References"] = f"<{answers}>"
    mail.set_content(text)
    for name in files or []:
        _attach(mail, name)
    return mail.as_bytes()


def _attach(mail: EmailMessage, name: str) -> None:
    if name.endswith(".png"):
        mail.add_attachment(picture(), maintype="image", subtype="png", filename=name)
        return
    subtype = "csv" if name.endswith(".csv") else "plain"
    mail.add_attachment(_TEXTS[name], subtype=subtype, filename=name)


def picture(width: int = 480, height: int = 200) -> bytes:
    """A bar chart of a growing queue, as a PNG."""
    rows = []
    for y in range(height):
        row = bytearray([0])
        for x in range(width):
            bar = x // 24
            top = height - 20 - bar * bar * 0.42
            inside = x % 24 < 16 and top <= y < height - 20
            row += b"\x4f\x5b\xd5" if inside else b"\xf6\xf7\xfb"
        rows.append(bytes(row))
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(b"".join(rows))), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(*chunk) for chunk in chunks)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
