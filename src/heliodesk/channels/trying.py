"""Trying a mailbox's servers: reach them, sign in, open the folder, send a letter to oneself.

Each step says what happened and, when it failed, what to do about it. Every wait is bounded.
"""

import smtplib
import socket
import ssl
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime, formataddr
from urllib.parse import urlsplit

from django.conf import settings
from imapclient.exceptions import IMAPClientError, LoginError

from heliodesk.channels import delivery
from heliodesk.channels.credentials import NoSecret
from heliodesk.channels.delivery import SmtpServer
from heliodesk.channels.imap.session import ImapAccount, signed_in
from heliodesk.channels.models import Mailbox
from heliodesk.channels.reaching import addresses, inside

#: One wait for a server, in seconds.
SECONDS = 8.0
_MOST_FOLDERS = 12


@dataclass(frozen=True)
class Step:
    """One thing that was tried."""

    name: str
    #: ``ok``, ``warn`` or ``danger``.
    tone: str
    said: str
    advice: str = ""


class _Failed(Exception):
    """A step failed; what follows need not be tried."""


def account_of(box: Mailbox) -> ImapAccount:
    """How a mailbox is fetched."""
    return ImapAccount(
        box.pk, box.imap_host, box.imap_port, box.imap_security, box.imap_user, box.imap_secret,
        box.imap_login, box.imap_folder, box.imap_done_folder, box.imap_sealed,
        box.oauth_token_url, box.oauth_client, box.oauth_scope, box.oauth_sealed,
    )  # fmt: skip


def tried(box: Mailbox, *, letter_to: str, may_inside: bool, at: datetime) -> list[Step]:
    """What came of trying a mailbox's ways in and out.

    Args:
        letter_to: the address of the one who tries; a letter is sent there, nowhere else.
        may_inside: they may have the desk connect inside its own network.
    """
    steps: list[Step] = []
    if box.imap_host:
        with _so_far(steps):
            _has_secret(account_of(box))
            _reached(steps, "Fetching", box.imap_host, box.imap_port, may_inside=may_inside)
            _fetched(steps, account_of(box))
    else:
        steps.append(
            Step("Fetching", "warn", "No server is named; mail must be delivered to the desk.")
        )
    server = delivery.own_server(box, seconds=SECONDS)
    if server:
        with _so_far(steps):
            _reached(steps, "Sending", server.host, server.port, may_inside=may_inside)
            _sent(steps, server, box, letter_to, at)
    else:
        _sent_as_settings_say(steps, box, letter_to, at)
    return steps


@contextmanager
def _so_far(steps: list[Step]) -> Iterator[None]:
    """Tell a failure as the last step."""
    try:
        yield
    except _Failed as failed:
        steps.append(failed.args[0])


def _has_secret(account: ImapAccount) -> None:
    """Say at once when there is nothing to sign in with; tokens are fetched later."""
    if account.token_url:
        return
    try:
        account.read_secret()
    except NoSecret as error:
        raise _Failed(Step("Signing in to fetch", "danger", *_of_secret(error))) from error


def _reached(steps: list[Step], name: str, host: str, port: int, *, may_inside: bool) -> None:
    """A plain connection, so that a wrong name, port or firewall is told from a wrong password."""
    where = f"{host}:{port}"
    try:
        found = addresses(host)
        within = inside(host)
        if within and not may_inside:
            raise _Failed(
                Step(
                    name, "danger", f"{host} is at {within}, inside the desk’s own network.",
                    "Only an administrator may have the desk connect there.",
                )
            )  # fmt: skip
        socket.create_connection((found[0], port), timeout=SECONDS).close()
    except OSError as error:
        raise _Failed(Step(name, "danger", *_of_network(error, where))) from error
    said = f"{where} answers."
    if within:
        said += f" It is at {within}, inside the desk’s own network: check that you mean it."
    steps.append(Step(name, "warn" if within else "ok", said))


def _fetched(steps: list[Step], account: ImapAccount) -> None:
    where = f"{account.host}:{account.port}"
    try:
        with signed_in(account, connect=SECONDS, answer=SECONDS) as client:
            how = {"tls": "TLS", "starttls": "STARTTLS", "none": "no encryption"}
            tone = "warn" if account.security == "none" else "ok"
            steps.append(
                Step("Signing in to fetch", tone, f"Signed in by {how[account.security]}.")
            )
            folders = [name for _flags, _sep, name in client.list_folders()]
            wanted = [name for name in (account.folder, account.done_folder) if name]
            missing = [name for name in wanted if name not in folders and name.upper() != "INBOX"]
            if missing:
                there = ", ".join(sorted(folders)[:_MOST_FOLDERS])
                raise _Failed(
                    Step("Folder", "danger", f"There is no folder {missing[0]}.", f"Has: {there}.")
                )
            count = client.select_folder(account.folder, readonly=True).get(b"EXISTS", 0)
            steps.append(Step("Folder", "ok", f"{account.folder} holds {int(count)} messages."))
    except NoSecret as error:
        raise _Failed(Step("Signing in to fetch", "danger", *_of_secret(error))) from error
    except LoginError as error:
        raise _Failed(Step("Signing in to fetch", "danger", *_of_login(error))) from error
    except ssl.SSLError as error:
        raise _Failed(Step("Encryption", "danger", *_of_tls(error, where))) from error
    except OSError as error:
        raise _Failed(Step("Signing in to fetch", "danger", *_of_network(error, where))) from error
    except IMAPClientError as error:
        said = f"The server at {where} cannot be used: {_short(error)}"
        raise _Failed(Step("Signing in to fetch", "danger", said)) from error


