"""Start everything, keep it up, and stop it in order within five seconds."""

import gc
import signal
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from types import FrameType

import psycopg

from heliodesk.config import environment, postgres
from heliodesk.config.postgres.server import Server
from heliodesk.config.server import ports, schema
from heliodesk.config.server.child import Child
from heliodesk.config.server.options import Options
from heliodesk.config.server.parts import PARTS, Part, missing
from heliodesk.config.server.reload import Changes
from heliodesk.config.server.say import say

POLL_SECONDS = 0.1
#: Parts that have not ended by then are killed; the database has the rest of the five seconds.
KILL_AFTER_SECONDS = 3.0
STOP_SECONDS = 4.6
SHORTEST_SHUTDOWN_SECONDS = 1.0
READY_SECONDS = 60.0
DATABASE_WAIT_SECONDS = 5.0
DATABASE_PATIENCE_SECONDS = 60.0


class CannotServe(Exception):
    """The desk cannot be started; the message says why and what to do."""


class Stopped(BaseException):
    """Told to end while starting: leave at once."""


class Supervisor:
    """The parent of all processes of a desk."""

    def __init__(
        self,
        options: Options,
        *,
        parts: Sequence[Part] = PARTS,
        load: Callable[[], None] | None = None,
        reload: bool = False,
    ) -> None:
        """``load`` loads what all parts need; without it each part loads it for itself."""
        fork = load is not None and not reload
        self.load = load if fork else None
        self.options = options
        self.children = [Child(part, fork=fork) for part in parts]
        self.changes = Changes() if reload else None
        self.database: Server | None = None
        self._stopping: float | None = None
        self._starting = True
        self._database_due = 0.0
        self._silent = list(options.ports())
        self._complained = False

    def run(self, *, before: Callable[[], None], ready: Callable[[], None]) -> None:
        """Serve until told to end.

        ``before`` is called once the tables are there and before any part starts; ``ready`` once
        pages and mail are answered.

        Raises:
            CannotServe: a port is taken, a part is missing, the database does not start.
        """
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._told_to_end)
        try:
            with ExitStack() as stack:
                stack.enter_context(postgres.the_only_desk(self.options.data))
                self._check()
                self._start_database(stack)
                before()
                if self.load:
                    self.load()
                    gc.freeze()
                self._starting = False
                try:
                    self._serve(ready)
                finally:
                    self._stop_children()
        except Stopped:
            say("stopped while starting")
        except (postgres.DatabaseTrouble, schema.SchemaTrouble, psycopg.Error) as trouble:
            raise CannotServe(str(trouble).strip()) from trouble
        except OSError as trouble:
            raise CannotServe(f"{trouble.filename or self.options.data}: {trouble}") from trouble
        else:
            spent = time.monotonic() - (self._stopping or time.monotonic())
            say(f"stopped in {spent:.1f} s")

    def _check(self) -> None:
        if absent := missing([child.part for child in self.children]):
            raise CannotServe(f"This installation is not whole: {', '.join(absent)} is missing.")
        try:
            ports.check(self.options.ports())
        except ports.PortTaken as taken:
            raise CannotServe(str(taken)) from taken

    def _start_database(self, stack: ExitStack) -> None:
        dsn = environment.text("DATABASE_DIRECT_URL") or environment.text("DATABASE_URL")
        if not dsn:
            self.database = stack.enter_context(
                postgres.owned(self.options.data, patience=self._shutdown_patience, tell=say)
            )
            place = self.database.place
            where = "" if place.home == place.data else f", in {place.home}"
            say(f"database is up{where}")
            dsn = postgres.dsn(self.options.data)
        else:
            _wait_for(dsn)
        if schema.ensure_current(dsn):
            say("tables are up to date")

    def _serve(self, ready: Callable[[], None]) -> None:
        begun = time.monotonic()
        while self._stopping is None:
            self._watch_database()
            for child in self.children:
                child.watch()
            if self.changes and self.changes.seen():
                say("code changed; starting all parts again")
                self._stop_children()
            if self._silent and self._all_answer(begun):
                say(f"ready in {time.monotonic() - begun:.1f} s at {self.options.address}")
                ready()
            if self._stopping is None:
                time.sleep(POLL_SECONDS)
        say("stopping")

    def _watch_database(self) -> None:
        """Start an ended database again; if that fails, try once more a little later.

        One that was told to stop by somebody else would wait for our own sessions for ever: it is
        ended at once, and started again.
        """
        if self.database is None or time.monotonic() < self._database_due:
            return
        if self.database.halting():
            self.database.stop(patience=DATABASE_WAIT_SECONDS)
        if self.database.alive():
            return
        say("the database ended; starting it again")
        self._starting = True
        try:
            self.database.ensure_running()
        except (postgres.DatabaseTrouble, psycopg.Error) as trouble:
            self._database_due = time.monotonic() + DATABASE_WAIT_SECONDS
            say(f"the database does not start: {trouble}")
        else:
            say("database is up")
        self._starting = False

    def _all_answer(self, begun: float) -> bool:
        """Whether all ports have answered; after a minute say which have not."""
        self._silent = [port for port in self._silent if not ports.answers(port.host, port.number)]
        if self._silent and not self._complained and time.monotonic() - begun > READY_SECONDS:
            self._complained = True
            say(f"no answer yet at {', '.join(str(port.number) for port in self._silent)}")
        return not self._silent

    def _stop_children(self) -> None:
        """End the parts one after the other; kill what is left when the time is over."""
        deadline = (self._stopping or time.monotonic()) + KILL_AFTER_SECONDS
        for child in self.children:
            child.terminate()
            child.ended_by(min(deadline, time.monotonic() + child.part.patience))
        for child in self.children:
            if not child.ended_by(deadline):
                say(f"{child.part.name} does not end; killing it")
            child.kill()
            child.process = None

    def _shutdown_patience(self) -> float:
        spent = time.monotonic() - (self._stopping or time.monotonic())
        return max(SHORTEST_SHUTDOWN_SECONDS, STOP_SECONDS - spent)

    def _told_to_end(self, number: int, frame: FrameType | None) -> None:
        """Note the wish; told a second time, kill the parts without waiting."""
        if self._stopping is None:
            self._stopping = time.monotonic()
            if self._starting:
                raise Stopped
        else:
            for child in self.children:
                if child.process:
                    child.process.kill()


def _wait_for(dsn: str) -> None:
    """Give a server of one's own, perhaps starting at the same time as the desk, a while."""
    deadline = time.monotonic() + DATABASE_PATIENCE_SECONDS
    while True:
        try:
            psycopg.connect(dsn, connect_timeout=5).close()
        except psycopg.OperationalError as away:
            if time.monotonic() > deadline:
                raise
            say(f"waiting for the database: {' '.join(str(away).split())[:200]}")
            time.sleep(DATABASE_WAIT_SECONDS)
        else:
            return
