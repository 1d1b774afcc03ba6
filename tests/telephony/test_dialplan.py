"""The shipped dialplan, run as Asterisk 22 runs it, against the desk itself and against none."""

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, unquote

import pytest
from django.test import Client

from heliodesk.identity.models import User
from heliodesk.oncall.models import P1
from heliodesk.telephony import prompts
from heliodesk.telephony.models import Call, CallBack, CallOffer
from tests.oncall import world as oncall
from tests.telephony import dialplan
from tests.telephony.conftest import DIGITS, MARA, TOKEN, UK, World
from tests.telephony.dialplan import Channel, Request, Rung

Engineers = Callable[..., User]
PLAN = dialplan.read()
FALLBACK = "PJSIP/eng-uk&PJSIP/eng-us&PJSIP/eng-au"
#: Everything that Dial may leave in DIALSTATUS, and nothing at all.
STATUSES = (
    "NOANSWER", "BUSY", "CONGESTION", "CHANUNAVAIL", "DONTCALL", "TORTURE", "INVALIDARGS", "",
)  # fmt: skip


def channel(desk: dialplan.Desk, **fields: Any) -> Channel:
    return Channel(PLAN, desk, **fields)


def scripted(*answers: str) -> dialplan.Desk:
    """A desk that answers steps with these lines, and everything else with nothing."""
    left = list(answers)

    def desk(asked: Request) -> tuple[int, str]:
        return 200, left.pop(0) if asked.what == "step" and left else ""

    return desk


def away(_asked: Request) -> None:
    """A desk that is down: the connection is refused."""


@pytest.fixture
def desk(calls: Any) -> dialplan.Desk:
    """The desk of this test, with the token that its dialplan has."""
    client = Client()
    PLAN.globals["DESK_TOKEN"] = TOKEN

    def answer(asked: Request) -> tuple[int, str]:
        assert asked.headers == [
            "Content-Type: application/x-www-form-urlencoded", f"Authorization: Bearer {TOKEN}",
        ]  # fmt: skip
        said = client.post(
            f"/voice/asterisk/{asked.what}",
            asked.body,
            content_type="application/x-www-form-urlencoded",
            headers={"Authorization": asked.headers[1].partition(": ")[2]},
        )
        return said.status_code, said.content.decode()

    return answer


# --- the file itself --------------------------------------------------------------------------


def test_every_jump_leads_somewhere() -> None:
    found = list(dialplan.targets(PLAN))
    assert len(found) >= 20
    for context, exten, priority in found:
        assert PLAN.place(context, exten, priority) >= 0


def test_every_value_in_a_request_is_escaped() -> None:
    bodies = [
        step.data for steps in PLAN.steps.values() for step in steps
        if step.app == "Gosub" and step.data.startswith("desk-http,")
    ]  # fmt: skip
    assert len(bodies) == 4
    for data in bodies:
        body = data.partition("(")[2][:-1].partition(",")[2]
        assert re.fullmatch(r"(?:&?\w+=\$\{URIENCODE\(\$\{\w+\}\)\})+", body), body
    curls = [s.data for steps in PLAN.steps.values() for s in steps if "CURL(" in s.data]
    assert curls == ["HASH(desk)=${CURL(${DESK}/voice/asterisk/${ARG1},${ARG2})}"]


def test_every_file_that_it_plays_is_a_prompt_of_every_language() -> None:
    played = {
        found
        for steps in PLAN.steps.values()
        for step in steps
        for found in re.findall(r"heliodesk/([\w-]+)", step.data)
    }
    assert {"page", "page-taken", "page-failed"} <= played
    for language in prompts.languages():
        assert played <= {name for name, _words in prompts.texts(language, "Meridian")}


# --- without a desk: G8 -----------------------------------------------------------------------


@pytest.mark.parametrize("after", range(3))
@pytest.mark.parametrize(
    "trouble",
    [None, 3600.0, (500, "do=bye&prompt=x"), (403, ""), (200, ""), (200, "<html>Bad gateway"),
     (200, "do=dance"), (200, "do=dial&target=&timeout=20"), (502, "do=gather")],
)  # fmt: skip
def test_whatever_the_desk_does_the_caller_hears_everybody_ring_within_five_seconds(
    after: int, trouble: Any
) -> None:
    left = ["do=gather&prompt=beep&max=1&timeout=6"] * after

    def desk(asked: Request) -> Any:
        return (200, left.pop(0)) if asked.what == "step" and left else trouble

    call = channel(desk, keys=["1", "0012345678901"], rings=[Rung("ANSWER", 60)]).call()
    assert call.dialled == [FALLBACK]
    assert call.waited <= 5.0 or call.requests[-1].what == "hangup"
    assert all(asked.seconds == 4 for asked in call.requests)
    assert call.requests[-1].what == "hangup"
    assert call.requests[-1].fields["dialstatus"] == "ANSWER"