def _sent(
    steps: list[Step], server: SmtpServer, box: Mailbox, letter_to: str, at: datetime
) -> None:
    where = f"{server.host}:{server.port}"
    own_name = urlsplit(settings.BASE_URL).hostname or "localhost"
    try:
        session = delivery.opened(server, own_name=own_name)
    except NoSecret as error:
        raise _Failed(Step("Signing in to send", "danger", *_of_secret(error))) from error
    except smtplib.SMTPAuthenticationError as error:
        raise _Failed(Step("Signing in to send", "danger", *_of_login(error))) from error
    except ssl.SSLError as error:
        raise _Failed(Step("Encryption", "danger", *_of_tls(error, where))) from error
    except smtplib.SMTPNotSupportedError as error:
        raise _Failed(
            Step(
                "Encryption", "danger", f"{where}: {_short(error)}",
                "Choose another security or another port: 587 for STARTTLS, 465 for TLS.",
            )
        ) from error  # fmt: skip
    except OSError as error:
        raise _Failed(Step("Signing in to send", "danger", *_of_network(error, where))) from error
    with session:
        steps.append(Step("Signing in to send", "ok", f"{where} lets the desk send."))
        _letter_sent(steps, lambda raw: session.sendmail(box.address, [letter_to], raw), box,
                     letter_to, at)  # fmt: skip


def _sent_as_settings_say(steps: list[Step], box: Mailbox, letter_to: str, at: datetime) -> None:
    if settings.MAIL_OUTBOUND == "capture":
        said = "The desk captures its mail: it is written down and none leaves. No letter was sent."
        steps.append(Step("Sending", "warn", said, "Name a mail server in the settings to send."))
        return
    if settings.MAIL_OUTBOUND != "smtp":
        said = (
            f"Mail goes out by {settings.MAIL_OUTBOUND}, as the settings say. No letter was sent."
        )
        steps.append(Step("Sending", "ok", said))
        return
    with _so_far(steps):
        try:
            server = replace(delivery.server_of(settings.MAIL_SMTP_URL), seconds=SECONDS)
        except ValueError as error:
            raise _Failed(Step("Sending", "danger", str(error))) from error
        _sent(steps, server, box, letter_to, at)


def _letter_sent(
    steps: list[Step], send: Callable[[bytes], object], box: Mailbox, to: str, at: datetime
) -> None:
    letter = EmailMessage()
    letter["From"] = formataddr((box.name, box.address))
    letter["To"], letter["Subject"] = to, f"A test letter from {box.address}"
    letter["Date"] = format_datetime(at)
    letter["Message-ID"] = f"<{uuid.uuid4().hex}@{box.address.rpartition('@')[2]}>"
    letter["Auto-Submitted"] = "auto-generated"
    letter.set_content(f"The desk can send from {box.address}. Nothing needs to be done.\n")
    try:
        send(letter.as_bytes())
    except smtplib.SMTPException as error:
        raise _Failed(
            Step(
                "Test letter", "danger", f"It was not taken: {_short(error)}",
                f"Check that {box.address} may be used as a sender there.",
            )
        ) from error  # fmt: skip
    except OSError as error:
        raise _Failed(Step("Test letter", "danger", *_of_network(error, box.smtp_host))) from error
    steps.append(Step("Test letter", "ok", f"It was taken and is on its way to {to}."))


def _of_network(error: OSError, where: str) -> tuple[str, str]:
    if isinstance(error, socket.gaierror):
        return f"The server at {where} cannot be used: there is no such name.", (
            "Check how it is written, and that the desk's name servers know it."
        )
    if isinstance(error, ConnectionRefusedError):
        return f"The server at {where} cannot be used: nothing listens there.", (
            "Check the port: 993 (TLS) or 143 (STARTTLS) to fetch, 465 or 587 to send."
        )
    if isinstance(error, TimeoutError):
        return f"The server at {where} cannot be used: no answer in {SECONDS:.0f} seconds.", (
            "A firewall may stand between, or the security does not fit the port."
        )
    return f"The server at {where} cannot be used: {_short(error)}", ""


def _of_tls(error: ssl.SSLError, where: str) -> tuple[str, str]:
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"The certificate of {where} is not trusted: {error.verify_message}.", (
            "Use the name that the certificate is made out to, or have it signed by an authority "
            "that this host trusts."
        )
    return f"{where} does not speak TLS there: {_short(error)}", (
        "Choose STARTTLS, or the port for TLS: 993 to fetch, 465 to send."
    )


def _of_login(error: Exception) -> tuple[str, str]:
    return f"The server refused user and password: {_short(error)}", (
        "Check both. Many providers want a password made for programs, or OAuth 2."
    )


def _of_secret(error: NoSecret) -> tuple[str, str]:
    return f"There is nothing to sign in with: {error}.", (
        "Type the password here, or put it where the mailbox says and try again."
    )


def _short(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        said = error.smtp_error
        words = said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said)
        return f"{error.smtp_code} {' '.join(words.split())}"[:300]
    return " ".join(str(error).split())[:300] or type(error).__name__
