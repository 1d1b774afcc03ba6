"""A real desk with the demo's vendor in it, run by the real command on ports of its own."""

import os
import re
import signal
import smtplib
import subprocess
import sys
import time
from email.message import EmailMessage
from pathlib import Path

from tests.config.desk import free_ports

#: The demo's people by first name: address and password.
PEOPLE = {
    "imogen": ("imogen@larkspur.example", "harbour-clock-47"),
    "tomas": ("tomas@larkspur.example", "quiet-lantern-52"),
    "sam": ("sam@larkspur.example", "copper-bridge-19"),
    "mei": ("mei@larkspur.example", "winter-orchard-88"),
}
#: What the telephone system of the browser tests shows.
VOICE_TOKEN = "token-of-the-browser-tests"
#: Contacts of the demo who can sign in to the portal.
CONTACTS = {
    "priya": ("priya.raman@brassfoundry.example", "amber-harvest-31"),
    "tariq": ("tariq@kestrelit.example", "falcon-ledger-75"),
}
START_SECONDS = 180.0
_OWN = re.compile(r"HELIODESK_(?!PG_BIN|TEST_)|DATABASE_")


class Desk:
    """``heliodesk demo`` in a process of its own; its database is embedded unless one is named."""

    def __init__(self, folder: Path, *, database: str = "") -> None:
        self.folder = folder
        web, self.live_port, self.smtp_port, lmtp = free_ports(4)
        #: By name, since a passkey belongs to a name and never to a number.
        self.address = f"http://localhost:{web}"
        own = {name: value for name, value in os.environ.items() if not _OWN.match(name)}
        self.environment = own | {
            "HELIODESK_DATA": str(folder / "data"),
            "HELIODESK_WEB_PORT": str(web),
            "HELIODESK_LIVE_PORT": str(self.live_port),
            "HELIODESK_SMTP_PORT": str(self.smtp_port),
            "HELIODESK_LMTP_PORT": str(lmtp),
            "HELIODESK_BASE_URL": self.address,
            "HELIODESK_WEB_WORKERS": "2",
            # All journeys come from one network address.
            "HELIODESK_WEB_FORMS_PER_HOUR": "1000",
            "HELIODESK_COMPANY_SIGN_IN_INSIDE": "true",
            "HELIODESK_VOICE_ASTERISK_TOKEN": VOICE_TOKEN,
        }
        if database:
            self.environment["DATABASE_URL"] = database
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def said(self) -> str:
        """What the command printed until now."""
        return (self.folder / "said").read_text(errors="replace")

    def start(self) -> "Desk":
        """Start it and wait until it says how to try it."""
        with (self.folder / "said").open("wb") as said:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "heliodesk", "demo"],
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=subprocess.STDOUT,
                env=self.environment,
            )
        end = time.monotonic() + START_SECONDS
        while "Ctrl+C stops everything" not in self.said:
            if self.process.poll() is not None or time.monotonic() > end:
                self.stop()
                raise AssertionError(f"the demo did not start:\n{self.said}")
            time.sleep(0.1)
        return self

    def stop(self) -> None:
        """Tell it to end, and wait until it has."""
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(timeout=30)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()

    def run(self, *words: str, typed: str = "") -> str:
        """Run a ``heliodesk`` command on this desk; what it printed."""
        done = subprocess.run(
            [sys.executable, "-m", "heliodesk", *words],
            input=typed,
            capture_output=True,
            text=True,
            env=self.environment,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def deliver(self, mail: EmailMessage, *, sender: str) -> None:
        """Hand a mail to the desk's SMTP listener."""
        with smtplib.SMTP("127.0.0.1", self.smtp_port, timeout=30) as server:
            server.send_message(mail, from_addr=sender, to_addrs=[str(mail["To"])])
