"""The stream of live updates, as its own small server process runs it: no middleware, one path.

``GET /events`` answers a signed-in browser with server-sent events named ``journal``; each is a
JSON object of changed ids by kind. A page says when it was made, ``?since=1763935200.123``, and
first hears what happened since. A contact asks for one case, ``/events?case=10000001``, and is told
that it changed, not how. A stream ends after a while so that the browser asks again, and with it
the question whether it is still signed in.
"""

import asyncio
import json
import os
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from http.cookies import CookieError, SimpleCookie
from typing import Any
from urllib.parse import parse_qs, urlsplit

import django
import psycopg
import structlog

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "heliodesk.config.settings")
django.setup()

from django.conf import settings  # noqa: E402 (after Django is set up)
from django.db import DatabaseError, connection  # noqa: E402 (after Django is set up)

from heliodesk.cases.access import Hidden, get_case_for  # noqa: E402 (after Django is set up)
from heliodesk.identity.person import Person  # noqa: E402 (after Django is set up)
from heliodesk.identity.rules import May, Role  # noqa: E402 (after Django is set up)
from heliodesk.kernel import clock  # noqa: E402 (after Django is set up)
from heliodesk.oncall import jobs  # noqa: E402 (after Django is set up)
from heliodesk.web import people  # noqa: E402 (after Django is set up)
from heliodesk.web.news import CaseListener, Hub, Listener  # noqa: E402 (after Django is set up)
from heliodesk.web.portal import who  # noqa: E402 (after Django is set up)
from heliodesk.web.portal.wall import Closed, as_contact  # noqa: E402 (after Django is set up)

Send = Callable[[dict[str, Any]], Awaitable[None]]
Receive = Callable[[], Awaitable[dict[str, Any]]]
BEAT_SECONDS = 15.0
STREAM_SECONDS = 900.0
MOST_LISTENERS = 2000
#: Of these, as many may be customers': they never keep the desk's own pages from listening.
MOST_CUSTOMERS = 1500
_page = urlsplit(settings.BASE_URL)
log = structlog.get_logger()
ORIGIN = f"{_page.scheme}://{_page.netloc}"

hub = Hub(settings.DATABASE_DIRECT_DSN)
_running: "set[asyncio.Task[None]]" = set()
_asking = asyncio.Lock()


async def live(scope: dict[str, Any], receive: Receive, send: Send) -> None:
    """The application."""
    if scope["type"] == "lifespan":
        await _lifespan(receive, send)
    elif scope["type"] == "http":
        await _answer(scope, receive, send)


async def _lifespan(receive: Receive, send: Send) -> None:
    while (message := await receive())["type"] != "lifespan.shutdown":
        if message["type"] == "lifespan.startup":
            _ensure_running()
            await send({"type": "lifespan.startup.complete"})
    for task in _running:
        task.cancel()
    await send({"type": "lifespan.shutdown.complete"})


WATCH_SECONDS = 5.0


async def _watch_pagers() -> None:
    """Mail the duty manager when no pager shows itself: this process is none of them (G10)."""
    while True:
        await asyncio.sleep(WATCH_SECONDS)
        try:
            await asyncio.to_thread(_look_for_pagers)
        except Exception as error:
            log.warning("pagers_not_watched", error=str(error)[:300])


def _look_for_pagers() -> None:
    try:
        jobs.mail_of_dead_pagers(clock.now())
    finally:
        connection.close()


def _ensure_running() -> None:
    if not _running:
        for work in (hub.run(), _watch_pagers()):
            task = asyncio.get_running_loop().create_task(work)
            _running.add(task)
            task.add_done_callback(_running.discard)


async def _answer(scope: dict[str, Any], receive: Receive, send: Send) -> None:
    headers = {name.decode("latin-1").lower(): value for name, value in scope["headers"]}
    origin = headers.get("origin", b"").decode("latin-1")
    if scope["path"] == "/healthz":
        await _short(send, 200, "ok")
    elif scope["path"] != "/events" or scope["method"] != "GET":
        await _short(send, 404, "not found")
    elif origin and origin != ORIGIN:
        await _short(send, 403, "only for the desk's own pages")
    elif len(hub.listeners) >= MOST_LISTENERS:
        await _short(send, 503, "too many listeners")
    else:
        cookies = headers.get("cookie", b"").decode("latin-1")
        person = await _who(cookies)
        if person and person.role is Role.CONTACT:
            await _answer_customer(scope, cookies, receive, send)
        elif person is None or person.owes_factor or not person.may(May.WORK_CASES):
            await _short(send, 401, "sign in first")
        else:
            await _stream(Listener(person), receive, send, since=_since(scope))


