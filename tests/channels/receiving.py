"""A mail server of the outside world, which takes or refuses what the test says."""

import email
import email.policy
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, Envelope, Session

#: Seconds that starting may take.
PATIENCE = 60.0


class Server:
    """Takes mail, and refuses what the test tells it to refuse."""

    def __init__(self) -> None:
        self.taken: list[tuple[str, list[str], bytes]] = []
        self.refuse: dict[str, str] = {}
        self.data_answer = "250 OK"
        self.connections = 0

    async def handle_EHLO(
        self, server: Any, session: Session, envelope: Envelope, name: str, said: list[str]
    ) -> list[str]:
        session.host_name = name
        self.connections += 1
        return said

    async def handle_RCPT(
        self, server: Any, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if address in self.refuse:
            return self.refuse[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Session, envelope: Envelope) -> str:
        if self.data_answer.startswith("250"):
            content = envelope.content or b""
            assert isinstance(content, bytes)
            self.taken.append((envelope.mail_from or "", list(envelope.rcpt_tos), content))
        return self.data_answer

    @property
    def messages(self) -> list[EmailMessage]:
        read = [
            email.message_from_bytes(raw, policy=email.policy.default) for _, _, raw in self.taken
        ]
        return [message for message in read if isinstance(message, EmailMessage)]


class Listening(Controller):
    """A server at a free port, waited for as long as a busy machine needs."""

    def __init__(self, handler: Any, **how: Any) -> None:
        super().__init__(handler, hostname="127.0.0.1", port=0, ready_timeout=PATIENCE, **how)

    def _trigger_server(self) -> None:
        self.port = self.server.sockets[0].getsockname()[1]
        with socket.create_connection(("127.0.0.1", self.port), PATIENCE) as first:
            first.recv(1024)


@contextmanager
def receiving(password: str = "") -> Iterator[tuple[Server, int]]:
    """Have such a server running while the block runs; the server and its port.

    With a password only ``desk`` may send, having signed in with it.
    """
    answering = Server()

    def signed_in(
        server: Any, session: Session, envelope: Envelope, mechanism: str, data: Any
    ) -> AuthResult:
        right = (data.login, data.password) == (b"desk", password.encode())
        return AuthResult(success=right, handled=False)

    needed: dict[str, Any] = (
        {"auth_require_tls": False, "auth_exclude_mechanism": ["LOGIN"]} if password else {}
    )
    controller = Listening(
        answering,
        authenticator=signed_in if password else None,
        auth_required=bool(password),
        **needed,
    )
    controller.start()
    try:
        yield answering, controller.port
    finally:
        controller.stop()
