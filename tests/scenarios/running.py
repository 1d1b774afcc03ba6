"""A real desk: ``heliodesk serve`` with all its processes, on a folder and ports of its own."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import psutil
import psycopg

from heliodesk.config import postgres
from heliodesk.config.postgres.place import place_of
from heliodesk.config.postgres.server import Server
from tests.config.desk import free_ports

START_SECONDS = 300.0
_NOT_INHERITED = re.compile(r"HELIODESK_(?!PG_BIN)|DATABASE_")


def until(
    true: Callable[[], Any], *, seconds: float = 60.0, why: Callable[[], object] = str
) -> Any:
    """Wait for something to become true, and return it; ``why`` says more when it does not."""
    deadline = time.monotonic() + seconds
    while not (found := true()):
        assert time.monotonic() < deadline, f"not within {seconds:.0f} s: {why()}"
        time.sleep(0.05)
    return found


class RunningDesk:
    """``heliodesk serve`` in a process of its own; its database is embedded unless one is named."""

    def __init__(self, folder: Path, *, database: str = "", **settings: str) -> None:
        self.folder = folder
        self.data = folder / "data"
        self.web, self.live, self.smtp, self.lmtp = free_ports(4)
        own = {name: value for name, value in os.environ.items() if not _NOT_INHERITED.match(name)}
        self.environment = own | {
            "HELIODESK_DATA": str(self.data),
            "HELIODESK_WEB_PORT": str(self.web),
            "HELIODESK_LIVE_PORT": str(self.live),
            "HELIODESK_SMTP_PORT": str(self.smtp),
            "HELIODESK_LMTP_PORT": str(self.lmtp),
            "HELIODESK_BASE_URL": f"http://127.0.0.1:{self.web}",
            "HELIODESK_WEB_WORKERS": "2",
            **settings,
        }
        if database:
            self.environment["DATABASE_URL"] = database
        self.dsn = database or postgres.dsn(self.data)
        self.process: subprocess.Popen[bytes] | None = None
        self._said_before = 0

    # --- start and stop -------------------------------------------------------------------

    def start(self) -> "RunningDesk":
        """Start it and wait until pages and mail are answered."""
        log = self.folder / "said"
        self._said_before = log.stat().st_size if log.exists() else 0
        with log.open("ab") as said:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "heliodesk", "serve"],
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=said,
                env=self.environment,
            )
        until(self._ready, seconds=START_SECONDS, why=lambda: self.said[-3000:])
        return self

    def _ready(self) -> bool:
        assert self.process and self.process.poll() is None, self.said[-3000:]
        return "desk: ready in" in self.said

    @property
    def said(self) -> str:
        """What it printed since it was started the last time."""
        log = self.folder / "said"
        return (
            log.read_bytes()[self._said_before :].decode(errors="replace") if log.exists() else ""
        )

    def stop(self) -> None:
        """Tell it to end, and wait until it has; what does not end is killed."""
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                self.process.kill()
        if self.process:
            self.process.wait()

    def run(self, *words: str, given: bytes = b"") -> "subprocess.CompletedProcess[bytes]":
        """Run a ``heliodesk`` command on this desk."""
        return subprocess.run(
            [sys.executable, "-m", "heliodesk", *words],
            input=given,
            capture_output=True,
            env=self.environment,
            check=False,
            timeout=120,
        )

    # --- its processes --------------------------------------------------------------------

    def part(self, name: str) -> psutil.Process:
        """The process of a part, once it runs."""
        return until(lambda: self._part(name), why=lambda: f"{name}: {self.said[-2000:]}")

    def _part(self, name: str) -> psutil.Process | None:
        assert self.process
        for child in psutil.Process(self.process.pid).children():
            try:
                if " ".join(child.cmdline()).startswith(f"heliodesk {name}"):
                    return child
            except psutil.Error:
                continue
        return None

    def database(self) -> psutil.Process:
        """The server process of the embedded database, once it runs."""
        return until(lambda: Server(place_of(self.data)).process())

    def kill(self, name: str) -> None:
        """Kill a part, or the ``database``, and wait until it is gone."""
        victim = self.database() if name == "database" else self.part(name)
        with suppress(psutil.NoSuchProcess):  # gone already, or between two looks
            victim.kill()
            until(lambda: not victim.is_running() or victim.status() == psutil.STATUS_ZOMBIE)

    def kill_supervisor(self) -> None:
        """Kill the parent of all, and start the desk again."""
        assert self.process
        self.process.kill()
        self.process.wait()
        self.start()

    def kill_everything(self) -> None:
        """Kill every process of the desk at once, the database too, and start the desk again."""
        assert self.process
        server = self.database()
        family = [*psutil.Process(self.process.pid).children(recursive=True), server]
        family += server.children()
        self.process.kill()
        for one in family:
            with suppress(psutil.NoSuchProcess):
                one.kill()
        self.process.wait()
        self.start()

    # --- what it knows --------------------------------------------------------------------

    @contextmanager
    def connected(self) -> Iterator[psycopg.Connection]:
        """A connection to its database."""
        with psycopg.connect(self.dsn, autocommit=True, connect_timeout=10) as connection:
            yield connection

    def rows(self, statement: str, *params: object) -> list[tuple[Any, ...]]:
        """The rows of a statement; waits for a database that is starting."""

        def asked() -> list[list[tuple[Any, ...]]] | None:
            try:
                with self.connected() as connection:
                    return [connection.execute(statement.encode(), params).fetchall()]
            except psycopg.OperationalError:
                return None

        found: list[list[tuple[Any, ...]]] = until(asked)
        return found[0]

    def one(self, statement: str, *params: object) -> Any:
        """The only value of the first row."""
        return self.rows(statement, *params)[0][0]

    def waiting(self) -> int:
        """How many messages nobody has filed yet."""
        return int(self.one("select count(*) from channels_inbound where state = 'waiting'"))

    def filed(self, *, seconds: float = 90.0) -> None:
        """Wait until nothing waits to be filed."""
        until(lambda: self.waiting() == 0, seconds=seconds, why=lambda: self.said[-2000:])
