"""The life of a case: states, verbs, and the one table of what may follow what (§5)."""

from dataclasses import dataclass
from enum import IntEnum, StrEnum

#: Marks of a case: somebody was called to it; it began with messages of another.
ESCALATED, SPLIT_OFF = "escalated", "split_off"


class State(StrEnum):
    """Where a case stands."""

    NEW = "new"
    ASSIGNED = "assigned"
    PENDING_CUSTOMER = "pending_customer"
    PENDING_VENDOR = "pending_vendor"
    RESOLVED = "resolved"
    CLOSED = "closed"
    CANCELLED = "cancelled"


OPEN = frozenset({State.NEW, State.ASSIGNED, State.PENDING_CUSTOMER, State.PENDING_VENDOR})


class Verb(StrEnum):
    """What can be done to a case; each is also the verb of its journal event."""

    TAKE = "take"
    ASSIGN = "assign"
    RELEASE = "release"
    REPLY = "reply"
    NOTE = "note"
    FORWARD = "forward"
    HEAR = "hear"
    AWAIT_CUSTOMER = "await_customer"
    AWAIT_VENDOR = "await_vendor"
    RESUME = "resume"
    RESOLVE = "resolve"
    CLOSE = "close"
    REOPEN = "reopen"
    CANCEL = "cancel"
    MERGE = "merge"
    PRIORITISE = "prioritise"
    RETITLE = "retitle"
    CLASSIFY = "classify"
    MOVE = "move"
    TAG = "tag"
    LINK = "link"
    INVITE = "invite"
    CONFIRM = "confirm"
    FILL = "fill"
    CHECKLIST = "checklist"
    TICK = "tick"
    ESCALATE = "escalate"
    CALM = "calm"
    SPLIT = "split"
    UNSPLIT = "unsplit"
    PARENT = "parent"
    CHILD = "child"
    LOG_TIME = "log_time"
    ASSESS = "assess"
    INFORM = "inform"
    #: What was done to many cases is undone.
    REVERT = "revert"


class Happened(StrEnum):
    """Journal verbs of a case that are nobody's command."""

    OPENED = "opened"
    MERGED_IN = "merged_in"
    UNMERGED = "unmerged"
    UNLINKED = "unlinked"
    MAIL_FAILED = "mail_failed"
    BOUNCED = "bounced"
    TARGET_MET = "target_met"
    TARGET_MISSED = "target_missed"
    TARGET_WARNED = "target_warned"
    REPACKAGED = "repackaged"
    REMINDED = "reminded"
    RATED = "rated"
    REROUTED = "rerouted"
    #: Somebody outside, to whom a message was forwarded, answered.
    ANSWERED_ASIDE = "answered_aside"
    #: A letter was not sent when it was due.
    LETTER_HELD = "letter_held"
    UNPARENTED = "unparented"
    CHILD_GONE = "child_gone"
    TIME_REMOVED = "time_removed"


class Value(StrEnum):
    """What a field of a case holds."""

    TEXT = "text"
    NUMBER = "number"
    DATE = "date"
    CHOICE = "choice"
    YES_NO = "yes_no"
    URL = "url"


class Actor(StrEnum):
    """Who asks for a verb."""

    CUSTOMER = "customer"
    AGENT = "agent"
    LEAD = "lead"
    SYSTEM = "system"


class Refused(Exception):
    """The verb is not possible now; the text says why in words a person can act on."""


@dataclass(frozen=True)
class Step:
    """What one verb does in one state: where it leads, and who may ask."""

    to: State
    actors: frozenset[Actor]


_A = frozenset({Actor.AGENT, Actor.LEAD})
_AS = _A | {Actor.SYSTEM}
_ALL = frozenset(Actor)
_CS = frozenset({Actor.CUSTOMER, Actor.SYSTEM})
_LEAD = frozenset({Actor.LEAD})
_STAY = {state: state for state in State}
_WORKABLE = dict.fromkeys((State.NEW, State.ASSIGNED), State.ASSIGNED) | {
    State.PENDING_CUSTOMER: State.PENDING_CUSTOMER,
    State.PENDING_VENDOR: State.PENDING_VENDOR,
}
_LIVE = (State.ASSIGNED, State.PENDING_CUSTOMER, State.PENDING_VENDOR)


