"""An outbound row as the bytes that are sent: headers, text, HTML, attachments, signature."""

import io
from email import charset, utils
from email.generator import BytesGenerator
from email.header import Header
from email.message import Message
from email.mime.image import MIMEImage
from email.policy import compat32
from functools import cache
from pathlib import Path
from typing import Any

from django.core.mail import EmailMultiAlternatives, SafeMIMEMultipart

from heliodesk.channels import blobs
from heliodesk.channels.models import Outbound
from heliodesk.kernel.text import one_line

#: Marks what the desk sent, so that it knows its own mail when that comes back.
LOOP_HEADER = "X-Heliodesk-Loop"
_SIGNED = (
    b"from to cc subject date message-id reply-to in-reply-to references mime-version "
    b"content-type content-transfer-encoding auto-submitted"
).split()

# Quoted-printable is seven-bit: no relay recodes it, so a signature holds.
_UTF8 = charset.Charset("utf-8")
_UTF8.body_encoding = charset.QP
# Our Message-IDs are long, and programs that compare a folded one as it stands lose the thread.
_UNFOLDED = compat32.clone(max_line_length=900, linesep="\r\n")


class Unsignable(Exception):
    """The DKIM key cannot be used; mail waits until it can."""


class Letter(EmailMultiAlternatives):
    """A mail whose page may show pictures that are parts of it (RFC 2387)."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        #: Content-ID, name, bytes and type of what the page shows.
        self.shown: list[tuple[str, str, bytes, str]] = []

    def _create_alternatives(self, msg: Any) -> Any:
        """The text and the page; the page with its pictures as one part."""
        made = super()._create_alternatives(msg)  # type: ignore[misc]  # of Django, not in its stubs
        if not self.shown:
            return made
        related = SafeMIMEMultipart(_subtype="related", encoding=self.encoding or "utf-8")
        related.set_param("type", "text/html")
        *texts, page = made.get_payload()
        related.attach(page)
        for content_id, name, data, kind in self.shown:
            picture = MIMEImage(data, _subtype=kind.partition("/")[2])
            picture.add_header("Content-ID", f"<{content_id}>")
            picture.add_header("Content-Disposition", "inline", filename=name)
            related.attach(picture)
        made.set_payload([*texts, related])
        return made


def letter(row: Outbound) -> Letter:
    """The message of a row, with its attachments from the blob store.

    Raises:
        BadHeaderError: a header would break into two.
        NoSuchBlob: an attachment is not kept any more.
        StoreTrouble: the attachments cannot be read now.
    """
    made = Letter(
        subject=row.subject,
        body=row.text,
        from_email=_named(row.from_name, row.from_address),
        to=list(row.to),
        cc=list(row.cc),
        bcc=list(row.bcc),
        reply_to=[_named(row.from_name, row.reply_to)] if row.reply_to else None,
        headers=_headers(row),
    )
    made.encoding = _UTF8
    if row.html:
        made.attach_alternative(row.html, "text/html")
    for attachment in row.attachments:
        file = _attached(attachment)
        if row.html and attachment.get("inline") and attachment.get("content_id"):
            made.shown.append((str(attachment["content_id"]), *file))
        else:
            made.attach(*file)
    return made


def envelope_sender(row: Outbound) -> str:
    """Where bounces go: nowhere for automatic mail, else to the address that names the case."""
    return "" if row.automatic else row.reply_to or row.from_address


def in_bytes(made: EmailMultiAlternatives) -> bytes:
    """A message as it goes over the wire."""
    message: Message = made.message()
    if not made.subject.isascii():
        # Django's own folding leaves the first line of a long subject empty.
        folded = Header(str(made.subject), "utf-8", maxlinelen=76, header_name="Subject")
        message.replace_header("Subject", folded.encode())
    written = io.BytesIO()
    BytesGenerator(written, mangle_from_=False, policy=_UNFOLDED).flatten(message)
    return written.getvalue()


def signed(raw: bytes, *, domain: str, selector: str, key_file: str) -> bytes:
    """The message with a DKIM signature of this domain before it.

    Raises:
        Unsignable: the key cannot be read or is none.
    """
    import dkim  # costly to import, and seldom needed

    present = {
        line.split(b":", 1)[0].lower() for line in raw.split(b"\r\n\r\n", 1)[0].split(b"\r\n")
    }
    try:
        signature = dkim.sign(
            raw,
            selector.encode(),
            domain.encode("idna"),
            _key(key_file),
            canonicalize=(b"relaxed", b"relaxed"),
            include_headers=[name for name in _SIGNED if name in present],
        )
    except (OSError, UnicodeError, dkim.DKIMException) as error:
        raise Unsignable(f"DKIM key {key_file}: {error}") from error
    return bytes(signature) + raw


@cache
def _key(path: str) -> bytes:
    return Path(path).read_bytes()


def _named(name: str, address: str) -> str:
    return utils.formataddr((one_line(name, 120), address)) if name else address


def _headers(row: Outbound) -> dict[str, str]:
    headers = {
        "Date": utils.format_datetime(row.created_at),
        "Message-ID": row.message_id,
        LOOP_HEADER: row.from_address,
    }
    if row.in_reply_to:
        headers["In-Reply-To"] = row.in_reply_to
    if row.references:
        headers["References"] = " ".join(row.references)
    if row.automatic:
        headers["Auto-Submitted"] = "auto-replied" if row.in_reply_to else "auto-generated"
        headers["X-Auto-Response-Suppress"] = "All"
    return headers


def _attached(attachment: dict[str, Any]) -> tuple[str, bytes, str]:
    """Name, bytes and type of an attachment; a name with a path in it loses the path."""
    name = one_line(str(attachment.get("name") or ""), 200).replace("\\", "/").rsplit("/", 1)[-1]
    kind = str(attachment.get("content_type") or "")
    usable = kind.isascii() and kind.count("/") == 1 and not any(c in kind for c in '\r\n;" ')
    composite = kind.lower().startswith(("message/", "multipart/"))
    return (
        name or "attachment",
        blobs.get(str(attachment["sha256"])),
        kind if usable and not composite else "application/octet-stream",
    )
