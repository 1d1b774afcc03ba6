"""One part as a child process: started, watched, started again when it dies."""

import contextlib
import os
import signal
import subprocess
import time

from heliodesk.config.server.forked import Forked
from heliodesk.config.server.parent import PARENT
from heliodesk.config.server.parts import Part
from heliodesk.config.server.say import say

FIRST_WAIT_SECONDS = 0.2
#: Short, since a part that is down holds up mail, and a fork of one costs little.
LONGEST_WAIT_SECONDS = 3.0
#: Up this long, a part counts as healthy and its next fall as its first.
HEALTHY_SECONDS = 10.0


class Child:
    """The process of a part, and when it may be started next."""

    def __init__(self, part: Part, *, fork: bool) -> None:
        """``fork`` shares what this process has loaded; else the part loads everything anew."""
        self.part = part
        self.fork = fork
        self.process: Forked | subprocess.Popen[bytes] | None = None
        self.falls = 0
        self._started = 0.0
        self._due = 0.0

    def start(self) -> None:
        """Start the part in a process group of its own, so that Ctrl+C reaches only the parent."""
        if self.fork:
            self.process = Forked(f"heliodesk {self.part.name}", self.part.run)
        else:
            self.process = subprocess.Popen(
                self.part.command,
                stdin=subprocess.DEVNULL,
                env=os.environ | {PARENT: str(os.getpid())},
                process_group=0,
            )
        self._started = time.monotonic()

    def watch(self) -> None:
        """Notice that the part ended, and start it again when its waiting time is over."""
        now = time.monotonic()
        if self.process is None:
            if now >= self._due:
                self.start()
        elif (code := self.process.poll()) is not None:
            self.kill()
            self.process = None
            self.falls = 1 if now - self._started > HEALTHY_SECONDS else self.falls + 1
            wait = min(LONGEST_WAIT_SECONDS, FIRST_WAIT_SECONDS * 2 ** (self.falls - 1))
            self._due = now + wait
            say(
                f"{self.part.name} ended ({_reason(code)}); starting it again in {wait:.1f} s",
                part=self.part.name,
                code=code,
            )

    def terminate(self) -> None:
        if self.process and self.process.poll() is None:
            self.process.terminate()

    def ended(self) -> bool:
        return self.process is None or self.process.poll() is not None

    def ended_by(self, deadline: float) -> bool:
        """Wait until the part ended, or until a moment of the monotonic clock; true if it ended."""
        while not self.ended():
            if time.monotonic() >= deadline:
                return False
            time.sleep(0.02)
        return True

    def kill(self) -> None:
        """End the part and all processes that it started."""
        if self.process:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                self.process.kill()
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()


def _reason(code: int) -> str:
    return f"killed by {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"