def _steps(pairs: dict[State, State], actors: frozenset[Actor]) -> dict[State, Step]:
    return {source: Step(to, actors) for source, to in pairs.items()}


TRANSITIONS: dict[Verb, dict[State, Step]] = {
    Verb.TAKE: _steps(_WORKABLE, _A),
    Verb.ASSIGN: _steps(_WORKABLE, _AS),
    Verb.RELEASE: _steps({State.ASSIGNED: State.NEW}, _AS),
    Verb.REPLY: _steps(
        {**_WORKABLE, State.RESOLVED: State.RESOLVED, State.CLOSED: State.CLOSED}, _A
    ),
    Verb.NOTE: _steps(_STAY, _AS),
    Verb.FORWARD: _steps(_STAY, _A),
    Verb.HEAR: _steps({**_STAY, State.PENDING_CUSTOMER: State.ASSIGNED}, _ALL),
    Verb.AWAIT_CUSTOMER: _steps(
        {State.ASSIGNED: State.PENDING_CUSTOMER, State.PENDING_VENDOR: State.PENDING_CUSTOMER}, _A
    ),
    Verb.AWAIT_VENDOR: _steps(
        {State.ASSIGNED: State.PENDING_VENDOR, State.PENDING_CUSTOMER: State.PENDING_VENDOR}, _A
    ),
    Verb.RESUME: _steps(
        {State.PENDING_CUSTOMER: State.ASSIGNED, State.PENDING_VENDOR: State.ASSIGNED}, _AS
    ),
    Verb.RESOLVE: _steps(dict.fromkeys(_LIVE, State.RESOLVED), _ALL),
    Verb.CLOSE: _steps({State.RESOLVED: State.CLOSED}, _CS | _A),
    Verb.REOPEN: {
        State.RESOLVED: Step(State.ASSIGNED, _ALL),
        State.CLOSED: Step(State.ASSIGNED, _LEAD | _CS),
        State.CANCELLED: Step(State.ASSIGNED, _LEAD),
    },
    Verb.CANCEL: {
        State.NEW: Step(State.CANCELLED, _A | {Actor.CUSTOMER}),
        State.ASSIGNED: Step(State.CANCELLED, _A),
        State.PENDING_CUSTOMER: Step(State.CANCELLED, _A),
        State.PENDING_VENDOR: Step(State.CANCELLED, _A),
    },
    Verb.MERGE: _steps(dict.fromkeys(OPEN, State.CANCELLED), _A),
    Verb.PRIORITISE: _steps({state: state for state in OPEN}, _AS),
    Verb.RETITLE: _steps(_STAY, _A),
    Verb.CLASSIFY: _steps(_STAY, _A),
    Verb.MOVE: _steps({state: state for state in OPEN}, _AS),
    Verb.TAG: _steps(_STAY, _AS),
    Verb.LINK: _steps(_STAY, _AS),
    Verb.INVITE: _steps(_STAY, _ALL),
    Verb.CONFIRM: _steps({**_STAY, State.PENDING_CUSTOMER: State.ASSIGNED}, _A),
    Verb.FILL: _steps(_STAY, _AS),
    Verb.CHECKLIST: _steps({state: state for state in OPEN}, _AS),
    Verb.TICK: _steps({state: state for state in (*OPEN, State.RESOLVED)}, _A),
    Verb.ESCALATE: _steps({state: state for state in OPEN}, _AS),
    Verb.CALM: _steps({state: state for state in OPEN}, _A),
    Verb.SPLIT: _steps({state: state for state in State if state is not State.CANCELLED}, _A),
    Verb.UNSPLIT: _steps(dict.fromkeys(OPEN, State.CANCELLED), _A),
    Verb.PARENT: _steps({state: state for state in State if state is not State.CANCELLED}, _AS),
    Verb.CHILD: _steps({state: state for state in State if state is not State.CANCELLED}, _AS),
    Verb.LOG_TIME: _steps(_STAY, _A),
    Verb.ASSESS: _steps({state: state for state in OPEN}, _A),
    Verb.INFORM: _steps({state: state for state in (*OPEN, State.RESOLVED)}, _A),
    Verb.REVERT: {
        State.RESOLVED: Step(State.ASSIGNED, _A),
        State.CLOSED: Step(State.RESOLVED, _A),
        State.CANCELLED: Step(State.ASSIGNED, _LEAD),
    },
}
#: What a case can have been before it was brought where it stands, so what it can be again.
_FORMER: dict[State, frozenset[State]] = {
    State.RESOLVED: frozenset(_LIVE),
    State.CLOSED: frozenset({State.RESOLVED}),
    State.CANCELLED: OPEN,
}

