"""Mail in: from the first byte sent until every mail is filed."""

import random
import time
from collections.abc import Iterator

from bench import cpu
from bench.desk import Desk
from bench.figures import Figure, Round, of_rounds
from bench.letters import Acknowledged, Letter, Letters
from bench.loader import accounts_of
from bench.machine import slowness
from bench.sender import send_all

ATTACHED = 0.2
REPLIES = 0.3
#: Share of a run that is filed before the clock starts, so that there is something to reply to.
BEFORE = 0.2
TARGET_MS = 3.0
PATIENCE_SECONDS = 600.0


def measure(desk: Desk, *, mails: int, senders: int, cases: int, lmtp: bool = False) -> Figure:
    """Send the mails of a run and wait until the last is a message of a case, or held."""
    letters = Letters(accounts_of(cases), seed=int(time.time()) * 10 + senders)
    chance = random.Random(senders)
    _send(desk, [letters.new(attachment=False) for _ in range(int(mails * BEFORE))], 4, lmtp=lmtp)
    _filed(desk)
    known = _acknowledged(desk)
    wave = list(_mix(letters, mails, known, chance))
    last, slow, before = _last(desk), slowness(), desk.spent()
    begun = time.perf_counter()
    seconds = _send(desk, wave, senders, lmtp=lmtp)
    _filed(desk)
    took = time.perf_counter() - begun
    spent = cpu.between(before, desk.spent())
    _check(desk, last, mails)
    way = f"{senders} sender{'s' if senders > 1 else ''}{' by LMTP' if lmtp else ''}"
    round_ = Round(seconds, took, spent, slow)
    return of_rounds(f"mail, {way}, {cases:,} cases", [round_], target_ms=TARGET_MS)


def _mix(
    letters: Letters, mails: int, known: list[Acknowledged], chance: random.Random
) -> Iterator[Letter]:
    for number in range(mails):
        attachment = number % round(1 / ATTACHED) == 0
        if chance.random() < REPLIES:
            yield letters.reply(chance.choice(known), attachment=attachment)
        else:
            yield letters.new(attachment=attachment)


def _send(desk: Desk, wave: list[Letter], senders: int, *, lmtp: bool) -> list[float]:
    port = desk.lmtp_port if lmtp else desk.smtp_port
    sent = send_all(wave, host=desk.host, port=port, senders=senders, lmtp=lmtp)
    if sent.refused:
        raise SystemExit(f"{len(sent.refused)} mails were refused: {sent.refused[0]}")
    return sent.seconds


def _filed(desk: Desk) -> None:
    """Wait until no mail waits."""
    until = time.monotonic() + PATIENCE_SECONDS
    with desk.connect() as connection:
        while time.monotonic() < until:
            row = connection.execute(
                "select exists (select from channels_inbound where state = 'waiting')"
            ).fetchone()
            if row == (False,):
                return
            time.sleep(0.02)
    raise SystemExit("Mail still waits to be filed after ten minutes; does the worker run?")


def _last(desk: Desk) -> int:
    with desk.connect() as connection:
        row = connection.execute("select coalesce(max(id), 0) from channels_inbound").fetchone()
        return int(str(row[0])) if row else 0


def _acknowledged(desk: Desk) -> list[Acknowledged]:
    """The newest acknowledgements, as their receivers have them."""
    with desk.connect() as connection:
        rows = connection.execute(
            'select "to"[1], reply_to, message_id, subject from channels_outbound'
            " where kind = 'acknowledgement' and reply_to <> '' order by id desc limit 500"
        ).fetchall()
    if not rows:
        raise SystemExit("No acknowledgement was written; replies cannot be sent.")
    return [Acknowledged(*map(str, row)) for row in rows]


def _check(desk: Desk, last: int, mails: int) -> None:
    """Every mail of the run is a message of a case, and most replies found their case."""
    with desk.connect() as connection:
        states = connection.execute(
            "select state, count(*) from channels_inbound where id > %s group by 1", [last]
        ).fetchall()
        replies = connection.execute(
            "select count(*) from channels_inbound i join cases_message m on m.inbound_id = i.id"
            " where i.id > %s and exists (select from cases_message e where e.case_id = m.case_id"
            " and e.id < m.id)",
            [last],
        ).fetchone()
    became = {str(state): count for state, count in states}
    if became.get("filed") != mails:
        print(f"  note: not all mails became messages of cases: {became}")
    if not replies or int(str(replies[0])) < 0.8 * REPLIES * mails:
        print(f"  note: only {replies} replies found their case")
