"""The machine alone: every path ends, nobody is hung up on for silence, a P1 is never lost."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from heliodesk.telephony.rules import (
    MOST_TRIES,
    OVER,
    Arrived,
    Ask,
    Bye,
    CaseFound,
    Claimed,
    Decided,
    Dial,
    Effect,
    Engineer,
    Event,
    Gather,
    HungUp,
    IdChecked,
    Keyed,
    Kind,
    Question,
    Rang,
    Route,
    Standing,
    State,
    Turn,
    turn,
)
from heliodesk.telephony.standing import kept, read, recalled, written

_KEYS = st.sampled_from(
    ["", "0", "1", "2", "3", "9", "12", "1022330012345", "abc", "48120990", "x" * 13]
)
_KEYED = st.builds(Keyed, _KEYS, st.integers(0, 4000))
_RANG = st.builds(Rang, st.sampled_from(["ANSWER", "NOANSWER", "BUSY", "CHANUNAVAIL", ""]))
_ANSWERS = {
    Ask.CHECK_ID: st.builds(IdChecked, st.sampled_from([None, 7])),
    Ask.FIND_CASE: st.builds(CaseFound, st.sampled_from([None, 9])),
    Ask.DECIDE: st.builds(Decided, st.sampled_from(list(Route)), st.just("48120990")),
    Ask.NEXT_ENGINEER: st.builds(
        Engineer, st.sampled_from(["", "PJSIP/a"]), st.integers(0, 5), st.integers(0, 4000)
    ),
}


def settle(standing: Standing, event: Event, draw: st.DataObject) -> tuple[Turn, list[Effect]]:
    """One request: turn, and answer every question, until there is an instruction or nothing."""
    taken, effects = turn(standing, event), []
    effects += taken.effects
    for _ in range(8):
        if not isinstance(taken.then, Question):
            return taken, effects
        taken = turn(taken.standing, draw.draw(_ANSWERS[taken.then.ask]))
        effects += taken.effects
    raise AssertionError("the machine asks for ever")


@given(st.lists(st.one_of(_KEYED, _RANG, st.just(Claimed())), max_size=25), st.data())
def test_whatever_happens_the_machine_knows_what_comes_next(
    events: list[Event], draw: st.DataObject
) -> None:
    taken, effects = settle(Standing(), Arrived(), draw)
    claimed_p1 = False
    for event in events:
        taken, more = settle(taken.standing, event, draw)
        effects += more
        claimed_p1 |= Effect.P1_CLAIMED in more
        if not isinstance(event, Claimed):
            assert isinstance(taken.then, Gather | Dial | Bye), (taken.standing.state, event)
        if isinstance(taken.then, Bye):
            assert taken.standing.state in OVER
        assert recalled(kept(taken.standing)) == taken.standing
        if isinstance(taken.then, Gather | Dial | Bye):
            assert read(written(taken.then)) == taken.then
    after = turn(taken.standing, HungUp())
    effects += after.effects
    assert after.standing.state in OVER
    assert turn(after.standing, HungUp("ANSWER")) == Turn(after.standing)
    if claimed_p1:
        talked = Effect.CONNECTED in effects
        written_down = taken.standing.route in {Route.WRITTEN, Route.REFUSED, Route.IDENTITY}
        assert talked or written_down or Effect.CALL_BACK in effects


def test_the_kind_is_asked_first_and_the_id_second() -> None:
    asked = turn(Standing(), Arrived())
    assert isinstance(asked.then, Gather)
    assert [name for name, _ in asked.then.prompt.parts] == ["welcome", "ask-kind"]
    p1 = turn(asked.standing, Keyed("1"))
    assert p1.effects == (Effect.P1_CLAIMED,)
    assert (p1.standing.kind, p1.standing.state) == (Kind.P1, State.ASK_ID)


def test_a_notice_is_played_where_the_number_has_one() -> None:
    asked = turn(Standing(notice="recorded"), Arrived())
    assert isinstance(asked.then, Gather)
    assert [name for name, _ in asked.then.prompt.parts] == ["welcome", "recorded", "ask-kind"]


@pytest.mark.parametrize("digits", ["", "5", "*", "xyz"])
def test_junk_twice_goes_on_as_any_other_question(digits: str) -> None:
    once = turn(Standing(state=State.ASK_KIND), Keyed(digits))
    assert once.standing.state is State.ASK_KIND
    twice = turn(once.standing, Keyed(digits))
    assert (twice.standing.state, twice.standing.kind) == (State.ASK_ID, Kind.OTHER)


@pytest.mark.parametrize("wrong", ["", "1", "999", "12345678901234"])
def test_three_tries_at_the_id_then_a_person(wrong: str) -> None:
    now = Standing(state=State.ASK_ID, kind=Kind.OTHER)
    for _ in range(MOST_TRIES - 1):
        taken = turn(now, Keyed(wrong))
        now = taken.standing
        assert isinstance(taken.then, Gather)
    last = turn(now, Keyed(wrong))
    assert last.then == Question(Ask.DECIDE)
    assert last.standing.account_id is None


def test_unknown_and_another_accounts_id_sound_alike() -> None:
    now = Standing(state=State.CHECK_ID, kind=Kind.OTHER)
    shape = turn(replace(now, state=State.ASK_ID), Keyed("12"))
    assert turn(now, IdChecked(None)).then == shape.then


def test_after_ten_minutes_a_waiting_caller_is_called_back_but_never_a_p1() -> None:
    waits = Standing(state=State.QUEUE, kind=Kind.OTHER, route=Route.LIVE)
    assert turn(waits, Keyed("", waited=600)).effects == (Effect.CALL_BACK,)
    p1 = Standing(state=State.QUEUE_P1, kind=Kind.P1, route=Route.P1)
    assert turn(p1, Keyed("", waited=6000)).then == Question(Ask.NEXT_ENGINEER)
    assert turn(p1, Keyed("1")).effects == (Effect.CALL_BACK,)


def test_a_waiting_caller_hears_a_sentence_every_minute() -> None:
    now, heard = Standing(state=State.QUEUE, route=Route.LIVE), []
    for waited in range(0, 180, 10):
        taken = turn(now, Engineer("", 2, waited))
        now = taken.standing
        assert isinstance(taken.then, Gather)
        heard.append(taken.then.prompt.parts[0][0])
    assert [at * 10 for at, name in enumerate(heard) if name == "wait"] == [0, 60, 120]


def test_a_hang_up_after_the_p1_key_leaves_a_call_back() -> None:
    now = turn(Standing(state=State.ASK_KIND), Keyed("1")).standing
    gone = turn(now, HungUp())
    assert gone.standing.state is State.ABANDONED
    assert gone.effects == (Effect.CALL_BACK, Effect.ABANDONED)


def test_somebody_answered_without_us() -> None:
    taken = turn(Standing(state=State.ASK_ID), HungUp("ANSWER"))
    assert taken.effects == (Effect.FELL_BACK,)


def test_an_engineer_who_answers_ends_the_asking() -> None:
    rings = Standing(state=State.OFFER, route=Route.LIVE)
    assert turn(rings, Claimed()).effects == (Effect.CONNECTED,)
    done = turn(rings, Rang("ANSWER"))
    assert done.standing.state is State.WRAP_UP
    assert Effect.CONNECTED in done.effects
    assert turn(rings, HungUp("ANSWER")).standing.state is State.WRAP_UP
    assert turn(rings, HungUp("CANCEL")).standing.state is State.ABANDONED
