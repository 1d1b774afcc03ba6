"""Calls: twenty at once, step by step, and how soon one opens on the right screen (G11, G12)."""

import json
import random
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from bench import cpu, crew
from bench.browser import Browser
from bench.desk import Desk
from bench.exchange import Call, Exchange
from bench.figures import Figure, Round, of_rounds
from bench.machine import slowness

AT_ONCE, ROUNDS, ENGINEERS = 20, 5, 5
KEYING_SECONDS = 4.0
#: A step may take so long (G12), and a call may take so long to open on a screen (G11).
STEP_P95_MS, POP_P95_MS = 50.0, 1000.0


def measure(desk: Desk) -> list[Figure]:
    """Make the people, then the calls."""
    made = people(desk.environment, ENGINEERS, AT_ONCE)
    exchange = Exchange(desk.host, desk.web_port, crew.TOKEN)
    warm = [
        Call(exchange, f"warm-{n}", caller["number"]) for n, caller in enumerate(made["callers"])
    ]
    for call in warm:
        call.ask(), call.hang_up()
    burst = _at_once(desk, exchange, made["callers"], keying=0.0)
    steps = _at_once(desk, exchange, made["callers"], keying=KEYING_SECONDS)
    pops = _pops(desk, exchange, made)
    for figure, most, promise in ((steps, STEP_P95_MS, "G12"), (pops, POP_P95_MS, "G11")):
        kept = "kept" if figure.p95_ms <= most else "MISSED"
        print(f"  {promise} {kept}: p95 {figure.p95_ms:.0f} ms of {most:.0f}")
    return [burst, steps, pops]


def people(
    environment: dict[str, str], engineers: int, customers: int
) -> dict[str, list[dict[str, str]]]:
    """Engineers with telephones and customers with IDs, made on a desk."""
    done = subprocess.run(
        [sys.executable, "-m", "bench.crew", str(engineers), str(customers)],
        env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        raise SystemExit(done.stderr[-2000:])
    found: dict[str, list[dict[str, str]]] = json.loads(done.stdout.splitlines()[-1])
    return found


def _at_once(
    desk: Desk, exchange: Exchange, callers: Sequence[dict[str, str]], *, keying: float
) -> Figure:
    """Twenty calls at a time: greeting, kind, ID, decision; all have to be right.

    Args:
        keying: seconds that a caller takes to key, at most; at 0 all key at the same instant.
    """
    rounds = []
    for number in range(ROUNDS):
        name = f"{'keyed' if keying else 'burst'}-{number}"
        calls = [Call(exchange, f"{name}-{n}", c["number"]) for n, c in enumerate(callers)]
        slow, before, began = slowness(), desk.spent(), time.perf_counter()
        with ThreadPoolExecutor(AT_ONCE) as pool:
            right = list(pool.map(_through, calls, callers, [keying] * len(calls)))
        took = time.perf_counter() - began
        spent = cpu.between(before, desk.spent())
        rounds.append(Round([s for call in calls for s in call.took], took, spent, slow))
        if not all(right):
            raise SystemExit(f"{right.count(False)} of {AT_ONCE} calls were led wrong.")
    when = "callers who key" if keying else "all at the same instant"
    return of_rounds(f"a step of {AT_ONCE} calls at once, {when}", rounds)


def _through(call: Call, caller: dict[str, str], keying: float) -> bool:
    """One call to its decision; whether each answer was the right one."""
    think = random.Random(call.id)
    time.sleep(think.uniform(0, keying))
    greeted = call.ask().get("max") == "1"
    time.sleep(think.uniform(0, keying))
    asked = call.ask(digits="3").get("max") == "13"
    time.sleep(think.uniform(0, keying))
    decided = call.ask(digits=caller["id"])
    call.hang_up()
    return greeted and asked and decided.get("do") in {"dial", "gather"}


class _Screen(threading.Thread):
    """An engineer's open page: its stream of news, and its browser."""

    def __init__(self, desk: Desk, person: dict[str, str]) -> None:
        super().__init__(daemon=True)
        self.person = person
        self.browser = Browser(desk.host, desk.web_port)
        self.browser.sign_in(person["email"], crew.PASSWORD)
        self.heard = threading.Event()
        self._line = socket.create_connection((desk.host, desk.live_port))
        head = f"GET /events HTTP/1.1\r\nHost: {desk.host}\r\nCookie: {self.browser.cookie}\r\n\r\n"
        self._line.sendall(head.encode())
        self.start()

    def run(self) -> None:
        """Note each news of a call."""
        for line in self._line.makefile("rb"):
            if line.startswith(b"data:") and b'"call"' in line:
                self.heard.set()


def _pops(desk: Desk, exchange: Exchange, made: dict[str, list[dict[str, str]]]) -> Figure:
    """Each call rings one engineer: how soon their screen shows it; then all five want it."""
    screens = {person["target"]: _Screen(desk, person) for person in made["engineers"]}
    time.sleep(1)
    seconds: list[float] = []
    slow, before, begun = slowness(), desk.spent(), time.perf_counter()
    for number, caller in enumerate(made["callers"]):
        call = Call(exchange, f"pop-{number}", caller["number"])
        call.ask(), call.ask(digits="3")
        for screen in screens.values():
            screen.heard.clear()
        asked = time.perf_counter()
        target = call.ask(digits=caller["id"]).get("target", "")
        if target not in screens:
            raise SystemExit(f"Nobody of ours was rung: {target!r}")
        seconds.append(_until_shown(screens[target], asked))
        _one_claims(desk, call, list(screens.values()))
        call.hang_up("ANSWER", 3)
        with desk.connect() as connection:
            connection.execute(_WRITTEN_UP, [f"asterisk:{call.id}"])
    took = time.perf_counter() - begun
    return of_rounds(
        "a call on the right screen",
        [Round(seconds, took, cpu.between(before, desk.spent()), slow)],
    )


#: The engineer has written it up and is free again.
_WRITTEN_UP = "update telephony_call set state = 'ended' where key = %s and state = 'wrap_up'"


def _until_shown(screen: _Screen, asked: float) -> float:
    """Seconds until the screen shows the call: told by its stream, then asked for."""
    while time.perf_counter() < asked + 10:
        if screen.heard.wait(10 - (time.perf_counter() - asked)):
            screen.heard.clear()
            if b"/claim/" in screen.browser.get("/calls/pop/").body:
                return time.perf_counter() - asked
    return 10.0


def _one_claims(desk: Desk, call: Call, screens: Sequence[_Screen]) -> None:
    """All press “Take it” at once; one has it."""
    with desk.connect() as connection:
        row = connection.execute(
            "select id from telephony_call where key = %s", [f"asterisk:{call.id}"]
        ).fetchone()
    assert row
    with ThreadPoolExecutor(len(screens)) as pool:
        list(pool.map(lambda screen: screen.browser.post(f"/calls/{row[0]}/claim/"), screens))
    with desk.connect() as connection:
        claims = connection.execute(
            "select count(*) from telephony_calloffer where call_id = %s and state = 'claimed'",
            [row[0]],
        ).fetchone()
    if claims != (1,):
        raise SystemExit(f"{claims} people had call {call.id}.")
