"""The mails of a run: as customers' programs write them, ready for the wire."""

import base64
import random
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime

from bench.loader import MAILBOX
from bench.words import Writer

ATTACHMENT_BYTES = 100_000


@dataclass(frozen=True)
class Acknowledged:
    """What a customer has from us: the mail that acknowledged a case."""

    address: str
    reply_to: str
    message_id: str
    subject: str


@dataclass(frozen=True)
class Letter:
    """A mail in its envelope; ``data`` ends with the line of the single dot."""

    sender: str
    recipient: str
    data: bytes


class Letters:
    """Writes the mails of one run: the same numbers give the same mix."""

    def __init__(self, accounts: int, *, seed: int) -> None:
        self._accounts = accounts
        self._seed = seed
        self._chance = random.Random(seed)
        self._writer = Writer(seed)
        self._texts = [self._writer.text(self._chance.randint(700, 2400)) for _ in range(200)]
        self._number = 0

    def new(self, *, attachment: bool) -> Letter:
        """A mail that opens a case, from a contact that quotes the account's ID."""
        account = self._chance.randint(1, self._accounts)
        person = (account - 1) * 3 + self._chance.randint(1, 3)
        sender = f"person{person}@customer{account}.example"
        subject = f"{self._writer.sentence(5)} (10-{account // 10000:04d}-{account:07d})"
        return self._letter(sender, MAILBOX, subject, "", attachment=attachment)

    def reply(self, to: Acknowledged, *, attachment: bool) -> Letter:
        """An answer to an acknowledgement, with the quoted text below."""
        quoted = "\r\n".join(f"> {line}" for line in self._texts[0].splitlines()[:12])
        threading = f"In-Reply-To: {to.message_id}\r\nReferences: {to.message_id}\r\n"
        return self._letter(
            to.address,
            to.reply_to,
            f"Re: {to.subject}",
            threading,
            attachment=attachment,
            below=f"\r\n\r\nOn Monday, Meridian Support wrote:\r\n{quoted}\r\n",
        )

    def _letter(
        self,
        sender: str,
        recipient: str,
        subject: str,
        threading: str,
        *,
        attachment: bool,
        below: str = "",
    ) -> Letter:
        self._number += 1
        chosen = self._chance.choice(self._texts)
        text = f"Hello,\n{chosen}\nRun {self._seed}, mail {self._number}.".replace("\n", "\r\n")
        head = (
            "Received: from mail.customer.example (mail.customer.example [192.0.2.7])\r\n"
            f"\tby mx.meridian.example with ESMTPS id {self._seed}x{self._number};"
            f" {format_datetime(datetime.now(UTC))}\r\n"
            f"From: {sender.partition('@')[0].title()} <{sender}>\r\n"
            f"To: Meridian Support <{recipient}>\r\nSubject: {subject}\r\n"
            f"Date: {format_datetime(datetime.now(UTC))}\r\n"
            f"Message-ID: <b{self._seed}.{self._number}@{sender.partition('@')[2]}>\r\n"
            f"{threading}MIME-Version: 1.0\r\n"
        )
        body = text + below
        if not attachment:
            content = f"Content-Type: text/plain; charset=utf-8\r\n\r\n{body}\r\n"
            return Letter(sender, recipient, _wired((head + content).encode()))
        file = base64.encodebytes(self._chance.randbytes(ATTACHMENT_BYTES)).replace(b"\n", b"\r\n")
        mark = f"=_b{self._seed}_{self._number}"
        before = (
            f'{head}Content-Type: multipart/mixed; boundary="{mark}"\r\n\r\n'
            f"--{mark}\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{body}\r\n"
            f"--{mark}\r\nContent-Type: application/octet-stream\r\n"
            f'Content-Disposition: attachment; filename="log{self._number}.bin"\r\n'
            "Content-Transfer-Encoding: base64\r\n\r\n"
        )
        raw = before.encode() + file + f"--{mark}--\r\n".encode()
        return Letter(sender, recipient, _wired(raw))


def _wired(raw: bytes) -> bytes:
    """With leading dots doubled, and the end of the message after it (RFC 5321, 4.5.2)."""
    stuffed = raw.replace(b"\r\n.", b"\r\n..")
    return stuffed + (b".\r\n" if stuffed.endswith(b"\r\n") else b"\r\n.\r\n")
