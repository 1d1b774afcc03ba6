"""Mail that is too large, comes twice, or is cut off: said at once, stored never or once."""

import smtplib
import socket

from tests.scenarios.mails import assert_each_once, numbered
from tests.scenarios.running import RunningDesk
from tests.scenarios.sending import Sender, deliver
from tests.scenarios.world import DESK, address

LIMIT = 25 * 2**20


def test_a_mail_over_25_mb_is_refused_with_552_and_leaves_nothing(desk: RunningDesk) -> None:
    before = desk.one("select count(*) from channels_inbound")
    large = b"Subject: large\r\n\r\n" + (b"x" * 70 + b"\r\n") * (LIMIT // 72 + 1)
    for protocol, port in ((smtplib.SMTP, desk.smtp), (smtplib.LMTP, desk.lmtp)):
        with protocol("127.0.0.1", port, timeout=60) as session:
            session.ehlo_or_helo_if_needed()
            assert int(session.esmtp_features["size"]) == LIMIT
            code, _ = session.mail(address(0), [f"size={len(large)}"])
            assert code == 552, "said before the mail comes, when the sender tells its size"
            session.rset()
            session.mail(address(0))
            session.rcpt(DESK)
            assert session.data(large)[0] == 552, "and while it comes, when it does not"
            session.mail(address(0))
            assert session.rcpt(DESK)[0] == 250, "the connection goes on"
    assert desk.run("mail", "ingest", given=large).returncode == 65
    assert desk.one("select count(*) from channels_inbound") == before


def test_the_same_mail_by_every_way_is_one_message(desk: RunningDesk) -> None:
    mail = numbered("same", 1)
    ways = [Sender(port, "same", [1]) for port in (desk.smtp, desk.smtp)]
    ways += [Sender(desk.lmtp, "same", [1], lmtp=True) for _ in range(2)]
    for way in ways:
        way.finished(seconds=30)
    assert desk.run("mail", "ingest", given=mail.as_bytes()).returncode == 0
    desk.filed()
    deliver(desk.smtp, [mail])
    desk.filed()
    assert assert_each_once(desk, "same", [1]) == {"case": 1}


def test_a_mail_that_is_cut_off_leaves_nothing(desk: RunningDesk) -> None:
    before = desk.one("select count(*) from channels_inbound")
    with socket.create_connection(("127.0.0.1", desk.smtp), timeout=20) as peer:
        words = f"EHLO x\r\nMAIL FROM:<{address(0)}>\r\nRCPT TO:<{DESK}>\r\nDATA\r\n"
        peer.sendall(words.encode() + b"Subject: half\r\n\r\n" + b"x" * 100_000)
    Sender(desk.smtp, "whole", [0]).finished(seconds=30)
    desk.filed()
    assert desk.one("select count(*) from channels_inbound") == before + 1
