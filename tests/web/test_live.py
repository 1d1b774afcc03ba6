"""The stream of news: who may listen, what they hear, and what happens to slow listeners."""

import asyncio
import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import psycopg
import pytest
from django.conf import settings
from django.db import connection, transaction
from django.test import Client
from psycopg.conninfo import make_conninfo

from heliodesk.cases.models import Case
from heliodesk.config import asgi
from heliodesk.identity.person import Person
from heliodesk.identity.rules import Role
from heliodesk.intake.models import HeldItem
from heliodesk.journal.record import SYSTEM, Happening, record
from heliodesk.kernel import clock
from heliodesk.oncall.models import P1
from heliodesk.telephony.models import Call
from heliodesk.web import news
from heliodesk.web.news import Hub, Listener
from tests import make
from tests.web.conftest import Browser, Portal

Sent = list[dict[str, Any]]


def person(*, offshore: bool = False) -> Person:
    return Person(1, "x", "x@desk.example", Role.AGENT, "UTC", offshore)


@pytest.fixture
def dsn(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> str:
    """The address of the tests' own database."""
    name = connection.settings_dict["NAME"]
    found = make_conninfo(settings.DATABASE_DIRECT_DSN, dbname=name)
    monkeypatch.setattr(settings, "DATABASE_DIRECT_DSN", found)
    monkeypatch.setattr(asgi, "hub", Hub(found))
    monkeypatch.setattr(asgi, "_running", set())
    monkeypatch.setattr(asgi, "_asking", asyncio.Lock())
    return found


def ask(client: Client | None, *, path: str = "/events", origin: str = "") -> dict[str, Any]:
    """A request as the server hands it over."""
    cookie = client.cookies.output(attrs=[], header="", sep=";").strip() if client else ""
    headers = [(b"cookie", cookie.encode()), *([(b"origin", origin.encode())] if origin else [])]
    return {"type": "http", "path": path, "method": "GET", "headers": headers}


async def listen(
    scope: dict[str, Any], *, until: Callable[[Sent], bool], act: Callable[[], None] | None = None
) -> Sent:
    """Run the application until enough was sent, then hang up."""
    sent: Sent = []
    enough = asyncio.Event()

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)
        if until(sent):
            enough.set()

    async def receive() -> dict[str, Any]:
        await enough.wait()
        return {"type": "http.disconnect"}

    running = asyncio.ensure_future(asgi.live(scope, receive, send))
    if act:
        while not any(b"event: journal" in m.get("body", b"") for m in sent):
            await asyncio.sleep(0.05)
        await asyncio.to_thread(act)
    await asyncio.wait_for(running, 20)
    for task in list(asgi._running):
        task.cancel()
    return sent


def status(sent: Sent) -> int:
    return int(sent[0]["status"])


def heard(sent: Sent) -> list[dict[str, Any]]:
    bodies = [message.get("body", b"").decode() for message in sent]
    return [json.loads(b.split("data: ")[1]) for b in bodies if b.startswith("event: journal")]


def test_only_who_is_signed_in_listens(dsn: str, browser: Browser) -> None:
    def answered(sent: Sent) -> bool:
        return len(sent) > 1

    def ended(**given: Any) -> int:
        return status(asyncio.run(listen(ask(**given), until=answered)))

    signed_in = browser()
    assert ended(client=None) == 401
    assert ended(client=signed_in) == 200
    assert ended(client=signed_in, origin="https://evil.example") == 403
    assert ended(client=signed_in, path="/other") == 404
    signed_in.logout()
    assert ended(client=signed_in) == 401


