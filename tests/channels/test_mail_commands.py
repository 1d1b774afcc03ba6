"""``heliodesk mail``: the real command, in a process of its own."""

import json
import mailbox as archives
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from pytest_django import Settings
from tests import make
from tests.channels.commands import mail_command
from tests.channels.listening import Listen
from tests.intake import post

from heliodesk.cases.models import Case
from heliodesk.channels.models import Inbound, Mailbox
from heliodesk.entitlements.actions import activate_shipped
from heliodesk.journal.models import Event

MAIL = b"From: ada@customer.example\nTo: x@elsewhere.example\nSubject: It broke\n\nHello.\n"


def test_a_piped_message_is_stored_as_it_is(mailbox: Mailbox) -> None:
    done = mail_command(
        "ingest", "--from", "ada@customer.example", "--to", "HELP@desk.example", given=MAIL
    )
    assert (done.returncode, done.stdout) == (0, b""), done.stderr
    row = Inbound.objects.get()
    assert bytes(row.raw) == MAIL and row.channel == "pipe" and row.state == "waiting"
    assert (row.mailbox_id, row.envelope_from) == (mailbox.id, "ada@customer.example")
    assert row.recipients == ["HELP@desk.example"]


def test_the_mailbox_is_found_as_well_as_can_be(mailbox: Mailbox) -> None:
    sales = Mailbox.objects.create(code="sales", address="sales@desk.example", name="Sales")
    to_sales = b"Delivered-To: sales+x@desk.example\n" + MAIL
    assert mail_command("ingest", given=to_sales).returncode == 0
    assert mail_command("ingest", given=MAIL).returncode == 0
    assert mail_command("ingest", "--mailbox", "sales", given=MAIL).returncode == 0
    assert (
        mail_command("ingest", given=MAIL, ORIGINAL_RECIPIENT="sales@desk.example").returncode == 0
    )
    found = list(Inbound.objects.order_by("id").values_list("mailbox_id", flat=True))
    assert found == [sales.id, mailbox.id, sales.id, sales.id]


def test_what_cannot_be_taken_is_said_by_exit_code(mailbox: Mailbox) -> None:
    codes = [
        mail_command("ingest", "--to", "nobody@desk.example", given=MAIL).returncode,
        mail_command("ingest", "--mailbox", "none", given=MAIL).returncode,
        mail_command("ingest", given=b"\n").returncode,
        mail_command("ingest", given=MAIL, HELIODESK_MAIL_MAX_BYTES="20").returncode,
        mail_command("ingest", given=MAIL, dsn="host=/nowhere dbname=x").returncode,
    ]
    assert codes == [67, 67, 65, 65, 75]
    assert not Inbound.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_ingest_says_where_the_message_went(settings: Settings, tmp_path: Path) -> None:
    activate_shipped(at=make.NOW)
    make.mailbox(address="support@desk.example", region="UK")
    make.account(
        identifier="10-2233-0012345", package="gold", region="UK", domain="customer.example"
    )
    known = b"Subject: (10-2233-0012345) It broke\nMessage-ID: <1@customer.example>\n" + MAIL
    told = []
    for given in (known, known, MAIL.replace(b"customer.example", b"stranger.example")):
        done = mail_command("ingest", "--json", given=given, HELIODESK_DATA=str(tmp_path))
        assert done.returncode == 0 and b"not filed" not in done.stderr, done.stderr
        told.append(json.loads(done.stdout))
    first, second, third = told
    rows = list(Inbound.objects.values_list("state", "error", "result_kind"))
    assert first["case"] is not None, (told, rows, done.stderr)
    assert first["case"] == Case.objects.get().ref and first["held"] is None
    assert first["duplicate"] is False and second["duplicate"] is True
    assert second["case"] == first["case"]
    assert third["case"] is None and third["held"].startswith("H-")
    numbers = list(Inbound.objects.order_by("id").values_list("id", flat=True))
    assert [one["message"] for one in told] == numbers


def message(number: int, text: str = "Hello\n") -> EmailMessage:
    made = EmailMessage()
    made["From"], made["To"] = "ada@customer.example", "help@desk.example"
    made["Subject"] = f"Number {number}"
    made.set_content(text)
    return made


@pytest.mark.parametrize("kind", ["mbox", "maildir"])
def test_an_archive_is_imported_once(mailbox: Mailbox, tmp_path: Path, kind: str) -> None:
    path = tmp_path / "archive"
    archive: Any = archives.mbox(path) if kind == "mbox" else archives.Maildir(path)
    for number in range(450):
        archive.add(message(number, "From the start\n"))
    archive.close()
    counted = mail_command("import", "--dry-run", "--json", str(path))
    assert json.loads(counted.stdout) == {"taken": 450, "known": 0, "left_out": 0}
    assert not Inbound.objects.exists()
    done = mail_command("import", str(path))
    assert done.stdout.startswith(b"450 taken in, 0 already there"), done.stderr
    row = next(row for row in Inbound.objects.all() if b"Number 7\n" in bytes(row.raw))
    assert row.channel == "import" and row.mailbox_id == mailbox.id
    assert bytes(row.raw) == message(7, "From the start\n").as_bytes()
    archive = type(archive)(path)
    archive.add(message(450))
    archive.close()
    more = mail_command("import", "--json", str(path))
    assert json.loads(more.stdout) == {"taken": 1, "known": 450, "left_out": 0}
    assert Inbound.objects.count() == 451


