"""Mail taken in over real sockets: what is acknowledged is stored, and nothing else is."""

import smtplib
import socket
import ssl
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from tests.channels.certificates import self_made
from tests.channels.listening import Listen, Running

from heliodesk.channels.models import Inbound, Mailbox
from heliodesk.channels.smtp.server import certificate

MAIL = b"From: ada@customer.example\r\nSubject: It broke\r\n\r\nHello.\r\n.dot\r\n..two\r\n"


class Peer:
    """A peer that says exactly what it is told to."""

    opened: list["Peer"] = []

    def __init__(self, port: int) -> None:
        self.opened.append(self)
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=10)
        self._file = self.socket.makefile("rb")
        self.greeting = self.reply()

    def reply(self) -> str:
        """The next reply, all of its lines; empty when the listener hung up."""
        lines = []
        while True:
            line = self._file.readline().decode()
            lines.append(line)
            if line[3:4] != "-":
                return "".join(lines)

    def say(self, data: bytes) -> str:
        self.socket.sendall(data)
        return self.reply()

    def leave(self) -> None:
        """Close the connection at once."""
        self._file.close()
        self.socket.close()

    def envelope(self, hello: bytes = b"EHLO peer.example\r\n") -> str:
        self.say(hello)
        self.say(b"MAIL FROM:<ada@customer.example>\r\n")
        self.say(b"RCPT TO:<support@desk.example>\r\n")
        return self.say(b"DATA\r\n")


@pytest.fixture(autouse=True)
def hang_up() -> Iterator[None]:
    yield
    while Peer.opened:
        Peer.opened.pop().leave()


def smtp(running: Running) -> smtplib.SMTP:
    client = smtplib.SMTP("127.0.0.1", running.smtp, "peer.example", timeout=10)
    client.ehlo()
    return client


def send(running: Running, raw: bytes = MAIL, to: str = "support@desk.example") -> None:
    with smtp(running) as client:
        client.sendmail("ada@customer.example", [to], raw)


def test_a_message_is_stored_exactly_as_it_arrived(listen: Listen, mailbox: Mailbox) -> None:
    with smtp(listen()) as client:
        to = ["help@desk.example", "support@desk.example", "help@desk.example"]
        client.sendmail("ada@customer.example", to, MAIL)
    row = Inbound.objects.get()
    assert bytes(row.raw) == MAIL and row.size == len(MAIL)
    assert (row.mailbox_id, row.channel, row.state) == (mailbox.id, "smtp", "waiting")
    assert row.envelope_from == "ada@customer.example" and row.peer == "127.0.0.1"
    assert row.recipients == ["help@desk.example", "support@desk.example"]
    assert row.source_key is None and row.attempts == 0


def test_it_says_what_it_can(listen: Listen) -> None:
    client = smtp(listen(message_bytes=12345))
    assert set(client.esmtp_features) == {
        "size",
        "pipelining",
        "8bitmime",
        "smtputf8",
        "enhancedstatuscodes",
    }
    assert client.esmtp_features["size"] == "12345"
    assert client.docmd("XCLIENT", "ADDR=1.2.3.4")[0] == 500
    assert client.docmd("AUTH", "PLAIN")[0] == 502
    client.quit()


@pytest.mark.parametrize(
    ("address", "taken"),
    [
        ("support@desk.example", True),
        ("SUPPORT@Desk.Example", True),
        ("support+48120990-abc@desk.example", True),
        ("help+a+b@desk.example", True),
        ("postmaster@desk.example", True),
        ("Postmaster", True),
        ("support", False),
        ("nobody@desk.example", False),
        ("support@elsewhere.example", False),
        ("+x@desk.example", False),
        ("süpport@desk.example", False),
    ],
)
def test_only_own_addresses_are_taken(listen: Listen, address: str, taken: bool) -> None:
    with smtp(listen()) as client:
        client.mail("", ["SMTPUTF8"])
        client.command_encoding = "utf-8"
        code, words = client.rcpt(address)
    assert code == (250 if taken else 550), words
    assert taken or words.startswith(b"5.1.1")


