"""Handing a message to a mail server or provider, and what its answer means."""

import smtplib
import socket
import ssl
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol
from urllib.parse import parse_qs, unquote, urlsplit

from anymail.exceptions import (
    AnymailAPIError,
    AnymailConfigurationError,
    AnymailError,
    AnymailRecipientsRefused,
)
from django.core.exceptions import ImproperlyConfigured
from django.core.mail import EmailMultiAlternatives, get_connection

from heliodesk.channels.credentials import Credentials, NoSecret
from heliodesk.channels.models import Mailbox

ANSWER_SECONDS = 60.0
_PORTS = {"smtp": 25, "smtp+starttls": 587, "smtps": 465}
_SECURITY = {"smtp": "none", "smtp+starttls": "starttls", "smtps": "tls"}
#: Answers about us and not about the message: closing down, sign in first, sign-in refused.
_NOT_THE_MAIL = {421, 454, 530, 534, 535, 538}
_TRY_AGAIN_STATUS = {408, 425, 429}


@dataclass(frozen=True)
class Fate:
    """What became of a message, recipient by recipient."""

    delivered: tuple[str, ...] = ()
    #: Refused for good, and refused for now, with the server's words.
    refused: Mapping[str, str] = field(default_factory=dict)
    deferred: Mapping[str, str] = field(default_factory=dict)


class Away(Exception):
    """The server or provider cannot be used now; it is no message's fault."""


class Carrier(Protocol):
    """A way out of the house."""

    def carry(
        self, made: EmailMultiAlternatives, raw: bytes, sender: str, recipients: Sequence[str]
    ) -> Fate:
        """Hand a message over; raises ``Away``."""

    def close(self) -> None:
        """End the connection."""


@dataclass(frozen=True)
class SmtpServer:
    """How an SMTP server is reached."""

    host: str
    port: int
    #: ``tls``, ``starttls`` or ``none``.
    security: str
    #: Who signs in; without a user nobody does.
    credentials: Credentials
    #: A password as it stands in the settings, instead of the credentials' own.
    password: str = ""
    #: The file of a private authority that signed the certificate.
    authority: str | None = None
    seconds: float = ANSWER_SECONDS


def server_of(url: str) -> SmtpServer:
    """The server of ``smtp://``, ``smtp+starttls://`` or ``smtps://user:password@host:port``, with
    ``?ca=/path`` for a certificate that a private authority signed.

    Raises:
        ValueError: it is none of these.
    """
    parts = urlsplit(url)
    if parts.scheme not in _PORTS:
        raise ValueError(f"{parts.scheme}:// is none of {', '.join(_PORTS)}")
    return SmtpServer(
        parts.hostname or "localhost",
        parts.port or _PORTS[parts.scheme],
        _SECURITY[parts.scheme],
        Credentials(unquote(parts.username or "")),
        unquote(parts.password or ""),
        parse_qs(parts.query).get("ca", [None])[0],
    )


def opened(server: SmtpServer, *, own_name: str) -> smtplib.SMTP:
    """A session with a server, signed in.

    Raises:
        smtplib.SMTPException, OSError: the server is away or says no.
        NoSecret: there is nothing to sign in with.
    """
    trust = ssl.create_default_context(cafile=server.authority)
    session: smtplib.SMTP
    if server.security == "tls":
        session = smtplib.SMTP_SSL(
            server.host, server.port, own_name, timeout=server.seconds, context=trust
        )
    else:
        session = smtplib.SMTP(server.host, server.port, own_name, timeout=server.seconds)
    try:
        if server.security == "starttls":
            session.starttls(context=trust)
        session.ehlo_or_helo_if_needed()
        if server.credentials.user:
            _sign_in(session, server)
    except BaseException:
        session.close()
        raise
    return session


def _sign_in(session: smtplib.SMTP, server: SmtpServer) -> None:
    who = server.credentials
    if who.login == "xoauth2":
        token = f"user={who.user}\1auth=Bearer {who.read()}\1\1"
        session.auth("XOAUTH2", lambda challenge=None: "" if challenge else token)
        return
    session.login(who.user, server.password or who.read())


