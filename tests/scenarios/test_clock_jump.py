"""The clock jumps ahead and back again: nothing is lost, doubled or put off for long."""

from email.message import EmailMessage

from tests.channels.receiving import receiving
from tests.scenarios.mails import assert_each_once
from tests.scenarios.parts import ALTERED, MakeParts
from tests.scenarios.running import until
from tests.scenarios.sending import Sender, deliver
from tests.scenarios.world import DESK, account_id, address

DAY = 86_400


def test_mail_goes_in_and_out_whatever_the_clock_says(make_parts: MakeParts) -> None:
    with receiving() as (server, port):
        desk = make_parts(
            HELIODESK_MAIL_OUTBOUND="smtp", HELIODESK_MAIL_SMTP_URL=f"smtp://127.0.0.1:{port}"
        )
        clock = desk.folder / "clock"
        clock.write_text("0")
        desk.environment["CLOCK"] = str(clock)
        desk.listen(by=ALTERED)
        desk.work(by=ALTERED)
        numbers = []
        for turn, jump in enumerate((0, DAY, -DAY, 0)):
            clock.write_text(str(jump))
            numbers += Sender(desk.smtp, "jump", range(20 * turn, 20 * turn + 20)).finished(
                seconds=30
            )
            desk.filed()
        assert_each_once(desk, "jump", numbers)
        unsent = "select count(*) from channels_outbound where state <> 'sent'"
        until(lambda: desk.one(unsent) == 0)

        # A mail that could not be sent while the clock was ahead is not put off by a day.
        server.data_answer = "451 4.7.1 Greylisted"
        clock.write_text(str(DAY))
        mail = EmailMessage()
        mail["From"], mail["To"] = address(4), DESK
        mail["Subject"], mail["Message-ID"] = f"({account_id(4)}) Last", "<last@customer4.example>"
        mail.set_content("Last.\n")
        deliver(desk.smtp, [mail])
        late = "select count(*) from channels_outbound where state = 'queued' and attempts > 0"
        until(lambda: desk.one(late) > 0)
        server.data_answer = "250 OK"
        clock.write_text("0")
        until(lambda: desk.one(unsent) == 0, seconds=30, why=lambda: desk.said[-1500:])
        keys = [mail["Message-ID"] for mail in server.messages]
        assert len(keys) == len(set(keys)) == desk.one("select count(*) from channels_outbound")
