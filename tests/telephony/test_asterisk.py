"""Real calls by a real Asterisk 22 with the shipped files, to the desk and past it.

Customers and engineers have telephones that speak SIP; keys are pressed as telephone events in the
sound. Each prompt is a tone of its own, so that what somebody heard is read off a recording.
"""

import json
import queue
import re
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
from django.http import HttpRequest

from heliodesk.cases.models import Case
from heliodesk.identity.models import User
from heliodesk.intake.models import HeldItem
from heliodesk.oncall import jobs, sending
from heliodesk.oncall.models import P1, ContactMethod
from heliodesk.oncall.queries import database_time, holder
from heliodesk.telephony import rules
from heliodesk.telephony.models import Call, CallBack, CallOffer
from heliodesk.web.voice import asterisk as doors
from tests import make
from tests.conftest import program
from tests.oncall import world as oncall
from tests.telephony.asterisk import PHONES, RING_HZ, Asterisk, free_ports, heard, played
from tests.telephony.conftest import DIGITS, MARA, TOKEN, UK, World
from tests.telephony.phones import CALLER_HZ, CALLERS, ENGINEER_HZ

pytestmark = [pytest.mark.needs("asterisk"), pytest.mark.django_db(transaction=True)]
_SCENARIOS = Path(__file__).parent / "sip"
_PATIENCE = 60.0
#: Seconds that a busy machine may take by itself.
_SLOW = 3.0
#: A prompt is over when none began for so many seconds; a key pressed before would end it.
_LISTENS = 0.6
Engineers = Callable[..., User]


@dataclass
class Phones:
    """Everybody's telephones, in a process of their own."""

    running: subprocess.Popen[str]
    folder: Path
    happened: "queue.Queue[dict[str, Any]]" = field(default_factory=queue.Queue)

    def do(self, what: str, **fields: Any) -> None:
        """One command."""
        assert self.running.stdin
        self.running.stdin.write(json.dumps({"do": what, **fields}) + "\n")
        self.running.stdin.flush()

    def until(self, what: str, name: str, count: int = 1) -> list[dict[str, Any]]:
        """Everything up to this, so many times."""
        seen: list[dict[str, Any]] = []
        while count:
            one = self.happened.get(timeout=_PATIENCE)
            seen.append(one)
            count -= one["what"] == what and re.fullmatch(name, one.get("name", "")) is not None
        return seen

    def heard_by(self, name: str) -> Path:
        """The recording of a telephone's last call."""
        path = self.folder / f"{name}.wav"
        settled(lambda: path.exists() and _is_closed(path.read_bytes()))
        return path


def _is_closed(recording: bytes) -> bool:
    """Whether its head says how long it is, which is written last."""
    return recording[:4] == b"RIFF" and int.from_bytes(recording[4:8], "little") > 36


@pytest.fixture(scope="module")
def exchange(
    live_server: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Asterisk, Phones]]:
    """Asterisk in front of this run's desk, and the telephones that it knows."""
    folder = tmp_path_factory.mktemp("asterisk")
    (folder / "heard").mkdir()
    [carrier] = free_ports(socket.SOCK_DGRAM)
    pbx = Asterisk(folder, live_server.url, TOKEN, carrier)
    with pytest.raises(HTTPError):  # The desk has read its pages before the first call comes.
        urlopen(Request(f"{live_server.url}/voice/asterisk/step", b"call=warm"), timeout=_PATIENCE)
    running: subprocess.Popen[str] | None = None
    try:
        pbx.start()
        complaints = (folder / "phones").open("w")
        running = subprocess.Popen(
            [sys.executable, "-m", "tests.telephony.phones", pbx.address, str(carrier),
             str(folder / "heard")],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=complaints, text=True,
        )  # fmt: skip
        complaints.close()
        phones = Phones(running, folder / "heard")
        threading.Thread(target=_read, args=[running.stdout, phones.happened], daemon=True).start()
        for name in PHONES:
            phones.do("phone", name=name)
        registered = phones.until("registered", "eng-..", count=len(PHONES))
        assert {one["code"] for one in registered if one["what"] == "registered"} == {200}
        yield pbx, phones
    finally:
        pbx.stop()
        if running:
            running.kill()
            with suppress(BrokenPipeError):
                running.communicate()


def _read(stream: Any, happened: "queue.Queue[dict[str, Any]]") -> None:
    for line in stream:
        if line.startswith("{"):
            happened.put(json.loads(line))


