"""Telephones in a process of their own: customers' lines, and engineers' that register and ring.

Run as ``python -m tests.telephony.phones EXCHANGE CARRIER_PORT FOLDER``; each line on the standard
input is one command as JSON, each line on the standard output one thing that happened. Callers and
numbers outside are at ``CALLERS``, engineers' telephones at ``DESKS``: an exchange tells the two
apart by address. What each call hears is recorded in the folder.
"""

import json
import os
import queue
import sys
import threading
import time
from typing import Any

import pjsua2 as pj

CALLERS, DESKS = "127.0.0.10", "127.0.0.20"
#: Hz that an engineer's telephone and a customer's sing, so that each shows to hear the other.
ENGINEER_HZ, CALLER_HZ = 2900, 2600
_SECRET = "change-me"


def tell(what: str, **fields: Any) -> None:
    """One line of what happened."""
    print(json.dumps({"what": what, "at": round(time.monotonic(), 3), **fields}), flush=True)


class Leg(pj.Call):
    """One call of one telephone."""

    def __init__(self, line: "Line", name: str, id: int = pj.PJSUA_INVALID_ID) -> None:
        super().__init__(line, id)
        self.line, self.name, self.gone = line, name, False
        self.recorder: pj.AudioMediaRecorder | None = None
        self.tone: pj.ToneGenerator | None = None
        #: When to answer, and with what code of SIP.
        self.answers: tuple[float, int] | None = None
        self.keys: list[tuple[float, str]] = []

    def onCallState(self, _prm: Any) -> None:
        """Rings, is up, or gone."""
        info = self.getInfo()
        if info.state == pj.PJSIP_INV_STATE_CONFIRMED:
            tell("up", name=self.name)
            if self.line.then.get("keys"):
                self.keys = [(time.monotonic() + 1.2, self.line.then["keys"])]
        elif info.state == pj.PJSIP_INV_STATE_DISCONNECTED and not self.gone:
            self.gone = True
            self.recorder = self.tone = None  # Closes the recording.
            tell("gone", name=self.name, code=info.lastStatusCode)

    def onCallMediaState(self, _prm: Any) -> None:
        """Sound both ways: what is heard goes to a file, and a tone of its own is sung."""
        if self.recorder or not self.hasMedia():
            return
        heard = self.getAudioMedia(-1)
        if self.line.record:
            self.recorder = pj.AudioMediaRecorder()
            self.recorder.createRecorder(f"{self.line.record}/{self.name}.wav")
            heard.startTransmit(self.recorder)
        if self.line.sings:
            self.tone = pj.ToneGenerator()
            self.tone.createToneGenerator(8000, 1)
            note = pj.ToneDesc()
            note.freq1, note.freq2, note.on_msec, note.off_msec = self.line.sings, 0, 1000, 0
            notes = pj.ToneDescVector()
            notes.append(note)
            self.tone.play(notes, True)
            self.tone.startTransmit(heard)

    def press(self, digits: str) -> None:
        """Keys, as telephone events in the sound's own stream."""
        how = pj.CallSendDtmfParam()
        how.digits, how.method, how.duration = digits, pj.PJSUA_DTMF_METHOD_RFC2833, 100
        self.sendDtmf(how)

    def end(self) -> None:
        """Hang up; unanswered, this is a cancel or a refusal."""
        if not self.gone:
            self.hangup(pj.CallOpParam(True))

    def reply(self, code: int) -> None:
        """Answer a call that came in, with a code of SIP."""
        answer = pj.CallOpParam(True)
        answer.statusCode = code
        self.answer(answer)


class Line(pj.Account):
    """A telephone: what it does when it rings, and whether it keeps what it hears."""

    def __init__(self, name: str, *, sings: int = 0, record: str = "") -> None:
        super().__init__()
        self.name, self.sings, self.record = name, sings, record
        self.then: dict[str, Any] = {"do": "answer"}
        self.legs: list[Leg] = []

    def onRegState(self, prm: Any) -> None:
        """Registered, or refused."""
        tell("registered", name=self.name, code=prm.code)

    def onIncomingCall(self, prm: Any) -> None:
        """It rings."""
        leg = Leg(self, self.name, prm.callId)
        self.legs.append(leg)
        tell("rings", name=self.name, caller=leg.getInfo().remoteUri)
        code = {"answer": 200, "busy": 486}.get(self.then["do"])
        if code != 486:
            leg.reply(180)
        if code:
            leg.answers = (time.monotonic() + 0.2, code)

    def advance(self, now: float) -> None:
        """Pick up and press keys when it is time to."""
        for leg in self.legs:
            if leg.answers and now >= leg.answers[0] and not leg.gone:
                (_, code), leg.answers = leg.answers, None
                leg.reply(code)
            while leg.keys and now >= leg.keys[0][0] and not leg.gone:
                leg.press(leg.keys.pop(0)[1])


