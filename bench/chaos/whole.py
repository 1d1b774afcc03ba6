"""Ill-treat a whole desk: kill or freeze any of its processes while calls and mails come in.

A real ``heliodesk serve`` with all its parts; customers call and claim P1s through the steps of the
dialplan, others write; pages go to a provider that refuses, hangs and loses answers. What the desk
has said yes to must not be lost: each P1 that a key press made is paged for, each mail that was
acknowledged is filed once, and a caller whom the desk does not answer hears everybody on call ring.
"""

import http.client
import json
import random
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import psutil
from tests.config.desk import free_ports
from tests.scenarios.conftest import populate
from tests.scenarios.mails import places
from tests.scenarios.running import RunningDesk
from tests.scenarios.sending import Sender

from bench import crew
from bench.calls import people
from bench.exchange import Call, Exchange

CALLS, MAILS = 12, 60
#: Seconds between two calls, from the beginning to the trouble, of a freeze, of patience after.
EVERY, BEFORE, FROZEN, PATIENCE = 1.0, 3.0, 12.0, 90.0
PARTS = ("web", "live", "mail-listener", "imap", "worker", "pager")


@dataclass
class Row:
    """What one run showed."""

    run: str
    calls: int
    answered: int
    rang_everybody: int
    waited: float
    p1s: int
    never_paged: int
    p50: float
    p95: float
    slowest: float
    mails: int
    lost: int
    twice: int
    back: float


class Whole:
    """A desk with all its parts, a provider, and who calls."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="heliodesk-whole-", dir="/tmp"))
        (port,) = free_ports(1)
        self.log = self.folder / "provider.jsonl"
        self.provider = subprocess.Popen(
            [sys.executable, "-m", "bench.chaos.provider", str(port), str(self.log),
             str(self.folder / "away")]
        )  # fmt: skip
        self.desk = RunningDesk(
            self.folder,
            HELIODESK_PAGING="send",
            HELIODESK_VOICE_API=f"http://127.0.0.1:{port}",
            HELIODESK_VOICE_ACCOUNT="AC1",
            HELIODESK_VOICE_TOKEN="secret",
            HELIODESK_VOICE_FROM="+442078478701",
            HELIODESK_VOICE_ASTERISK_TOKEN=crew.TOKEN,
            HELIODESK_LOG_LEVEL="ERROR",
        ).start()
        self.exchange = Exchange("127.0.0.1", self.desk.web, crew.TOKEN)
        populate(self.desk)
        self.callers = people(self.desk.environment, 0, CALLS)["callers"]
        for n, caller in enumerate(self.callers):
            Call(self.exchange, f"warm-{n}", caller["number"]).ask()

    def close(self) -> None:
        """Take everything away."""
        self.desk.stop()
        self.provider.kill()

    def answers(self) -> bool:
        """Whether the pages say that all is well."""
        line = http.client.HTTPConnection("127.0.0.1", self.desk.web, timeout=2)
        try:
            line.request("GET", "/readyz")
            return line.getresponse().status == 200
        except (OSError, http.client.HTTPException):
            return False
        finally:
            line.close()

    def first_pages(self) -> dict[int, float]:
        """When the provider first took a page of each P1."""
        found: dict[int, float] = {}
        for text in self.log.read_text().splitlines():
            line = json.loads(text)
            p1 = str(line["key"]).partition(":")[0]
            if p1.isdigit() and line["fault"] in {"", "lost"}:
                found.setdefault(int(p1), float(line["at"]))
        return found

    # --- trouble --------------------------------------------------------------------------

    def victims(self, who: str) -> list[psutil.Process]:
        """The processes of a part; of the database its main one and all it has forked."""
        if who == "supervisor":
            assert self.desk.process
            return [psutil.Process(self.desk.process.pid)]
        first = self.desk.database() if who == "database" else self.desk.part(who)
        return [first, *first.children(recursive=True)]

    def kill(self, who: str) -> None:
        """End one without a word; who started the desk starts it again."""
        if who == "supervisor":
            self.desk.kill_supervisor()
            return
        found = self.victims(who)
        (found[0] if who == "database" else random.choice(found)).send_signal(signal.SIGKILL)

    def freeze(self, who: str) -> None:
        """Stop one in its tracks for a while; of the database all of it."""
        found = self.victims(who)
        for one in found if who == "database" else [random.choice(found)]:
            with suppress(psutil.Error):
                one.send_signal(signal.SIGSTOP)
        time.sleep(FROZEN)
        for one in found:
            with suppress(psutil.Error):
                one.send_signal(signal.SIGCONT)


def claim(call: Call, caller: dict[str, str], done: list[Call]) -> None:
    """A customer presses 1, gives the ID, waits a little and hangs up."""
    told = call.ask()
    told = told and call.ask(digits="1")
    told = told and call.ask(digits=caller["id"])
    if told:
        done.append(call)
    call.hang_up()


def run(whole: Whole, name: str, trouble: Callable[[], None]) -> Row:
    """Calls and mails come in, there is trouble, and then it is counted what became of them."""
    tag = name.replace(" ", "-").replace("--", "-").lower()
    decided: list[Call] = []
    calls, threads = [], []
    sender = Sender(whole.desk.smtp, tag, range(MAILS), pause=EVERY * CALLS / MAILS)
    worst = threading.Thread(target=lambda: (time.sleep(BEFORE), trouble()))
    worst.start()
    for n, caller in enumerate(whole.callers):
        call = Call(whole.exchange, f"{tag}-{n}", caller["number"])
        thread = threading.Thread(target=claim, args=[call, caller, decided])
        thread.start()
        calls.append(call)
        threads.append(thread)
        time.sleep(EVERY)
    for thread in [*threads, worst]:
        thread.join()
    over = time.monotonic()
    while not whole.answers() and time.monotonic() < over + PATIENCE:
        time.sleep(0.1)
    back = time.monotonic() - over
    acknowledged = sender.finished(seconds=PATIENCE)
    whole.desk.filed()
    p1s = _p1s(whole, decided)
    until = time.monotonic() + PATIENCE
    while set(p1s) - whole.first_pages().keys() and time.monotonic() < until:
        time.sleep(0.2)
    first = whole.first_pages()
    waits = sorted(first[p1] - at for p1, at in p1s.items() if p1 in first)
    found = places(whole.desk, tag)
    _end(whole)
    return Row(
        run=name,
        calls=len(calls),
        answered=len(decided),
        rang_everybody=sum(call.fell_back for call in calls),
        waited=max((call.waited for call in calls if call.fell_back), default=0.0),
        p1s=len(p1s),
        never_paged=len(decided) - len(waits),
        p50=statistics.median(waits) if waits else 0.0,
        p95=statistics.quantiles(waits, n=20, method="inclusive")[18] if len(waits) > 1 else 0.0,
        slowest=max(waits, default=0.0),
        mails=len(acknowledged),
        lost=sum(not found.get(number) for number in acknowledged),
        twice=sum(len(where) > 1 for where in found.values()),
        back=back,
    )


_P1S = """
select p.id, extract(epoch from p.declared_at)::float8 from telephony_call c
  join oncall_p1 p on p.case_id = c.case_id where c.key = any(%s)
