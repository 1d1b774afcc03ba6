"""A part as a fork of the supervisor: what all parts load is loaded once and shared.

It saves each part the second that loading takes, and most of its memory.
"""

import os
import signal
import sys
import time
import traceback
from collections.abc import Callable

from setproctitle import setproctitle

from heliodesk.config.postgres.lock import let_go_after_fork
from heliodesk.config.server.parent import end_with_parent

TOLD_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
POLL_SECONDS = 0.01


class Forked:
    """A child process that runs one function; it can be asked what ``subprocess.Popen`` can."""

    def __init__(self, title: str, run: Callable[[], object]) -> None:
        self.returncode: int | None = None
        parent = os.getpid()
        sys.stdout.flush()
        sys.stderr.flush()
        self.pid = os.fork()
        if self.pid == 0:
            _be_child(title, run, parent)

    def poll(self) -> int | None:
        """The exit code, negative for a signal; none while it runs."""
        if self.returncode is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self.returncode = os.waitstatus_to_exitcode(status)
        return self.returncode

    def wait(self) -> int:
        while (code := self.poll()) is None:
            time.sleep(POLL_SECONDS)
        return code

    def terminate(self) -> None:
        self._send(signal.SIGTERM)

    def kill(self) -> None:
        self._send(signal.SIGKILL)

    def _send(self, number: signal.Signals) -> None:
        if self.poll() is None:
            os.kill(self.pid, number)


def _be_child(title: str, run: Callable[[], object], parent: int) -> None:
    """Run the function and leave; nothing of the supervisor's own clearing up may happen here."""
    code = 1
    try:
        for number in TOLD_SIGNALS:
            signal.signal(number, signal.SIG_DFL)
        os.setpgid(0, 0)
        end_with_parent()
        if os.getppid() != parent:
            return
        setproctitle(title)
        let_go_after_fork()
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        run()
        code = 0
    except SystemExit as wish:
        code = _code(wish)
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def _code(wish: SystemExit) -> int:
    if wish.code is None or isinstance(wish.code, int):
        return wish.code or 0
    sys.stderr.write(f"{wish.code}\n")
    return 1
