"""Handing pages to a provider that fails in every way (G1, G2, G5, G6)."""

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs

import psycopg
import pytest
from django.db import connection

from heliodesk.oncall import actions, jobs, sending
from heliodesk.oncall.models import ContactMethod, Page
from heliodesk.oncall.queries import database_time
from heliodesk.oncall.rules.words import How
from tests.oncall import world

pytestmark = pytest.mark.django_db(transaction=True)


class Fake(BaseHTTPRequestHandler):
    """A provider that does what the test says, and remembers what it heard."""

    heard: list[dict[str, Any]]
    answers: list[Any]

    def do_POST(self) -> None:
        length = int(self.headers["content-length"])
        fields = parse_qs(self.rfile.read(length).decode())
        self.heard.append(
            {
                "key": self.headers["I-Twilio-Idempotency-Token"],
                "text": fields.get("Twiml", fields.get("Body"))[0],  # type: ignore[index]  # one of the two is there
                "path": self.path,
                "at": time.time(),
            }
        )
        answer = self.answers.pop(0) if self.answers else 201
        if answer == "hang":
            time.sleep(4)
        elif answer == "lost":
            self.close_connection = True
        else:
            body = json.dumps({"sid": f"CA{len(self.heard)}"}).encode()
            self.send_response(answer)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        """Silent."""