def test_a_new_mailbox_is_known_at_once(listen: Listen) -> None:
    running = listen()
    with smtp(running) as client:
        client.mail("a@b.example")
        assert client.rcpt("sales@desk.example")[0] == 550
        Mailbox.objects.create(code="sales", address="sales@desk.example", name="Sales")
        running.desk._read_at -= 2
        assert client.rcpt("sales@desk.example")[0] == 250


def test_a_bounce_has_no_sender(listen: Listen) -> None:
    with smtp(listen()) as client:
        client.sendmail("", ["support@desk.example"], MAIL)
    assert Inbound.objects.get().envelope_from == ""


def test_lmtp_answers_once_for_each_recipient(listen: Listen) -> None:
    peer = Peer(listen().lmtp)
    assert peer.say(b"EHLO x\r\n").startswith("500") and peer.say(b"HELO x\r\n").startswith("500")
    assert "PIPELINING" in peer.say(b"LHLO peer.example\r\n")
    peer.say(b"MAIL FROM:<a@b.example>\r\n")
    peer.say(b"RCPT TO:<support@desk.example>\r\n")
    assert peer.say(b"RCPT TO:<nobody@desk.example>\r\n").startswith("550 5.1.1")
    peer.say(b"RCPT TO:<help@desk.example>\r\n")
    peer.say(b"DATA\r\n")
    assert peer.say(MAIL + b".\r\n").startswith("250 2.0.0")
    assert peer.reply().startswith("250 2.0.0")
    assert peer.say(b"QUIT\r\n").startswith("221")
    row = Inbound.objects.get()
    assert row.channel == "lmtp"
    assert row.recipients == ["support@desk.example", "help@desk.example"]


def test_commands_may_come_in_one_piece(listen: Listen) -> None:
    peer = Peer(listen().smtp)
    commands = b"MAIL FROM:<a@b.example>\r\nRCPT TO:<support@desk.example>\r\nDATA\r\n"
    peer.say(b"EHLO peer.example\r\n")
    assert peer.say(commands).startswith("250")
    assert peer.reply().startswith("250") and peer.reply().startswith("354")
    body = b"Subject: 1\r\n\r\none\r\n.\r\n"
    assert peer.say(body + commands).startswith("250 2.0.0")
    assert [peer.reply()[:3] for _ in range(3)] == ["250", "250", "354"]
    assert peer.say(b".\r\nQUIT\r\n").startswith("250 2.0.0")
    assert peer.reply().startswith("221")
    raws = [bytes(row.raw) for row in Inbound.objects.order_by("id")]
    assert raws == [b"Subject: 1\r\n\r\none\r\n", b""]


def test_a_message_in_single_bytes_is_the_same(listen: Listen) -> None:
    peer = Peer(listen().smtp)
    peer.envelope()
    peer.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    stuffed = MAIL.replace(b"\r\n.", b"\r\n..")
    for at in range(len(stuffed)):
        peer.socket.sendall(stuffed[at : at + 1])
    assert peer.say(b".\r\n").startswith("250")
    assert bytes(Inbound.objects.get().raw) == MAIL


def test_a_dot_on_the_first_line_is_no_end(listen: Listen) -> None:
    peer = Peer(listen().smtp)
    peer.envelope()
    assert peer.say(b"..first\r\n\r\n.\r\n").startswith("250")
    assert bytes(Inbound.objects.get().raw) == b".first\r\n\r\n"


@pytest.mark.parametrize(
    "end", [b"\n.\n", b"\n.\r\n", b"\r\n.\n", b"\r.\r", b"\r\n.\r", b"\n\n.\r\r\n"]
)
def test_no_second_message_is_smuggled(listen: Listen, end: bytes) -> None:
    peer = Peer(listen().smtp)
    peer.envelope()
    inside = b"Subject: a\r\n\r\nx" + end + b"MAIL FROM:<eve@evil.example>\r\nRCPT TO:<support@desk"
    inside += b".example>\r\nDATA\r\nSubject: smuggled\r\n\r\nx\r\n.\r\n"
    assert peer.say(inside).startswith("250")
    assert peer.say(b"NOOP\r\n").startswith("250")
    assert b"smuggled" in bytes(Inbound.objects.get().raw)


