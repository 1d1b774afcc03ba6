"""The course of a call: a state machine without any I/O (R50, R51, R56, R57, C13, C26).

``turn`` takes where a call stands and what just happened, and gives where it stands now, what
that brings about, and what comes next: an instruction to the telephone, or a question that only
the database can answer. The answer to a question comes back as the next event. Nothing here reads
a clock, a row or a header, so every path can be walked in a test.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum

#: The most digits of a case reference.
REFERENCE_DIGITS = 12
#: Tries at the account ID and at a case reference before a person takes over.
MOST_TRIES = 3
#: Silences or wrong keys at the first question before the call goes on without an answer.
MOST_MISSES = 2
#: Seconds: to think before keying, an engineer's phone rings, between two looks at the queue,
#: between two sentences to a waiting caller.
KEY_SECONDS, RING_SECONDS, LOOK_SECONDS, SENTENCE_SECONDS = 6, 20, 10, 60
#: Seconds in the queue after which a call-back is made, and after which the duty manager rings.
CALL_BACK_AFTER, DUTY_MANAGER_AFTER = 600, 300


class State(StrEnum):
    """Where a call stands."""

    RINGING = "ringing"
    ASK_KIND = "ask_kind"
    ASK_ID = "ask_id"
    CHECK_ID = "check_id"
    ASK_CASE = "ask_case"
    DECIDE = "decide"
    QUEUE_P1 = "queue_p1"
    QUEUE = "queue"
    OFFER = "offer"
    CONNECTED = "connected"
    WRAP_UP = "wrap_up"
    CALLBACK = "callback"
    ABANDONED = "abandoned"
    FALLBACK = "fallback"
    ENDED = "ended"


#: Nobody is on the line any more.
OVER = frozenset({State.WRAP_UP, State.CALLBACK, State.ABANDONED, State.FALLBACK, State.ENDED})
WAITING = frozenset({State.QUEUE_P1, State.QUEUE, State.OFFER})


class Kind(StrEnum):
    """What the caller said the call is about."""

    UNASKED = ""
    P1 = "p1"
    EXISTING = "existing"
    OTHER = "other"


class Route(StrEnum):
    """Where the entitlement decision sends a call."""

    #: An engineer, now: priority 1.
    P1 = "p1"
    #: An engineer, now.
    LIVE = "live"
    #: Logged and answered in writing.
    WRITTEN = "written"
    #: Nothing can be done by telephone now; the words disclose nothing.
    REFUSED = "refused"
    #: The caller cannot be placed: a person looks into it.
    IDENTITY = "identity"
    #: The same, and priority 1 was claimed: a registered number is called back.
    IDENTITY_P1 = "identity_p1"


class Effect(StrEnum):
    """What a turn brings about besides words on the line."""

    #: Priority 1 was claimed: kept at once, so that a hang-up cannot lose it.
    P1_CLAIMED = "p1_claimed"
    #: Begin to wait for an engineer.
    QUEUED = "queued"
    #: The engineer's phone was not answered.
    OFFER_MISSED = "offer_missed"
    CONNECTED = "connected"
    #: The caller is to be called back.
    CALL_BACK = "call_back"
    ABANDONED = "abandoned"
    #: Somebody answered without us: the telephone system rang everybody.
    FELL_BACK = "fell_back"
    ENDED = "ended"


# --- what comes next ------------------------------------------------------------------------


@dataclass(frozen=True)
class Prompt:
    """What the caller hears: names of prompts, each with the figures it reads out.

    A figure is digits (read one by one) or an instant in ISO form (read as a day and a time).
    """

    parts: tuple[tuple[str, str], ...]

    @classmethod
    def of(cls, *names: str) -> "Prompt":
        """A prompt of these names, without figures."""
        return cls(tuple((name, "") for name in names))

    def and_then(self, name: str, figure: str = "") -> "Prompt":
        """This prompt, and another after it."""
        return Prompt((*self.parts, (name, figure)))


@dataclass(frozen=True)
class Gather:
    """Play, and wait for keys."""

    prompt: Prompt
    most: int
    seconds: int


@dataclass(frozen=True)
class Dial:
    """Ring somebody and join the two when they answer."""

    target: str
    seconds: int


@dataclass(frozen=True)
class Bye:
    """Play, and hang up."""

    prompt: Prompt


Instruction = Gather | Dial | Bye


class Ask(StrEnum):
    """A question to the database."""

    CHECK_ID = "check_id"
    FIND_CASE = "find_case"
    DECIDE = "decide"
    NEXT_ENGINEER = "next_engineer"


@dataclass(frozen=True)
class Question:
    """What must be known before the call can go on."""

    ask: Ask
    text: str = ""


# --- what happens ---------------------------------------------------------------------------


@dataclass(frozen=True)
class Arrived:
    """A call came in."""


@dataclass(frozen=True)
class Keyed:
    """The caller pressed keys, or none in time. ``waited`` is seconds in the queue."""

    digits: str = ""
    waited: int = 0


@dataclass(frozen=True)
class IdChecked:
    """Whether the ID keyed may be used: unknown and another's are the same to the caller (C11)."""

    account_id: int | None