def test_nobody_there_either_is_said_good_bye() -> None:
    call = channel(away, rings=[Rung("NOANSWER")]).call()
    assert call.played == ["vm-goodbye"] and call.gone


# --- the end of a call ------------------------------------------------------------------------


def test_however_and_whenever_a_call_ends_the_desk_hears_of_it_once() -> None:
    answers = ("do=gather&prompt=beep&max=1&timeout=6", "do=dial&target=PJSIP/a&timeout=20",
               "do=dial&target=PJSIP/b&timeout=20", "do=bye&prompt=beep")  # fmt: skip
    rings = (Rung("NOANSWER"), Rung("ANSWER", 11))
    whole = channel(scripted(*answers), keys=["1"], rings=list(rings)).call()
    assert whole.dialled == ["PJSIP/a", "PJSIP/b"] and whole.done > 40
    handler = next(n for n, s in enumerate(PLAN.steps["heliodesk", "_[+0-9]."]) if "push" in s.data)
    for gone_at in range(whole.done + 1):
        call = channel(scripted(*answers), keys=["1"], rings=list(rings), gone_at=gone_at).call()
        ends = [asked for asked in call.requests if asked.what == "hangup"]
        assert len(ends) == (1 if gone_at > handler else 0), gone_at
        assert call.requests[-1:] == ends or gone_at <= handler
        assert all(end.fields["call"] == call.unique for end in ends)


def test_a_caller_who_hangs_up_while_it_rings_is_told_as_such() -> None:
    call = channel(scripted("do=dial&target=PJSIP/a&timeout=20"), rings=[Rung("CANCEL")]).call()
    assert call.requests[-1].fields["dialstatus"] == "CANCEL"


def test_the_steps_are_those_of_a_recorded_asterisk() -> None:
    """As 22.10.1 sent them when the first engineer did not answer."""
    call = channel(
        scripted(
            "do=gather&prompt=agent-user&max=13&timeout=6", "do=gather&prompt=beep&max=1&timeout=4",
            "do=dial&target=PJSIP/eng-uk&timeout=6", "do=dial&target=PJSIP/eng-us&timeout=20",
        ),
        exten="+88812345", unique="peer-pbx-1795415389.31", keys=["0012345678901", "1"],
        rings=[Rung("NOANSWER"), Rung("ANSWER", 21, by_caller=True)],
    ).call()  # fmt: skip
    told = [f"{a.what} {a.body}" for a in call.requests if a.what in {"step", "hangup"}]
    head = "step call=peer-pbx-1795415389.31&from=%2B447700900123&to=%2B88812345"
    assert told[:4] == [
        f"{head}&step=0&digits=&dialstatus=",
        f"{head}&step=1&digits=0012345678901&dialstatus=",
        f"{head}&step=2&digits=1&dialstatus=",
        f"{head}&step=3&digits=&dialstatus=NOANSWER",
    ]
    assert told[-1] == "hangup call=peer-pbx-1795415389.31&dialstatus=ANSWER&talked=21"


# --- hostile callers --------------------------------------------------------------------------


@pytest.mark.parametrize(
    "number",
    ['"><script>', "+44&step=9&do=bye", "a,b,c)", "(((", "${DESK_TOKEN}", "$[1+1]", "x=y;z", "%41+",
     "?:anonymous", "ünïcode", "\\,\\", "sip:me@here:5060"],
)  # fmt: skip
def test_a_number_with_anything_in_it_arrives_as_it_is(number: str) -> None:
    PLAN.globals["DESK_TOKEN"] = "the-token"
    call = channel(scripted("do=bye&prompt=beep"), number=number, keys=[]).call()
    step = call.requests[0]
    assert step.fields["from"] == number
    assert list(step.fields) == ["call", "from", "to", "step", "digits", "dialstatus"]
    assert "the-token" not in step.body
    assert parse_qs(step.body)["from"] == [unquote(number.replace("%", "%25"))]


