"""The web server of the pages and that of the event stream: granian, each in its own process."""

import gc
import multiprocessing
import os
from collections.abc import Callable
from importlib import import_module
from typing import Any

from granian.constants import Interfaces
from granian.log import LogLevels
from granian.server import MPServer

from heliodesk.config import environment
from heliodesk.config.server.parent import end_with_parent

#: A worker that does not end by itself is killed after this many seconds.
KILL_SECONDS = 2
#: New objects before Python looks for cycles among them, and how seldom it looks at older ones.
#: A page makes thousands that all go by themselves: at Python's own 700 a tenth of the time of
#: a case went into looking.
COLLECTION = (50_000, 20, 100)


def serve_pages(*, host: str, port: int) -> None:
    """Serve the pages with HELIODESK_WEB_WORKERS processes until told to end.

    One thread a worker: database connections are kept open per thread, and Python gains nothing
    from more.
    """
    target = "heliodesk.config.wsgi:application"
    _serve("web", target, Interfaces.WSGI, (host, port), _web_workers())


def serve_events(*, host: str, port: int) -> None:
    """Serve the event stream from one process until told to end."""
    _serve("live", "heliodesk.config.asgi:live", Interfaces.ASGI, (host, port), 1)


def _serve(
    name: str, target: str, interface: Interfaces, where: tuple[str, int], workers: int
) -> None:
    multiprocessing.set_start_method("fork", force=True)
    application = _load(target)
    gc.set_threshold(*COLLECTION)
    gc.freeze()  # what is loaded now stays shared between the workers

    def loader(_: str) -> Callable[..., Any]:
        end_with_parent()
        return application

    MPServer(
        target,
        address=where[0],
        port=where[1],
        interface=interface,
        workers=workers,
        blocking_threads=1,
        backlog=1024,
        websockets=False,
        log_level=LogLevels.warning,
        respawn_failed_workers=True,
        respawn_interval=0.1,
        workers_kill_timeout=KILL_SECONDS,
        process_name=f"heliodesk {name}",
    ).serve(target_loader=loader)


def _load(target: str) -> Callable[..., Any]:
    module, _, name = target.partition(":")
    found: Callable[..., Any] = getattr(import_module(module), name)
    return found


def _web_workers() -> int:
    processors = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 2
    return environment.number("HELIODESK_WEB_WORKERS", min(8, max(2, processors)))
