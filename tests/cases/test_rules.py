"""The table of steps: every pair of state and verb is decided."""

import pytest

from heliodesk.cases.rules import (
    OPEN,
    TRANSITIONS,
    Actor,
    Refused,
    Stage,
    State,
    Verb,
    after,
    offered,
    reprioritised,
    urgency,
)

#: For each verb, what follows from each state for a lead; ``-`` is refused. States in order.
LEAD = {
    #                      new assigned p_cust p_vend resolved closed cancelled
    Verb.TAKE:           "a   a        c      v      -        -      -",
    Verb.ASSIGN:         "a   a        c      v      -        -      -",
    Verb.RELEASE:        "-   n        -      -      -        -      -",
    Verb.REPLY:          "a   a        c      v      r        x      -",
    Verb.NOTE:           "n   a        c      v      r        x      k",
    Verb.FORWARD:        "n   a        c      v      r        x      k",
    Verb.HEAR:           "n   a        a      v      r        x      k",
    Verb.AWAIT_CUSTOMER: "-   c        -      c      -        -      -",
    Verb.AWAIT_VENDOR:   "-   v        v      -      -        -      -",
    Verb.RESUME:         "-   -        a      a      -        -      -",
    Verb.RESOLVE:        "-   r        r      r      -        -      -",
    Verb.CLOSE:          "-   -        -      -      x        -      -",
    Verb.REOPEN:         "-   -        -      -      a        a      a",
    Verb.CANCEL:         "k   k        k      k      -        -      -",
    Verb.MERGE:          "k   k        k      k      -        -      -",
    Verb.PRIORITISE:     "n   a        c      v      -        -      -",
    Verb.RETITLE:        "n   a        c      v      r        x      k",
    Verb.CLASSIFY:       "n   a        c      v      r        x      k",
    Verb.MOVE:           "n   a        c      v      -        -      -",
    Verb.TAG:            "n   a        c      v      r        x      k",
    Verb.LINK:           "n   a        c      v      r        x      k",
    Verb.INVITE:         "n   a        c      v      r        x      k",
    Verb.CONFIRM:        "n   a        a      v      r        x      k",
    Verb.FILL:           "n   a        c      v      r        x      k",
    Verb.CHECKLIST:      "n   a        c      v      -        -      -",
    Verb.TICK:           "n   a        c      v      r        -      -",
    Verb.ESCALATE:       "n   a        c      v      -        -      -",
    Verb.CALM:           "n   a        c      v      -        -      -",
    Verb.SPLIT:          "n   a        c      v      r        x      -",
    Verb.UNSPLIT:        "k   k        k      k      -        -      -",
    Verb.PARENT:         "n   a        c      v      r        x      -",
    Verb.CHILD:          "n   a        c      v      r        x      -",
    Verb.LOG_TIME:       "n   a        c      v      r        x      k",
    Verb.ASSESS:         "n   a        c      v      -        -      -",
    Verb.INFORM:         "n   a        c      v      r        -      -",
    Verb.REVERT:         "-   -        -      -      a        r      a",
}  # fmt: skip
LETTERS = dict(zip("nacvrxk", State, strict=True))


def test_every_verb_stands_in_the_table() -> None:
    assert set(TRANSITIONS) == set(Verb) == set(LEAD)


@pytest.mark.parametrize("verb", Verb)
@pytest.mark.parametrize("state", State)
def test_every_pair_is_decided(verb: Verb, state: State) -> None:
    letter = LEAD[verb].split()[list(State).index(state)]
    if letter == "-":
        with pytest.raises(Refused, match=r"cannot be|can only be"):
            after(verb, state, Actor.LEAD)
    else:
        assert after(verb, state, Actor.LEAD) is LETTERS[letter]


@pytest.mark.parametrize("state", [State.CLOSED, State.CANCELLED])
def test_only_a_lead_revives(state: State) -> None:
    with pytest.raises(Refused, match="lead"):
        after(Verb.REOPEN, state, Actor.AGENT)
    assert after(Verb.REOPEN, state, Actor.LEAD) is State.ASSIGNED


def test_customers_reach_few_verbs() -> None:
    reached = {verb for state in State for verb in offered(state, Actor.CUSTOMER)}
    assert reached == {
        Verb.HEAR, Verb.RESOLVE, Verb.CLOSE, Verb.REOPEN, Verb.CANCEL, Verb.INVITE,
    }  # fmt: skip
    assert Verb.CANCEL in offered(State.NEW, Actor.CUSTOMER)
    assert Verb.CANCEL not in offered(State.ASSIGNED, Actor.CUSTOMER)


def test_open_states_can_all_be_merged_or_prioritised() -> None:
    assert {s for s in State if s in TRANSITIONS[Verb.MERGE]} == OPEN


def test_urgency_orders_p1_then_late_then_package() -> None:
    order = [
        urgency(Stage.P1, 0),
        urgency(Stage.MISSED, 4),
        urgency(Stage.MISSED, 0),
        urgency(Stage.RUNNING, 4),
        urgency(Stage.RUNNING, 1),
    ]
    assert order == sorted(order)
    assert reprioritised(urgency(Stage.P1, 3), "P2") == urgency(Stage.RUNNING, 3)
    assert reprioritised(urgency(Stage.WARNED, 3), "P3") == urgency(Stage.WARNED, 3)
