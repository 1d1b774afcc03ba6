"""The pager: fires the steps of P1s and hands pages to their providers.

It runs twice on every machine, inside the worker and as a process of its own, so that a P1 is
paged while either of them is dead or stands still. Pagers share nothing but the database.
"""

import os
import signal
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from types import FrameType

import psycopg
import structlog

log = structlog.get_logger()
#: Seconds to look again without being woken.
TICK_SECONDS = 1.0
RESTLESS_SECONDS = 0.2
BEAT_SECONDS = 2.0
OUTSIDE_SECONDS = 10.0
HANDOVER_SECONDS = 5.0
OTHERS_SECONDS = 30.0
#: Pages handed over at the same time; one that hangs holds up no other.
HANDS = 16
_LONGEST_BACKOFF = 1.5


class Pager:
    """Sweeps and sends until told to stop."""

    def __init__(self, part: str) -> None:
        from heliodesk.oncall.jobs import name_of
        from heliodesk.oncall.senders import rest

        self.name = name_of(part)
        self.hands = ThreadPoolExecutor(HANDS, thread_name_prefix=f"page-{part}")
        self.busy: set[Future[None]] = set()
        self.restless = 0.0
        self._in_hand(rest.warm)
        self.due = {
            "beat": 0.0,
            "outside": 0.0,
            "handovers": 0.0,
            "others": time.monotonic() + OTHERS_SECONDS,
        }

    def run(self, stop: threading.Event) -> None:
        """Work until told to stop; when the database is away, come back to it."""
        from django.conf import settings
        from django.db import connection

        backoff = 0.2
        while not stop.is_set():
            try:
                with psycopg.connect(
                    settings.DATABASE_DIRECT_DSN, autocommit=True, connect_timeout=5
                ) as listener:
                    listener.execute("listen paging")
                    while not stop.is_set():
                        if not self.look():
                            for _ in listener.notifies(timeout=self._tick(), stop_after=1):
                                break
                        backoff = 0.2
            except Exception as error:
                log.warning("pager_trying_again", error=str(error)[:300], seconds=backoff)
                connection.close()
                stop.wait(backoff)
                backoff = min(backoff * 2, _LONGEST_BACKOFF)
        self.hands.shutdown(wait=False, cancel_futures=True)
        connection.close()

    def look(self) -> int:
        """Do what is due once; how much there was."""
        from heliodesk.oncall import jobs, sending
        from heliodesk.oncall.actions import watching

        if self._is_time("beat", BEAT_SECONDS):
            watching.beat(self.name)
        if self._is_time("outside", OUTSIDE_SECONDS):
            self._in_hand(lambda: jobs.tell_outside(self.name))
        done = jobs.sweep()
        if self._is_time("handovers", HANDOVER_SECONDS):
            done += jobs.sweep_handovers()
        if self._is_time("others", OTHERS_SECONDS):
            jobs.alarm_of_silence()
        self.busy = {future for future in self.busy if not future.done()}
        pages = sending.claim(HANDS - len(self.busy)) if len(self.busy) < HANDS else []
        for page in pages:
            self._in_hand(partial(sending.send, page))
        return done + len(pages)

    def _tick(self) -> float:
        """How long to sleep: shortly while a page that failed is to be tried again."""
        return RESTLESS_SECONDS if time.monotonic() < self.restless else TICK_SECONDS

    def _is_time(self, what: str, every: float) -> bool:
        now = time.monotonic()
        if now < self.due[what]:
            return False
        self.due[what] = now + every
        return True

    def _in_hand(self, work: Callable[[], object]) -> None:
        self.busy.add(self.hands.submit(self._settled, work))

    def _settled(self, work: Callable[[], object]) -> None:
        """Do a piece of work; a broken connection is left behind, and the lease tries again."""
        from django.db import connection

        try:
            if work() is False:
                self.restless = time.monotonic() + 5.0
        except Exception as error:
            log.warning("page_in_hand_failed", error=str(error)[:300])
            connection.close()


def run(part: str = "pager") -> None:
    """Page until SIGTERM or SIGINT, under this name."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "heliodesk.config.settings")
    import django

    django.setup()
    stop = threading.Event()

    def end(signum: int, frame: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, end)
    thread = threading.Thread(target=Pager(part).run, args=[stop], name="pager", daemon=True)
    thread.start()
    while not stop.wait(1.0):
        if not thread.is_alive():
            raise SystemExit("The pager has ended; the supervisor starts it again.")
    thread.join(timeout=3.0)