@dataclass
class Line:
    """One customer on the line."""

    pbx: Asterisk
    phones: Phones
    #: What Asterisk asked of the desk, as it was sent.
    asked: list[str]
    name: str
    #: Prompts that had begun when a key was pressed last.
    spoken: int

    def calls(self, number: str = MARA, headers: dict[str, str] | None = None) -> None:
        """Dial the desk and hear the first question."""
        self.dials(number, headers)
        settled(lambda: Call.objects.filter(state="ask_kind").exists())

    def dials(self, number: str = MARA, headers: dict[str, str] | None = None) -> None:
        """Dial the desk, whatever comes of it."""
        self.phones.do("call", name=self.name, number=number, to=UK, headers=headers or {})

    def keys(self, digits: str, until: str) -> None:
        """Listen, press keys, and wait until the call stands there."""
        self.presses(digits)
        settled(lambda: Call.objects.filter(state=until).exists())

    def presses(self, digits: str) -> None:
        """Hear the question to its end and press keys."""
        settled(lambda: self._begun() > self.spoken)
        while self._begun() > self.spoken:
            self.spoken = self._begun()
            time.sleep(_LISTENS)
        self.phones.do("keys", name=self.name, digits=digits)

    def _begun(self) -> int:
        return begun(self.pbx)

    def hangs_up(self) -> None:
        """Put the receiver down, and wait until the desk knows."""
        self.phones.do("hangup", name=self.name)
        self.over()

    def over(self) -> Call:
        """The call once it is over everywhere."""
        self.phones.until("gone", self.name)
        settled(lambda: None not in (Call.objects.values_list("ended_at", flat=True) or {None}))
        return Call.objects.get()

    @property
    def heard(self) -> list[str]:
        """The prompts that were played to this customer."""
        return played(self.phones.heard_by(self.name))


def begun(pbx: Asterisk) -> int:
    """How many prompts began to be played since Asterisk was started."""
    return pbx.log().count("> Playing '")


def settled(ready: Callable[[], bool]) -> None:
    """Wait until this is true."""
    end = time.monotonic() + _PATIENCE
    while not ready():
        assert time.monotonic() < end, "it never came"
        time.sleep(0.05)


_NAMES = iter(f"caller-{n}" for n in range(1000))


@pytest.fixture
def line(
    exchange: tuple[Asterisk, Phones],
    calls: Callable[..., Any],
    live_server: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Line]:
    """A customer, a desk that remembers what it was asked, and telephones that are picked up."""
    calls()
    pbx, phones = exchange
    asked: list[str] = []
    given = doors._given

    def listening(request: HttpRequest) -> Any:
        asked.append(f"{request.path.rpartition('/')[2]} {request.body.decode()}")
        return given(request)

    monkeypatch.setattr(doors, "_given", listening)
    for name in PHONES:
        phones.do("then", name=name, then={"do": "answer"})
    yield Line(pbx, phones, asked, next(_NAMES), begun(pbx))
    pbx.ask(f"dialplan set global DESK {live_server.url}")
    pbx.ask("channel request hangup all")
    settled(lambda: "\n0 active channels" in "\n" + pbx.ask("core show channels count"))
    while not phones.happened.empty():
        phones.happened.get()


def test_the_shipped_files_load_without_a_word_of_complaint(
    exchange: tuple[Asterisk, Phones],
) -> None:
    pbx, _ = exchange
    assert "Asterisk 22." in pbx.ask("core show version")
    modules = (Path(__file__).parents[2] / "deploy/asterisk/modules-heliodesk.txt").read_text()
    running = pbx.ask("module show")
    for module in modules.split():
        assert re.search(rf"^{re.escape(module)} .* Running ", running, re.M), module
    own = re.compile(r"(extensions|pjsip|manager|modules)(-heliodesk)?\.conf|declined|undefined")
    words = [text for text in pbx.log().splitlines() if re.search("ERROR|WARNING", text)]
    assert not [text for text in words if own.search(text)]


def test_a_caller_keys_the_id_and_talks_to_the_engineer(
    line: Line, engineer: Engineers, world: World
) -> None:
    anna = engineer("PJSIP/eng-uk")
    line.calls()
    line.keys("3", "ask_id")
    line.keys(DIGITS, "connected")
    up = line.phones.until("up", "eng-uk")[-1]["at"]
    time.sleep(1.3)
    line.phones.do("hangup", name="eng-uk")
    call = line.over()
    assert call.talked_seconds is not None
    assert 1 <= call.talked_seconds <= 1 + time.monotonic() - up
    assert (call.agent, call.account, call.contact, call.outcome, call.state) == (
        anna, world.northwind, world.mara, "connected", "wrap_up",
    )  # fmt: skip
    assert CallOffer.objects.get().state == "claimed"
    assert line.heard == ["welcome", "ask-kind", "ask-id", "goodbye"]
    tones = heard(line.phones.heard_by(line.name))
    assert any(abs(hz - ENGINEER_HZ) < 15 for hz in tones)
    tones = heard(line.phones.heard_by("eng-uk"))
    assert tones and all(abs(hz - CALLER_HZ) < 15 for hz in tones)
    unique = call.key.removeprefix("asterisk:")
    head = f"step call={unique}&from=%2B442079460155&to=%2B442078478701"
    assert re.fullmatch(r"\d+\.\d+", unique)
    assert line.asked == [
        f"{head}&step=0&digits=&dialstatus=",
        f"{head}&step=1&digits=3&dialstatus=",
        f"{head}&step=2&digits={DIGITS}&dialstatus=",
        f"answered call={unique}",
        f"{head}&step=3&digits=&dialstatus=ANSWER",
        f"hangup call={unique}&dialstatus=ANSWER&talked={call.talked_seconds}",
    ]