class SmtpCarrier:
    """An SMTP server, spoken to over one connection as long as it holds."""

    def __init__(self, server: SmtpServer | str, *, own_name: str) -> None:
        self._server = server
        self._own_name = own_name
        self._session: smtplib.SMTP | None = None

    def carry(
        self, made: EmailMultiAlternatives, raw: bytes, sender: str, recipients: Sequence[str]
    ) -> Fate:
        """Hand the bytes over."""
        session = self._ready()
        foreign = not all(address.isascii() for address in (sender, *recipients))
        options = ["SMTPUTF8", "BODY=8BITMIME"] if foreign else []
        try:
            refusals = session.sendmail(sender, list(recipients), raw, options)
        except smtplib.SMTPRecipientsRefused as error:
            refusals = error.recipients
        except OSError as error:
            if isinstance(error, smtplib.SMTPResponseException):
                code = error.smtp_code
                if code not in _NOT_THE_MAIL:
                    return _all(recipients, code, _words(code, error.smtp_error))
            if isinstance(error, smtplib.SMTPNotSupportedError):
                return Fate(refused=dict.fromkeys(recipients, str(error)))
            self.close()
            raise Away(str(error)) from error
        return _sorted(recipients, refusals)

    def close(self) -> None:
        """Say goodbye."""
        session, self._session = self._session, None
        if session is not None:
            try:
                session.quit()
            except (smtplib.SMTPException, OSError):
                session.close()

    def _name(self) -> str:
        where = self._server
        return str(urlsplit(where).hostname) if isinstance(where, str) else where.host

    def _ready(self) -> smtplib.SMTP:
        """The open session, if it still answers, or a new one."""
        if self._session is not None:
            try:
                if self._session.rset()[0] == 250:
                    return self._session
            except (smtplib.SMTPException, OSError):
                pass
            self.close()
        try:
            server = server_of(self._server) if isinstance(self._server, str) else self._server
            self._session = opened(server, own_name=self._own_name)
        except (smtplib.SMTPException, OSError, ValueError, NoSecret) as error:
            raise Away(f"{self._name()}: {error}") from error
        return self._session


class ProviderCarrier:
    """A mail provider's own interface, by a django-anymail backend."""

    def __init__(self, backend: str) -> None:
        try:
            self._connection = get_connection(backend)
            self._connection.open()
        except (ImproperlyConfigured, ImportError, OSError, AnymailError) as error:
            raise Away(f"{backend}: {error}") from error

    def carry(
        self, made: EmailMultiAlternatives, raw: bytes, sender: str, recipients: Sequence[str]
    ) -> Fate:
        """Hand the message over; the provider makes and signs the bytes itself."""
        for kind in ("to", "cc", "bcc"):
            setattr(made, kind, [one for one in getattr(made, kind) if one in recipients])
        try:
            self._connection.send_messages([made])
        except AnymailRecipientsRefused as error:
            return Fate(refused=dict.fromkeys(recipients, str(error)))
        except AnymailConfigurationError as error:
            raise Away(str(error)) from error
        except AnymailAPIError as error:
            status = error.status_code or 0
            if status in (401, 403) or status >= 500 or status == 0:
                raise Away(str(error)) from error
            return _all(recipients, 450 if status in _TRY_AGAIN_STATUS else 550, str(error))
        except AnymailError as error:
            return Fate(refused=dict.fromkeys(recipients, str(error)))
        except OSError as error:
            raise Away(str(error)) from error
        return Fate(delivered=tuple(recipients))

    def close(self) -> None:
        """End the provider's session."""
        self._connection.close()


def own_server(box: Mailbox, *, seconds: float = ANSWER_SECONDS) -> SmtpServer | None:
    """The server that a mailbox sends by itself; none when it sends as the settings say."""
    if not box.smtp_host:
        return None
    who = Credentials(
        box.smtp_user, box.smtp_login, box.smtp_secret, box.smtp_sealed,
        box.oauth_token_url, box.oauth_client, box.oauth_scope, box.oauth_sealed,
    )  # fmt: skip
    return SmtpServer(box.smtp_host, box.smtp_port, box.smtp_security, who, seconds=seconds)


def carrier(outbound: str, smtp_url: str, *, own_name: str) -> Carrier:
    """The way out that the settings name.

    Raises:
        Away: none is named, or it cannot be used.
    """
    if outbound != "smtp":
        return ProviderCarrier(outbound)
    if not smtp_url:
        raise Away("HELIODESK_MAIL_OUTBOUND is smtp, and HELIODESK_MAIL_SMTP_URL is not set")
    return SmtpCarrier(smtp_url, own_name=own_name or socket.gethostname())


def _sorted(recipients: Sequence[str], refusals: Mapping[str, tuple[int, bytes]]) -> Fate:
    refused: dict[str, str] = {}
    deferred: dict[str, str] = {}
    for address, (code, words) in refusals.items():
        (refused if code >= 500 else deferred)[address] = _words(code, words)
    taken = tuple(address for address in recipients if address not in refusals)
    return Fate(taken, refused, deferred)


def _all(recipients: Sequence[str], code: int, words: str) -> Fate:
    told = dict.fromkeys(recipients, words)
    return Fate(refused=told) if code >= 500 else Fate(deferred=told)


def _words(code: int, words: bytes | str) -> str:
    said = words.decode("utf-8", "replace") if isinstance(words, bytes) else words
    return f"{code} {' '.join(said.split())}"[:500]
