"""News of the journal for open pages: one LISTEN for all, a small queue for each listener."""

import asyncio
import contextlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import psycopg
import structlog

from heliodesk.identity.person import Person
from heliodesk.journal.record import CHANNEL

log = structlog.get_logger()
#: Ids of what changed, by kind of subject; none stands for too many to name.
News = dict[str, list[int] | None]
#: News of this many seconds are told together.
GATHER_SECONDS = 0.2
_RETRY_SECONDS = 1.0
_WAITING = 32
_EVERYTHING: News = {"case": None, "held": None}
_OFFSHORE = "select id from cases_case where id = any(%s) and offshore"


@dataclass(eq=False)
class Listener:
    """One open page."""

    person: Person
    queue: "asyncio.Queue[News]" = field(default_factory=lambda: asyncio.Queue(_WAITING))

    def tell(self, news: News) -> None:
        """Hand over news; a page that does not keep up is told to look at everything once."""
        try:
            self.queue.put_nowait(news)
        except asyncio.QueueFull:
            while not self.queue.empty():
                self.queue.get_nowait()
            self.queue.put_nowait(_EVERYTHING)


class Hub:
    """All listeners of this process."""

    def __init__(self, dsn: str) -> None:
        self.dsn = dsn
        self.listeners: set[Listener] = set()

    async def run(self) -> None:
        """Listen for ever; when the database goes away, come back and tell everybody to look."""
        while True:
            try:
                await self._listen()
            except psycopg.OperationalError as error:
                log.warning("live.database_away", error=str(error).strip())
                await asyncio.sleep(_RETRY_SECONDS)

    async def _listen(self) -> None:
        async with await psycopg.AsyncConnection.connect(self.dsn, autocommit=True) as connection:
            await connection.execute(f"listen {CHANNEL}")
            self._tell(_EVERYTHING, set())
            while True:
                gathered: News = {}
                async for notice in connection.notifies(stop_after=1):
                    _gather(gathered, notice.payload)
                async for notice in connection.notifies(timeout=GATHER_SECONDS):
                    _gather(gathered, notice.payload)
                self._tell(gathered, await _offshore(connection, gathered))

    def _tell(self, news: News, offshore: set[int]) -> None:
        public = _without(news, offshore)
        for listener in list(self.listeners):
            seen = news if listener.person.offshore else public
            if seen:
                listener.tell(seen)


async def _offshore(connection: "psycopg.AsyncConnection[Any]", news: News) -> set[int]:
    """Which of these cases only an offshore team may know of (C16)."""
    ids = news.get("case")
    if not ids:
        return set()
    cursor = await connection.execute(_OFFSHORE, [ids])
    return {row[0] for row in await cursor.fetchall()}


def _without(news: News, hidden: set[int]) -> News:
    cases = news.get("case")
    if not hidden or cases is None:
        return news
    left = [id for id in cases if id not in hidden]
    return {**{kind: ids for kind, ids in news.items() if kind != "case"}, **_some(left)}


def _some(ids: list[int]) -> News:
    return {"case": ids} if ids else {}


def _gather(news: News, payload: str) -> None:
    """Add one notice to the news; what cannot be read stands for everything."""
    told: Mapping[str, Any] = _EVERYTHING
    with contextlib.suppress(ValueError):
        read = json.loads(payload)
        told = read if isinstance(read, dict) else told
    for kind, ids in told.items():
        known = news.get(kind, [])
        news[kind] = None if ids is None or known is None else sorted({*known, *ids})