def test_a_p1_is_offered_and_paged_and_a_key_in_the_paging_call_takes_it(
    line: Line, world: World, settings: Any
) -> None:
    settings.PAGING, settings.VOICE_FROM = "send", UK
    settings.PAGING_VOICE = "heliodesk.telephony.adapters.ami:call"
    settings.VOICE_AMI = f"ami://heliodesk:change-me@127.0.0.1:{line.pbx.manager}"
    oncall.desk(database_time())
    now, mobile = holder(database_time()), "+447700900471"
    assert now
    primary = User.objects.get(pk=now.person_id)
    ContactMethod.objects.all().delete()
    oncall.way(primary, oncall.Channel.VOICE, mobile)
    line.phones.do("number", name="mobile", number=mobile)
    line.phones.do("then", name="mobile", then={"do": "busy"})
    line.calls()
    line.keys("1", "ask_id")
    assert CallBack.objects.get().state == "armed"
    line.keys(DIGITS, "queue_p1")
    line.phones.until("gone", "mobile")
    assert P1.objects.get().state == "triggered"
    line.phones.do("then", name="mobile", then={"do": "answer", "keys": "1"})
    jobs.sweep()
    for page in sending.claim(10):
        assert sending.send(page)
    settled(lambda: P1.objects.get().state == "acked")
    line.phones.until("gone", "mobile")
    line.hangs_up()
    assert P1.objects.get().owner == primary
    assert next(one for one in line.asked if one.startswith("page ")).endswith("&key=1")
    assert played(line.phones.heard_by("mobile")) == ["page", "page-taken"]
    assert (CallBack.objects.get().state, Call.objects.get().case) == ("due", Case.objects.get())
    assert line.heard[:4] == ["welcome", "ask-kind", "p1-noted", "ask-id"]
    assert "p1-wait" in line.heard


def test_a_p1_caller_who_hangs_up_after_the_key_is_called_back(line: Line) -> None:
    line.calls()
    line.keys("1", "ask_id")
    line.hangs_up()
    call, back = Call.objects.get(), CallBack.objects.get()
    assert (call.state, call.outcome) == ("abandoned", "callback")
    assert (back.state, back.urgent, back.reason) == ("due", True, "cut_off")


def test_silence_a_wrong_shape_and_a_wrong_id_from_a_withheld_number(
    line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rules, "KEY_SECONDS", 2)
    asserted = {"P-Asserted-Identity": "<sip:+442079460199@carrier.example>", "Privacy": "id"}
    line.calls("anonymous", asserted)
    line.keys("3", "ask_id")
    settled(lambda: Call.objects.get().steps.count() == 3)
    line.presses("12#")
    settled(lambda: Call.objects.get().steps.count() == 4)
    line.presses("9999999999999")
    call = line.over()
    assert (call.caller, call.outcome, call.account) == ("", "identity", None)
    assert "&from=anonymous&" in line.asked[0]
    assert [re.findall(r"digits=(\d*)", one)[0] for one in line.asked[:-1]] == [
        "", "3", "", "12", "9999999999999",
    ]  # fmt: skip
    again = ["id-not-confirmed", "ask-id"]
    assert line.heard == [
        "welcome", "ask-kind", "ask-id", *again, *again, "not-confirmed", "goodbye",
    ]  # fmt: skip
    assert HeldItem.objects.count() == 1 and not Case.objects.exists()


