"""Page by our own Asterisk: it rings the person and plays the page (AMI Originate).

Named in ``HELIODESK_PAGING_VOICE`` as ``heliodesk.telephony.adapters.ami:call``. That somebody
picked up is no answer (voice mail does, too): only the key that the dialplan posts takes the page.
"""

import socket
from collections.abc import Mapping
from urllib.parse import unquote, urlsplit

from django.conf import settings

from heliodesk.oncall.senders.letter import SECONDS, Gone, Letter, TryAgain, Unset

#: Seconds the telephone rings before Asterisk gives up.
_RING_SECONDS = 25
_CONTEXT = "desk-page"
_LONGEST = 64_000


def call(letter: Letter) -> str:
    """Let Asterisk ring this number; the id under which it was asked to.

    Raises:
        Unset: no Asterisk is named.
        TryAgain: it could not be reached, or did not answer in time.
        Gone: it refused the call.
    """
    asterisk = urlsplit(settings.VOICE_AMI)
    if asterisk.scheme != "ami" or not (asterisk.hostname and asterisk.username):
        raise Unset("Set HELIODESK_VOICE_AMI, such as ami://heliodesk:secret@127.0.0.1:5038.")
    try:
        with socket.create_connection(
            (asterisk.hostname, asterisk.port or 5038), timeout=SECONDS
        ) as line:
            spoken = _Manager(line)
            spoken.greeted()
            name, secret = unquote(asterisk.username), unquote(asterisk.password or "")
            said = spoken.ask(
                {"Action": "Login", "Username": name, "Secret": secret, "Events": "off"}
            )
            if said.get("Response") != "Success":
                raise Unset(
                    f"Asterisk does not let us in: {said.get('Message', 'no reason given')}"
                )
            return _originate(spoken, letter)
    except OSError as error:
        raise TryAgain(f"{type(error).__name__}: {error}") from error


def _originate(spoken: "_Manager", letter: Letter) -> str:
    channel = letter.address
    if channel.startswith("+"):
        channel = settings.VOICE_ASTERISK_TRUNK.replace("{number}", channel)
    said = spoken.ask(
        {
            "Action": "Originate",
            "ActionID": letter.key,
            "Channel": channel,
            "Context": _CONTEXT,
            "Exten": "s",
            "Priority": "1",
            "Timeout": str(_RING_SECONDS * 1000),
            "CallerID": f"P1 <{settings.VOICE_FROM}>" if settings.VOICE_FROM else "P1",
            "Async": "true",
            "Variable": f"PAGE={letter.token}",
        }
    )
    if said.get("Response") != "Success":
        raise Gone(f"Asterisk refused: {said.get('Message', 'no reason given')}")
    return letter.key


class _Manager:
    """One session of the manager interface: blocks of ``Name: value`` lines."""

    def __init__(self, line: socket.socket) -> None:
        self._line = line
        self._kept = b""

    def greeted(self) -> None:
        """Read the line with which it begins."""
        self._until(b"\r\n")

    def ask(self, fields: Mapping[str, str]) -> dict[str, str]:
        """Send an action and give its response; events in between are passed over."""
        lines = [f"{name}: {_one_line(value)}" for name, value in fields.items()]
        self._line.sendall("\r\n".join([*lines, "", ""]).encode())
        while True:
            found = self._block()
            if "Response" in found:
                return found

    def _block(self) -> dict[str, str]:
        text = self._until(b"\r\n\r\n").decode("utf-8", "replace")
        pairs = (line.partition(":") for line in text.split("\r\n") if ":" in line)
        return {name.strip(): value.strip() for name, _, value in pairs}

    def _until(self, end: bytes) -> bytes:
        while end not in self._kept:
            more = self._line.recv(4096)
            if not more or len(self._kept) > _LONGEST:
                raise ConnectionError("the manager interface closed the line")
            self._kept += more
        found, _, self._kept = self._kept.partition(end)
        return found


def _one_line(value: str) -> str:
    """A value that cannot end its line and begin another action."""
    return value.replace("\r", " ").replace("\n", " ")
