"""A listener in a thread of the test's process, storing into the test's database."""

import asyncio
import ssl
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from pathlib import Path

import uvloop
from django.db import connection
from psycopg.conninfo import make_conninfo

from heliodesk.channels.smtp.desk import Desk
from heliodesk.channels.smtp.limits import Limits
from heliodesk.channels.smtp.server import Listener
from heliodesk.channels.smtp.storing import Storing


class Running:
    """A running listener: its ports and its desk."""

    def __init__(self, listener: Listener) -> None:
        self.desk = listener.desk
        self.smtp = listener.ports["smtp"]
        self.lmtp = listener.ports["lmtp"]


Listen = Callable[..., Running]


def dsn_of_test() -> str:
    """The address of the database that the running test uses."""
    named = connection.get_connection_params()
    keys = ("host", "port", "user", "password", "dbname")
    return make_conninfo(**{key: named[key] for key in keys if named.get(key)})


@contextmanager
def listening(
    dsn: str,
    limits: Limits,
    *,
    tls: ssl.SSLContext | None = None,
    disk: Path | None = None,
    lmtp: int = 0,
) -> Iterator[Running]:
    """Have a listener running on free ports while the block runs."""
    ready: Future[Running] = Future()
    told = threading.Event()

    async def serve() -> None:
        storing = Storing(dsn, within=limits.store_seconds)
        listener = Listener(Desk("desk.example", storing, limits, tls, disk))
        await listener.start("127.0.0.1", smtp=0, lmtp=lmtp)
        running = Running(listener)
        ready.set_result(running)
        while not told.is_set():
            await asyncio.sleep(0.02)
        await listener.stop()

    thread = threading.Thread(target=lambda: uvloop.run(serve()), daemon=True)
    thread.start()
    try:
        yield ready.result(10)
    finally:
        told.set()
        thread.join(10)
        assert not thread.is_alive(), "the listener does not stop"
