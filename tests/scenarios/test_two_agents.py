"""Two agents and a customer on one case at once: nothing lost, nothing twice, order and versions
right, though the worker is killed in the middle.
"""

import threading
import time
from collections.abc import Callable
from email.message import EmailMessage

from tests.scenarios.agents import Agent
from tests.scenarios.mails import message_id
from tests.scenarios.running import RunningDesk, until
from tests.scenarios.sending import deliver
from tests.scenarios.world import AGENT, DESK, account_id, address

TAG = "threesome"
TURNS = 12
#: Tried until it is taken: somebody else may always be faster.
_TRIES = 200


def test_two_agents_and_a_customer_work_on_one_case(desk: RunningDesk) -> None:
    deliver(desk.smtp, [_mail(0)])
    desk.filed()
    ref, case_id = desk.rows(
        "select c.ref, c.id from cases_case c join cases_message m on m.case_id = c.id"
        " where m.message_id = %s",
        message_id(TAG, 0).strip("<>"),
    )[0]
    people = [_Working(desk, ref, "A", AGENT), _Working(desk, ref, "B", "admin@desk.example")]
    threads = [threading.Thread(target=one.work, daemon=True) for one in people]
    threads.append(threading.Thread(target=_write, args=[desk], daemon=True))
    for thread in threads:
        thread.start()
    time.sleep(3)
    desk.kill("worker")
    for thread in threads:
        thread.join(240)
        assert not thread.is_alive()
    assert [one.failed for one in people] == [None, None]
    desk.filed()
    until(lambda: _released(desk, case_id, people), why=lambda: desk.said[-2000:])
    _assert_nothing_lost_nothing_twice(desk, case_id, people)
    _assert_in_order(desk, case_id)
    _assert_states_follow(desk, case_id)


class _Working:
    """An agent who answers, notes, changes the state and thinks again, as fast as they can."""

    def __init__(self, desk: RunningDesk, ref: str, name: str, email: str) -> None:
        self.agent, self.path, self.ref, self.name = Agent(desk, email), f"/cases/{ref}/", ref, name
        self.replies: list[str] = []
        self.notes: list[str] = []
        self.taken_back: list[str] = []
        self.draft = ""
        self.versions: list[int] = []
        self.refused = 0
        self.failed: BaseException | None = None

    def work(self) -> None:
        """Do one thing after the other."""
        turns: list[Callable[[int], None]] = [
            self._reply, self._note, self._state, self._hold, self._think_again, self._draft,
        ]  # fmt: skip
        try:
            for turn in range(TURNS):
                turns[turn % len(turns)](turn)
        except BaseException as error:
            self.failed = error
            raise

    def _text(self, kind: str, turn: int) -> str:
        return f"{kind} {self.name} {turn:02}"

    def _sent(self, text: str, **more: str) -> None:
        """Answer what was read; when somebody was faster, read and try again."""
        for _ in range(_TRIES):
            seen = self.agent.look(self.ref)
            self.versions.append(seen.version)
            given = {"text": text, "version": seen.version, "seen": seen.last, **more}
            status = self.agent.post(f"{self.path}reply/", given)
            if status == 302:
                return
            assert status == 409, status
            self.refused += 1
            time.sleep(0.1)  # a colleague's answer may wait its ten seconds to be taken back
        raise AssertionError(f"{text} was never taken")

    def _reply(self, turn: int) -> None:
        self._sent(self._text("reply", turn))
        self.replies.append(self._text("reply", turn))

    def _hold(self, turn: int) -> None:
        self._sent(self._text("waiting", turn), hold="1")
        self.replies.append(self._text("waiting", turn))

    def _think_again(self, turn: int) -> None:
        text = self._text("regretted", turn)
        self._sent(text, hold="1")
        id = self.agent.look(self.ref).waiting.get(text)
        if id and self.agent.post(f"{self.path}letters/{id}/back/", {}) == 302:
            self.taken_back.append(text)
        else:
            self.replies.append(text)

    def _note(self, turn: int) -> None:
        assert self.agent.post(f"{self.path}note/", {"text": self._text("note", turn)}) == 302
        self.notes.append(self._text("note", turn))

    def _state(self, turn: int) -> None:
        verbs = ["take", "await_customer", "resume", "await_vendor"]
        status = self.agent.post(f"{self.path}{verbs[turn % 4]}/", {})
        assert status in {302, 409}, status

    def _draft(self, turn: int) -> None:
        self.draft = self._text("draft", turn)
        given = {"mode": "note", "text": self.draft}
        assert self.agent.post(f"{self.path}draft/", given) == 302