class Room:
    """All telephones of a test, and the commands that they follow."""

    def __init__(self, exchange: str, carrier: int, record: str) -> None:
        self.exchange, self.record = exchange, record
        self.endpoint = pj.Endpoint()
        self.endpoint.libCreate()
        config = pj.EpConfig()
        config.uaConfig.threadCnt, config.uaConfig.mainThreadOnly = 0, True
        config.uaConfig.maxCalls = 60
        config.medConfig.clockRate = config.medConfig.sndClockRate = 8000
        config.medConfig.noVad = True
        config.medConfig.ecTailLen = 0
        config.logConfig.level = config.logConfig.consoleLevel = 1
        self.endpoint.libInit(config)
        self.ports = {CALLERS: self._transport(CALLERS, carrier), DESKS: self._transport(DESKS, 0)}
        self.endpoint.libStart()
        self.endpoint.audDevManager().setNullDev()
        for codec in self.endpoint.codecEnum2():
            if not codec.codecId.startswith("PCMA/"):
                self.endpoint.codecSetPriority(codec.codecId, 0)
        self.lines: dict[str, Line] = {}
        self.calls: dict[str, Leg] = {}

    def _transport(self, host: str, port: int) -> int:
        transport = pj.TransportConfig()
        transport.port, transport.boundAddress = port, host
        return int(self.endpoint.transportCreate(pj.PJSIP_TRANSPORT_UDP, transport))

    def _config(self, name: str, user: str, host: str) -> pj.AccountConfig:
        account = pj.AccountConfig()
        account.idUri = f'"{name}" <sip:{user}@{host}>'
        account.sipConfig.transportId = self.ports[host]
        account.mediaConfig.transportConfig.boundAddress = host
        return account

    def _phone(self, name: str) -> None:
        """An engineer's telephone, registered by name and secret."""
        account = self._config(name, name, DESKS)
        account.regConfig.registrarUri = f"sip:{self.exchange}"
        account.sipConfig.authCreds.append(pj.AuthCredInfo("digest", "*", name, 0, _SECRET))
        self._line(name, ENGINEER_HZ, account)

    def _line(self, name: str, sings: int, account: pj.AccountConfig) -> None:
        self.lines[name] = Line(name, sings=sings, record=self.record)
        self.lines[name].create(account)

    def follow(self, told: dict[str, Any]) -> None:
        """One command."""
        match told["do"]:
            case "phone":
                self._phone(told["name"])
            case "number":
                account = self._config(told["name"], told["number"], CALLERS)
                self._line(told["name"], CALLER_HZ, account)
            case "then":
                self.lines[told["name"]].then = told["then"]
            case "call":
                self._call(told["name"], told["number"], told["to"], told["headers"])
            case "keys":
                self.calls[told["name"]].press(told["digits"])
            case "hangup":
                self._leg(told["name"]).end()

    def _leg(self, name: str) -> Leg:
        return self.calls[name] if name in self.calls else self.lines[name].legs[-1]

    def _call(self, name: str, number: str, to: str, headers: dict[str, str]) -> None:
        account = self._config(name, number, CALLERS)
        if "customers" in self.lines:
            self.lines["customers"].modify(account)
        else:
            self._line("customers", CALLER_HZ, account)
        leg = self.calls[name] = Leg(self.lines["customers"], name)
        how = pj.CallOpParam(True)
        for header, value in headers.items():
            extra = pj.SipHeader()
            extra.hName, extra.hValue = header, value
            how.txOption.headers.append(extra)
        leg.makeCall(f"sip:{to}@{self.exchange}", how)

    def serve(self) -> None:
        """Follow commands until there are no more."""
        told: queue.Queue[str] = queue.Queue()

        def read() -> None:
            for line in sys.stdin:
                told.put(line)
            told.put("")

        threading.Thread(target=read, daemon=True).start()
        tell("ready")
        while True:
            self.endpoint.libHandleEvents(10)
            now = time.monotonic()
            for line in list(self.lines.values()):
                line.advance(now)
            while not told.empty():
                text = told.get()
                if not text:
                    return
                self.follow(json.loads(text))


if __name__ == "__main__":
    room = Room(sys.argv[1], int(sys.argv[2]), sys.argv[3])
    room.serve()
    os._exit(0)  # Whatever still rings goes with the process.