@pytest.mark.parametrize(
    ("presentation", "shown"),
    [("allowed_not_screened", "+447700900123"), ("allowed", "+447700900123"),
     ("prohib_not_screened", "anonymous"), ("prohib_failed_screen", "anonymous"),
     ("prohib", "anonymous"), ("unavailable", "+447700900123")],
)  # fmt: skip
def test_a_withheld_number_is_not_told(presentation: str, shown: str) -> None:
    call = channel(scripted("do=bye&prompt=beep"), presentation=presentation).call()
    assert call.requests[0].fields["from"] == shown


# --- with the desk ----------------------------------------------------------------------------


def test_a_p1_by_keys_rings_an_engineer(
    desk: dialplan.Desk, engineer: Engineers, world: World
) -> None:
    anna = engineer("PJSIP/eng-uk")
    call = channel(
        desk, exten=UK, number=MARA, keys=["1", DIGITS], rings=[Rung("ANSWER", 125)]
    ).call()
    assert call.dialled == ["PJSIP/eng-uk"]
    row = Call.objects.get()
    assert (row.agent, row.talked_seconds, row.outcome) == (anna, 125, "p1")
    assert [a.what for a in call.requests].count("answered") == 1
    assert P1.objects.filter(case=row.case).exists()


@pytest.mark.parametrize("status", STATUSES)
def test_whatever_becomes_of_ringing_the_next_one_is_rung(
    desk: dialplan.Desk, engineer: Engineers, world: World, status: str
) -> None:
    engineer("PJSIP/eng-uk"), engineer("PJSIP/eng-us")
    rings = [Rung(status), Rung("ANSWER", 30)]
    call = channel(desk, exten=UK, number=MARA, keys=["3", DIGITS], rings=rings).call()
    assert sorted(call.dialled) == ["PJSIP/eng-uk", "PJSIP/eng-us"]
    assert Call.objects.get().outcome == "connected"
    assert CallOffer.objects.filter(state="claimed").count() == 1


def test_a_p1_that_is_cut_off_at_any_instant_is_called_back(
    desk: dialplan.Desk, world: World
) -> None:
    oncall.engineer("Ingrid")
    keyed = None
    for gone_at in range(20, 90, 5):
        unique = f"pbx-{gone_at}"
        call = channel(desk, exten=UK, number=MARA, keys=["1"], unique=unique, gone_at=gone_at)
        call.call()
        pressed = any(a.fields.get("digits") == "1" for a in call.requests)
        due = CallBack.objects.filter(call__key=f"asterisk:{unique}", state="due").exists()
        assert due == pressed, gone_at
        keyed = keyed or pressed
    assert keyed


def test_a_desk_that_dies_in_the_middle_rings_everybody_and_learns_of_the_call(
    desk: dialplan.Desk, world: World
) -> None:
    dead = {"since": 2}

    def dying(asked: Request) -> Any:
        if asked.what == "step" and int(asked.fields["step"]) >= dead["since"]:
            return None
        return desk(asked)

    call = channel(
        dying, exten=UK, number=MARA, keys=["1", DIGITS], rings=[Rung("ANSWER", 40)]
    ).call()
    assert call.dialled == [FALLBACK]
    row = Call.objects.get()
    assert row.ended_at is not None and row.talked_seconds == 40


# --- pages ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answer", "keys", "heard"),
    [("ok=1", ["1"], "page-taken"), ("ok=2", ["2"], "page-passed"), ("ok=0", ["1"], "page-late"),
     ("", ["1"], "page-failed"), ("ok=1", ["", "", "1"], "page-taken"),
     ("ok=1", ["9", "1"], "page-taken"), ("ok=1", [], "page"), ("ok=1", ["5", "*", ""], "page")],
)  # fmt: skip
def test_a_page_is_taken_by_a_key_and_by_nothing_else(
    answer: str, keys: list[str], heard: str
) -> None:
    call = channel(lambda _asked: (200, answer), keys=list(keys))
    call.variables["PAGE"] = "a page's token &="
    call.call("desk-page", "s")
    assert call.played[-1] == f"heliodesk/{heard}"
    asked = [a for a in call.requests if a.what == "page"]
    assert len(asked) == (0 if heard == "page" else 1)
    if asked:
        assert asked[0].fields == {"page": "a page's token &=", "key": keys[-1]}
