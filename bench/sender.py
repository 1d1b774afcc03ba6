"""A plain SMTP or LMTP client that costs little itself: the desk is what is measured."""

import socket
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from bench.letters import Letter

#: Mails sent over one connection, as a mail server before the desk does under load.
MAILS_PER_CONNECTION = 20


class Refused(Exception):
    """The desk did not take a mail; the text is its reply."""


class Client:
    """One connection to the listener."""

    def __init__(self, host: str, port: int, *, lmtp: bool = False, timeout: float = 60) -> None:
        self._socket = socket.create_connection((host, port), timeout=timeout)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._file = self._socket.makefile("rb")
        self._expect(b"220")
        self._socket.sendall(b"LHLO bench\r\n" if lmtp else b"EHLO bench\r\n")
        self._expect(b"250")

    def send(self, letter: Letter) -> None:
        """Send one mail; returns once it is acknowledged.

        Raises:
            Refused: any reply but 250.
            OSError: the connection broke, so the fate of the mail is not known.
        """
        envelope = f"MAIL FROM:<{letter.sender}>\r\nRCPT TO:<{letter.recipient}>\r\nDATA\r\n"
        self._socket.sendall(envelope.encode())
        self._expect(b"250")
        self._expect(b"250")
        self._expect(b"354")
        self._socket.sendall(letter.data)
        self._expect(b"250")

    def close(self) -> None:
        """Say goodbye."""
        try:
            self._socket.sendall(b"QUIT\r\n")
        except OSError:
            pass
        finally:
            self._file.close()
            self._socket.close()

    def _expect(self, code: bytes) -> None:
        while True:
            line = self._file.readline(4096)
            if not line:
                raise ConnectionResetError("the listener hung up")
            if line[3:4] != b"-":
                break
        if not line.startswith(code):
            raise Refused(line.decode("utf-8", "replace").strip())


@dataclass
class Sent:
    """How sending went: seconds from DATA's start to 250, for each mail."""

    seconds: list[float] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)


def send_all(
    letters: Sequence[Letter], *, host: str, port: int, senders: int, lmtp: bool = False
) -> Sent:
    """Send these mails from several senders at once; returns when all are acknowledged."""
    done = [Sent() for _ in range(senders)]

    def work(mine: Sequence[Letter], sent: Sent) -> None:
        for start in range(0, len(mine), MAILS_PER_CONNECTION):
            client = Client(host, port, lmtp=lmtp)
            for letter in mine[start : start + MAILS_PER_CONNECTION]:
                begun = time.perf_counter()
                try:
                    client.send(letter)
                except Refused as refusal:
                    sent.refused.append(str(refusal))
                else:
                    sent.seconds.append(time.perf_counter() - begun)
            client.close()

    threads = [
        threading.Thread(target=work, args=(letters[n::senders], done[n])) for n in range(senders)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return Sent(
        [one for sent in done for one in sent.seconds],
        [one for sent in done for one in sent.refused],
    )
