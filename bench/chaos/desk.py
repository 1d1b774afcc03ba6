"""A desk to page for: a database of its own, a provider, pagers that are killed."""

import json
import os
import random
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType

from heliodesk.config import postgres
from heliodesk.config.postgres.server import Server


class Desk:
    """Everything of one bench; ``with`` starts it and takes it away."""

    def __init__(self, pagers: int) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="heliodesk-chaos-", dir="/tmp"))
        self.pagers = pagers
        self.pids: list[int] = []
        self.kills = 0
        self.log = self.folder / "provider.jsonl"
        self.away = self.folder / "away"
        self.port = _free_port()
        self._processes: list[subprocess.Popen[str]] = []
        self._read_to, self._lines = 0, list[dict[str, object]]()
        self._first: dict[int, float] = {}
        self._reading = threading.Lock()
        self._stack = postgres.running(self.folder, durable=True)
        self.server: Server | None = None

    def __enter__(self) -> "Desk":
        self.server = self._stack.__enter__()
        os.environ |= {
            "HELIODESK_DATA": str(self.folder),
            "HELIODESK_PAGING": "send",
            "HELIODESK_VOICE_API": f"http://127.0.0.1:{self.port}",
            "HELIODESK_VOICE_ACCOUNT": "AC1",
            "HELIODESK_VOICE_TOKEN": "secret",
            "HELIODESK_VOICE_FROM": "+442078478701",
            "HELIODESK_LOG_LEVEL": "ERROR",
            "DJANGO_SETTINGS_MODULE": "heliodesk.config.settings",
        }
        import django

        django.setup()
        from django.core.management import call_command

        call_command("migrate", verbosity=0, skip_checks=True)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:  # fmt: skip
        for process in self._processes:
            process.terminate()
        for process in self._processes:
            try:
                process.wait(5)
            except subprocess.TimeoutExpired:
                process.kill()
        from django.db import connection

        connection.close()
        self._stack.__exit__(kind, error, trace)

    def start(self) -> None:
        """Start the provider and the pagers, and wait until each pager has shown itself."""
        self._spawn("bench.chaos.provider", str(self.port), str(self.log), str(self.away))
        nursery = self._spawn("bench.chaos.nursery", str(self.pagers))
        threading.Thread(target=self._read, args=[nursery], daemon=True).start()
        threading.Thread(target=self._keep_reading, daemon=True).start()
        self.wait_for_beats()

    def _spawn(self, module: str, *args: str) -> "subprocess.Popen[str]":
        process = subprocess.Popen(
            [sys.executable, "-m", module, *args], stdout=subprocess.PIPE, text=True
        )
        self._processes.append(process)
        return process

    def _keep_reading(self) -> None:
        while True:
            self.read()
            time.sleep(0.1)

    def _read(self, nursery: "subprocess.Popen[str]") -> None:
        assert nursery.stdout
        for line in nursery.stdout:
            if line.startswith("["):
                self.pids = json.loads(line)

    def wait_for_beats(self) -> None:
        """Wait until every pager has lately shown itself."""
        from heliodesk.oncall.queries import beats

        until = time.monotonic() + 60
        while time.monotonic() < until:
            if sum(1 for beat in beats() if beat.seconds < 5) >= self.pagers:
                return
            time.sleep(0.2)
        raise SystemExit("The pagers did not start.")

    def delivered(self) -> list[dict[str, object]]:
        """Every request that the provider saw."""
        self.read()
        return list(self._lines)

    def first(self) -> dict[int, float]:
        """When the provider first took a page of each P1, as of the last reading."""
        return self._first

    def read(self) -> None:
        """Read on in the provider's log."""
        with self._reading:
            if not self.log.exists():
                return
            with self.log.open() as file:
                file.seek(self._read_to)
                for text in file:
                    if not text.endswith("\n"):
                        break
                    self._read_to += len(text)
                    line = json.loads(text)
                    self._lines.append(line)
                    p1 = str(line["key"]).partition(":")[0]
                    if p1.isdigit() and line["fault"] in {"", "lost"}:
                        self._first.setdefault(int(p1), float(line["at"]))

    @contextmanager
    def killing(self, every: float) -> Iterator[None]:
        """Kill a pager at random, again and again."""
        with self._while(lambda: self._signal(signal.SIGKILL), every):
            yield

    @contextmanager
    def freezing(self, seconds: float, times: int) -> Iterator[None]:
        """Freeze one pager for so long, so many times."""

        def freeze() -> None:
            pid = self.pids[0]
            for number, wait in ((signal.SIGSTOP, seconds), (signal.SIGCONT, 0.0)):
                try:
                    os.kill(pid, number)
                except ProcessLookupError:
                    return
                time.sleep(wait)
            self.kills += 1

        with self._while(freeze, 3.0, times):
            yield

    @contextmanager
    def stopping_the_database(self, times: int, every: float) -> Iterator[None]:
        """Kill the database's processes hard and start it again."""
        with self._while(self.stop_database_hard, every, times):
            yield

    def stop_database_hard(self) -> None:
        """One immediate stop and a start."""
        assert self.server
        found = self.server.process()
        if found:
            found.send_signal(signal.SIGQUIT)
            found.wait(20)
        self.server.ensure_running()

    @contextmanager
    def provider_away(self, seconds: float) -> Iterator[None]:
        """The provider refuses everything for a while."""

        def gone() -> None:
            self.away.touch()
            time.sleep(seconds)
            self.away.unlink(missing_ok=True)

        thread = threading.Thread(target=gone, daemon=True)
        thread.start()
        yield
        thread.join()

    def _signal(self, number: signal.Signals) -> None:
        if self.pids:
            try:
                os.kill(random.choice(self.pids), number)
                self.kills += 1
            except ProcessLookupError:
                pass

    @contextmanager
    def _while(self, act: Callable[[], object], every: float, times: int = 10**6) -> Iterator[None]:
        stop = threading.Event()

        def loop() -> None:
            for _ in range(times):
                if stop.wait(every):
                    return
                act()

        thread = threading.Thread(target=loop, daemon=True)
        thread.start()
        try:
            yield
        finally:
            stop.set()
            thread.join(60)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