def test_a_contact_hears_of_a_case_of_theirs_and_of_nothing_else(dsn: str, portal: Portal) -> None:
    account = make.account()
    contact = make.contact(account, kind="designated", address="mara@north.example")
    client = portal(contact)
    own, strange = make.case(account=account, contact=contact), make.case()

    def of(case: Case) -> dict[str, Any]:
        return {**ask(client), "query_string": f"case={case.ref}".encode()}

    def answered(sent: Sent) -> bool:
        return len(sent) > 1

    assert status(asyncio.run(listen(of(strange), until=answered))) == 404
    assert status(asyncio.run(listen(ask(client), until=answered))) == 404

    def happen() -> None:
        with transaction.atomic():
            record([Happening("note", "case", strange.pk)], by=SYSTEM, at=make.NOW)
        with transaction.atomic():
            record([Happening("held", "held", 7)], by=SYSTEM, at=make.NOW)
        with transaction.atomic():
            record([Happening("note", "case", own.pk)], by=SYSTEM, at=make.NOW)
        connection.close()

    def until(sent: Sent) -> bool:
        return len(heard(sent)) > 1

    sent = asyncio.run(listen(of(own), until=until, act=happen))
    assert heard(sent)[1:] == [{"case": None}]


def test_customers_leave_room_for_the_desk(
    dsn: str, portal: Portal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asgi, "MOST_CUSTOMERS", 0)
    account = make.account()
    contact = make.contact(account, kind="designated", address="mara@north.example")
    case = make.case(account=account, contact=contact)
    scope = {**ask(portal(contact)), "query_string": f"case={case.ref}".encode()}
    assert status(asyncio.run(listen(scope, until=lambda sent: len(sent) > 1))) == 503


def test_news_of_the_journal_arrive(dsn: str, browser: Browser) -> None:
    client = browser()
    open_case, island = make.case(), make.case(offshore=True)

    def happen() -> None:
        with transaction.atomic():
            told = [Happening("note", "case", case.pk) for case in (open_case, island)]
            record([*told, Happening("held", "held", 7)], by=SYSTEM, at=make.NOW)
        connection.close()

    def until(sent: Sent) -> bool:
        return any(one.get("held") == [7] for one in heard(sent))

    sent = asyncio.run(listen(ask(client, origin=asgi.ORIGIN), until=until, act=happen))
    assert heard(sent)[-1] == {"held": [7], "case": [open_case.pk]}
    headers = dict(sent[0]["headers"])
    assert headers[b"access-control-allow-origin"] == asgi.ORIGIN.encode()
    assert headers[b"content-type"] == b"text/event-stream"


def test_a_listener_that_sleeps_is_told_to_look_at_everything() -> None:
    async def play() -> list[news.News]:
        listener = Listener(person())
        for n in range(100):
            listener.tell({"case": [n]})
        return [listener.queue.get_nowait() for _ in range(listener.queue.qsize())]

    told = asyncio.run(play())
    assert len(told) <= news._WAITING
    assert {"case": None, "held": None} in told


def test_offshore_cases_are_not_named_to_others() -> None:
    async def play() -> list[list[news.News]]:
        hub = Hub("")
        near, far = Listener(person()), Listener(person(offshore=True))
        hub.listeners |= {near, far}
        hub._tell({"case": [1, 2]}, {"case": {2}}, at=make.NOW)
        hub._tell({"case": [2]}, {"case": {2}}, at=make.NOW)
        return [[one.queue.get_nowait() for _ in range(one.queue.qsize())] for one in (near, far)]

    near, far = asyncio.run(play())
    assert near == [{"case": [1]}]
    assert far == [{"case": [1, 2]}, {"case": [2]}]


def since(hub: Hub, at: datetime, *, offshore: bool = False) -> list[news.News]:
    """What a page hears at once that was made at this moment and listens now."""

    async def play() -> list[news.News]:
        listener = Listener(person(offshore=offshore))
        hub.add(listener, at)
        return [listener.queue.get_nowait() for _ in range(listener.queue.qsize())]

    return asyncio.run(play())


