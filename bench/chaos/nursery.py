"""Keeps so many pagers running, as the desk's supervisor does: forked, and started again at once.

``python -m bench.chaos.nursery COUNT``; prints the process ids whenever they change.
"""

import json
import os
import signal
import sys
import time

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "heliodesk.config.settings")
import django

django.setup()

from heliodesk.config import pager  # noqa: E402 (after Django is set up)
from heliodesk.config.server.forked import Forked  # noqa: E402 (after Django is set up)
from heliodesk.oncall import jobs, sending  # noqa: E402, F401 - loaded once, before they fork


def main() -> None:
    """Run until told to stop."""
    count, stopped = int(sys.argv[1]), False

    def stop(number: int, frame: object) -> None:
        nonlocal stopped
        stopped = True

    signal.signal(signal.SIGTERM, stop)
    born = [Forked(f"pager {n}", _run(n)) for n in range(count)]
    print(json.dumps([one.pid for one in born]), flush=True)
    while not stopped:
        for n, one in enumerate(born):
            if one.poll() is not None:
                born[n] = Forked(f"pager {n}", _run(n))
                print(json.dumps([each.pid for each in born]), flush=True)
        time.sleep(0.02)
    for one in born:
        os.kill(one.pid, signal.SIGCONT)
        one.kill()


def _run(number: int) -> "object":
    def run() -> None:
        pager.run(part=f"pager{number}")

    return run


if __name__ == "__main__":
    main()