@dataclass(frozen=True)
class CaseFound:
    """The case of this account that was keyed, if there is one."""

    case_id: int | None


@dataclass(frozen=True)
class Decided:
    """What the entitlement decision gives; the reference and due time are read out."""

    route: Route
    reference: str = ""
    due: str = ""


@dataclass(frozen=True)
class Engineer:
    """Whom to ring next, or nobody free now; how many wait before this call."""

    target: str = ""
    ahead: int = 0
    waited: int = 0
    #: How often whoever comes next has rung for this call already: a new round begins after a wait.
    rung: int = 0


@dataclass(frozen=True)
class Rang:
    """What became of ringing somebody, in Asterisk's words (``ANSWER``, ``NOANSWER`` …)."""

    status: str


@dataclass(frozen=True)
class Claimed:
    """An engineer has taken the call."""


@dataclass(frozen=True)
class HungUp:
    """The call is over; ``status`` of the last ringing, if any."""

    status: str = ""


Event = Arrived | Keyed | IdChecked | CaseFound | Decided | Engineer | Rang | Claimed | HungUp


# --- where it stands ------------------------------------------------------------------------


@dataclass(frozen=True)
class Standing:
    """Everything the machine remembers of a call."""

    state: State = State.RINGING
    kind: Kind = Kind.UNASKED
    #: Digits of an account ID, by the policy's pattern.
    id_digits: int = 13
    #: A notice that is played before anything else, if there is one.
    notice: str = ""
    misses: int = 0
    tries: int = 0
    account_id: int | None = None
    case_id: int | None = None
    route: Route | None = None
    reference: str = ""
    due: str = ""
    #: How often everybody has been rung.
    rounds: int = 0
    #: Seconds in the queue when the last sentence was said.
    said_at: int = -SENTENCE_SECONDS


@dataclass(frozen=True)
class Turn:
    """The outcome of one event."""

    standing: Standing
    then: Instruction | Question | None = None
    effects: tuple[Effect, ...] = ()


def turn(now: Standing, event: Event) -> Turn:
    """What an event does to a call. An event that does not fit the state changes nothing."""
    if isinstance(event, HungUp):
        return _hung_up(now, event)
    if now.state in OVER:
        return Turn(now, Bye(Prompt.of("goodbye")))
    if isinstance(event, Claimed):
        return _claimed(now)
    step = _STEPS.get(now.state)
    return step(now, event) if step else Turn(now)


def _arrived(now: Standing, _event: Event) -> Turn:
    words = [name for name in ("welcome", now.notice, "ask-kind") if name]
    return Turn(replace(now, state=State.ASK_KIND), _ask_kind(*words))


def _ask_kind(*names: str) -> Gather:
    return Gather(Prompt.of(*names), 1, KEY_SECONDS)


_KINDS = {"1": Kind.P1, "2": Kind.EXISTING, "3": Kind.OTHER}


def _kind(now: Standing, event: Event) -> Turn:
    """P1 is asked first, so that a caller without the console is not lost (C13, R56)."""
    if not isinstance(event, Keyed):
        return Turn(now, _ask_kind("ask-kind"))
    if event.digits == "0":
        return _without_id(replace(now, kind=Kind.OTHER))
    kind = _KINDS.get(event.digits[:1])
    if kind is None and now.misses + 1 < MOST_MISSES:
        return Turn(replace(now, misses=now.misses + 1), _ask_kind("ask-kind-again"))
    chosen = replace(now, kind=kind or Kind.OTHER, state=State.ASK_ID, misses=0)
    effects = (Effect.P1_CLAIMED,) if kind is Kind.P1 else ()
    noted = "p1-noted" if kind is Kind.P1 else ""
    return Turn(chosen, _ask_id(chosen, noted, "ask-id"), effects)


def _ask_id(now: Standing, *names: str) -> Gather:
    return Gather(Prompt.of(*filter(None, names)), now.id_digits, KEY_SECONDS)


