"""Mail fetched from a real Dovecot: nothing twice, nothing lost, one bad message no obstacle."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from imapclient import IMAPClient
from imapclient.exceptions import IMAPClientError
from tests.channels.commands import mail_command
from tests.channels.dovecot import TOKEN, Dovecot, running_dovecot
from tests.channels.listening import dsn_of_test

from heliodesk.channels.imap import taking, watching
from heliodesk.channels.imap.session import ImapAccount, NoSecret, signed_in
from heliodesk.channels.imap.status import accounts, report
from heliodesk.channels.models import Inbound, Mailbox
from heliodesk.journal.models import Event

pytestmark = pytest.mark.needs("dovecot", "root")
MOST = 1_000_000


def raw(number: int) -> bytes:
    return b"From: ada@customer.example\r\nSubject: Number %d\r\n\r\nHello\r\n" % number


@pytest.fixture(scope="module")
def server() -> Iterator[Dovecot]:
    with running_dovecot() as server:
        yield server


@pytest.fixture
def dovecot(server: Dovecot, monkeypatch: pytest.MonkeyPatch) -> Dovecot:
    """The server with an empty mailbox, its certificate trusted."""
    with server.client() as client:
        for folder in [name for _, _, name in client.list_folders()]:
            client.select_folder(folder)
            if uids := client.search():
                client.delete_messages(uids)
                client.expunge()
    monkeypatch.setenv("SSL_CERT_FILE", server.cert)
    monkeypatch.setenv("IMAP_SECRET", "right")
    return server


Box = Callable[..., ImapAccount]


@pytest.fixture
def box(dovecot: Dovecot, mailbox: Mailbox) -> Box:
    """Sets the mailbox up for IMAP; ``box(imap_done_folder="Done")`` changes it."""

    def box(**changed: Any) -> ImapAccount:
        plain = {
            "imap_host": "127.0.0.1",
            "imap_port": dovecot.imaps,
            "imap_user": "desk",
            "imap_secret": "IMAP_SECRET",
        }
        Mailbox.objects.filter(pk=mailbox.pk).update(**{**plain, **changed})
        return accounts(dsn_of_test())[0]

    return box


def fetch(account: ImapAccount) -> tuple[int, str]:
    return watching.fetch_once(account, dsn_of_test(), most_bytes=MOST)


@pytest.mark.parametrize(
    ("security", "port"), [("tls", "imaps"), ("starttls", "imap"), ("none", "imap")]
)
def test_mail_is_stored_and_then_seen(
    box: Box, dovecot: Dovecot, mailbox: Mailbox, security: str, port: str
) -> None:
    raws = [raw(1), raw(2), b"Subject: odd\r\n\r\n" + bytes(range(32, 256)) + b"\r\n"]
    dovecot.deliver(*raws)
    account = box(imap_security=security, imap_port=getattr(dovecot, port))
    assert fetch(account) == (3, "")
    rows = list(Inbound.objects.order_by("id"))
    assert [bytes(row.raw) for row in rows] == raws
    assert {(row.mailbox_id, row.channel, row.state) for row in rows} == {
        (mailbox.id, "imap", "waiting")
    }
    assert dovecot.count("INBOX", "UNSEEN") == 0 and dovecot.count("INBOX") == 3
    assert fetch(account) == (0, "")
    mailbox.refresh_from_db()
    assert mailbox.imap_seen_at is not None and mailbox.imap_error == ""


def test_mail_moves_to_the_folder_for_what_is_done(box: Box, dovecot: Dovecot) -> None:
    dovecot.deliver(*map(raw, range(120)))
    account = box(imap_done_folder="Döne")
    assert fetch(account) == (120, "")
    assert dovecot.count("INBOX") == 0 and dovecot.count(account.done_folder) == 120
    assert Inbound.objects.count() == 120


def test_a_server_without_move_copies(mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IMAP_SECRET", "right")
    with running_dovecot("UIDPLUS") as plain:
        plain.deliver(raw(1), raw(2))
        account = ImapAccount(
            mailbox.id, "127.0.0.1", plain.imap, "none", "desk", "IMAP_SECRET", "password",
            "INBOX", "Done",
        )  # fmt: skip
        assert fetch(account) == (2, "")
        assert plain.count("INBOX") == 0 and plain.count("Done") == 2


def test_a_token_signs_in(box: Box, dovecot: Dovecot, tmp_path: Path) -> None:
    dovecot.deliver(raw(1))
    kept = tmp_path / "token"
    kept.write_text(TOKEN + "\n")
    account = box(imap_login="xoauth2", imap_secret=str(kept))
    assert fetch(account) == (1, "")
    kept.write_text("an-old-token")
    with pytest.raises(IMAPClientError):
        fetch(account)


def test_a_wrong_or_missing_secret_is_said(
    box: Box, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    account = box()
    monkeypatch.setenv("IMAP_SECRET", "wrong")
    with pytest.raises(IMAPClientError):
        fetch(account)
    monkeypatch.delenv("IMAP_SECRET")
    with pytest.raises(NoSecret, match="IMAP_SECRET is not set"):
        fetch(account)
    with pytest.raises(NoSecret, match="secret file"):
        fetch(box(imap_secret=str(tmp_path / "none")))


def test_an_untrusted_certificate_is_refused(box: Box, monkeypatch: pytest.MonkeyPatch) -> None:
    account = box()
    monkeypatch.delenv("SSL_CERT_FILE")
    with pytest.raises(OSError, match="CERTIFICATE_VERIFY_FAILED"):
        fetch(account)


def test_a_crash_before_the_mark_stores_nothing_twice(
    box: Box, dovecot: Dovecot, monkeypatch: pytest.MonkeyPatch
) -> None:
    dovecot.deliver(raw(1), raw(2))
    account = box()

    def die(self: taking.Taker, client: IMAPClient, uids: list[int]) -> None:
        raise ConnectionResetError("killed")

    with monkeypatch.context() as patched:
        patched.setattr(taking.Taker, "_set_aside", die)
        with pytest.raises(ConnectionResetError):
            fetch(account)
    assert Inbound.objects.count() == 2 and dovecot.count("INBOX", "UNSEEN") == 2
    assert fetch(account) == (2, "")
    assert Inbound.objects.count() == 2 and dovecot.count("INBOX", "UNSEEN") == 0


def test_nothing_is_marked_while_the_database_is_away(box: Box, dovecot: Dovecot) -> None:
    dovecot.deliver(raw(1))
    with pytest.raises(watching.TROUBLE):
        watching.fetch_once(box(), "host=/nowhere dbname=x", most_bytes=MOST)
    assert dovecot.count("INBOX", "UNSEEN") == 1


def test_one_bad_message_keeps_no_other_waiting(
    box: Box, dovecot: Dovecot, mailbox: Mailbox
) -> None:
    dovecot.deliver(raw(1), raw(2), raw(3), b"Subject: big\r\n\r\n" + b"x" * MOST)
    broken = next(path for path in dovecot.files() if b"Number 2" in path.read_bytes())
    broken.chmod(0)
    taken, trouble = fetch(box())
    stored = b"".join(bytes(row.raw) for row in Inbound.objects.all())
    assert taken == 2 and b"Number 1" in stored and b"Number 3" in stored
    assert trouble.startswith("2 left on the server")
    mailbox.refresh_from_db()
    assert mailbox.imap_error == trouble
    event = Event.objects.get(verb="fetch_failed")
    assert (event.subject_kind, event.subject_id) == ("mailbox", mailbox.id)
    report(mailbox.id, error=trouble)
    assert Event.objects.count() == 1


def test_a_message_that_ends_the_connection_is_left_after_two_tries(
    box: Box, dovecot: Dovecot, monkeypatch: pytest.MonkeyPatch
) -> None:
    dovecot.deliver(*map(raw, range(5)))
    account = box()
    with signed_in(account) as client:
        client.select_folder("INBOX")
        bad = client.search()[2]
    real = taking.Taker._fetch

    def deadly(client: IMAPClient, uids: list[int]) -> dict[int, bytes]:
        if bad in uids:
            client.shutdown()
        return real(client, uids)

    monkeypatch.setattr(taking.Taker, "_fetch", staticmethod(deadly))
    taker = taking.Taker(account, dsn_of_test(), most_bytes=MOST)
    ends = 0
    for _ in range(6):
        try:
            with signed_in(account) as client:
                taker.select(client)
                taker.take_all(client)
        except watching.TROUBLE:
            ends += 1
        else:
            break
    assert ends in (2, 3) and Inbound.objects.count() == 4
    assert [uid for _, uid in taker.left] == [bad]


def until(condition: Callable[[], bool], seconds: float = 20.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.05)


def test_new_mail_is_heard_of_at_once(
    box: Box,
    dovecot: Dovecot,
    mailbox: Mailbox,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(watching, "_FIRST_WAIT_SECONDS", 0.2)
    monkeypatch.setattr(watching, "_LOOK_FOR_MAILBOXES_SECONDS", 0.2)
    box()
    dovecot.deliver(raw(1))
    stop = threading.Event()
    thread = threading.Thread(
        target=watching.watch_all, args=(stop, dsn_of_test()), kwargs={"most_bytes": MOST}
    )
    thread.start()
    try:
        until(lambda: Inbound.objects.count() == 1)
        time.sleep(0.5)
        began = time.monotonic()
        dovecot.deliver(raw(2))
        until(lambda: Inbound.objects.count() == 2)
        assert time.monotonic() - began < 5
        monkeypatch.setenv("IMAP_SECRET", "wrong")
        box(imap_done_folder="Done")
        until(lambda: bool(Mailbox.objects.get(pk=mailbox.pk).imap_error))
        monkeypatch.setenv("IMAP_SECRET", "right")
        dovecot.deliver(raw(3))
        until(lambda: Inbound.objects.count() >= 3 and dovecot.count("Done") == 3)
        until(lambda: not Mailbox.objects.get(pk=mailbox.pk).imap_error)
    finally:
        stop.set()
        began = time.monotonic()
        thread.join(20)
    assert not thread.is_alive() and time.monotonic() - began < 5
    assert Inbound.objects.values("raw").distinct().count() == 3


def test_the_command_fetches_once(box: Box, dovecot: Dovecot) -> None:
    dovecot.deliver(raw(1))
    box()
    variables = {"SSL_CERT_FILE": dovecot.cert, "IMAP_SECRET": "right"}
    done = mail_command("fetch", "--once", "--json", **variables)
    assert done.returncode == 0, done.stderr
    told = {"mailbox": "support@desk.example", "taken": 1, "left": "", "error": ""}
    assert json.loads(done.stdout) == [told]
    done = mail_command("fetch", "--once", SSL_CERT_FILE=dovecot.cert, IMAP_SECRET="wrong")
    assert done.returncode == 1 and b"not fetched" in done.stderr
    assert mail_command("fetch", "--once", "--mailbox", "none", **variables).returncode == 1