def test_a_large_message_comes_through_whole(listen: Listen) -> None:
    raw = b"Subject: big\r\n\r\n" + b"\r\n".join(b"%06d " % n + b"x" * 70 for n in range(60_000))
    send(listen(), raw + b"\r\n")
    assert bytes(Inbound.objects.get().raw) == raw + b"\r\n"


def test_too_large_is_refused_before_and_while_it_comes(listen: Listen) -> None:
    running = listen(message_bytes=100_000)
    client = smtp(running)
    assert client.mail("a@b.example", ["SIZE=100001"])[0] == 552
    raw = b"Subject: big\r\n\r\n" + b"y" * 70_000 + b"\r\n" + b"z" * 70_000
    client.mail("a@b.example")
    client.rcpt("support@desk.example")
    assert client.data(raw)[0] == 552
    client.sendmail("a@b.example", ["support@desk.example"], MAIL)
    client.quit()
    assert bytes(Inbound.objects.get().raw) == MAIL and running.desk.in_flight == 0


def test_a_message_without_end_is_cut_off(listen: Listen) -> None:
    peer = Peer(listen(message_bytes=50_000).smtp)
    peer.envelope()
    with pytest.raises(OSError, match=r"reset|pipe"):
        for _ in range(2_000):
            peer.socket.sendall(b"x" * 10_000)
    assert not Inbound.objects.exists()


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (b"Received: by a\r\n" * 51 + b"\r\nx", b"5.4.6"),
        (b"X-Long: " + b"h" * 3_000 + b"\r\n\r\nx", b"5.3.4"),
        (b"Subject: a\r\n\r\n" + b"l" * 3_000, b"5.6.0"),
    ],
)
def test_circles_and_giant_headers_and_lines_are_refused(
    listen: Listen, raw: bytes, code: bytes
) -> None:
    with pytest.raises(smtplib.SMTPDataError) as refused:
        send(listen(header_bytes=2_000, line_bytes=2_500), raw)
    assert refused.value.smtp_error.startswith(code) and refused.value.smtp_code in (552, 554)
    assert not Inbound.objects.exists()


def test_too_many_recipients_are_put_off(listen: Listen) -> None:
    with smtp(listen(recipients=3)) as client:
        client.mail("a@b.example")
        codes = [client.rcpt(f"support+{n}@desk.example")[0] for n in range(4)]
        assert codes == [250, 250, 250, 452]
        assert client.data(MAIL)[0] == 250
    assert len(Inbound.objects.get().recipients) == 3


def test_too_many_connections_are_put_off(listen: Listen) -> None:
    running = listen(connections=2)
    peers = [Peer(running.smtp), Peer(running.lmtp)]
    assert Peer(running.smtp).greeting.startswith("421 4.3.2")
    peers[0].leave()
    for _ in range(100):
        if running.desk.peers.connected < 2:
            break
        time.sleep(0.02)
    assert Peer(running.smtp).greeting.startswith("220")


def test_strangers_are_bounded_and_relays_are_not(
    listen: Listen, monkeypatch: pytest.MonkeyPatch
) -> None:
    running = listen(messages_per_minute=2, connections_per_peer=1, unknown_recipients=2)
    with smtp(running) as first, smtp(running) as second:
        for client in (first, second, first, second):
            client.sendmail("a@b.example", ["support@desk.example"], MAIL)
    monkeypatch.setattr("heliodesk.channels.smtp.limits._LOOPBACK", ())
    stranger = Peer(running.smtp)
    assert Peer(running.smtp).greeting.startswith("421")
    stranger.say(b"EHLO x\r\n")
    for _ in range(2):
        assert stranger.say(b"MAIL FROM:<a@b.example>\r\n").startswith("250")
        stranger.say(b"RSET\r\n")
    assert stranger.say(b"MAIL FROM:<a@b.example>\r\n").startswith("450 4.7.1")
    running.desk.peers._sent.clear()
    stranger.say(b"MAIL FROM:<a@b.example>\r\n")
    codes = [stranger.say(b"RCPT TO:<guess@desk.example>\r\n")[:3] for _ in range(3)]
    assert codes == ["550", "550", "421"] and stranger.reply() == ""