def _id(now: Standing, event: Event) -> Turn:
    """Thirteen digits go on to be checked; silence, a wrong shape and key 0 do not (R50)."""
    if not isinstance(event, Keyed):
        return Turn(now, _ask_id(now, "ask-id"))
    if event.digits == "0":
        return _without_id(now)
    if not (
        len(event.digits) == now.id_digits and event.digits.isascii() and event.digits.isdigit()
    ):
        return _id_again(now)
    return Turn(replace(now, state=State.CHECK_ID), Question(Ask.CHECK_ID, event.digits))


def _id_again(now: Standing) -> Turn:
    """The same words whatever was wrong: silence, shape, an unknown ID, another's (C11)."""
    if now.tries + 1 >= MOST_TRIES:
        return _without_id(replace(now, tries=now.tries + 1))
    asked = replace(now, state=State.ASK_ID, tries=now.tries + 1)
    return Turn(asked, _ask_id(asked, "id-not-confirmed", "ask-id"))


def _id_checked(now: Standing, event: Event) -> Turn:
    if not isinstance(event, IdChecked):
        return Turn(now)
    if event.account_id is None:
        return _id_again(now)
    known = replace(now, account_id=event.account_id, tries=0)
    if known.kind is Kind.EXISTING:
        return Turn(replace(known, state=State.ASK_CASE), _ask_case("ask-case"))
    return _decide(known)


def _ask_case(*names: str) -> Gather:
    return Gather(Prompt.of(*names), REFERENCE_DIGITS, KEY_SECONDS)


def _case(now: Standing, event: Event) -> Turn:
    """A reference that belongs to the account; else the call goes on without one (R57)."""
    if isinstance(event, CaseFound):
        if event.case_id is None:
            return _case_again(now)
        return _decide(replace(now, case_id=event.case_id))
    if not isinstance(event, Keyed):
        return Turn(now, _ask_case("ask-case"))
    if event.digits == "0":
        return _decide(now)
    if len(event.digits) < 8 or not (event.digits.isascii() and event.digits.isdigit()):
        return _case_again(now)
    return Turn(now, Question(Ask.FIND_CASE, event.digits))


def _case_again(now: Standing) -> Turn:
    if now.tries + 1 >= MOST_TRIES:
        return _decide(replace(now, tries=now.tries + 1))
    return Turn(replace(now, tries=now.tries + 1), _ask_case("case-not-found", "ask-case"))


def _without_id(now: Standing) -> Turn:
    return _decide(replace(now, account_id=None, case_id=None))


def _decide(now: Standing) -> Turn:
    return Turn(replace(now, state=State.DECIDE), Question(Ask.DECIDE))


def _decided(now: Standing, event: Event) -> Turn:
    if not isinstance(event, Decided):
        return Turn(now, Question(Ask.DECIDE))
    known = replace(now, route=event.route, reference=event.reference, due=event.due)
    if event.route in {Route.P1, Route.IDENTITY_P1}:
        return _queued(known, State.QUEUE_P1)
    if event.route in {Route.LIVE, Route.IDENTITY}:
        return _queued(known, State.QUEUE)
    ended = replace(known, state=State.ENDED)
    words = _written(known) if event.route is Route.WRITTEN else Prompt.of("not-confirmed")
    return Turn(ended, Bye(words), (Effect.ENDED,))


def _queued(now: Standing, state: State) -> Turn:
    return Turn(replace(now, state=state), Question(Ask.NEXT_ENGINEER), (Effect.QUEUED,))


def _written(now: Standing) -> Prompt:
    """The reference, twice, and by when we aim to answer (C30)."""
    said = Prompt.of("written")
    if now.reference:
        said = said.and_then("reference", now.reference).and_then("again", now.reference)
    if now.due:
        said = said.and_then("answer-by", now.due)
    return said.and_then("goodbye")


def _queue(now: Standing, event: Event) -> Turn:
    """Wait for an engineer: ring the next one, or say where the caller stands."""
    if isinstance(event, Engineer):
        return _ring(now, event)
    if not isinstance(event, Keyed):
        return Turn(now, Question(Ask.NEXT_ENGINEER))
    if event.digits[:1] == "1" or (event.waited >= CALL_BACK_AFTER and not _urgent(now)):
        return _call_back(now)
    return Turn(now, Question(Ask.NEXT_ENGINEER))


def _urgent(now: Standing) -> bool:
    return now.route in {Route.P1, Route.IDENTITY_P1}


