"""A small telephone system in front of the desk: SIP on one side, HTTP steps on the other.

It does what the shipped dialplan does on Asterisk: answers a call, asks the desk for one step at a
time, waits for keys, rings an engineer, and tells the desk when the call is over. Run as
``python -m tests.telephony.gateway SIP_PORT ENGINEERS_PORT DESK TOKEN``; it writes one line of
JSON for each request.
"""

import json
import re
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any
from urllib.parse import parse_qs, urlencode
from urllib.request import Request, urlopen

import pjsua2 as pj

_NUMBER = re.compile(r"sip:([^@;>]+)@")
_POOL = ThreadPoolExecutor(16)
_GOING: list["Dialogue"] = []


def post(desk: str, token: str, what: str, fields: dict[str, str]) -> dict[str, str]:
    """One request to the desk, as CURL in the dialplan makes it."""
    request = Request(
        f"{desk}/voice/asterisk/{what}",
        urlencode(fields).encode(),
        {"Authorization": f"Bearer {token}"},
    )
    began = time.monotonic()
    with urlopen(request, timeout=4) as answer:
        said = answer.read().decode()
    took = round((time.monotonic() - began) * 1000, 1)
    print(json.dumps({"what": what, **fields, "said": said, "ms": took}), flush=True)
    return {name: values[0] for name, values in parse_qs(said).items()}


class Leg(pj.Call):
    """One side of a call."""

    def __init__(self, account: pj.Account, id: int = pj.PJSUA_INVALID_ID) -> None:
        super().__init__(account, id)
        self.keys = ""
        self.up = self.gone = False
        self.code = 0

    def onDtmfDigit(self, prm: Any) -> None:
        """A key was pressed."""
        self.keys += prm.digit

    def onCallState(self, _prm: Any) -> None:
        """Answered, or gone."""
        info = self.getInfo()
        self.up |= info.state == pj.PJSIP_INV_STATE_CONFIRMED
        if info.state == pj.PJSIP_INV_STATE_DISCONNECTED:
            self.gone, self.code = True, info.lastStatusCode

    def end(self) -> None:
        """Hang up."""
        if not self.gone:
            self.hangup(pj.CallOpParam(True))


class Dialogue:
    """One caller's call, step by step; advanced by the main loop, never blocking it."""

    def __init__(self, account: "Trunk", leg: Leg, caller: str, called: str) -> None:
        self.account, self.leg = account, leg
        self.id, self.caller, self.called = f"sip-{leg.getInfo().callIdString}", caller, called
        self.status, self.answered_at, self.talked = "", 0.0, 0
        self.engineer: Leg | None = None
        self.steps = self._run()

    def advance(self) -> bool:
        """Go on as far as possible; whether there is more to come."""
        return next(self.steps, None) is not None

    def _run(self) -> Iterator[bool]:
        for _ in self._talk():
            if self.leg.gone:
                break
            yield True
        if self.engineer:
            self.engineer.end()
        if self.answered_at:
            self.talked = int(time.monotonic() - self.answered_at)
        fields = {"call": self.id, "dialstatus": self.status, "talked": str(self.talked)}
        yield from self._until(self._ask("hangup", fields).done)

    def _talk(self) -> Iterator[bool]:
        yield from self._until(lambda: self.leg.up or self.leg.gone)
        digits, step = "", 0
        while True:
            asked = self._ask(
                "step",
                {
                    "call": self.id, "from": self.caller, "to": self.called, "step": str(step),
                    "digits": digits, "dialstatus": self.status if self.engineer else "",
                },
            )  # fmt: skip
            yield from self._until(asked.done)
            told, digits, step = asked.result(), "", step + 1
            self.engineer = None
            if told["do"] == "gather":
                most = int(told["max"])
                yield from self._keys(most, float(told["timeout"]))
                digits = self._taken(most)
            elif told["do"] == "dial":
                yield from self._dial(told["target"], float(told["timeout"]))
            else:
                self.leg.end()
                return

    def _keys(self, most: int, seconds: float) -> Iterator[bool]:
        """Wait for keys as Read does: so many, a hash, or silence. Keys pressed early count."""
        heard, end = len(self.leg.keys), time.monotonic() + seconds
        while len(self.leg.keys) < most and "#" not in self.leg.keys and time.monotonic() < end:
            if len(self.leg.keys) > heard:
                heard, end = len(self.leg.keys), time.monotonic() + seconds
            yield True

    def _taken(self, most: int) -> str:
        """The keys of this question; what was pressed beyond them is kept for the next."""
        found = self.leg.keys.partition("#")[0][:most]
        rest = self.leg.keys[len(found) :]
        self.leg.keys = rest.removeprefix("#") if len(found) < most else rest
        return found

    def _dial(self, target: str, seconds: float) -> Iterator[bool]:
        name = target.rpartition("/")[2]
        self.engineer = leg = Leg(self.account)
        leg.makeCall(f"sip:{name}@127.0.0.1:{self.account.engineers}", pj.CallOpParam(True))
        end = time.monotonic() + seconds
        yield from self._until(lambda: leg.up or leg.gone or time.monotonic() > end)
        if not leg.up:
            self.status = "BUSY" if leg.code == 486 else "NOANSWER"
            leg.end()
            return
        self.status, self.answered_at = "ANSWER", time.monotonic()
        yield from self._until(self._ask("answered", {"call": self.id}).done)
        yield from self._until(lambda: leg.gone)

    def _ask(self, what: str, fields: dict[str, str]) -> "Future[dict[str, str]]":
        return _POOL.submit(post, self.account.desk, self.account.token, what, fields)

    def _until(self, ready: Callable[[], bool]) -> Iterator[bool]:
        while not ready():
            yield True


class Trunk(pj.Account):
    """Where calls come in."""

    def __init__(self, engineers: int, desk: str, token: str) -> None:
        super().__init__()
        self.engineers, self.desk, self.token = engineers, desk, token

    def onIncomingCall(self, prm: Any) -> None:
        """Answer at once; the dialogue begins when the line is up."""
        leg = Leg(self, prm.callId)
        info = leg.getInfo()
        caller = _NUMBER.search(info.remoteUri)
        called = _NUMBER.search(info.localUri)
        _GOING.append(Dialogue(self, leg, caller[1] if caller else "", called[1] if called else ""))
        answer = pj.CallOpParam()
        answer.statusCode = 200
        leg.answer(answer)


def main(port: int, engineers: int, desk: str, token: str) -> None:
    """Serve until the process is ended."""
    endpoint = pj.Endpoint()
    endpoint.libCreate()
    config = pj.EpConfig()
    config.uaConfig.threadCnt, config.uaConfig.mainThreadOnly = 0, True
    config.uaConfig.maxCalls = 60
    config.logConfig.level = config.logConfig.consoleLevel = 1
    endpoint.libInit(config)
    transport = pj.TransportConfig()
    transport.port, transport.boundAddress = port, "127.0.0.1"
    endpoint.transportCreate(pj.PJSIP_TRANSPORT_UDP, transport)
    endpoint.libStart()
    endpoint.audDevManager().setNullDev()
    trunk = Trunk(engineers, desk, token)
    account = pj.AccountConfig()
    account.idUri = f"sip:desk@127.0.0.1:{port}"
    trunk.create(account)
    print(json.dumps({"what": "ready"}), flush=True)
    while True:
        endpoint.libHandleEvents(10)
        _GOING[:] = [one for one in _GOING if one.advance()]


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3], sys.argv[4])
