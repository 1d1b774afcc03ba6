"""Group commit: messages that arrive together are made durable together.

One task owns one database connection. While it waits for the disk, arriving messages queue up;
it then stores all of them by one statement, which is one transaction. Each sender learns of its
own message's fate. One that cannot be stored with the others is tried alone.
"""

import asyncio
import contextlib
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

import psycopg
import structlog
from psycopg import errors

from heliodesk.channels.addresses import Addresses
from heliodesk.channels.arrivals import MAILBOXES, STORE, Arrival, parameters

log = structlog.get_logger()

_MOST_TOGETHER = 256
_MOST_BYTES_TOGETHER = 16 * 2**20
_CONNECT_SECONDS = 5
#: After a failed connection no message waits for another try before this has passed.
_PAUSE_SECONDS = 0.5


@dataclass(frozen=True, slots=True)
class Waiting:
    """A message that arrived, and the fate its sender waits for."""

    arrival: Arrival
    stored: "asyncio.Future[int]"


class Storing:
    """Stores what arrives, in the order of arrival.

    ``pooled`` says that a transaction-mode pooler stands before the server, which cannot keep
    prepared statements.
    """

    def __init__(self, dsn: str, *, pooled: bool = False, within: float = 60.0) -> None:
        self._dsn = dsn
        self._pooled = pooled
        self._within = within
        self._waiting: deque[Waiting] = deque()
        self._wake = asyncio.Event()
        self._connection: psycopg.AsyncConnection | None = None
        self._using = asyncio.Lock()
        self._not_before = 0.0
        self._task = asyncio.create_task(self._work())

    async def keep(self, arrival: Arrival) -> int:
        """Make a message durable and return its number.

        Raises:
            psycopg.Error: it is not stored (or, when the server vanished at the very moment of
                the commit, not known to be).
            TimeoutError: the database did not answer in time.
        """
        stored: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        self._waiting.append(Waiting(arrival, stored))
        self._wake.set()
        return await stored

    async def addresses(self) -> Addresses:
        """The addresses of all active mailboxes; raises as ``keep``."""
        async with self._using, asyncio.timeout(self._within):
            try:
                connection = await self._connected()
                cursor = await connection.execute(MAILBOXES)
                return Addresses(await cursor.fetchall())
            except BaseException:
                await self._hang_up()
                raise

    async def close(self) -> None:
        """Store what is still waiting, then hang up."""
        while self._waiting and not self._task.done():
            await asyncio.sleep(0.01)
        async with self._using:
            self._task.cancel()
            await self._hang_up()

    async def _work(self) -> None:
        while True:
            await self._wake.wait()
            batch = self._take()
            if not batch:
                self._wake.clear()
                continue
            async with self._using:
                try:
                    await self._store(batch)
                except Exception as error:
                    # Whatever it is, the senders hear of it, and the next batch has its turn.
                    log.exception("storing failed")
                    _tell_all(batch, errors.InternalError(repr(error)))

    def _take(self) -> list[Waiting]:
        """The longest-waiting messages whose senders are still there."""
        batch: list[Waiting] = []
        size = 0
        while self._waiting and len(batch) < _MOST_TOGETHER and size < _MOST_BYTES_TOGETHER:
            arrived = self._waiting.popleft()
            if not arrived.stored.done():
                batch.append(arrived)
                size += len(arrived.arrival.raw)
        return batch

    async def _store(self, batch: Sequence[Waiting]) -> None:
        """Store a batch and tell the senders; on an error that concerns one, each alone."""
        try:
            async with asyncio.timeout(self._within):
                numbers = await self._insert(batch)
        except (psycopg.Error, OSError, TimeoutError) as error:
            away = isinstance(error, OSError) or self._connection is None
            if away or len(batch) == 1:
                _tell_all(batch, error)
                log.warning("mail not stored", messages=len(batch), error=str(error))
                return
            for arrived in batch:
                await self._store([arrived])
            return
        for arrived, number in zip(batch, numbers, strict=True):
            if not arrived.stored.done():
                arrived.stored.set_result(number)
        # Filing tells of each batch; a line for each commit would cost more than the commit.
        log.debug("mail stored", messages=len(batch), first=numbers[0], last=numbers[-1])

    async def _insert(self, batch: Sequence[Waiting]) -> list[int]:
        try:
            connection = await self._connected()
            arrivals = [waiting.arrival for waiting in batch]
            cursor = await connection.execute(STORE, parameters(arrivals))
            return [row[0] for row in await cursor.fetchall()]
        except BaseException as error:
            if not isinstance(error, psycopg.Error) or _is_gone(error, self._connection):
                await self._hang_up()
            raise

    async def _connected(self) -> psycopg.AsyncConnection:
        if self._connection is not None and not self._connection.closed:
            return self._connection
        loop = asyncio.get_running_loop()
        if loop.time() < self._not_before:
            raise errors.OperationalError("the database was away a moment ago")
        self._not_before = loop.time() + _PAUSE_SECONDS
        self._connection = await psycopg.AsyncConnection.connect(
            self._dsn,
            autocommit=True,
            connect_timeout=_CONNECT_SECONDS,
            application_name="heliodesk mail-listener",
            prepare_threshold=None if self._pooled else 0,
        )
        self._not_before = 0.0
        return self._connection

    async def _hang_up(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            with contextlib.suppress(Exception):
                await connection.close()


def _is_gone(error: psycopg.Error, connection: psycopg.AsyncConnection | None) -> bool:
    """Whether the error ends the connection: the server is away, stopping or starting."""
    if connection is None or connection.closed or connection.broken:
        return True
    return isinstance(error, errors.OperationalError) and (error.sqlstate or "57")[:2] in {
        "08",
        "57",
    }


def _tell_all(batch: Sequence[Waiting], error: BaseException) -> None:
    for arrived in batch:
        if not arrived.stored.done():
            arrived.stored.set_exception(error)
