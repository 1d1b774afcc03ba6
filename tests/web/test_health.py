"""Health and measures: small, true, and for those who may know."""

import pytest
from django.db import OperationalError, connection
from django.test import Client

from heliodesk.channels.models import Inbound
from tests import make
from tests.web.conftest import Browser

pytestmark = pytest.mark.django_db


def test_alive_and_ready(client: Client) -> None:
    assert client.get("/healthz").content == b"ok\n"
    assert client.get("/readyz").content == b"ok\n"


def test_measures_say_how_much_waits(client: Client) -> None:
    for n, state in enumerate(("waiting", "waiting", "failed", "filed")):
        Inbound.objects.create(
            channel="email",
            received_at=make.NOW,
            raw=b"x",
            size=1,
            state=state,
            message_id=str(n),
            body_hash=b"x",
        )
    text = client.get("/metrics").content.decode()
    assert "heliodesk_inbound_waiting 2.0" in text
    assert "heliodesk_inbound_failed 1.0" in text
    assert "heliodesk_outbound_queued 0.0" in text


def test_measures_are_for_this_machine_or_the_token(client: Client, settings: object) -> None:
    far = {"REMOTE_ADDR": "203.0.113.9"}
    assert client.get("/metrics", **far).status_code == 403  # type: ignore[arg-type]  # fields of it by name
    assert client.get("/metrics", headers={"X-Forwarded-For": "1.2.3.4"}).status_code == 403
    settings.METRICS_TOKEN = "t0ken"  # type: ignore[attr-defined]  # the fixture takes any
    given = {"Authorization": "Bearer t0ken"}
    assert client.get("/metrics", headers=given, **far).status_code == 200  # type: ignore[arg-type]  # fields of it by name


def test_a_database_away_is_said_kindly(browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    client = browser()
    client.raise_request_exception = False

    def away(*_: object, **__: object) -> None:
        raise OperationalError("connection refused")

    monkeypatch.setattr("heliodesk.kernel.reading._run", away)
    answer = client.get("/")
    assert answer.status_code == 503
    assert answer["Retry-After"] == "10"
    assert "Incoming mail is safe" in answer.content.decode()
    part = client.get("/", headers={"HX-Request": "true"})
    assert part["Content-Type"] == "text/plain"


def test_a_dead_connection_is_replaced_without_a_word(browser: Browser) -> None:
    from heliodesk.kernel import reading

    class Fake:
        """A connection of Django's whose server went away while it was idle."""

        in_atomic_block = False
        wrap_database_errors = connection.wrap_database_errors
        closed_once = False

        @property
        def connection(self) -> object:
            real = connection.connection
            return real if self.closed_once else _Dead()

        def ensure_connection(self) -> None: ...

        def close(self) -> None:
            self.closed_once = True

    assert reading.rows(Fake(), "select 1") == [(1,)]


class _Dead:
    closed = True
    prepare_threshold = None

    def __getattr__(self, name: str) -> object:
        import psycopg

        raise psycopg.OperationalError("the connection is closed")