def test_what_is_no_archive_is_refused(mailbox: Mailbox, tmp_path: Path) -> None:
    (tmp_path / "text").write_text("Hello")
    for path in (tmp_path, tmp_path / "text"):
        done = mail_command("import", str(path))
        assert done.returncode == 1 and b"is no" in done.stderr
    assert mail_command("import", "--mailbox", "none", str(tmp_path / "text")).returncode == 1


def test_sample_mail_goes_to_a_running_desk(listen: Listen, tmp_path: Path) -> None:
    running = listen()
    to = ("--to", "support@desk.example", "--from", "ada@customer.example", "--subject", "(1) Slow")
    port = ("--port", str(running.smtp))
    assert mail_command("send-sample", *port, *to, "--count", "3").returncode == 0
    row = Inbound.objects.order_by("id").first()
    assert row is not None and b"Subject: (1) Slow [1]" in bytes(row.raw)
    assert Inbound.objects.count() == 3
    refused = mail_command("send-sample", *port, *to[2:], "--to", "no@desk.example")
    assert refused.returncode == 1 and b"said no" in refused.stderr
    absent = mail_command("send-sample", "--port", "9", *to)
    assert absent.returncode == 1 and b"Nothing takes mail" in absent.stderr
    assert mail_command("send-sample", HELIODESK_DATA=str(tmp_path)).returncode == 2


def test_mailboxes_are_set_up_from_the_shell(mailbox: Mailbox) -> None:
    done = mail_command(
        *("mailbox", "set", "eu@desk.example", "--name", "Desk EU", "--alias", "eu2@desk.example"),
        *("--imap-host", "imap.example", "--imap-user", "eu", "--imap-secret", "EU", "--offshore"),
    )
    assert done.returncode == 0, done.stderr
    row = Mailbox.objects.get(code="eu")
    assert (row.name, row.aliases, row.offshore) == ("Desk EU", ["eu2@desk.example"], True)
    assert (row.imap_host, row.imap_port, row.imap_folder) == ("imap.example", 993, "INBOX")
    done = mail_command("mailbox", "set", "EU@desk.example", "--inactive", "--json")
    assert json.loads(done.stdout)["active"] is False, done.stderr
    row.refresh_from_db()
    assert row.name == "Desk EU" and row.aliases == ["eu2@desk.example"] and not row.active
    verbs = list(Event.objects.order_by("id").values_list("subject_kind", "verb"))
    assert verbs == [("mailbox", "added"), ("mailbox", "changed")]
    for wrong in (("no address",), ("x@desk.example", "--code", "eu")):
        refused = mail_command("mailbox", "set", *wrong)
        assert refused.returncode == 1 and b"Error" in refused.stderr
    listed = json.loads(mail_command("mailbox", "list", "--json").stdout)
    assert [one["code"] for one in listed] == ["support", "eu"]


@pytest.mark.django_db(transaction=True)
def test_what_became_of_each_message_is_listed(settings: Settings, tmp_path: Path) -> None:
    settings.DATA = tmp_path
    activate_shipped(at=make.NOW)
    box = make.mailbox(address="support@desk.example", region="UK")
    make.account(
        identifier="10-2233-0012345", package="gold", region="UK", domain="customer.example"
    )
    known = MAIL.replace(b"Subject: It", b"Subject: =?utf-8?q?=2810-2233-0012345=29?= It")
    machine = b"Auto-Submitted: auto-replied\n" + MAIL.replace(b"customer", b"nowhere")
    for raw in (b"Message-ID: <1@x>\n" + known, b"Message-ID: <1@x>\n" + known, machine):
        post.send(raw, mailbox=box)
    post.arrive(b"Subject: later\n\n\xff\x00", mailbox=box)
    rows = json.loads(mail_command("list", "--json").stdout)
    assert [row["state"] for row in rows] == ["waiting", "dropped", "duplicate", "filed"]
    waiting, dropped, copy, filed = rows
    assert filed["subject"] == "(10-2233-0012345) It broke" and filed["mailbox"] == box.address
    assert filed["case"] == copy["case"] == Case.objects.get().ref and filed["held"] is None
    assert dropped["reason"] and not dropped["case"]
    shown = mail_command("list", "--state", "dropped").stdout.decode()
    assert shown.count("\n") == 1 and dropped["reason"][:20] in shown
    got = mail_command("raw", str(waiting["message"]))
    assert got.stdout == b"Subject: later\n\n\xff\x00"
    assert mail_command("raw", "999999").returncode == 1
