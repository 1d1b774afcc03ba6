"""The worker: files what came in, sends what goes out, and runs what is due.

Four threads, each with its own database connection. They are woken by NOTIFY and look by
themselves every few seconds, so a lost notice delays and loses nothing. Any number of workers
may run.
"""

import os
import signal
import threading
import time
from collections.abc import Callable
from types import FrameType

import psycopg
import structlog

log = structlog.get_logger()
#: Seconds to look again without being woken.
_LOOK = 5.0
#: Seconds to wait, once woken, for more to share the batch; longer while there is much to do,
#: because what a batch costs by itself is then shared by many.
_GATHER = 0.04
_GATHER_MORE = 0.12
#: A batch of this size is worth doing at once.
_ENOUGH = 100
_LONGEST_BACKOFF = 15.0


class Loop:
    """Does one kind of work until told to stop."""

    def __init__(self, name: str, channel: str, work: Callable[[], int]) -> None:
        self.name, self.channel, self.work = name, channel, work

    def run(self, stop: threading.Event) -> None:
        """Work while there is any, then sleep until woken; on trouble wait, longer each time."""
        from django.conf import settings
        from django.db import close_old_connections, connection

        backoff = 0.5
        while not stop.is_set():
            try:
                with psycopg.connect(
                    settings.DATABASE_DIRECT_DSN, autocommit=True, connect_timeout=5
                ) as listener:
                    listener.execute(f"listen {self.channel}")
                    while not stop.is_set():
                        if done := self.work():
                            backoff = 0.5
                            if done < _ENOUGH:
                                stop.wait(_GATHER_MORE)
                            continue
                        self._sleep(listener, stop)
            except Exception as error:
                log.warning("trying_again", part=self.name, error=str(error)[:300], seconds=backoff)
                connection.close()
                close_old_connections()
                stop.wait(backoff)
                backoff = min(backoff * 2, _LONGEST_BACKOFF)
        connection.close()

    def _sleep(
        self, listener: "psycopg.Connection[tuple[object, ...]]", stop: threading.Event
    ) -> None:
        """Until woken, stopped, or the time to look has come."""
        until = time.monotonic() + _LOOK
        while not stop.is_set() and time.monotonic() < until:
            for _ in listener.notifies(timeout=0.5, stop_after=1):
                time.sleep(_GATHER)
                return


def _periodic(stop: threading.Event) -> None:
    """Run the schedule."""
    from django.db import close_old_connections, connection

    from heliodesk.config.schedule import SCHEDULE
    from heliodesk.kernel.clock import now

    due = dict.fromkeys(SCHEDULE, time.monotonic() + 1)
    while not stop.wait(0.5):
        for job in SCHEDULE:
            if time.monotonic() < due[job]:
                continue
            try:
                settled = job.run(now())
                if settled:
                    log.info("periodic", job=job.name, settled=settled)
            except Exception as error:
                log.exception("periodic_failed", job=job.name, error=str(error)[:300])
                connection.close()
                close_old_connections()
            due[job] = time.monotonic() + job.every
    connection.close()


def run() -> None:
    """Work until SIGTERM or SIGINT; what is in hand is finished or rolled back."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "heliodesk.config.settings")
    import django

    django.setup()
    from heliodesk.channels.outgoing import CHANNEL as OUTBOUND
    from heliodesk.channels.sending import send_due
    from heliodesk.config.pager import Pager
    from heliodesk.intake.jobs import file_batch
    from heliodesk.kernel.clock import now

    stop = threading.Event()

    def end(signum: int, frame: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, end)
    intake = Loop("intake", "inbound", lambda: file_batch(now()))
    sending = Loop("sending", OUTBOUND, lambda: send_due(now()))
    threads = [
        threading.Thread(target=intake.run, args=[stop], name="intake"),
        threading.Thread(target=sending.run, args=[stop], name="sending", daemon=True),
        threading.Thread(target=_periodic, args=[stop], name="periodic", daemon=True),
        threading.Thread(target=Pager("worker").run, args=[stop], name="pager", daemon=True),
    ]
    for thread in threads:
        thread.start()
    while not stop.wait(1.0):
        if not threads[0].is_alive():
            raise SystemExit("The intake thread has ended; the supervisor starts it again.")
    for thread in threads:
        thread.join(timeout=4.0)
