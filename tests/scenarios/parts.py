"""Parts of a desk as commands of their own, on a database of a server that somebody else runs."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import psutil

from tests.scenarios.running import RunningDesk, until

ROOT = Path(__file__).resolve().parents[2]
COMMAND = (sys.executable, "-m", "heliodesk")
ALTERED = (sys.executable, "-m", "tests.scenarios.altered")


class PartsDesk(RunningDesk):
    """A mail listener and any number of workers, without a supervisor."""

    def __init__(self, folder: Path, *, database: str, **settings: str) -> None:
        super().__init__(folder, database=database, **settings)
        self.data.mkdir(exist_ok=True)
        self.parts: list[subprocess.Popen[bytes]] = []

    def run_part(self, name: str, *, by: Sequence[str] = COMMAND) -> "subprocess.Popen[bytes]":
        """Start a part; it is ended with the desk."""
        with (self.folder / "said").open("ab") as said:
            part = subprocess.Popen(
                [*by, name],
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=said,
                env=self.environment,
                cwd=ROOT,
            )
        self.parts.append(part)
        return part

    def listen(self, *, by: Sequence[str] = COMMAND) -> "subprocess.Popen[bytes]":
        """Start the mail listener and wait until it answers."""
        part = self.run_part("mail-listener", by=by)
        until(lambda: "mail listener ready" in self.said, why=lambda: self.said[-2000:])
        return part

    def workers(self) -> int:
        """How many workers are connected to the database and wait for mail."""
        return int(
            self.one(
                "select count(*) from pg_stat_activity where datname = current_database()"
                " and query = 'listen inbound'"
            )
        )

    def work(self, count: int = 1, *, by: Sequence[str] = COMMAND) -> None:
        """Start workers and wait until they work."""
        before = self.workers()
        for _ in range(count):
            self.run_part("worker", by=by)
        until(lambda: self.workers() >= before + count, why=lambda: self.said[-2000:])

    def stop(self) -> None:
        """Tell all parts to end, and wait until they have."""
        for part in self.parts:
            part.terminate()
        _, left = psutil.wait_procs(
            [psutil.Process(part.pid) for part in self.parts if part.poll() is None], timeout=10
        )
        for process in left:
            process.kill()
        for part in self.parts:
            part.wait()


MakeParts = Callable[..., PartsDesk]


@contextmanager
def parts_of(folder: Path, database: str, **settings: str) -> Iterator[PartsDesk]:
    """Parts on this database, ended afterwards."""
    own = folder / os.urandom(4).hex()
    own.mkdir()
    desk = PartsDesk(own, database=database, **settings)
    try:
        yield desk
    finally:
        desk.stop()