"""


def _p1s(whole: Whole, decided: list[Call]) -> dict[int, float]:
    """The P1s of these calls, and when each was declared."""
    keys = [f"asterisk:{call.id}" for call in decided]
    return {int(id): float(at) for id, at in whole.desk.rows(_P1S, keys)}


def _end(whole: Whole) -> None:
    """Nobody is paged any more for what this run left; the next one begins with a quiet desk."""
    whole.desk.rows(
        "with over as (update oncall_p1 set state = 'resolved', resolved_at = clock_timestamp(),"
        " next_due_at = null, contact_due_at = null where state <> 'resolved' returning id)"
        " update oncall_page set state = 'cancelled', next_try_at = null"
        " where state in ('pending', 'sending') returning id"
    )


def runs(whole: Whole) -> dict[str, Callable[[], None]]:
    """Every trouble by its name."""
    found: dict[str, Callable[[], None]] = {"nothing": lambda: None}
    for who in (*PARTS, "supervisor", "database"):
        found[f"kill -9 {who}"] = partial(whole.kill, who)
        found[f"SIGSTOP {who} 12 s"] = partial(whole.freeze, who)
    return found


def table(rows: list[Row]) -> str:
    """The rows as Markdown."""
    head = (
        "| trouble | calls | led to a decision | everybody rung | after at most, s | P1s "
        "| never paged | first page p50 / p95 / max, s | mails | lost | twice | pages back, s |"
    )
    lines = [head, "|-" * 12 + "|"]
    lines += [
        f"| {r.run} | {r.calls} | {r.answered} | {r.rang_everybody} | {r.waited:.1f} | {r.p1s} "
        f"| {r.never_paged} | {r.p50:.2f} / {r.p95:.2f} / {r.slowest:.2f} | {r.mails} | {r.lost} "
        f"| {r.twice} | {r.back:.1f} |"
        for r in rows
    ]
    return "\n".join(lines)


def measure(only: str = "") -> list[Row]:
    """Every run, printed as it ends."""
    whole = Whole()
    rows: list[Row] = []
    try:
        for name, trouble in runs(whole).items():
            if only in name:
                rows.append(run(whole, name, trouble))
                print(table(rows[-1:]).splitlines()[-1], flush=True)
    finally:
        whole.close()
    print(f"\n{table(rows)}")
    return rows


def failed(rows: list[Row]) -> bool:
    """Whether a P1 was never paged for, a mail was lost or doubled, or a caller waited too long."""
    return any(r.never_paged or r.lost or r.twice or r.waited > 5.0 for r in rows)


if __name__ == "__main__":
    raise SystemExit(1 if failed(measure(*sys.argv[1:2])) else 0)
