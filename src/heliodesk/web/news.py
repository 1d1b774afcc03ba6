"""News of the journal for open pages: one LISTEN for all, a small queue for each listener."""

import asyncio
import contextlib
import json
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

import psycopg
import structlog

from heliodesk.identity.person import Person
from heliodesk.journal.record import CHANNEL
from heliodesk.kernel import clock

log = structlog.get_logger()
#: Ids of what changed, by kind of subject; none stands for too many to name.
News = dict[str, list[int] | None]
#: News of this many seconds are told together.
GATHER_SECONDS = 0.2
_RETRY_SECONDS = 1.0
_WAITING = 32
#: How long, and how many, news are kept for pages that were made and do not listen yet.
_KEPT = timedelta(seconds=60)
_MOST_KEPT = 500
_EVERYTHING: News = {"case": None, "held": None}
#: What only an offshore team may know of, by kind of subject (C16).
_OFFSHORE = {
    "case": "select id from cases_case where id = any(%s) and offshore",
    "p1": (
        "select p.id from oncall_p1 p left join cases_case c on c.id = p.case_id"
        " left join telephony_call t on t.id = p.call_id"
        " where p.id = any(%s) and (c.offshore or t.offshore)"
    ),
    "presence": "select id from cases_case where id = any(%s) and offshore",
    "call": "select id from telephony_call where id = any(%s) and offshore",
    "account": "select id from customers_account where id = any(%s) and offshore",
    "held": (
        "select h.id from intake_helditem h left join channels_mailbox b on b.id = h.mailbox_id"
        " left join customers_account a on a.id = h.account_hint_id"
        " where h.id = any(%s) and (b.offshore or a.offshore)"
    ),
}
Hidden = dict[str, set[int]]


class Told(NamedTuple):
    """News that were told, when the last of them came, and what of them not everybody may know."""

    at: datetime
    news: News
    public: News


@dataclass(eq=False)
class Reader:
    """One open page."""

    queue: "asyncio.Queue[News]" = field(
        init=False, default_factory=lambda: asyncio.Queue(_WAITING)
    )

    def tell(self, news: News) -> None:
        """Hand over news; a page that does not keep up is told to look at everything once."""
        try:
            self.queue.put_nowait(news)
        except asyncio.QueueFull:
            while not self.queue.empty():
                self.queue.get_nowait()
            self.queue.put_nowait(_EVERYTHING)


@dataclass(eq=False)
class Listener(Reader):
    """A page of the desk, which hears everything that its person may know of."""

    person: Person

    def heard(self, news: News, public: News) -> News:
        """What of the news this page is told."""
        return news if self.person.offshore else public


@dataclass(eq=False)
class CaseListener(Reader):
    """A customer's page of one case, which hears that this case changed and nothing else."""

    case_id: int

    def heard(self, news: News, _public: News) -> News:
        """That there may be something to look at; what it is, the page itself has to ask."""
        cases = news.get("case", [])
        return {"case": None} if cases is None or self.case_id in cases else {}


class Hub:
    """All listeners of this process."""

    def __init__(self, dsn: str) -> None:
        self.dsn = dsn
        self.listeners: set[Listener | CaseListener] = set()
        self._told: deque[Told] = deque(maxlen=_MOST_KEPT)
        #: Before this moment nothing is known.
        self._from = datetime.max.replace(tzinfo=UTC)

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
            self._told.clear()
            self._from = clock.now()
            self._tell(_EVERYTHING, {}, at=self._from)
            while True:
                gathered: News = {}
                async for notice in connection.notifies(stop_after=1):
                    _gather(gathered, notice.payload)
                at = clock.now()
                async for notice in connection.notifies(timeout=GATHER_SECONDS):
                    _gather(gathered, notice.payload)
                    at = clock.now()
                self._tell(gathered, await _offshore(connection, gathered), at=at)

    def add(self, listener: Listener | CaseListener, since: datetime | None = None) -> None:
        """Let a page listen; what came after ``since``, when it was made, it hears at once."""
        self.listeners.add(listener)
        if since is None:
            return
        if since < max(self._from, clock.now() - _KEPT) or self._lost(since):
            listener.tell(_EVERYTHING)
            return
        for told in self._told:
            seen = listener.heard(told.news, told.public) if told.at >= since else {}
            if seen:
                listener.tell(seen)

    def _lost(self, since: datetime) -> bool:
        return len(self._told) == _MOST_KEPT and self._told[0].at >= since

    def _tell(self, news: News, offshore: Hidden, *, at: datetime) -> None:
        public = _without(news, offshore)
        self._told.append(Told(at, news, public))
        for listener in list(self.listeners):
            seen = listener.heard(news, public)
            if seen:
                listener.tell(seen)


async def _offshore(connection: "psycopg.AsyncConnection[Any]", news: News) -> Hidden:
    """Which of these only an offshore team may know of (C16)."""
    hidden: Hidden = {}
    for kind, sql in _OFFSHORE.items():
        ids = news.get(kind)
        if ids:
            cursor = await connection.execute(sql, [ids])
            found = {row[0] for row in await cursor.fetchall()}
            if found:
                hidden[kind] = found
    return hidden


def _without(news: News, hidden: Hidden) -> News:
    """The news for everybody else; a kind of which nothing is left is not named."""
    if not hidden:
        return news
    told: News = {}
    for kind, ids in news.items():
        left = ids if ids is None else [id for id in ids if id not in hidden.get(kind, ())]
        if left or left is None:
            told[kind] = left
    return told


def _gather(news: News, payload: str) -> None:
    """Add one notice to the news; what cannot be read stands for everything."""
    told: Mapping[str, Any] = _EVERYTHING
    with contextlib.suppress(ValueError):
        read = json.loads(payload)
        told = read if isinstance(read, dict) else told
    for kind, ids in told.items():
        known = news.get(kind, [])
        news[kind] = None if ids is None or known is None else sorted({*known, *ids})
