"""Callers and telephone systems that misbehave: both ways in treat them alike.

Here by HTTP steps and by TwiML what the state machine decides. Forged and replayed requests stand
beside their adapters (``test_steps.py``, ``test_twiml.py``), providers that are down in
``test_ami.py`` and in on-call's ``test_sending.py``, a desk that is down in ``test_dialplan.py``
and, with a real Asterisk, in ``test_asterisk.py``.
"""

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from django.test import Client

from heliodesk.cases.models import Case
from heliodesk.intake.models import HeldItem
from heliodesk.telephony.models import Call, CallBack, CallStep
from tests.plans.watching import Watch
from tests.telephony.conftest import DIGITS, HALVORSEN, MARA, UK, Caller, World
from tests.telephony.test_twiml import BASE, Phone, phone

__all__ = ["phone"]
ANOTHERS, UNKNOWN = HALVORSEN.replace("-", ""), "7777777777777"


class Steps:
    """A caller whom Asterisk leads."""

    source = "asterisk"

    def __init__(self, id: str, number: str, called: str) -> None:
        self.caller = Caller(Client(), id=id, number=number, called=called)

    def keys(self, digits: str = "") -> str:
        """What comes next, as it is sent."""
        return str(sorted(self.caller.keys(digits).items()))

    def hangs_up(self) -> None:
        """Gone."""
        self.caller.hangs_up()


class Documents:
    """A caller whom a provider leads."""

    source = "twiml"

    def __init__(self, id: str, number: str, called: str) -> None:
        self.phone = Phone(id, number)
        self.called = called

    def keys(self, digits: str = "") -> str:
        """What comes next, as it is sent."""
        answer = self.phone.post(self.phone.next, To=self.called, Digits=digits)
        assert answer.status_code == 200
        text = str(answer.content.decode())
        found = re.search(r'action="([^"]+)"', text)
        self.phone.next = found[1] if found else self.phone.next
        return text

    def hangs_up(self) -> None:
        """Gone."""
        self.phone.post(f"{BASE}/voice/twiml/status", CallStatus="completed", CallDuration="9")


Line = Steps | Documents
Dials = Callable[..., Line]


@pytest.fixture(params=[Steps, Documents], ids=["asterisk", "twiml"])
def dials(request: pytest.FixtureRequest, phone: type[Phone]) -> Dials:
    """Lets somebody call one way or the other; the first question is asked."""
    kind: type[Line] = request.param

    def made(id: str = "c-1", number: str = MARA, called: str = UK) -> Line:
        line = kind(id, number, called)
        line.keys()
        return line

    return made


@pytest.fixture
def watch(monkeypatch: pytest.MonkeyPatch) -> Watch:
    """Notes every statement."""
    return Watch(monkeypatch)


def _call(id: str = "c-1") -> Call:
    return Call.objects.get(key__endswith=f":{id}")


def test_silence_is_led_on_to_a_person_or_told_where_the_id_is(dials: Dials) -> None:
    line = dials()
    said = [line.keys() for _ in range(5)]
    assert all(("gather" in text.lower()) for text in said[:4])
    assert "not-confirmed" in said[-1] or "could not confirm this call" in said[-1]
    assert (_call().outcome, _call().account) == ("identity", None)
    assert HeldItem.objects.count() == 1 and not Case.objects.exists()


def test_a_wrong_id_three_times_says_nothing_and_is_held(dials: Dials) -> None:
    line = dials(number="+442079460199")
    line.keys("3")
    again = [line.keys(UNKNOWN), line.keys("12")]
    told = line.keys("9999999999999")
    assert all("not-confirmed" in text or "could not confirm that" in text for text in again)
    assert "Northwind" not in told and "Halvorsen" not in told
    assert (_call().outcome, _call().id_wrong) == ("identity", 2)
    assert HeldItem.objects.get().account_hint_id is None and not Case.objects.exists()


def test_an_id_of_another_account_sounds_and_costs_like_an_unknown_one(
    dials: Dials, watch: Watch, world: World
) -> None:
    warm = dials("warm")
    warm.keys("3"), warm.keys(UNKNOWN), warm.keys(ANOTHERS)
    said, cost = [], []
    for id, digits in (("a", ANOTHERS), ("b", UNKNOWN)):
        line = dials(id)
        line.keys("3")
        watch.begin()
        said.append([line.keys(digits), line.keys(digits)])
        cost.append([re.sub(r'"s\d+_x\d+"', "mark", one.query) for one in watch.asked])
    assert said[0] == said[1]
    assert cost[0] == cost[1]
    assert {_call("a").id_state, _call("b").id_state} == {"not_theirs", "unknown_id"}
    assert _call("a").account is None


def test_a_p1_is_kept_from_the_key_press(dials: Dials) -> None:
    line = dials()
    line.keys("1")
    assert CallBack.objects.get().state == "armed"
    line.hangs_up()
    back = CallBack.objects.get()
    assert (back.state, back.urgent, back.reason) == ("due", True, "cut_off")
    assert (_call().state, _call().outcome) == ("abandoned", "callback")


@pytest.mark.parametrize("number", ["", "anonymous", "Restricted", "+266696687", "+8656696"])
def test_a_withheld_number_is_kept_as_none_and_matches_nobody(dials: Dials, number: str) -> None:
    line = dials(number=number)
    line.keys("3")
    line.keys(DIGITS)
    assert (_call().caller, _call().contact) == ("", None)


def test_a_number_that_nobody_has_is_led_like_any_other(dials: Dials, world: World) -> None:
    line = dials(number="+15550100", called="+15550000")
    line.keys("3")
    line.keys(DIGITS)
    call = _call()
    assert (call.called, call.account, call.contact) == ("+15550000", world.northwind, None)


def test_a_step_that_comes_again_is_answered_the_same_and_done_once(dials: Dials) -> None:
    line = dials()
    line.keys("1")
    place = line.caller.step if isinstance(line, Steps) else line.phone.next
    first = line.keys(DIGITS)
    if isinstance(line, Steps):
        line.caller.step = int(place)
    else:
        line.phone.next = str(place)
    assert line.keys(DIGITS) == first
    assert (Case.objects.count(), CallStep.objects.count()) == (1, 3)


@pytest.mark.django_db(transaction=True)
def test_twenty_callers_at_once_are_each_led_right(dials: Dials, world: World) -> None:
    def ring(n: int) -> None:
        try:
            line = dials(f"many-{n}")
            line.keys("3")
            line.keys(DIGITS)
        finally:
            connection.close()

    with ThreadPoolExecutor(20) as pool:
        list(pool.map(ring, range(20)))
    assert set(Call.objects.values_list("state", "account")) == {("queue", world.northwind.pk)}
    assert Call.objects.count() == 20 and CallStep.objects.count() == 60
