"""Mail: is it taken in, and is it sent as it should be?"""

import smtplib
from collections.abc import Iterator

from django.conf import settings
from django.db import DatabaseError

from heliodesk.channels.models import Mailbox
from heliodesk.config import postgres
from heliodesk.config.doctor.finding import Finding, doubtful, wrong
from heliodesk.config.server.ports import reachable

SAMPLE_DOMAINS = (".example", ".test", ".invalid", ".localhost", "example.com", "example.org")


def look_in() -> Iterator[Finding]:
    """Speak to the mail listener as a mail server would."""
    for kind, protocol, port in (
        ("SMTP", smtplib.SMTP, settings.SMTP_PORT),
        ("LMTP", smtplib.LMTP, settings.LMTP_PORT),
    ):
        try:
            with protocol(reachable(settings.MAIL_HOST), port, timeout=5) as session:
                session.ehlo()
        except (OSError, smtplib.SMTPException) as error:
            yield _silent(f"{kind} does not answer at {settings.MAIL_HOST}:{port} ({error}).")


def _silent(says: str) -> Finding:
    if postgres.is_served(settings.DATA):
        return wrong(says, "See the log of heliodesk serve for why the mail listener ended.")
    return doubtful(says, "The desk is not running; start it with: heliodesk serve")


def look_out() -> Iterator[Finding]:
    """Mail may leave only from addresses that are the vendor's own."""
    if settings.MAIL_OUTBOUND == "capture":
        yield doubtful(
            "Mail is captured and not sent: nobody receives an answer.",
            "When the desk is ready, set HELIODESK_MAIL_OUTBOUND and HELIODESK_MAIL_SMTP_URL.",
        )
        return
    if settings.MAIL_OUTBOUND == "smtp" and not settings.MAIL_SMTP_URL:
        yield wrong(
            "HELIODESK_MAIL_OUTBOUND is smtp, and HELIODESK_MAIL_SMTP_URL is not set.",
            "Give the server, such as smtp://user:password@mail.example.com:587.",
        )
    for address in _sample_addresses():
        yield wrong(
            f"Mail would be sent from {address}, an address of the samples.",
            "Give the mailbox an address of your own before mail is sent.",
        )


def _sample_addresses() -> list[str]:
    try:
        addresses = list(Mailbox.objects.values_list("address", flat=True))
    except DatabaseError:
        return []
    return [one for one in addresses if one.lower().endswith(SAMPLE_DOMAINS)]
