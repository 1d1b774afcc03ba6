"""Posts mail straight into the inbound table, as the listener leaves it, and files it."""

from datetime import datetime, timedelta
from email.message import EmailMessage
from itertools import count

from heliodesk.channels.models import Inbound, Mailbox
from heliodesk.intake.pipeline import file_waiting
from tests.make import NOW

_number = count(1)


def mail(
    *,
    sender: str,
    subject: str = "Mail is late",
    text: str = "It has been an hour.\n",
    to: str = "support@meridian.example",
    message_id: str = "",
    in_reply_to: str = "",
    references: str = "",
    **headers: str,
) -> EmailMessage:
    """A plain message; headers by name with ``_`` for ``-``."""
    message = EmailMessage()
    message["From"] = sender
    message["To"] = to
    message["Subject"] = subject
    message["Message-ID"] = message_id or f"<m{next(_number)}@customer.example>"
    if in_reply_to:
        message["In-Reply-To"] = in_reply_to
    if references or in_reply_to:
        message["References"] = references or in_reply_to
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    message.set_content(text)
    return message


def arrive(
    message: EmailMessage | bytes,
    *,
    mailbox: Mailbox | None = None,
    at: datetime = NOW,
    channel: str = "smtp",
    envelope_from: str = "sender@customer.example",
    recipients: tuple[str, ...] = (),
) -> Inbound:
    """One message waiting to be filed."""
    raw = message if isinstance(message, bytes) else message.as_bytes()
    return Inbound.objects.create(
        mailbox=mailbox,
        channel=channel,
        envelope_from=envelope_from,
        recipients=list(recipients),
        received_at=at,
        raw=raw,
        size=len(raw),
    )


def file(*, at: datetime = NOW) -> None:
    """File everything that waits."""
    while file_waiting(at=at):
        pass


def send(message: EmailMessage | bytes, *, at: datetime = NOW, **how: object) -> Inbound:
    """A message that arrives and is filed at once."""
    row = arrive(message, at=at, **how)  # type: ignore[arg-type]  # fields of it by name
    file(at=at)
    row.refresh_from_db()
    return row


def later(minutes: int) -> datetime:
    """Some minutes after the moment at which tests play."""
    return NOW + timedelta(minutes=minutes)
