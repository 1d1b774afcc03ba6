"""The mail listener: SMTP and LMTP ports, until it is told to stop."""

import asyncio
import logging
import signal
import socket
import ssl
from pathlib import Path
from urllib.parse import urlsplit

import structlog
import uvloop

from heliodesk.channels.smtp.conversation import Conversation, LmtpConversation
from heliodesk.channels.smtp.desk import Desk
from heliodesk.channels.smtp.limits import Limits, networks
from heliodesk.channels.smtp.storing import Storing

log = structlog.get_logger()

#: On stopping, messages under way may take this long to become durable.
STOP_SECONDS = 0.8
_BACKLOG = 512
_CERTIFICATE_SECONDS = 600.0


class Listener:
    """Both ports of the desk; a port of 0 is any free one, none is not listened at."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.ports: dict[str, int] = {}
        self._servers: list[asyncio.Server] = []

    async def start(self, host: str, *, smtp: int | None, lmtp: int | None) -> None:
        """Listen.

        Raises:
            OSError: a port is taken or may not be used.
        """
        for kind, port in ((Conversation, smtp), (LmtpConversation, lmtp)):
            if port is not None:
                await self._listen(kind, host, port)

    async def stop(self) -> None:
        """Take no more, let the messages under way become durable, and hang up."""
        for server in self._servers:
            server.close()
        until = asyncio.get_running_loop().time() + STOP_SECONDS
        talks = self.desk.conversations
        while talks and asyncio.get_running_loop().time() < until:
            for talk in [talk for talk in talks if not talk.busy]:
                talk.end()
            await asyncio.sleep(0.01)
        for talk in list(talks):
            talk.abandon()
        await self.desk.storing.close()

    async def _listen(self, kind: type[Conversation], host: str, port: int) -> None:
        loop = asyncio.get_running_loop()
        server = await loop.create_server(
            lambda: kind(self.desk, loop), host or None, port, backlog=_BACKLOG
        )
        self._servers.append(server)
        self.ports[kind.channel] = server.sockets[0].getsockname()[1]


def run() -> None:
    """Listen at the ports of the settings; returns after SIGTERM or SIGINT.

    Raises:
        OSError: a port is taken, or the certificate cannot be read.
    """
    logging.getLogger("mail.log").setLevel(logging.ERROR)
    uvloop.run(_serve())


async def _serve() -> None:
    from django.conf import settings

    loop = asyncio.get_running_loop()
    told = asyncio.Event()
    for signal_ in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(signal_, told.set)
    limits = limits_of_settings()
    storing = Storing(
        settings.DATABASE_DSN,
        pooled=settings.DATABASE_DSN != settings.DATABASE_DIRECT_DSN,
        within=limits.store_seconds,
    )
    tls = certificate(settings.MAIL_TLS_CERT, settings.MAIL_TLS_KEY)
    desk = Desk(_hostname(settings.BASE_URL), storing, limits, tls, settings.MAIL_WATCHED_DISK)
    listener = Listener(desk)
    await listener.start(
        settings.MAIL_HOST, smtp=settings.SMTP_PORT or None, lmtp=settings.LMTP_PORT or None
    )
    log.info("mail listener ready", host=settings.MAIL_HOST, **listener.ports)
    renewing = asyncio.create_task(_renew(tls, settings.MAIL_TLS_CERT, settings.MAIL_TLS_KEY))
    await told.wait()
    renewing.cancel()
    await listener.stop()
    log.info("mail listener stopped")


def limits_of_settings() -> Limits:
    """The limits that the settings name; the others are as they are in ``Limits``."""
    from django.conf import settings

    return Limits(
        message_bytes=settings.MAIL_MAX_BYTES,
        recipients=settings.MAIL_MAX_RECIPIENTS,
        connections=settings.MAIL_MAX_CONNECTIONS,
        connections_per_peer=settings.MAIL_MAX_CONNECTIONS_PER_PEER,
        messages_per_minute=settings.MAIL_MAX_MESSAGES_PER_MINUTE,
        idle_seconds=settings.MAIL_IDLE_SECONDS,
        trusted=networks(settings.MAIL_TRUSTED_RELAYS),
    )


def certificate(cert: str, key: str) -> ssl.SSLContext | None:
    """What STARTTLS needs, or none when no certificate is set.

    Raises:
        OSError: the files cannot be read as certificate and key.
    """
    if not cert:
        return None
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(cert, key or None)
    return context


async def _renew(tls: ssl.SSLContext | None, cert: str, key: str) -> None:
    """Read the certificate again when its file changed, so that renewal needs no restart."""
    read = _changed(cert)
    while tls is not None:
        await asyncio.sleep(_CERTIFICATE_SECONDS)
        if _changed(cert) == read:
            continue
        try:
            tls.load_cert_chain(cert, key or None)
        except OSError as error:
            log.error("certificate not read", file=cert, error=str(error))
        else:
            read = _changed(cert)


def _changed(path: str) -> float:
    try:
        return Path(path).stat().st_mtime
    except OSError:
        return 0.0


def _hostname(base_url: str) -> str:
    """The name we introduce ourselves by: the desk's own, or that of the machine."""
    name = urlsplit(base_url).hostname or ""
    is_name = any(letter.isalpha() for letter in name) and name != "localhost" and ":" not in name
    return name if is_name else socket.gethostname()
