"""Customers' mail servers: they send until the desk has said 250, as mail servers do."""

import smtplib
import threading
from collections.abc import Sequence
from email.message import EmailMessage

from tests.scenarios.mails import numbered

PAUSE_SECONDS = 0.05
#: All senders of the running test.
senders: "list[Sender]" = []


class Sender(threading.Thread):
    """Sends mails in order, each again and again until it is acknowledged."""

    def __init__(
        self,
        port: int,
        tag: str,
        numbers: Sequence[int],
        *,
        lmtp: bool = False,
        pause: float = 0.0,
    ) -> None:
        """``pause`` is how many seconds to wait after each mail."""
        super().__init__(daemon=True)
        self.port, self.tag, self.numbers, self.pause = port, tag, numbers, pause
        self.protocol: type[smtplib.SMTP] = smtplib.LMTP if lmtp else smtplib.SMTP
        self.acknowledged: list[int] = []
        #: What the desk said when it did not take a mail, and how often a connection broke.
        self.refusals: list[int] = []
        self.cut_off = 0
        self.given_up = threading.Event()
        senders.append(self)
        self.start()

    def run(self) -> None:
        left = list(reversed(self.numbers))
        while left and not self.given_up.is_set():
            try:
                with self.protocol("127.0.0.1", self.port, timeout=70) as session:
                    while left and not self.given_up.is_set():
                        session.send_message(numbered(self.tag, left[-1]))
                        self.acknowledged.append(left.pop())
                        self.given_up.wait(self.pause)
            except smtplib.SMTPResponseException as error:
                self.refusals.append(error.smtp_code)
                self.given_up.wait(PAUSE_SECONDS)
            except smtplib.SMTPRecipientsRefused as error:
                self.refusals += [code for code, _ in error.recipients.values()]
                self.given_up.wait(PAUSE_SECONDS)
            except (OSError, smtplib.SMTPException):
                self.cut_off += 1
                self.given_up.wait(PAUSE_SECONDS)

    def finished(self, *, seconds: float) -> list[int]:
        """Wait until all is acknowledged; the numbers."""
        self.join(seconds)
        done = not self.is_alive()
        self.given_up.set()
        assert done, f"{len(self.acknowledged)} of {len(self.numbers)} in {seconds} s"
        return self.acknowledged


def deliver(port: int, mails: Sequence[EmailMessage], *, sender: str = "") -> None:
    """Hand mails to the desk over one connection; a refusal is an error."""
    with smtplib.SMTP("127.0.0.1", port, timeout=30) as session:
        for mail in mails:
            session.send_message(mail, from_addr=sender or None)
