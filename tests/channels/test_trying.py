"""A mailbox's servers, tried against real ones: what is said, and what is advised."""

import socket
from collections.abc import Iterator
from typing import Any

import pytest
from tests import make
from tests.channels.dovecot import TOKEN, Dovecot, running_dovecot
from tests.channels.receiving import Server, receiving

from heliodesk.channels import credentials, sending
from heliodesk.channels.actions import Refused, set_mailbox
from heliodesk.channels.credentials import Credentials, NoSecret, sealed, sealed_grant
from heliodesk.channels.models import Mailbox, Outbound
from heliodesk.channels.trying import Step, tried
from heliodesk.journal.models import Event
from heliodesk.journal.record import By

NOW = make.NOW
ME = "me@desk.example"
ADMIN: Any = {"by": By("user", 1, "Lee", "admin"), "at": NOW}

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.filterwarnings("ignore:Requiring AUTH:UserWarning"),
]


def attempt(*, may_inside: bool = True, **fields: Any) -> dict[str, Step]:
    box = Mailbox(address="help@desk.example", name="Help", **fields)
    return {step.name: step for step in tried(box, letter_to=ME, may_inside=may_inside, at=NOW)}


@pytest.fixture(scope="module")
def dovecot() -> Iterator[Dovecot]:
    with running_dovecot() as server:
        yield server


def imap(dovecot: Dovecot, **fields: Any) -> dict[str, Any]:
    usual = {
        "imap_host": "127.0.0.1",
        "imap_port": dovecot.imaps,
        "imap_user": "desk",
        "imap_sealed": sealed("right"),
    }
    return {**usual, **fields}


@pytest.mark.needs("dovecot")
def test_fetching_is_tried_to_the_folder(dovecot: Dovecot, monkeypatch: Any) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", dovecot.cert)
    done = attempt(**imap(dovecot))
    assert done["Fetching"].tone == "warn" and "inside the desk’s own network" in (
        done["Fetching"].said
    )
    assert done["Signing in to fetch"] == Step("Signing in to fetch", "ok", "Signed in by TLS.")
    assert done["Folder"].said == "INBOX holds 0 messages."
    missing = attempt(**imap(dovecot, imap_folder="Nowhere"))["Folder"]
    assert missing.tone == "danger" and "INBOX" in missing.advice
    wrong = attempt(**imap(dovecot, imap_sealed=sealed("wrong")))["Signing in to fetch"]
    assert wrong.tone == "danger" and "refused user and password" in wrong.said
    plain = attempt(**imap(dovecot, imap_port=dovecot.imap, imap_security="none"))
    assert plain["Signing in to fetch"].tone == "warn"
    monkeypatch.setattr(credentials, "_asked", lambda *_: {"access_token": TOKEN})
    token = {"oauth_token_url": "https://x.example/t", "oauth_sealed": sealed_grant("s", "")}
    by_token = attempt(**imap(dovecot, imap_login="xoauth2", **token))
    assert by_token["Folder"].tone == "ok"


@pytest.mark.needs("dovecot")
def test_a_certificate_that_nobody_signed_is_told(dovecot: Dovecot) -> None:
    step = attempt(**imap(dovecot))["Encryption"]
    assert step.tone == "danger" and "not trusted" in step.said and "authority" in step.advice


def test_wrong_names_ports_and_encryption_are_told_apart() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        free = {"imap_host": "127.0.0.1", "imap_sealed": sealed("x"), "imap_user": "u"}
        nowhere = attempt(**{**free, "imap_host": "nowhere.invalid"})["Fetching"]
        assert nowhere.tone == "danger" and "name" in nowhere.said
        assert attempt(**free, imap_port=port)["Signing in to fetch"].advice.startswith(
            "A firewall"
        )
    closed = attempt(**free, imap_port=port)["Fetching"]
    assert "nothing listens" in closed.said and "993" in closed.advice


def test_only_an_administrator_reaches_the_desks_own_network() -> None:
    step = attempt(may_inside=False, imap_host="127.0.0.1", imap_sealed=sealed("x"))["Fetching"]
    assert step.tone == "danger" and "Only an administrator" in step.advice
    own = By("user", 1, "Lee", "agent", frozenset({"edit_mailboxes"}))
    for host in ("127.0.0.1", "localhost", "10.1.2.3", "169.254.169.254", "::1"):
        for way in ("imap_host", "smtp_host"):
            with pytest.raises(Refused, match="own network"):
                set_mailbox("a@desk.example", changes={way: host}, by=own, at=NOW)
    assert set_mailbox("a@desk.example", changes={"imap_host": "127.0.0.1"}, **ADMIN).pk
    assert set_mailbox("b@desk.example", changes={"imap_host": "nowhere.invalid"}, by=own, at=NOW)


def test_secrets_are_sealed_and_the_audit_log_tells_their_names_only() -> None:
    box = set_mailbox(
        "a@desk.example", changes={}, secrets={"imap_sealed": sealed("hunter2")}, **ADMIN
    )
    assert "hunter2" not in box.imap_sealed
    assert Credentials("u", sealed=box.imap_sealed).read() == "hunter2"
    assert Event.objects.get().data == {"address": "a@desk.example", "secrets": ["imap_sealed"]}
    with pytest.raises(NoSecret, match="lost"):
        Credentials("u", sealed="gAAAA-of-another-key").read()


