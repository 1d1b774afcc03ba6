"""One connection of a peer, by SMTP or LMTP.

The command loop and the grammar of commands are aiosmtpd's. Ours are the parts where that would
cost more than the rest of the work (it looks through all of its members for each connection,
parses every address by a general grammar, reads messages line by line), and STARTTLS, which
goes through the event loop's own.
"""

import asyncio
import re
import ssl
import time
from collections import defaultdict
from collections.abc import Iterable
from functools import cache
from typing import Any, cast

import structlog
from aiosmtpd.smtp import MISSING, SMTP, Envelope, Session, TLSSetupException

from heliodesk.channels.arrivals import Arrival
from heliodesk.channels.smtp.content import refusal
from heliodesk.channels.smtp.desk import DISK_FULL, UNAVAILABLE, Desk, Unavailable
from heliodesk.kernel import clock
from heliodesk.kernel.text import storable

log = structlog.get_logger()

_CHUNK = 64 * 2**10
_COMMAND_LINE = 2048
_END = b"\r\n.\r\n"
#: Of a message that is too large, this many times the limit is read to answer in good order.
_PATIENCE_WITH_LARGE = 4
_PLAIN = re.compile(r"<([A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]+@[A-Za-z0-9.-]+)>(.*)", re.DOTALL)

_TOO_LARGE = "552 5.3.4 This message is larger than the desk takes"
_BUSY = "452 4.3.1 The desk receives much mail at this moment, please try again"
_TOO_MANY_CONNECTIONS = b"421 4.3.2 Too many connections, please try again later\r\n"
_TOO_MANY_RECIPIENTS = "452 4.5.3 Too many recipients, please send to the others separately"
_TOO_OFTEN = "450 4.7.1 Too many messages from you in this minute, please try again"
_TIMEOUT = b"421 4.4.2 Nothing was heard for too long\r\n"
_CLOSING = b"421 4.3.2 The desk is stopping, please try again\r\n"