_WORDS = {
    Verb.TAKE: "taken",
    Verb.ASSIGN: "assigned",
    Verb.RELEASE: "put back",
    Verb.REPLY: "answered",
    Verb.FORWARD: "forwarded",
    Verb.AWAIT_CUSTOMER: "set to wait for the customer",
    Verb.AWAIT_VENDOR: "set to wait for engineering",
    Verb.RESUME: "resumed",
    Verb.RESOLVE: "resolved",
    Verb.CLOSE: "closed",
    Verb.REOPEN: "reopened",
    Verb.CANCEL: "cancelled",
    Verb.MERGE: "merged into another",
    Verb.PRIORITISE: "given another priority",
    Verb.MOVE: "moved to another queue",
    Verb.CHECKLIST: "given a checklist",
    Verb.TICK: "worked by its checklist",
    Verb.ESCALATE: "escalated",
    Verb.CALM: "called settled",
    Verb.SPLIT: "split",
    Verb.UNSPLIT: "put together again",
    Verb.PARENT: "put under another",
    Verb.CHILD: "a parent of others",
    Verb.ASSESS: "assessed as a P1",
    Verb.TAG: "tagged",
    Verb.INFORM: "told of an incident",
    Verb.REVERT: "put back as it was",
}
_STATE_WORDS = {
    State.NEW: "new",
    State.ASSIGNED: "being worked on",
    State.PENDING_CUSTOMER: "waiting for the customer",
    State.PENDING_VENDOR: "waiting for engineering",
    State.RESOLVED: "resolved",
    State.CLOSED: "closed",
    State.CANCELLED: "cancelled",
}


def after(verb: Verb, state: State, actor: Actor) -> State:
    """The state that follows.

    Raises:
        Refused: the table has no such step, or not for this actor; nothing may change then.
    """
    step = TRANSITIONS[verb].get(state)
    done = _WORDS.get(verb, verb.value)
    if step is None:
        raise Refused(f"A case that is {_STATE_WORDS[state]} cannot be {done}.")
    if actor not in step.actors:
        who = "the desk" if actor is Actor.CUSTOMER else "a lead"
        raise Refused(f"A case that is {_STATE_WORDS[state]} can only be {done} by {who}.")
    return step.to


def reverted(state: State, former: State, actor: Actor) -> State:
    """The state that a case has again when what brought it here is undone.

    Raises:
        Refused: the table has no such step for this actor, or it does not lead from there.
    """
    after(Verb.REVERT, state, actor)
    if former not in _FORMER[state]:
        raise Refused(f"A case that is {_STATE_WORDS[state]} was not {_STATE_WORDS[former]}.")
    return former


def offered(state: State, actor: Actor) -> list[Verb]:
    """The verbs that this actor may use in this state, in the order of the table. What was done
    to many is undone for many, so that is none of them."""
    return [
        verb
        for verb, steps in TRANSITIONS.items()
        if state in steps and actor in steps[state].actors and verb is not Verb.REVERT
    ]


class Stage(IntEnum):
    """Where the next promise of a case stands; the first digit of its urgency."""

    P1 = 0
    MISSED = 1
    WARNED = 2
    RUNNING = 3


def urgency(stage: Stage, rank: int) -> int:
    """A case's place in the queue; lower is sooner (C26).

    Args:
        stage: P1 first, then late, then soon late.
        rank: the package's rank, 0 for base; a higher rank goes first.
    """
    return stage * 20 + 19 - min(max(rank, 0), 19)


def reprioritised(now: int, priority: str) -> int:
    """The urgency of a case whose priority changes, its package's weight kept."""
    weight = now % 20
    if priority == "P1":
        return Stage.P1 * 20 + weight
    stage = now // 20
    return (Stage.RUNNING if stage == Stage.P1 else stage) * 20 + weight