def _mail(turn: int) -> EmailMessage:
    mail = EmailMessage()
    mail["From"], mail["To"] = address(0), DESK
    mail["Subject"] = f"({account_id(0)}) {TAG}" if not turn else f"Re: {TAG}"
    mail["Message-ID"] = message_id(TAG, turn)
    if turn:
        mail["In-Reply-To"] = message_id(TAG, 0)
    mail.set_content(f"customer {turn:02}\n")
    return mail


def _write(desk: RunningDesk) -> None:
    """The customer writes all the while."""
    for turn in range(1, TURNS + 1):
        deliver(desk.smtp, [_mail(turn)])
        time.sleep(0.7)


def _released(desk: RunningDesk, case_id: int, people: list[_Working]) -> bool:
    """Whether no letter waits any more; one that was held is sent all the same by its writer."""
    left = desk.rows(
        "select id, held_for, text from cases_waitingletter where case_id = %s", case_id
    )
    for id, held, text in left:
        if held:
            writer = next(one for one in people if f" {one.name} " in text)
            writer.agent.look(writer.ref)
            writer.agent.post(f"{writer.path}letters/{id}/now/", {})
    return not left


def _assert_nothing_lost_nothing_twice(
    desk: RunningDesk, case_id: int, people: list[_Working]
) -> None:
    said = desk.rows(
        "select direction, trim(trailing e'\\n' from text), id from cases_message"
        " where case_id = %s order by id",
        case_id,
    )
    by_direction: dict[str, list[str]] = {"in": [], "out": [], "note": []}
    for direction, text, _id in said:
        by_direction[direction].append(text)
    assert sorted(by_direction["out"]) == sorted(t for one in people for t in one.replies)
    assert sorted(by_direction["note"]) == sorted(t for one in people for t in one.notes)
    assert sorted(by_direction["in"]) == [f"customer {turn:02}" for turn in range(TURNS + 1)]
    letters = desk.rows(
        "select key from channels_outbound where kind = 'reply' and subject_id = %s", case_id
    )
    ids = [id for direction, _text, id in said if direction == "out"]
    assert sorted(key for (key,) in letters) == sorted(f"reply:{id}" for id in ids)
    drafts = dict(desk.rows("select text, mode from cases_draft where case_id = %s", case_id))
    for one in people:
        assert drafts.get(one.draft) == "note"
        # A later answer uses up the draft; the last that was taken back had none after it.
        if one.taken_back and one.taken_back[-1][-2:] > max(text[-2:] for text in one.replies):
            assert any(one.taken_back[-1] in kept for kept in drafts), "it is a draft again"


def _assert_in_order(desk: RunningDesk, case_id: int) -> None:
    """What each said at once stands in the order in which they said it."""
    texts = [
        text.strip()
        for (text,) in desk.rows(
            "select text from cases_message where case_id = %s order by id", case_id
        )
    ]
    for beginning in ("customer ", "reply A", "reply B", "note A", "note B"):
        own = [text for text in texts if text.startswith(beginning)]
        assert own == sorted(own), beginning


def _assert_states_follow(desk: RunningDesk, case_id: int) -> None:
    """Every change began where the one before it ended, and the row says what the journal says."""
    state = "new"
    events = desk.rows(
        "select verb, data ->> 'from', data ->> 'to' from journal_event"
        " where subject_kind = 'case' and subject_id = %s and data ? 'to' order by id",
        case_id,
    )
    for verb, before, after in events:
        if verb == "forward" or before is None:
            continue
        assert before == state, (verb, before, state)
        state = after
    version, now = desk.rows("select version, state from cases_case where id = %s", case_id)[0]
    assert now == state
    steps = desk.one(
        "select count(*) from journal_event where subject_kind = 'case' and subject_id = %s"
        " and verb in ('reply', 'note', 'take', 'await_customer', 'await_vendor', 'resume')",
        case_id,
    )
    heard = desk.one(
        "select count(*) from journal_event where subject_kind = 'case' and subject_id = %s"
        " and verb = 'hear'",
        case_id,
    )
    assert 1 + steps < version <= 1 + steps + heard, "a change that was lost, or counted twice"
