"""Two desks, or a desk and a robot, that answer each other: it ends."""

import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from typing import Any

from tests.channels.receiving import Listening
from tests.scenarios.parts import MakeParts, PartsDesk
from tests.scenarios.running import until
from tests.scenarios.sending import deliver
from tests.scenarios.world import DESK, OTHER_DESK, account_id, address


def test_two_desks_that_acknowledge_each_other_fall_silent(make_parts: MakeParts) -> None:
    one, other = make_parts(), make_parts()
    for desk, neighbour in ((one, other), (other, one)):
        desk.environment["HELIODESK_MAIL_OUTBOUND"] = "smtp"
        desk.environment["HELIODESK_MAIL_SMTP_URL"] = f"smtp://127.0.0.1:{neighbour.smtp}"
    _exchange_names(other)
    for desk in (one, other):
        desk.listen()
        desk.work()
    # The other desk "writes" first, as if an agent there had asked this desk something.
    deliver(one.smtp, [_mail(OTHER_DESK, DESK, "(90-0000-0000001) Please help")])
    until(lambda: _sent(one) >= 1)
    until(lambda: other.one("select count(*) from channels_inbound") >= 1)
    _quiet(one, other)
    assert _sent(one) == 1, "the acknowledgement of the only case"
    assert _sent(other) == 0, "an automatic answer is never answered"
    assert one.one("select count(*) from cases_case") == 1
    assert other.one("select count(*) from cases_case") == 0


def _exchange_names(desk: PartsDesk) -> None:
    """Make the other desk answer at its own address, and know the first as a customer."""
    with desk.connected() as connection:
        connection.execute(
            "update channels_mailbox set address = %s where code = 'desk'", [OTHER_DESK]
        )
        connection.execute(
            "update customers_contactaddress set address = %s where address = %s",
            [DESK, OTHER_DESK],
        )


class Robot:
    """Answers every mail with a new one, and says by no header that it is a robot."""

    def __init__(self) -> None:
        #: Where the desk takes mail, once it is known.
        self.desk_port = 0
        self.answered = 0

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        if self.answered < 40:
            self.answered += 1
            deliver(self.desk_port, [_mail(address(2), DESK, f"({account_id(2)}) I am away")])
        return "250 OK"


@contextmanager
def robot_of() -> Iterator[tuple[Robot, int]]:
    robot = Robot()
    controller = Listening(robot)
    controller.start()
    try:
        yield robot, controller.port
    finally:
        controller.stop()


def test_a_robot_that_hides_is_answered_a_few_times_and_no_more(make_parts: MakeParts) -> None:
    with robot_of() as (robot, port):
        desk = make_parts(
            HELIODESK_MAIL_OUTBOUND="smtp", HELIODESK_MAIL_SMTP_URL=f"smtp://127.0.0.1:{port}"
        )
        robot.desk_port = desk.smtp
        desk.listen()
        desk.work()
        deliver(desk.smtp, [_mail(address(2), DESK, f"({account_id(2)}) Help")])
        until(lambda: robot.answered >= 6)
        _quiet(desk)
    assert _sent(desk) == robot.answered == 6, "six automatic answers an hour, then silence"
    assert desk.one("select count(*) from cases_message where direction = 'in'") == 7


def _mail(sender: str, to: str, subject: str) -> EmailMessage:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = sender, to, subject
    mail["Message-ID"] = f"<{uuid.uuid4().hex}@{sender.rpartition('@')[2]}>"
    mail.set_content(f"{subject}.\n")
    return mail


def _sent(desk: PartsDesk) -> int:
    return int(desk.one("select count(*) from channels_outbound where state = 'sent'"))


def _quiet(*desks: PartsDesk) -> None:
    """Wait until nothing waits to be filed or sent on any desk, three times in a row."""
    moving = (
        "select (select count(*) from channels_inbound where state = 'waiting') +"
        " (select count(*) from channels_outbound where state in ('queued', 'sending'))"
    )
    still = 0
    for _ in range(600):
        still = 0 if any(desk.one(moving) for desk in desks) else still + 1
        if still == 12:
            return
        time.sleep(0.1)
    raise AssertionError("the desks do not fall silent")