def test_a_slow_peer_is_cut_off_and_leaves_nothing(listen: Listen) -> None:
    running = listen(idle_seconds=0.4)
    silent, dripping = Peer(running.smtp), Peer(running.smtp)
    dripping.envelope()
    started = time.monotonic()
    with pytest.raises(OSError, match=r"reset|pipe"):
        for _ in range(100):
            dripping.socket.sendall(b"x")
            time.sleep(0.05)
    assert time.monotonic() - started < 3
    assert silent.reply().startswith("421 4.4.2")
    assert not Inbound.objects.exists() and running.desk.in_flight == 0


def test_a_peer_that_leaves_in_the_middle_leaves_nothing(listen: Listen) -> None:
    running = listen()
    for end in (b"", b"\r\n", b"\r\n."):
        peer = Peer(running.smtp)
        peer.envelope()
        peer.socket.sendall(b"Subject: half\r\n\r\nbody" + end)
        peer.leave()
    send(running)
    assert bytes(Inbound.objects.get().raw) == MAIL
    for _ in range(100):
        if running.desk.peers.connected == 0:
            break
        time.sleep(0.02)
    assert running.desk.peers.connected == running.desk.in_flight == 0


def test_nonsense_is_answered_and_ends(listen: Listen) -> None:
    peer = Peer(listen().smtp)
    assert peer.say(b"MAIL FROM:<a@b.example>\r\n").startswith("503")
    assert peer.say(b"EHLO\r\n").startswith("501")
    assert peer.say(b"\xff\xfe\r\n").startswith("500")
    assert peer.say(b"NOOP " + b"x" * 5_000 + b"\r\n").startswith("500")
    assert peer.say(b"NOOP " + b"x" * 200_000 + b"\r\n").startswith("500")
    peer.say(b"EHLO peer.example\r\n")
    assert peer.say(b"DATA\r\n").startswith("503")
    assert peer.say(b"MAIL FROM:<a\0b@c.example>\r\n")[:3] in {"250", "553"}
    peer.say(b"RSET\r\n")
    assert peer.say(b"MAIL FROM:<a@b.example> FOO=1\r\n").startswith("555")
    last = ""
    for _ in range(20):
        last = peer.say(b"GET / HTTP/1.1\r\n")
        if not last.startswith("500"):
            break
    assert last.startswith("502") and peer.reply() == ""


def test_a_full_disk_is_said_before_the_mail_comes(listen: Listen, tmp_path: Path) -> None:
    with smtp(listen(disk=tmp_path, free_bytes=2**60)) as client:
        code, words = client.mail("a@b.example")
    assert code == 452 and words.startswith(b"4.3.1 Insufficient system storage")


def test_a_thousand_messages_from_four_peers_are_there_once(listen: Listen) -> None:
    running = listen()

    def peer(number: int) -> None:
        with smtp(running) as client:
            for n in range(250):
                raw = b"Subject: %d-%d\r\n\r\n%s\r\n" % (number, n, b"x" * (n * 7))
                client.sendmail("a@b.example", ["support@desk.example"], raw)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(peer, range(4)))
    subjects = [bytes(row.raw).split(b"\r\n")[0] for row in Inbound.objects.all()]
    assert sorted(subjects) == sorted(
        b"Subject: %d-%d" % (p, n) for p in range(4) for n in range(250)
    )


