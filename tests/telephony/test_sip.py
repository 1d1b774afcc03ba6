"""Real calls: SIP and touch tones over RTP, through a gateway, to the desk's own HTTP steps."""

import json
import queue
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from heliodesk.telephony.models import Call, CallBack, CallOffer, Line
from tests.conftest import program
from tests.telephony.conftest import NORTHWIND, TOKEN, UK, World

pytestmark = [pytest.mark.needs("sipp"), pytest.mark.django_db(transaction=True)]
_SCENARIOS = Path(__file__).parent / "sip"
_PATIENCE = 60.0


def free_port() -> int:
    """A UDP port that nobody has."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@dataclass
class Exchange:
    """A running gateway, and what it asked of the desk."""

    port: int
    engineers: int
    lines: "queue.Queue[dict[str, Any]]"

    def until(self, what: str) -> list[dict[str, Any]]:
        """Every request up to the first of this kind."""
        seen: list[dict[str, Any]] = []
        while not seen or seen[-1]["what"] != what:
            seen.append(self.lines.get(timeout=_PATIENCE))
        return seen


@pytest.fixture
def exchange(calls: Callable[..., Any], live_server: Any) -> Iterator[Exchange]:
    """The gateway in a process of its own, in front of this test's desk."""
    calls()
    with pytest.raises(HTTPError):  # The desk has read its pages before the first call comes.
        urlopen(Request(f"{live_server.url}/voice/asterisk/step", b"call=warm"), timeout=_PATIENCE)
    port, engineers = free_port(), free_port()
    arguments = [str(port), str(engineers), live_server.url, TOKEN]
    running = subprocess.Popen(
        [sys.executable, "-m", "tests.telephony.gateway", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    lines: queue.Queue[dict[str, Any]] = queue.Queue()
    assert running.stdout is not None

    def read(stream: Any) -> None:
        for line in stream:
            if line.startswith("{"):
                lines.put(json.loads(line))

    reader = threading.Thread(target=read, args=[running.stdout], daemon=True)
    reader.start()
    found = Exchange(port, engineers, lines)
    try:
        found.until("ready")
        yield found
    finally:
        running.kill()
        running.wait()
        reader.join(5)
        running.stdout.close()


def sipp(scenario: str, *arguments: str) -> subprocess.Popen[bytes]:
    """SIPp with one of our scenarios, for one call."""
    found = program("sipp")
    assert found
    return subprocess.Popen(
        [found, "-sf", str(_SCENARIOS / f"{scenario}.xml"), "-i", "127.0.0.1", "-m", "1",
         "-nostdin", *arguments],
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip


def settled(ready: Callable[[], bool]) -> bool:
    """Whether this comes true within a while."""
    end = time.monotonic() + _PATIENCE
    while not ready() and time.monotonic() < end:
        time.sleep(0.1)
    return ready()


def test_a_caller_keys_the_id_and_talks_to_an_engineer(
    exchange: Exchange, engineer: Callable[..., Any], world: World
) -> None:
    anna = engineer("PJSIP/anna")
    phone = sipp("engineer", "-p", str(exchange.engineers))
    caller = sipp("talks", "-s", UK, "-p", str(free_port()), f"127.0.0.1:{exchange.port}")
    try:
        asked = exchange.until("hangup")
        assert caller.wait(_PATIENCE) == 0
        assert phone.wait(_PATIENCE) == 0
    finally:
        caller.kill(), phone.kill()
    steps = [one for one in asked if one["what"] == "step"]
    assert [one["digits"] for one in steps] == ["", "3", NORTHWIND.replace("-", "")]
    assert "do=dial&target=PJSIP/anna" in steps[-1]["said"]
    assert asked[-1]["dialstatus"] == "ANSWER"
    assert settled(lambda: Call.objects.filter(state="wrap_up").exists())
    call = Call.objects.get()
    assert (call.agent, call.account, call.contact, call.outcome) == (
        anna, world.northwind, world.mara, "connected",
    )  # fmt: skip
    assert (call.talked_seconds or 0) >= 1
    assert CallOffer.objects.get().state == "claimed"
    assert Line.objects.get().rang_at


def test_a_p1_caller_who_is_cut_off_is_called_back(exchange: Exchange) -> None:
    caller = sipp("gives_up", "-s", UK, "-p", str(free_port()), f"127.0.0.1:{exchange.port}")
    try:
        asked = exchange.until("hangup")
        assert caller.wait(_PATIENCE) == 0
    finally:
        caller.kill()
    assert [one.get("digits") for one in asked if one["what"] == "step"][:2] == ["", "1"]
    assert settled(lambda: CallBack.objects.filter(state="due", urgent=True).exists())
    assert Call.objects.get().outcome == "callback"