def test_whoever_does_not_answer_is_followed_by_the_next(
    line: Line, engineer: Engineers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rules, "RING_SECONDS", 2)
    people = {engineer(f"PJSIP/{name}"): name for name in ("eng-uk", "eng-us", "eng-away")}
    last = engineer("PJSIP/eng-au")
    User.objects.filter(pk=last.pk).update(name="Zoe")
    line.phones.do("then", name="eng-uk", then={"do": "busy"})
    line.phones.do("then", name="eng-us", then={"do": "ring"})
    line.calls()
    line.keys("3", "ask_id")
    line.keys(DIGITS, "connected")
    line.phones.until("up", "eng-au")
    line.hangs_up()
    call = Call.objects.get()
    assert call.agent == last and call.outcome == "connected" and len(people) == 3
    told = {one.rpartition("dialstatus=")[2] for one in line.asked if one.startswith("step")}
    assert told == {"", "BUSY", "NOANSWER", "CHANUNAVAIL"}
    assert sorted(CallOffer.objects.values_list("state", flat=True)) == [
        "claimed", "missed", "missed", "missed",
    ]  # fmt: skip


def test_a_call_about_a_case_reaches_its_owner(
    line: Line, engineer: Engineers, world: World
) -> None:
    engineer("PJSIP/eng-uk")
    owner = engineer("PJSIP/eng-us")
    case = make.case(world.northwind, world.mara, state="assigned", owner=owner)
    line.calls()
    line.keys("2", "ask_id")
    line.keys(DIGITS, "ask_case")
    line.keys(f"{case.ref}#", "connected")
    line.phones.until("up", "eng-us")
    line.hangs_up()
    call = Call.objects.get()
    assert (call.case, call.agent, call.outcome) == (case, owner, "connected")
    assert line.heard == ["welcome", "ask-kind", "ask-id", "ask-case"]


def test_a_desk_that_is_down_is_passed_by(line: Line, live_server: Any) -> None:
    """Everybody on call rings at once; the desk learns of the call when it is back (G8)."""
    [closed] = free_ports(socket.SOCK_STREAM)
    line.pbx.ask(f"dialplan set global DESK http://127.0.0.1:{closed}")
    line.phones.do("then", name="eng-uk", then={"do": "busy"})
    line.phones.do("then", name="eng-us", then={"do": "ring"})
    began = time.monotonic()
    line.dials()
    rings = line.phones.until("rings", "eng-..", count=3)[-1]["at"]
    assert rings - began < 5 + _SLOW
    up = line.phones.until("up", "eng-au")[-1]["at"]
    line.pbx.ask(f"dialplan set global DESK {live_server.url}")
    time.sleep(1.2)
    line.hangs_up()
    call = Call.objects.get()
    assert (call.state, call.outcome) == ("fallback", "fallback")
    assert call.talked_seconds is not None
    assert 1 <= call.talked_seconds <= 1 + time.monotonic() - up


def test_a_desk_that_stands_still_is_passed_by_within_five_seconds(line: Line) -> None:
    """Nobody answers there either: the caller is said good-bye, and is not left on the line."""
    with socket.create_server(("127.0.0.1", 0)) as still:
        line.pbx.ask(f"dialplan set global DESK http://127.0.0.1:{still.getsockname()[1]}")
        line.pbx.ask("dialplan set global DESK_FALLBACK_SECONDS 1")
        for name in PHONES:
            line.phones.do("then", name=name, then={"do": "ring"})
        line.dials()
        up = line.phones.until("up", line.name)[-1]["at"]
        rings = line.phones.until("rings", "eng-..", count=3)[-1]["at"]
        assert 3.5 < rings - up < 5 + _SLOW
    line.phones.until("gone", line.name)
    line.pbx.ask("dialplan set global DESK_FALLBACK_SECONDS 60")
    assert "Playing 'vm-goodbye." in line.pbx.log()
    tones = heard(line.phones.heard_by(line.name))
    assert tones and abs(tones[0] - RING_HZ) < 12


@pytest.mark.needs("sipp")
def test_twenty_callers_at_once_are_led_right(line: Line, world: World) -> None:
    """All twenty stand in the queue at the same time, and each hears where (G12)."""
    sipp = program("sipp")
    assert sipp
    callers = subprocess.Popen(
        [sipp, "-sf", str(_SCENARIOS / "waits.xml"), "-i", CALLERS, "-m", "20", "-l", "20",
         "-r", "20", "-nostdin", "-s", UK, "-p", str(free_ports(socket.SOCK_DGRAM)[0]),
         line.pbx.address],
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        settled(lambda: Call.objects.filter(state="queue", ended_at=None).count() == 20)
        assert callers.wait(_PATIENCE) == 0
    finally:
        callers.kill(), callers.wait()
    settled(lambda: Call.objects.filter(outcome="missed").count() == 20)
    assert set(Call.objects.values_list("account", "contact")) == {
        (world.northwind.pk, world.mara.pk)
    }
    steps = [one for one in line.asked if one.startswith("step ")]
    assert sorted(set(re.findall(r"digits=(\d+)", "".join(steps)))) == [DIGITS, "3"]
