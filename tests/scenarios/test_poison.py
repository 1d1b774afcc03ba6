"""Mail that cannot be filed, or that kills the worker: held, told, and taken in after a fix."""

import json
from email.message import EmailMessage

import pytest

from tests.scenarios.mails import assert_each_once
from tests.scenarios.parts import ALTERED, MakeParts, PartsDesk
from tests.scenarios.running import until
from tests.scenarios.sending import Sender, deliver
from tests.scenarios.world import DESK, account_id, address

#: What stands for a fault of ours: the database refuses to store a certain word.
BREAK = """
create function refuse() returns trigger language plpgsql as $$ begin
    if new.text like '%poison%' then raise FAULT; end if; return new;
end $$;
create trigger refuse before insert on cases_message for each row execute function refuse();
"""


@pytest.mark.parametrize("fault", ["numeric_value_out_of_range", "program_limit_exceeded"])
def test_a_message_that_cannot_be_filed_is_held_and_replayed(
    make_parts: MakeParts, fault: str
) -> None:
    desk = make_parts()
    with desk.connected() as connection:
        connection.execute(BREAK.replace("FAULT", fault).encode())
    desk.listen()
    deliver(desk.smtp, [_mail("Before"), _mail("The poison"), _mail("After")])
    desk.work()
    desk.filed()
    held = _held(desk)
    assert [(one["reason"], one["state"]) for one in held] == [("poison", "held")]
    assert "poison" in held[0]["subject"] and _cases(desk) == ["After", "Before"]
    error = desk.one("select error from channels_inbound where state = 'held'")
    assert fault.split("_")[0] in error.lower(), error
    assert desk.one("select count(*) from journal_event where data->>'reason' = 'poison'") == 1
    with desk.connected() as connection:
        connection.execute("drop trigger refuse on cases_message")
    _replay(desk, held[0]["ref"])
    assert _cases(desk) == ["After", "Before", "The poison"]


def test_a_message_that_kills_the_worker_is_held_and_replayed(make_parts: MakeParts) -> None:
    desk = make_parts()
    deadly = desk.folder / "deadly"
    deadly.touch()
    desk.environment["DEADLY"] = str(deadly)
    desk.listen()
    sender = Sender(desk.smtp, "beside", range(30))
    deadly_mail = _mail("Kills")
    deadly_mail["X-Deadly"] = "yes"
    deliver(desk.smtp, [deadly_mail])
    numbers = sender.finished(seconds=30)
    deaths = _work_until_filed(desk)
    assert deaths == 4, "once with others, and three times alone"
    assert_each_once(desk, "beside", numbers)
    (held,) = [one for one in _held(desk) if one["reason"] == "poison"]
    assert "Kills" in held["subject"]
    deadly.unlink()
    _replay(desk, held["ref"])
    assert "Kills" in _cases(desk)


def _work_until_filed(desk: PartsDesk) -> int:
    """Start one worker after the other, as the supervisor does; how many died."""
    deaths = 0
    while desk.waiting() and deaths < 9:
        worker = desk.run_part("worker", by=ALTERED)
        until(lambda worker=worker: worker.poll() is not None or not desk.waiting())
        deaths += worker.poll() is not None
    return deaths


def _mail(subject: str) -> EmailMessage:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = address(1), DESK, f"({account_id(1)}) {subject}"
    mail["Message-ID"] = f"<{subject.replace(' ', '.')}@customer1.example>"
    mail.set_content(f"{subject}.\n")
    return mail


def _held(desk: PartsDesk) -> list[dict[str, str]]:
    done = desk.run("held", "list", "--json", "--limit", "1000")
    assert done.returncode == 0, done.stderr.decode()
    found: list[dict[str, str]] = json.loads(done.stdout)
    return found


def _cases(desk: PartsDesk) -> list[str]:
    titles = [str(title) for (title,) in desk.rows("select title from cases_case")]
    return sorted(title.split(") ")[-1] for title in titles if "beside" not in title)


def _replay(desk: PartsDesk, ref: str) -> None:
    done = desk.run("held", "release", ref, "--again")
    assert done.returncode == 0, done.stderr.decode()
    desk.filed()