class Conversation(SMTP):
    """A peer that speaks SMTP."""

    session: Session
    envelope: Envelope
    channel = "smtp"
    line_length_limit = _CHUNK
    command_size_limit = _COMMAND_LINE
    command_size_limits = defaultdict(lambda: _COMMAND_LINE)

    def __init__(self, desk: Desk, loop: asyncio.AbstractEventLoop) -> None:
        self.desk = desk
        self.peer = ""
        self.mailbox_id: int | None = None
        self.unknown = 0
        #: A message is being received or stored.
        self.busy = False
        self.secure = False
        #: Bytes of its message that are in memory.
        self._held = 0
        self._admitted = False
        super().__init__(
            None,
            data_size_limit=desk.limits.message_bytes,
            enable_SMTPUTF8=True,
            hostname=desk.hostname,
            ident="Heliodesk",
            tls_context=desk.tls,
            timeout=desk.limits.idle_seconds,
            loop=loop,
        )

    def __dir__(self) -> Iterable[str]:
        """The commands alone: aiosmtpd looks through all of this for each connection."""
        return _commands(self.channel)

    # --- the connection -------------------------------------------------------------------

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Welcome the peer, unless there are too many."""
        transport = cast("asyncio.Transport", transport)
        name = transport.get_extra_info("peername")
        self.peer = str(name[0]) if isinstance(name, tuple) else ""
        if not self.desk.peers.admit(self.peer):
            log.warning("connection refused, too many", peer=self.peer)
            transport.set_protocol(asyncio.Protocol())
            transport.write(_TOO_MANY_CONNECTIONS)
            transport.close()
            return
        self._admitted = True
        self.desk.conversations.add(self)
        super().connection_made(transport)
        cast("asyncio.Task[None]", self._handler_coroutine).add_done_callback(_ended)

    def connection_lost(self, error: Exception | None) -> None:
        """Forget the peer; what it had not finished leaves nothing behind."""
        if self._admitted:
            self._admitted = False
            self.desk.peers.leave(self.peer)
            self.desk.conversations.discard(self)
            super().connection_lost(error)

    def end(self) -> None:
        """Say goodbye, because the desk stops."""
        self._part(_CLOSING)

    def abandon(self) -> None:
        """Hang up in the middle, because there is no more time."""
        transport = cast("asyncio.Transport | None", self.transport)
        if transport is not None:
            transport.abort()

    def _timeout_cb(self) -> None:
        self._part(_TIMEOUT)

    def _part(self, word: bytes) -> None:
        transport = cast("asyncio.Transport | None", self.transport)
        if transport is not None and not transport.is_closing():
            transport.write(word)
            transport.close()

    async def push(self, status: str | bytes) -> None:
        """Send a reply; wait only for a peer that does not read its replies."""
        line = status if isinstance(status, bytes) else status.encode("utf-8", "backslashreplace")
        self._writer.write(line + b"\r\n")
        if self._writer.transport.get_write_buffer_size():
            await self._writer.drain()

    async def handle_exception(self, error: Exception) -> str:
        """An error of ours is told to the peer as a passing one, and to the log in full."""
        log.error("conversation failed", peer=self.peer, exc_info=error)
        return UNAVAILABLE

    def _set_post_data_state(self) -> None:
        super()._set_post_data_state()  # type: ignore[no-untyped-call]  # aiosmtpd is untyped
        self.mailbox_id = None

    # --- commands -------------------------------------------------------------------------

    async def smtp_EHLO(self, hostname: str | None) -> None:
        """Introduce ourselves and say what we can."""
        if not hostname:
            await self.push("501 5.5.4 Say who you are")
            return
        self._set_rset_state()  # type: ignore[no-untyped-call]  # aiosmtpd is untyped
        self.session.extended_smtp = True
        self.session.host_name = hostname
        can = [f"SIZE {self.data_size_limit}", "PIPELINING", "8BITMIME", "SMTPUTF8"]
        if self.tls_context and not self.secure:
            can.append("STARTTLS")
        lines = [self.hostname, *can]
        said = [f"250-{line}" for line in lines]
        await self.push("\r\n".join([*said, "250 ENHANCEDSTATUSCODES"]))

    async def smtp_AUTH(self, arg: str) -> None:
        """Nobody signs in here."""
        await self.push("502 5.5.1 Not offered")

    async def smtp_STARTTLS(self, arg: str | None) -> None:
        """Go on encrypted, and forget all that was said before (RFC 3207)."""
        if arg:
            await self.push("501 5.5.4 No parameters")
        elif self.tls_context is None or self.secure:
            await self.push("454 4.7.0 TLS not available")
        else:
            await self._encrypt()

    async def _encrypt(self) -> None:
        # What the peer, or somebody between us, sent ahead in clear must not count as encrypted.
        self._reader._buffer.clear()  # type: ignore[attr-defined]  # aiosmtpd is untyped
        await self.push("220 2.0.0 Ready")
        try:
            secured = await self.loop.start_tls(
                cast("asyncio.Transport", self.transport),
                self,
                cast("ssl.SSLContext", self.tls_context),
                server_side=True,
            )
        except (OSError, ValueError) as error:
            raise TLSSetupException from error
        if secured is None or self.transport is None:
            raise TLSSetupException
        self._reader._buffer.clear()  # type: ignore[attr-defined]  # aiosmtpd is untyped
        self._reader._transport = secured  # type: ignore[attr-defined]  # aiosmtpd is untyped
        self._writer._transport = secured  # type: ignore[attr-defined]  # aiosmtpd is untyped
        self.transport, self.secure, self._over_ssl = secured, True, True
        peer = self.session.peer
        self.session = self._create_session()
        self.session.peer, self.session.ssl = peer, {"cipher": secured.get_extra_info("cipher")}
        self._set_rset_state()  # type: ignore[no-untyped-call]  # aiosmtpd is untyped

    def _getaddr(self, arg: str) -> tuple[str | None, str | None]:
        """An address and what follows it; the general grammar only for the unusual."""
        plain = _PLAIN.match(arg)
        if plain:
            return plain.group(1), plain.group(2)
        found: tuple[str | None, str | None] = super()._getaddr(arg)
        return found

    async def _call_handler_hook(self, command: str, *args: Any) -> Any:
        if command == "MAIL":
            return self._sender_refused()
        if command == "RCPT":
            return await self._recipient_refused(args[0])
        return MISSING

    def _sender_refused(self) -> Any:
        if not self.desk.has_room():
            return DISK_FULL
        if self.desk.in_flight >= self.desk.limits.in_flight_bytes:
            return _BUSY
        if not self.desk.peers.may_send(self.peer, time.monotonic()):
            return _TOO_OFTEN
        return MISSING

    async def _recipient_refused(self, address: str) -> Any:
        if len(self.envelope.rcpt_tos) >= self.desk.limits.recipients:
            return _TOO_MANY_RECIPIENTS
        try:
            number = await self.desk.mailbox(storable(address))
        except Unavailable:
            return UNAVAILABLE
        if number is None:
            return self._unknown(address)
        if self.mailbox_id is None:
            self.mailbox_id = number
        return MISSING

    def _unknown(self, address: str) -> str:
        self.unknown += 1
        limits = self.desk.limits
        if self.unknown > limits.unknown_recipients and not limits.trusts(self.peer):
            self.loop.call_soon(self._part, b"")
            return "421 4.7.0 Too many unknown recipients"
        shown = address.encode("ascii", "backslashreplace").decode()
        return f"550 5.1.1 <{shown}> is no address of this desk"

    # --- messages -------------------------------------------------------------------------

    async def smtp_DATA(self, arg: str | None) -> None:
        """Receive a message, and acknowledge it once it is durable."""
        if await self.check_helo_needed():
            return
        if not self.envelope.rcpt_tos:
            await self.push("503 5.5.1 Name a recipient first")
            return
        if arg:
            await self.push("501 5.5.4 No parameters")
            return
        await self.push("354 End with a dot on a line of its own")
        self.busy = True
        try:
            raw = await self._receive()
            reply = _TOO_LARGE if raw is None else await self._keep(raw)
        finally:
            self.busy = False
            self.desk.in_flight -= self._held
            self._held = 0
        replies = self._replies(reply)
        self._set_post_data_state()
        await self.push(replies)

    def _replies(self, reply: str) -> str:
        """The reply as it is sent: once a message."""
        return reply

    async def _keep(self, raw: bytes) -> str:
        refused = refusal(raw, self.desk.limits)
        if refused:
            log.warning("mail refused", peer=self.peer, reply=refused)
            return refused
        sender = self.envelope.mail_from or ""
        arrival = Arrival(
            mailbox_id=self.mailbox_id,
            channel=self.channel,
            at=clock.now(),
            raw=raw,
            sender="" if sender == "<>" else storable(sender),
            recipients=tuple(dict.fromkeys(map(storable, self.envelope.rcpt_tos))),
            peer=self.peer,
        )
        return await self.desk.keep(arrival)

    async def _receive(self) -> bytes | None:
        """The bytes of a message, or none if they are too many.

        Only CR LF dot CR LF ends it: a bare LF never does, so that no second message can be
        smuggled in what another server took for one.
        """
        limits = self.desk.limits
        # The line end of the DATA command makes a dot on the first line like any other.
        self._reader._buffer[:0] = b"\r\n"  # type: ignore[attr-defined]  # aiosmtpd is untyped
        parts: list[bytes] = []
        size, ended, until = 0, False, time.monotonic() + limits.message_seconds
        while not ended:
            self._reset_timeout(max(0.01, min(limits.idle_seconds, until - time.monotonic())))
            chunk, ended = await self._chunk()
            size += len(chunk)
            if size - len(_END) <= limits.message_bytes:
                parts.append(chunk)
                self._held += len(chunk)
                self.desk.in_flight += len(chunk)
                continue
            parts.clear()
            if size > limits.message_bytes * _PATIENCE_WITH_LARGE:
                self._part(_TOO_LARGE.encode() + b"\r\n")
                raise ConnectionResetError("the message does not end")
        self._reset_timeout()
        return _unstuffed(b"".join(parts)) if parts else None

    async def _chunk(self) -> tuple[bytes, bool]:
        """The next part of a message, and whether the message ends with it."""
        try:
            return await self._reader.readuntil(_END), True
        except asyncio.LimitOverrunError as error:
            return await self._reader.read(error.consumed), False
        except asyncio.IncompleteReadError as error:
            raise ConnectionResetError("the peer left in the middle of a message") from error


class LmtpConversation(Conversation):
    """A peer that speaks LMTP: it introduces itself by LHLO and gets a reply a recipient."""

    channel = "lmtp"

    async def smtp_LHLO(self, hostname: str | None) -> None:
        """LMTP's EHLO."""
        await Conversation.smtp_EHLO(self, hostname)

    async def smtp_HELO(self, hostname: str) -> None:
        """Not part of LMTP."""
        await self.push("500 5.5.1 This is LMTP, say LHLO")

    async def smtp_EHLO(self, hostname: str | None) -> None:
        """Not part of LMTP."""
        await self.push("500 5.5.1 This is LMTP, say LHLO")

    def _replies(self, reply: str) -> str:
        """The reply as it is sent: once for each recipient."""
        return "\r\n".join([reply] * len(self.envelope.rcpt_tos))


def _unstuffed(received: bytes) -> bytes:
    """The message in what was received: without its end, and without the peer's extra dots."""
    if len(received) <= len(_END):
        return b""
    body = received[: -len(_END)]
    if b"\r\n." in body:
        body = body.replace(b"\r\n.", b"\r\n")
    return body[2:] + b"\r\n"


@cache
def _commands(channel: str) -> list[str]:
    kind = LmtpConversation if channel == LmtpConversation.channel else Conversation
    return [name for base in kind.__mro__ for name in vars(base) if name.startswith("smtp_")]


def _ended(task: "asyncio.Task[None]") -> None:
    error = None if task.cancelled() else task.exception()
    if error is not None and not isinstance(error, (ConnectionError, asyncio.IncompleteReadError)):
        log.error("conversation ended by an error", exc_info=error)