def test_a_stored_secret_is_never_sent_to_another_server() -> None:
    change: Any = lambda **how: set_mailbox("a@desk.example", **{"changes": {}, **how})  # noqa: E731 (shorter than a function)
    box = change(changes={"imap_host": "a.invalid"}, secrets={"imap_sealed": "x"}, **ADMIN)
    assert change(changes={"imap_host": "a.invalid"}, **ADMIN).imap_sealed == "x"
    assert change(changes={"imap_host": "b.invalid"}, **ADMIN).imap_sealed == ""
    new = {"changes": {"imap_host": "c.invalid"}, "secrets": {"imap_sealed": "y"}}
    assert change(**new, **ADMIN).imap_sealed == "y"
    own: Any = {"by": By("user", 1, "Lee", "agent", frozenset({"edit_mailboxes"})), "at": NOW}
    with pytest.raises(Refused, match="Only an administrator"):
        change(changes={"imap_secret": "/etc/passwd"}, **own)
    change(changes={"imap_secret": "DESK_SECRET"}, **ADMIN)
    with pytest.raises(Refused, match="Only an administrator"):
        change(changes={"imap_host": "d.invalid"}, **own)
    with pytest.raises(Refused, match="own network"):
        change(changes={"oauth_token_url": "https://127.0.0.1/token"}, **own)
    assert change(changes={"name": "Help"}, **own).pk == box.pk


@pytest.fixture
def server(settings: Any) -> Iterator[Server]:
    """A server that only ``desk`` may send by; the settings name none."""
    settings.MAIL_OUTBOUND, settings.MAIL_SMTP_URL = "smtp", ""
    with receiving(password="right") as (taking, port):
        taking.port = port  # type: ignore[attr-defined]  # ours, on the server
        yield taking


def out(server: Server, **fields: Any) -> dict[str, Any]:
    usual = {
        "smtp_host": "127.0.0.1",
        "smtp_port": server.port,  # type: ignore[attr-defined]  # ours, on the server
        "smtp_security": "none",
        "smtp_user": "desk",
        "smtp_sealed": sealed("right"),
    }
    return {**usual, **fields}


def test_a_letter_goes_to_whoever_tries(server: Server) -> None:
    steps = attempt(**out(server))
    assert steps["Test letter"].tone == "ok" and ME in steps["Test letter"].said
    sender, recipients, raw = server.taken[0]
    assert (sender, recipients) == ("help@desk.example", [ME]) and b"Auto-Submitted" in raw
    wrong = attempt(**out(server, smtp_sealed=sealed("wrong")))["Signing in to send"]
    assert wrong.tone == "danger" and "535" in wrong.said
    no_tls = attempt(**out(server, smtp_security="starttls"))["Encryption"]
    assert no_tls.tone == "danger" and "587" in no_tls.advice
    server.data_answer = "550 5.7.1 not from here"
    refused = attempt(**out(server))["Test letter"]
    assert (
        refused.tone == "danger" and "not from here" in refused.said and "sender" in refused.advice
    )


def test_captured_mail_sends_no_letter(settings: Any) -> None:
    settings.MAIL_OUTBOUND = "capture"
    assert "No letter was sent" in attempt()["Sending"].said


def test_a_mailbox_sends_by_its_own_server_and_keeps_no_other_waiting(server: Server) -> None:
    own, other = make.mailbox(**out(server)), make.mailbox()
    for n, box in enumerate((other, own)):
        Outbound.objects.create(
            key=f"k{n}", mailbox=box, kind="reply", subject_kind="case", subject_id=1,
            automatic=False, to=["x@else.example"], from_address=box.address, subject="Hi",
            text="Hello", message_id=f"<{n}@desk.example>", state="queued", created_at=NOW,
            next_attempt_at=NOW,
        )  # fmt: skip
    assert sending.send_due(NOW) == 1
    states = dict(Outbound.objects.values_list("mailbox_id", "state"))
    assert states == {own.pk: "sent", other.pk: "queued"}
    assert "MAIL_SMTP_URL" in Outbound.objects.get(mailbox=other).error


def test_tokens_are_fetched_once_by_https_only(monkeypatch: Any) -> None:
    asked: list[dict[str, str]] = []

    def answer(url: str, form: dict[str, str]) -> dict[str, object]:
        asked.append(form)
        return {"access_token": f"t{len(asked)}", "expires_in": 3600}

    monkeypatch.setattr(credentials, "_asked", answer)
    monkeypatch.setattr(credentials, "_tokens", {})
    who = Credentials(
        "u", "xoauth2", token_url="https://login.example/t", client="c", scope="s",
        grant=sealed_grant("secret", "refresh"),
    )  # fmt: skip
    assert who.read() == who.read() == "t1"
    assert asked[0]["grant_type"] == "refresh_token" and asked[0]["client_secret"] == "secret"
    with pytest.raises(NoSecret, match="https only"):
        Credentials("u", "xoauth2", token_url="http://login.example/t").read()
