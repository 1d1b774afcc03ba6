"""One running PostgreSQL server: start it, or find it running; watch it; stop it.

Whoever starts the server is its parent and reaps it. A server whose parent was killed goes on
running, and the next process that needs it takes it over as it is.
"""

import contextlib
import re
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import psutil

from heliodesk.config.postgres.cluster import (
    SUPERUSER,
    ensure_cluster,
    ensure_role,
    write_settings,
)
from heliodesk.config.postgres.engine import Engine, engine_for
from heliodesk.config.postgres.errors import DatabaseTrouble
from heliodesk.config.postgres.place import SOCKET_NAME, Place, prepare

Tell = Callable[[str], None]

RECOVERY_SECONDS = 600.0
STALE_LOCK_SECONDS = 30.0
POLL_SECONDS = 0.03
PROGRESS_SECONDS = 5.0
#: After its server ended, the writer of the logs may need this long for the last lines.
LOG_SECONDS = 2.0
#: What a server says that finds traces of one killed a moment ago; it goes away by itself.
TRACES_OF_THE_FORMER = re.compile(
    r"lock file .* already exists|pre-existing shared memory block|Is another postmaster"
)

#: Kept, since a forgotten child process that still runs is reported as a mistake.
_left_running: list[subprocess.Popen[bytes]] = []


#: The line of PostgreSQL's lock file that tells what the server is at.
_STATUS_LINE = 7


