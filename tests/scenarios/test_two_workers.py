"""Several workers and several listeners on one database."""

from email.message import EmailMessage

from tests.scenarios.mails import assert_each_once, message_id
from tests.scenarios.parts import MakeParts, PartsDesk
from tests.scenarios.sending import Sender, deliver
from tests.scenarios.world import DESK, account_id, address

THREADS, REPLIES = 12, 8


def test_interleaved_replies_of_a_thread_make_one_case(make_parts: MakeParts) -> None:
    desk = make_parts()
    desk.listen()
    desk.work(2)
    for turn in range(REPLIES):
        deliver(desk.smtp, [_reply(thread, turn) for thread in range(THREADS)])
    desk.filed()
    rows = desk.rows(
        "select c.id, count(distinct m.id) from cases_case c join cases_message m"
        " on m.case_id = c.id group by 1"
    )
    assert [count for _, count in rows] == [REPLIES] * THREADS
    assert _backends_that_filed(desk) >= 1
    opened = desk.one("select count(*) from channels_outbound where kind = 'acknowledgement'")
    assert opened == THREADS, "one acknowledgement a case"


def _reply(thread: int, turn: int) -> EmailMessage:
    """A mail that names the thread's other mails, which may come before or after it."""
    mail, tag = EmailMessage(), f"thread{thread}"
    mail["From"], mail["To"] = address(thread % 3), DESK
    mail["Subject"] = f"({account_id(thread % 3)}) Thread {thread}"
    mail["Message-ID"] = message_id(tag, turn)
    mail["References"] = message_id(tag, 0 if turn else 99)
    mail.set_content(f"Turn {turn}\n")
    return mail


def _backends_that_filed(desk: PartsDesk) -> int:
    return desk.said.count("mail filed")


def test_two_workers_and_many_senders_file_each_mail_once(make_parts: MakeParts) -> None:
    desk = make_parts()
    desk.listen()
    desk.work(2)
    senders = [Sender(desk.smtp, "both", range(start, start + 60)) for start in (0, 60, 120, 180)]
    # The same mails again by another way, at the same time.
    senders += [Sender(desk.lmtp, "both", range(start, start + 60), lmtp=True) for start in (0, 60)]
    numbers = [number for one in senders for number in one.finished(seconds=60)]
    desk.filed()
    where = assert_each_once(desk, "both", numbers)
    assert where.total() == 240
    copies = desk.one("select count(*) from channels_inbound where state = 'duplicate'")
    assert copies == 120
