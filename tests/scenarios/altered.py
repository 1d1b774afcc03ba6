"""A part of the desk with a fault or a wrong clock, as a program: ``worker`` or ``mail-listener``.

DEADLY names a file; while it is there, reading a mail that says ``X-Deadly`` kills the process, as
a fault in a library of C would. CLOCK names a file with the seconds by which the clock is wrong.
"""

import os
import signal
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

from heliodesk.kernel import clock

_right = clock.now


def main(part: str) -> None:
    """Run the part with what the environment says is wrong."""
    if "CLOCK" in os.environ:
        wrong = Path(os.environ["CLOCK"])
        clock.now = lambda: _right() + timedelta(seconds=float(wrong.read_text() or 0))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "heliodesk.config.settings")
    import django

    django.setup()
    from heliodesk.channels.smtp import server
    from heliodesk.config import worker
    from heliodesk.intake import pipeline

    read = pipeline.read
    deadly = Path(os.environ.get("DEADLY", "/nowhere"))

    def fatal(raw: bytes, **how: Any) -> Any:
        if b"X-Deadly" in raw and deadly.exists():
            os.kill(os.getpid(), signal.SIGKILL)
        return read(raw, **how)

    pipeline.read = fatal
    worker.run() if part == "worker" else server.run()


if __name__ == "__main__":
    main(sys.argv[1])
