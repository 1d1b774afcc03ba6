"""The listener as the process that it is: killed at any moment, and told to end."""

import os
import signal
import smtplib
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from tests.channels.listening import dsn_of_test
from tests.channels.postfix import free_port

from heliodesk.channels.models import Inbound, Mailbox

KILLS = 3


@contextmanager
def listener(smtp: int, lmtp: int) -> Iterator["subprocess.Popen[bytes]"]:
    """The real command, answering at its port."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("HELIODESK_")}
    data = {"HELIODESK_DATA": os.environ["HELIODESK_DATA"], "HELIODESK_LOG_LEVEL": "WARNING"}
    ports = ("--smtp-port", str(smtp), "--lmtp-port", str(lmtp))
    process = subprocess.Popen(
        [sys.executable, "-m", "heliodesk", "mail-listener", *ports],
        env=kept | data | {"DATABASE_URL": dsn_of_test()},
    )
    try:
        deadline = time.monotonic() + 60
        while not _answers(smtp):
            assert process.poll() is None and time.monotonic() < deadline
            time.sleep(0.05)
        yield process
    finally:
        process.kill()
        process.wait()


def _answers(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=5) as probe:
            return probe.recv(3) == b"220"
    except OSError:
        return False


class Sender(threading.Thread):
    """Sends numbered messages without pause, and remembers which were acknowledged."""

    def __init__(self, port: int, name: str) -> None:
        super().__init__(daemon=True)
        self.port, self.tag, self.acknowledged = port, name, list[int]()
        self.stop = threading.Event()
        self.start()

    def run(self) -> None:
        number = 0
        while not self.stop.is_set():
            try:
                with smtplib.SMTP("127.0.0.1", self.port, timeout=5) as session:
                    while not self.stop.is_set():
                        number += 1
                        raw = f"Subject: {self.tag} {number}\r\n\r\n{'x' * 500}\r\n"
                        session.sendmail("a@b.example", ["support@desk.example"], raw)
                        self.acknowledged.append(number)
            except (OSError, smtplib.SMTPException):
                time.sleep(0.02)


def test_what_was_acknowledged_survives_being_killed(mailbox: Mailbox) -> None:
    smtp, lmtp = free_port(), free_port()
    senders = [Sender(smtp, name) for name in ("one", "two", "three")]
    for _ in range(KILLS):
        with listener(smtp, lmtp) as process:
            time.sleep(0.7)
            process.send_signal(signal.SIGKILL)
            process.wait()
    for sender in senders:
        sender.stop.set()
        sender.join(20)
    stored = [bytes(row.raw).split(b"\r\n")[0].decode() for row in Inbound.objects.all()]
    sent = [f"Subject: {one.tag} {number}" for one in senders for number in one.acknowledged]
    assert len(sent) > 50
    assert set(sent) <= set(stored) and len(set(stored)) == len(stored)
    assert len(stored) - len(sent) <= KILLS * len(senders)


def test_it_ends_when_told_and_loses_nothing(mailbox: Mailbox) -> None:
    smtp, lmtp = free_port(), free_port()
    with listener(smtp, lmtp) as process:
        sender = Sender(smtp, "one")
        idle = socket.create_connection(("127.0.0.1", lmtp), timeout=10)
        assert idle.recv(100).startswith(b"220")
        time.sleep(0.5)
        began = time.monotonic()
        process.terminate()
        assert process.wait(10) == 0 and time.monotonic() - began < 3
        assert idle.recv(100).startswith(b"421 4.3.2")
        idle.close()
        sender.stop.set()
        sender.join(20)
    numbers = {int(bytes(row.raw).split()[2]) for row in Inbound.objects.all()}
    assert sender.acknowledged and set(sender.acknowledged) <= numbers