def _unplaced(now: Standing) -> bool:
    return now.route in {Route.IDENTITY, Route.IDENTITY_P1}


def _ring(now: Standing, event: Engineer) -> Turn:
    if event.target:
        return Turn(replace(now, state=State.OFFER), Dial(event.target, RING_SECONDS))
    if _unplaced(now):
        return _nobody_for_stranger(now)
    now = replace(now, rounds=max(now.rounds, event.rung))
    if event.waited - now.said_at >= SENTENCE_SECONDS:
        told = replace(now, said_at=event.waited)
        return Turn(told, Gather(_wait_words(now, event), 1, LOOK_SECONDS))
    return Turn(now, Gather(Prompt.of("music"), 1, LOOK_SECONDS))


def _nobody_for_stranger(now: Standing) -> Turn:
    """No desk answers a caller without an ID: told where it is, or called back (C13)."""
    if _urgent(now):
        back = replace(now, state=State.CALLBACK)
        return Turn(back, Bye(Prompt.of("p1-call-back", "goodbye")), (Effect.CALL_BACK,))
    ended = replace(now, state=State.ENDED)
    return Turn(ended, Bye(Prompt.of("not-confirmed", "goodbye")), (Effect.ENDED,))


def _wait_words(now: Standing, event: Engineer) -> Prompt:
    said = Prompt.of("p1-wait" if _urgent(now) else "wait")
    if now.reference:
        said = said.and_then("reference", now.reference)
    if event.ahead and not _urgent(now):
        said = said.and_then("you-are-number", str(event.ahead + 1))
    return said.and_then("press-1-call-back")


def _call_back(now: Standing) -> Turn:
    back = replace(now, state=State.CALLBACK)
    words = Prompt.of("call-back")
    if now.reference:
        words = words.and_then("reference", now.reference)
    return Turn(back, Bye(words.and_then("goodbye")), (Effect.CALL_BACK,))


_ANSWERED = frozenset({"ANSWER", "ANSWERED", "COMPLETED"})


def _offered(now: Standing, event: Event) -> Turn:
    """The next engineer when one does not answer; the caller is never left on a dead line."""
    waiting = State.QUEUE_P1 if _urgent(now) else State.QUEUE
    if isinstance(event, Rang) and event.status.upper() in _ANSWERED:
        return Turn(
            replace(now, state=State.WRAP_UP),
            Bye(Prompt.of("goodbye")),
            (Effect.CONNECTED, Effect.ENDED),
        )
    if isinstance(event, Rang | Keyed):
        missed = replace(now, state=waiting)
        return Turn(missed, Question(Ask.NEXT_ENGINEER), (Effect.OFFER_MISSED,))
    return Turn(now)


def _claimed(now: Standing) -> Turn:
    if now.state not in WAITING:
        return Turn(now)
    return Turn(replace(now, state=State.CONNECTED), None, (Effect.CONNECTED,))


def _connected(now: Standing, _event: Event) -> Turn:
    """The engineer has gone, or the telephone asks again: the talk is over."""
    return Turn(replace(now, state=State.WRAP_UP), Bye(Prompt.of("goodbye")), (Effect.ENDED,))


def _hung_up(now: Standing, event: HungUp) -> Turn:
    """The end, whenever it comes; a second hang-up changes nothing (G7)."""
    if now.state in OVER:
        return Turn(now)
    answered = event.status.upper() in _ANSWERED
    if now.state is State.CONNECTED:
        return Turn(replace(now, state=State.WRAP_UP), None, (Effect.ENDED,))
    if answered and now.state is State.OFFER:
        return Turn(replace(now, state=State.WRAP_UP), None, (Effect.CONNECTED, Effect.ENDED))
    if answered:
        return Turn(replace(now, state=State.FALLBACK), None, (Effect.FELL_BACK,))
    gone = replace(now, state=State.ABANDONED)
    missed = (Effect.OFFER_MISSED,) if now.state is State.OFFER else ()
    back = (Effect.CALL_BACK,) if now.kind is Kind.P1 else ()
    return Turn(gone, None, (*missed, *back, Effect.ABANDONED))


_STEPS: dict[State, Callable[[Standing, Event], Turn]] = {
    State.RINGING: _arrived,
    State.ASK_KIND: _kind,
    State.ASK_ID: _id,
    State.CHECK_ID: _id_checked,
    State.ASK_CASE: _case,
    State.DECIDE: _decided,
    State.QUEUE_P1: _queue,
    State.QUEUE: _queue,
    State.OFFER: _offered,
    State.CONNECTED: _connected,
}