class Quiet(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def handle_error(self, request: object, client_address: object) -> None:
        """Callers may go away."""


@pytest.fixture
def provider(settings: Any) -> Iterator[type[Fake]]:
    """A provider on a port of its own, and a desk that pages through it."""
    handler = type("Handler", (Fake,), {"heard": [], "answers": []})
    with Quiet(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        settings.PAGING = "send"
        settings.VOICE_API = f"http://127.0.0.1:{server.server_address[1]}"
        settings.VOICE_ACCOUNT, settings.VOICE_TOKEN = "AC1", "secret"
        settings.VOICE_FROM = "+442078478701"
        yield handler
        server.shutdown()


@pytest.fixture
def desk(provider: type[Fake]) -> world.Desk:
    """Engineers who are reached by telephone only."""
    made = world.desk(database_time())
    ContactMethod.objects.exclude(kind="voice").delete()
    return made


def look(times: int = 1, wait: float = 0.0) -> None:
    """What a pager does, so many times."""
    for _ in range(times):
        jobs.sweep()
        for page in sending.claim(10):
            sending.send(page)
        time.sleep(wait)


def test_a_call_goes_out_with_the_words_and_the_keys(
    desk: world.Desk, provider: type[Fake]
) -> None:
    p1 = world.p1(database_time())
    look()
    [heard] = provider.heard
    page = Page.objects.get(p1=p1)
    assert heard["path"] == "/2010-04-01/Accounts/AC1/Calls.json"
    assert heard["key"] == page.key and "Press 1 to take it" in heard["text"]
    assert f"/voice/twiml/page?page={page.token}" in heard["text"]
    assert (page.state, page.provider_ref) == ("sent", "CA1")


@pytest.mark.parametrize("trouble", [503, "lost", 429])
def test_what_the_provider_did_not_confirm_goes_out_again_under_the_same_key_and_text(
    desk: world.Desk, provider: type[Fake], trouble: Any
) -> None:
    provider.answers += [trouble]
    world.p1(database_time())
    look(6, 0.2)
    assert len(provider.heard) == 2
    assert len({(one["key"], one["text"]) for one in provider.heard}) == 1
    assert Page.objects.get().state == "sent"


def test_a_provider_that_hangs_is_asked_again_within_ten_seconds(
    desk: world.Desk, provider: type[Fake]
) -> None:
    provider.answers += ["hang"]
    world.p1(database_time())
    began = time.time()
    while len(provider.heard) < 2 and time.time() - began < 12:
        look(1, 0.2)
    assert provider.heard[1]["at"] - provider.heard[0]["at"] < 10


def test_a_number_that_is_refused_for_good_is_marked(
    desk: world.Desk, provider: type[Fake]
) -> None:
    provider.answers += [404]
    world.p1(database_time())
    look(3, 0.1)
    page = Page.objects.get()
    assert len(provider.heard) == 1 and page.state == "failed"
    assert ContactMethod.objects.get(person=page.person).failing_since is not None


def test_a_page_in_hand_is_not_sent_once_somebody_took_the_p1(
    desk: world.Desk, provider: type[Fake]
) -> None:
    p1 = world.p1(database_time())
    jobs.sweep()
    [page] = sending.claim(10)
    actions.take(p1.pk, person_id=desk.second.pk, how=How.BUTTON, at=database_time())
    assert sending.send(page) is False
    assert provider.heard == []


def test_a_page_whose_pager_died_is_another_pagers_when_its_lease_ends(
    desk: world.Desk, provider: type[Fake]
) -> None:
    world.p1(database_time())
    jobs.sweep()
    assert len(sending.claim(10)) == 1
    began = time.time()
    while not provider.heard and time.time() - began < 10:
        look(1, 0.2)
    assert sending.LEASE_SECONDS - 0.5 < time.time() - began < 10
    assert Page.objects.get().attempts == 2


_FROZEN = """
import os, sys, time
import psycopg
with psycopg.connect(sys.argv[1]) as c:
    c.execute("set local idle_in_transaction_session_timeout = '5s'")
    c.execute("select id from oncall_p1 where state = 'triggered' for update")
    print("held", flush=True)
    time.sleep(60)
"""


def test_a_pager_frozen_while_it_holds_the_row_does_not_keep_the_p1_from_being_paged(
    desk: world.Desk, provider: type[Fake]
) -> None:
    p1 = world.p1(database_time())
    process = subprocess.Popen([sys.executable, "-c", _FROZEN, _dsn()], stdout=subprocess.PIPE)
    try:
        assert process.stdout and process.stdout.readline().strip() == b"held"
        os.kill(process.pid, signal.SIGSTOP)
        began = time.time()
        while not provider.heard and time.time() - began < 12:
            look(1, 0.2)
        waited = time.time() - began
        assert 3 < waited < 10
        assert Page.objects.filter(p1=p1, state="sent").exists()
    finally:
        os.kill(process.pid, signal.SIGCONT)
        process.kill()
        process.communicate()


def _dsn() -> str:
    known = connection.settings_dict
    parts = {
        "dbname": known["NAME"], "user": known["USER"], "password": known["PASSWORD"],
        "host": known["HOST"], "port": known["PORT"],
    }  # fmt: skip
    return psycopg.conninfo.make_conninfo("", **{k: v for k, v in parts.items() if v})


def test_a_channel_that_is_not_set_up_says_which_setting_it_needs(
    desk: world.Desk, provider: type[Fake], settings: Any
) -> None:
    settings.VOICE_TOKEN = ""
    world.p1(database_time())
    look()
    page = Page.objects.get()
    assert page.state == "failed" and "HELIODESK_VOICE_TOKEN" in page.error


def test_captured_pages_go_to_nobody(desk: world.Desk, provider: type[Fake], settings: Any) -> None:
    settings.PAGING = "capture"
    world.p1(database_time())
    look(2)
    assert provider.heard == [] and Page.objects.get().state == "captured"


def test_no_provider_at_all_is_tried_again(desk: world.Desk, settings: Any) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        settings.VOICE_API = f"http://127.0.0.1:{probe.getsockname()[1]}"
        world.p1(database_time())
        look()
    page = Page.objects.get()
    assert page.state == "pending" and "ConnectError" in page.error


def test_mail_pages_become_outbound_rows_once(settings: Any) -> None:
    from heliodesk.channels.models import Outbound
    from tests import make

    settings.PAGING = "send"
    world.desk(database_time())
    ContactMethod.objects.exclude(kind="email").delete()
    make.mailbox()
    world.p1(database_time())
    look(3)
    row = Outbound.objects.get(kind="page")
    assert row.to == [Page.objects.get().person.email] and "/page/" in row.text