def _since(scope: dict[str, Any]) -> datetime | None:
    """When the page that asks was made; none if it does not say so."""
    given = _asked(scope, "since")
    try:
        return datetime.fromtimestamp(float(given), UTC) if given else None
    except (ValueError, OverflowError, OSError):
        return None


def _asked(scope: dict[str, Any], name: str) -> str:
    query = scope.get("query_string", b"").decode("latin-1")
    return str(parse_qs(query).get(name, [""])[0])


async def _answer_customer(
    scope: dict[str, Any], cookies: str, receive: Receive, send: Send
) -> None:
    asked = _asked(scope, "case")
    if sum(isinstance(one, CaseListener) for one in hub.listeners) >= MOST_CUSTOMERS:
        await _short(send, 503, "too many listeners")
        return
    async with _asking:
        case_id = await asyncio.to_thread(_case_of, cookies, asked)
    if case_id is None:
        await _short(send, 404, "not found")
    else:
        await _stream(CaseListener(case_id), receive, send)


def _case_of(cookies: str, ref: str) -> int | None:
    """The case with this reference, if the contact may see it where they act."""
    key, chosen = _cookie(cookies, settings.SESSION_COOKIE_NAME), _cookie(cookies, who.CHOSEN)
    try:
        customer = who.of_session(key, clock.now(), chosen)
        if customer is None:
            return None
        with as_contact(customer):
            return int(get_case_for(customer, ref).pk)
    except (Hidden, Closed, DatabaseError):
        return None
    finally:
        connection.close()


def _cookie(cookies: str, name: str) -> str:
    try:
        morsel = SimpleCookie(cookies).get(name)
    except CookieError:
        return ""
    return morsel.value if morsel else ""


async def _who(cookies: str) -> Person | None:
    """Who asks, by one statement; nobody when the database is away."""
    key = _cookie(cookies, settings.SESSION_COOKIE_NAME)
    if not key:
        return None
    try:
        async with (
            _asking,
            await psycopg.AsyncConnection.connect(
                settings.DATABASE_DIRECT_DSN, autocommit=True
            ) as connection,
        ):
            cursor = await connection.execute(people.SQL, [key, clock.now()])
            row = await cursor.fetchone()
    except psycopg.OperationalError:
        return None
    return people.person_of(row) if row else None


async def _stream(
    listener: Listener | CaseListener,
    receive: Receive,
    send: Send,
    *,
    since: datetime | None = None,
) -> None:
    """Send news as they come, and a sign of life between, until the browser goes."""
    _ensure_running()
    gone = asyncio.ensure_future(_gone(receive))
    end = time.monotonic() + STREAM_SECONDS
    hub.add(listener, since)
    try:
        await send(_start(200, "text/event-stream"))
        await _send(send, b"retry: 3000\n\n")
        while not gone.done() and time.monotonic() < end:
            news = asyncio.ensure_future(listener.queue.get())
            await asyncio.wait(
                {news, gone}, timeout=BEAT_SECONDS, return_when=asyncio.FIRST_COMPLETED
            )
            if news.done():
                await _send(send, f"event: journal\ndata: {json.dumps(news.result())}\n\n".encode())
            else:
                news.cancel()
                await _send(send, b": here\n\n")
    except OSError:
        pass
    finally:
        hub.listeners.discard(listener)
        gone.cancel()
    await send({"type": "http.response.body", "body": b""})


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


def _start(status: int, kind: str) -> dict[str, Any]:
    headers = [
        (b"content-type", kind.encode()),
        (b"cache-control", b"no-store"),
        (b"x-accel-buffering", b"no"),
        (b"x-content-type-options", b"nosniff"),
        (b"access-control-allow-origin", ORIGIN.encode()),
        (b"access-control-allow-credentials", b"true"),
        (b"vary", b"Origin"),
    ]
    return {"type": "http.response.start", "status": status, "headers": headers}


async def _send(send: Send, body: bytes) -> None:
    await send({"type": "http.response.body", "body": body, "more_body": True})


async def _short(send: Send, status: int, words: str) -> None:
    await send(_start(status, "text/plain"))
    await send({"type": "http.response.body", "body": words.encode()})
