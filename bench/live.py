"""Live pages: many open streams, what they cost while nothing happens, how soon they hear."""

import asyncio
import time
from collections.abc import Sequence

from bench import cpu
from bench.browser import Browser
from bench.desk import Desk
from bench.figures import Figure, Round, of_rounds
from bench.machine import slowness

STREAMS = 200
IDLE_SECONDS = 20.0
UPDATES = 20
#: A core may be busy this much with open streams to which nothing is told.
TARGET_IDLE_PERCENT = 5.0
TARGET_P95_MS = 1000.0


def measure(desk: Desk, browser: Browser, refs: Sequence[str]) -> list[Figure]:
    """Open the streams, wait, then write notes on cases and see when every stream hears of it."""
    return asyncio.run(_measure(desk, browser, refs))


async def _measure(desk: Desk, browser: Browser, refs: Sequence[str]) -> list[Figure]:
    streams = [await _Stream.opened(desk, browser.cookie) for _ in range(STREAMS)]
    tasks = [asyncio.create_task(stream.listen()) for stream in streams]
    try:
        await asyncio.sleep(1)
        slow, before = slowness(), desk.spent()
        await asyncio.sleep(IDLE_SECONDS)
        idle = cpu.between(before, desk.spent())
        # The worker and PostgreSQL have duties of their own; the streams are the live process.
        busy = 1000 * idle.get("live", 0.0) / (10 * IDLE_SECONDS)
        yet = Figure(
            f"{STREAMS} idle streams, % of a core", STREAMS, 0.0, 0.0, 0.0, busy,
            {"live": round(busy, 2)}, TARGET_IDLE_PERCENT, round(slow, 2),
        )  # fmt: skip
        return [yet, await _told(desk, browser, refs, streams)]
    finally:
        for task in tasks:
            task.cancel()


async def _told(
    desk: Desk, browser: Browser, refs: Sequence[str], streams: Sequence["_Stream"]
) -> Figure:
    slow, before, begun = slowness(), desk.spent(), time.perf_counter()
    seconds: list[float] = []
    for number in range(UPDATES):
        for stream in streams:
            stream.heard = None
        asked = time.perf_counter()
        address = f"/cases/{refs[number % len(refs)]}/note/"
        answer = await asyncio.to_thread(browser.post, address, text="Something new.")
        if answer.status != 302:
            raise SystemExit(f"The note was answered {answer.status}.")
        until = asked + 10
        while any(stream.heard is None for stream in streams) and time.perf_counter() < until:
            await asyncio.sleep(0.01)
        seconds += [(stream.heard or until) - asked for stream in streams]
    took = time.perf_counter() - begun
    spent = cpu.between(before, desk.spent())
    heard = of_rounds(f"update heard by {STREAMS} streams", [Round(seconds, took, spent, slow)])
    if heard.p95_ms > TARGET_P95_MS:
        print(f"  note: an update was heard after {heard.p95_ms:.0f} ms")
    return heard


class _Stream:
    """One browser's open stream."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer
        #: When the last update was heard, by ``time.perf_counter``.
        self.heard: float | None = None

    @classmethod
    async def opened(cls, desk: Desk, cookie: str) -> "_Stream":
        reader, writer = await asyncio.open_connection(desk.host, desk.live_port)
        head = f"GET /events HTTP/1.1\r\nHost: {desk.host}\r\nCookie: {cookie}\r\n\r\n"
        writer.write(head.encode())
        status = await asyncio.wait_for(reader.readline(), 30)
        if b" 200 " not in status:
            raise SystemExit(f"The stream of live updates answered {status.decode().strip()}.")
        return cls(reader, writer)

    async def listen(self) -> None:
        """Note when something is told."""
        while line := await self._reader.readline():
            if line.startswith(b"data:") and self.heard is None:
                self.heard = time.perf_counter()
