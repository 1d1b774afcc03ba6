"""Mail in: from the first byte sent until every mail is filed."""

import random
import time
from collections.abc import Iterator, Mapping

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
ROUNDS = 4
PATIENCE_SECONDS = 600.0


def measure(
    desks: Mapping[int, Desk], *, mails: int, senders: int, lmtp: bool = False
) -> Iterator[Figure]:
    """Send the mails of a run to each desk, the desks by how many cases they hold.

    The desks take turns, a round at each, as with pages. A round lasts until its last mail is a
    message of a case, or held.
    """
    chance = random.Random(senders)
    letters = {
        cases: _letters(desk, cases, senders, mails, lmtp=lmtp) for cases, desk in desks.items()
    }
    rounds: dict[int, list[Round]] = {cases: [] for cases in desks}
    for _ in range(ROUNDS):
        for cases, desk in desks.items():
            wave = list(_mix(*letters[cases], mails // ROUNDS, chance))
            rounds[cases].append(_round(desk, wave, senders, lmtp=lmtp))
    way = f"{senders} sender{'s' if senders > 1 else ''}{' by LMTP' if lmtp else ''}"
    for cases, mine in rounds.items():
        yield of_rounds(f"mail, {way}, {cases:,} cases", mine, target_ms=TARGET_MS)


def _letters(
    desk: Desk, cases: int, senders: int, mails: int, *, lmtp: bool
) -> tuple[Letters, list[Acknowledged]]:
    """What writes to a desk, and what can be replied to, once some mails are filed there."""
    letters = Letters(accounts_of(cases), seed=int(time.time()) * 10 + senders)
    _send(desk, [letters.new(attachment=False) for _ in range(int(mails * BEFORE))], 4, lmtp=lmtp)
    _filed(desk)
    return letters, _acknowledged(desk)


def _round(desk: Desk, wave: list[Letter], senders: int, *, lmtp: bool) -> Round:
    last, slow, before = _last(desk), slowness(), desk.spent()
    begun = time.perf_counter()
    seconds = _send(desk, wave, senders, lmtp=lmtp)
    _filed(desk)
    took = time.perf_counter() - begun
    spent = cpu.between(before, desk.spent())
    _check(desk, last, len(wave))
    return Round(seconds, took, spent, (slow + slowness()) / 2)


def _mix(
    letters: Letters, known: list[Acknowledged], mails: int, chance: random.Random
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