def test_stopping_says_goodbye(listen: Listen) -> None:
    running = listen()
    peer = Peer(running.smtp)
    peer.say(b"EHLO peer.example\r\n")
    loop = running.desk.storing._task.get_loop()
    for talk in list(running.desk.conversations):
        loop.call_soon_threadsafe(talk.end)
    assert peer.reply().startswith("421 4.3.2")


@pytest.fixture(scope="module")
def own_certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, str]:
    """A self-made certificate for desk.example, and its key."""
    return self_made(tmp_path_factory.mktemp("tls"))


def test_mail_comes_encrypted(listen: Listen, own_certificate: tuple[str, str]) -> None:
    trust = ssl.create_default_context(cafile=own_certificate[0])
    trust.check_hostname = False
    raw = b"Subject: secret\r\n\r\n" + b"x" * 300_000 + b"\r\n"
    with smtp(listen(tls=certificate(*own_certificate))) as client:
        assert client.has_extn("starttls")
        client.starttls(context=trust)
        client.ehlo()
        assert not client.has_extn("starttls") and not client.has_extn("auth")
        assert client.docmd("STARTTLS")[0] == 454
        for _ in range(3):
            client.sendmail("a@b.example", ["support@desk.example"], raw)
    assert [bytes(row.raw) for row in Inbound.objects.all()] == [raw] * 3


def test_what_was_said_before_encryption_is_forgotten(
    listen: Listen, own_certificate: tuple[str, str]
) -> None:
    peer = Peer(listen(tls=certificate(*own_certificate)).smtp)
    peer.say(b"EHLO peer.example\r\n")
    ahead = b"MAIL FROM:<eve@evil.example>\r\nRCPT TO:<support@desk.example>\r\n"
    peer.say(b"MAIL FROM:<a@b.example>\r\n")
    assert peer.say(b"STARTTLS\r\n" + ahead).startswith("220")
    trust = ssl.create_default_context(cafile=own_certificate[0])
    trust.check_hostname = False
    secured = trust.wrap_socket(peer.socket)
    peer.socket, peer._file = secured, secured.makefile("rb")
    assert peer.say(b"RCPT TO:<support@desk.example>\r\n").startswith("503")
    assert peer.say(b"EHLO peer.example\r\n").startswith("250")
    assert peer.say(b"RCPT TO:<support@desk.example>\r\n").startswith("503")


def test_a_failed_handshake_ends_the_connection(
    listen: Listen, own_certificate: tuple[str, str]
) -> None:
    running = listen(tls=certificate(*own_certificate))
    peer = Peer(running.smtp)
    peer.say(b"EHLO peer.example\r\n")
    peer.say(b"STARTTLS\r\n")
    peer.socket.sendall(b"this is no handshake" * 20)
    while peer.socket.recv(1000):
        pass
    send(running)
    assert Inbound.objects.count() == 1


def test_an_unforeseen_error_is_passing_for_one_and_no_matter_for_the_next(
    listen: Listen, monkeypatch: pytest.MonkeyPatch
) -> None:
    running = listen()
    with monkeypatch.context() as patched, smtp(running) as client:
        patched.setattr("heliodesk.channels.smtp.storing.parameters", lambda arrivals: 1 / 0)
        with pytest.raises(smtplib.SMTPDataError) as refused:
            client.sendmail("a@b.example", ["support@desk.example"], MAIL)
        assert refused.value.smtp_code == 451
    send(running)
    assert Inbound.objects.count() == 1 and running.desk.in_flight == 0


def test_too_much_at_once_is_put_off(listen: Listen) -> None:
    running = listen(in_flight_bytes=50_000)
    first = Peer(running.smtp)
    first.envelope()
    first.socket.sendall(b"x" * 200_000)
    deadline = time.monotonic() + 10
    while running.desk.in_flight < 50_000 and time.monotonic() < deadline:
        time.sleep(0.02)
    with smtp(running) as client:
        assert client.mail("a@b.example")[0] == 452
        assert first.say(b"\r\n.\r\n").startswith("250")
        assert client.mail("a@b.example")[0] == 250