class Server:
    """The server of one place. Not safe for use by two processes at once: hold the lock."""

    def __init__(self, place: Place, *, durable: bool = True, tell: Tell = lambda _: None) -> None:
        """``durable=False`` is for tests; ``tell`` hears of progress, one line at a time."""
        self.place = place
        self.durable = durable
        self.tell = tell
        self._child: subprocess.Popen[bytes] | None = None

    def ensure_running(self) -> None:
        """Start the server unless it runs, and wait until it answers."""
        prepare(self.place)
        engine = engine_for(self.place)
        if not (self.place.cluster / "PG_VERSION").exists():
            self.tell("Making the database.")
        ensure_cluster(self.place, engine)
        running = self.process()
        if running and not _runs_from(running, engine):
            self.tell("The database runs an older engine; restarting it.")
            self.stop(patience=60)
            running = None
        write_settings(self.place, durable=self.durable)
        if running:
            running.send_signal(signal.SIGHUP)
        if not running or not self._wait_until_ready(engine, running):
            self._launch(engine)
        ensure_role(self.place, may_create_databases=not self.durable)

    def alive(self) -> bool:
        """Whether the server process runs (it may still be recovering)."""
        if self._child and self._child.poll() is None:
            return True
        return self.process() is not None

    def halting(self) -> bool:
        """Whether somebody asked the server to stop: it serves who is connected, and nobody new."""
        try:
            lines = (self.place.cluster / "postmaster.pid").read_text().split("\n")
        except OSError:
            return False
        return len(lines) > _STATUS_LINE and lines[_STATUS_LINE].strip() == "stopping"

    def process(self) -> psutil.Process | None:
        """The running server, found by its lock file and its working folder."""
        try:
            number = int((self.place.cluster / "postmaster.pid").read_text().split("\n", 1)[0])
            found = psutil.Process(number)
            return found if self._belongs_here(found) else None
        except (OSError, ValueError, psutil.Error):
            return None

    def stop(self, *, patience: float) -> None:
        """Shut down at once, ending all sessions.

        After ``patience`` seconds the server is stopped without its last checkpoint, which costs
        a recovery at the next start and loses nothing that was committed.
        """
        for sign, seconds in (
            (signal.SIGINT, patience),
            (signal.SIGQUIT, 5.0),
            (signal.SIGKILL, 5.0),
        ):
            if self._gone_after(sign, seconds):
                break
        if self._child:
            self._child.wait()
            self._child = None

    def leave(self) -> None:
        """Let the server run on for others; this process stays its parent as long as it lives."""
        if self._child:
            _left_running.append(self._child)
            self._child = None

    def _gone_after(self, sign: signal.Signals, seconds: float) -> bool:
        """Send the signal and wait; at once true if nothing runs."""
        deadline = time.monotonic() + seconds
        running = self.process()
        with contextlib.suppress(psutil.Error):
            if self._child:
                self._child.send_signal(sign)
            elif running:
                running.send_signal(sign)
        while not self._child_ended() or (running and self._belongs_here(running)):
            if time.monotonic() > deadline:
                return False
            time.sleep(POLL_SECONDS)
        return True

    def _belongs_here(self, process: psutil.Process) -> bool:
        """Whether a process lives and works in our cluster; a zombie has no working folder."""
        try:
            return (
                process.status() != psutil.STATUS_ZOMBIE
                and Path(process.cwd()) == self.place.cluster.resolve()
            )
        except psutil.Error:
            return False

    def _launch(self, engine: Engine) -> None:
        deadline = time.monotonic() + STALE_LOCK_SECONDS
        while True:
            self._forget_dead_server()
            said = self._try_launch(engine)
            if said is None:
                return
            if not TRACES_OF_THE_FORMER.search(said) or time.monotonic() > deadline:
                raise DatabaseTrouble(f"PostgreSQL did not start. It said:\n{said}")
            self.tell("Waiting for the remains of the former database server to end.")
            time.sleep(0.5)

    def _try_launch(self, engine: Engine) -> str | None:
        """Start once; none when the server answers, what it said when it ended instead."""
        log = self.place.logs / "start.log"
        with log.open("wb") as written:
            self._child = subprocess.Popen(
                [engine.program("postgres"), "-D", str(self.place.cluster)],
                stdin=subprocess.DEVNULL,
                stdout=written,
                stderr=written,
                cwd="/",
                start_new_session=True,
                **self.place.account.popen_arguments(),
            )
        if self._wait_until_ready(engine, None):
            return None
        self._child = None
        self._let_logs_be_written()
        return _tail(log) + "\n" + self._newest_log()

    def _let_logs_be_written(self) -> None:
        deadline = time.monotonic() + LOG_SECONDS
        while self._any_left() and time.monotonic() < deadline:
            time.sleep(POLL_SECONDS)

    def _wait_until_ready(self, engine: Engine, running: psutil.Process | None) -> bool:
        """Ask pg_isready until the server answers; false if its process ended."""
        begun = time.monotonic()
        reported = begun
        while not self._ready(engine):
            now = time.monotonic()
            ended = not self._belongs_here(running) if running else self._child_ended()
            if ended:
                return False
            if now - begun > RECOVERY_SECONDS:
                raise DatabaseTrouble(
                    f"PostgreSQL runs but did not answer in {RECOVERY_SECONDS:.0f} s. "
                    f"See {self.place.logs}."
                )
            if now - reported > PROGRESS_SECONDS:
                reported = now
                self.tell(f"The database is recovering ({now - begun:.0f} s).")
            time.sleep(POLL_SECONDS)
        return True

    def _child_ended(self) -> bool:
        return self._child is None or self._child.poll() is not None

    def _ready(self, engine: Engine) -> bool:
        asked = subprocess.run(
            [
                engine.program("pg_isready"),
                *("-q", "-t", "3", "-h", str(self.place.sockets), "-U", SUPERUSER, "-d", SUPERUSER),
            ],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            check=False,
            cwd="/",
            env=self.place.account.popen_arguments()["env"],
        )
        return asked.returncode == 0

    def _forget_dead_server(self) -> None:
        """Remove the lock files of a killed server whose number a zombie or a stranger now has.

        PostgreSQL itself takes such a process for a living server. Only when no process at all
        works in the cluster is it certain that none does.
        """
        locks = (
            self.place.cluster / "postmaster.pid",
            self.place.sockets / f"{SOCKET_NAME}.lock",
        )
        if any(lock.exists() for lock in locks) and not self._any_left():
            for lock in locks:
                lock.unlink(missing_ok=True)

    def _any_left(self) -> bool:
        """Whether any process at all works in the cluster, a lone writer of logs included."""
        return any(self._belongs_here(one) for one in psutil.process_iter())

    def _newest_log(self) -> str:
        logs = sorted(self.place.logs.glob("postgres-*.log"), key=lambda log: log.stat().st_mtime)
        return _tail(logs[-1]) if logs else ""


def _runs_from(process: psutil.Process, engine: Engine) -> bool:
    """Whether the running server is of this engine and not of one before an upgrade."""
    try:
        return Path(process.exe()).resolve() == Path(engine.program("postgres")).resolve()
    except psutil.Error:
        return True


def _tail(log: Path) -> str:
    return "\n".join(log.read_text(errors="replace").splitlines()[-15:])