def test_a_page_hears_what_happened_since_it_was_made() -> None:
    hub = Hub("")
    now = clock.now()
    before, after = now - timedelta(seconds=9), now - timedelta(seconds=3)
    hub._from = now - timedelta(seconds=30)
    hub._tell({"case": [1]}, {}, at=before)
    hub._tell({"case": [2, 3]}, {"case": {3}}, at=after)
    made = now - timedelta(seconds=5)
    assert since(hub, made) == [{"case": [2]}]
    assert since(hub, made, offshore=True) == [{"case": [2, 3]}]
    assert since(hub, now) == []
    assert len(hub.listeners) == 3


def test_a_page_of_which_too_little_is_known_looks_at_everything(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    hub, now = Hub(""), clock.now()
    everything = [{"case": None, "held": None}]
    assert since(hub, now) == everything  # nothing was heard yet
    hub._from = now - timedelta(hours=1)
    assert since(hub, now) == []
    assert since(hub, now - timedelta(minutes=15)) == everything
    monkeypatch.setattr(news, "_MOST_KEPT", 2)
    for n in (1, 2):
        hub._tell({"case": [n]}, {}, at=now)
    assert since(hub, now - timedelta(seconds=1)) == everything


def test_a_stream_begins_with_what_happened_since(dsn: str, browser: Browser) -> None:
    client = browser()

    def of(said: str, *, most: int) -> Sent:
        scope = {**ask(client), "query_string": f"since={said}".encode()}
        return asyncio.run(listen(scope, until=lambda sent: len(sent) == most))

    asgi.hub._from = clock.now() - timedelta(hours=1)
    asgi.hub._tell({"case": [7]}, {}, at=clock.now())
    assert {"case": [7]} in heard(of(f"{clock.now().timestamp() - 5:.3f}", most=3))
    assert status(of("no number", most=2)) == 200


def test_nothing_offshore_is_named_to_others_whatever_it_is(dsn: str) -> None:
    account = make.account(offshore=True)
    near, far = make.case(), make.case(account, offshore=True)
    owner = make.user()
    fields: dict[str, Any] = {
        "policy": {},
        "owner": owner,
        "declared_at": make.NOW,
        "next_due_at": make.NOW,
    }
    p1s = [P1.objects.create(case=case, **fields) for case in (near, far)]
    calls = [
        Call.objects.create(key=f"k{n}", source="desk", started_at=make.NOW, offshore=n == 1)
        for n in (0, 1)
    ]
    silent = P1.objects.create(call_id=calls[1].pk, **fields)
    box = make.mailbox(offshore=True)
    held = HeldItem.objects.create(
        ref="H-ISLAND", mailbox=box, channel="email", reason="sender_unknown",
        sender_address="who@elsewhere.example", created_at=make.NOW, last_at=make.NOW,
    )  # fmt: skip
    told: news.News = {
        "case": [near.pk, far.pk], "p1": [p1s[0].pk, p1s[1].pk, silent.pk],
        "call": [call.pk for call in calls], "account": [account.pk], "held": [held.pk],
        "incident": [7], "user": None,
    }  # fmt: skip

    async def ask() -> news.Hidden:
        async with await psycopg.AsyncConnection.connect(dsn, autocommit=True) as connection:
            return await news._offshore(connection, told)

    left = news._without(told, asyncio.run(ask()))
    assert left == {
        "case": [near.pk], "p1": [p1s[0].pk], "call": [calls[0].pk], "incident": [7], "user": None,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("payloads", "expected"),
    [
        (['{"case": [2]}', '{"case": [1, 2]}'], {"case": [1, 2]}),
        (['{"case": [2]}', '{"case": null}', '{"case": [3]}'], {"case": None}),
        (['{"held": [1]}', '{"case": [3]}'], {"held": [1], "case": [3]}),
        (["not json"], {"case": None, "held": None}),
    ],
)
def test_news_are_gathered(payloads: list[str], expected: news.News) -> None:
    gathered: news.News = {}
    for payload in payloads:
        news._gather(gathered, payload)
    assert gathered == expected
