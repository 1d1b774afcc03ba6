"""The listener while its database is killed, or has no room: nothing is lost, nothing is half."""

import os
import shutil
import smtplib
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from tests.channels.listening import Running, listening

from heliodesk.channels.smtp.limits import Limits
from heliodesk.config.postgres.cluster import SUPERUSER
from heliodesk.config.postgres.engine import engine_for
from heliodesk.config.postgres.place import place_of
from heliodesk.config.postgres.server import Server
from heliodesk.config.postgres.use import dsn_of

MAIL = b"Subject: It broke\r\n\r\nHello.\r\n"


@pytest.fixture
def own_server() -> Iterator[Server]:
    """A database server that the test may ill-treat, with the desk's tables and one mailbox."""
    folder = Path(tempfile.mkdtemp(prefix="heliodesk-faults-"))
    folder.chmod(0o711)
    server = Server(place_of(folder), durable=False)
    server.ensure_running()
    try:
        address = dsn_of(server.place)
        here = os.environ | {"DATABASE_URL": address, "HELIODESK_DATA": str(folder / "data")}
        migrate = [sys.executable, "-m", "heliodesk", "db", "migrate"]
        subprocess.run(migrate, env=here, check=True, capture_output=True, timeout=300)
        with psycopg.connect(address, autocommit=True) as connection:
            connection.execute(
                "insert into channels_mailbox (code, address, aliases, name, region, offshore,"
                " active, brand, brand_color, footer, imap_host, imap_port, imap_security,"
                " imap_user, imap_secret, imap_login, imap_folder, imap_done_folder, imap_error)"
                " values ('a', 'support@desk.example', '{}', 'Desk', '', false, true, '', '', '',"
                " '', 993, 'tls', '', '', 'password', 'INBOX', '', '')"
            )
        yield server
    finally:
        server.stop(patience=1)
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def running(own_server: Server) -> Iterator[Running]:
    with listening(dsn_of(own_server.place), Limits()) as running:
        yield running


def send(running: Running, raw: bytes = MAIL) -> int:
    """Send one message and return the code of the first refusal, or 250."""
    with smtplib.SMTP("127.0.0.1", running.smtp, "peer.example", timeout=20) as client:
        client.ehlo()
        for code in (client.mail("a@b.example")[0], client.rcpt("support@desk.example")[0]):
            if code != 250:
                return code
        return client.data(raw)[0]


def stored(server: Server) -> list[bytes]:
    with psycopg.connect(dsn_of(server.place)) as connection:
        rows = connection.execute("select raw from channels_inbound order by id").fetchall()
    return [row[0] for row in rows]


def test_while_the_database_is_away_mail_is_put_off(own_server: Server, running: Running) -> None:
    assert send(running) == 250
    found = own_server.process()
    assert found is not None
    for process in [found, *found.children(recursive=True)]:
        process.kill()
    own_server.stop(patience=1)
    assert [send(running), send(running)] == [451, 451]
    own_server.ensure_running()
    codes = []
    for n in range(40):
        codes.append(send(running, MAIL + b"%d\r\n" % n))
        if codes[-1] == 250:
            break
        time.sleep(0.1)
    assert codes[-1] == 250 and set(codes[:-1]) <= {451}
    assert stored(own_server) == [MAIL, MAIL + b"%d\r\n" % (len(codes) - 1)]


def test_a_listener_that_starts_before_its_database_waits_for_it(tmp_path: Path) -> None:
    with listening(f"host={tmp_path} dbname=none", Limits()) as running:
        assert send(running) == 451


@pytest.mark.needs("root")
def test_a_full_disk_puts_mail_off_and_keeps_nothing_half(
    own_server: Server, running: Running
) -> None:
    assert send(running) == 250
    account = own_server.place.account
    small = own_server.place.home / "small"
    small.mkdir()
    options = f"size=2m,mode=700,uid={account.uid},gid={account.gid}"
    subprocess.run(["mount", "-t", "tmpfs", "-o", options, "none", small], check=True)
    try:
        engine = engine_for(own_server.place)
        role = dsn_of(own_server.place).split("//")[1].split("@")[0]
        sql = f"create tablespace small owner {role} location '{small}'"
        host = ("-h", str(own_server.place.sockets), "-U", SUPERUSER, "-d", SUPERUSER)
        engine.run(account, engine.program("psql"), *host, "-c", sql, timeout=20)
        with psycopg.connect(dsn_of(own_server.place), autocommit=True) as connection:
            connection.execute("alter table channels_inbound set tablespace small")
        assert send(running, MAIL + b"x" * 70 + b"\r\n") == 250
        assert send(running, MAIL + (b"y" * 70 + b"\r\n") * 50_000) == 452
        assert send(running, MAIL) == 250
        assert [len(raw) for raw in stored(own_server)] == [len(MAIL), len(MAIL) + 72, len(MAIL)]
    finally:
        own_server.stop(patience=1)
        subprocess.run(["umount", small], check=True)
