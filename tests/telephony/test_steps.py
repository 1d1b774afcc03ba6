"""Asterisk's steps: who is led where, what is written, and what happens when the line breaks."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from heliodesk.cases.models import Case
from heliodesk.channels.models import Outbound
from heliodesk.customers.models import Contact
from heliodesk.identity.models import User
from heliodesk.intake.actions import release_held
from heliodesk.intake.models import HeldItem
from heliodesk.journal.record import By
from heliodesk.kernel import clock
from heliodesk.kernel.references import is_case_reference
from heliodesk.oncall.models import P1
from heliodesk.telephony import jobs
from heliodesk.telephony.actions import lines
from heliodesk.telephony.models import Call, CallBack, CallOffer, CallStep, Line
from tests import make
from tests.telephony.conftest import DIGITS, HALVORSEN, NOW, TOKEN, Caller, World

Calls = Callable[..., Caller]
Engineers = Callable[..., User]


def test_an_ordinary_call_of_gold_reaches_an_engineer(calls: Calls, engineer: Engineers) -> None:
    anna = engineer("PJSIP/eng-uk")
    caller = calls()
    assert caller.rings() == {
        "do": "gather",
        "prompt": "heliodesk/welcome&heliodesk/ask-kind",
        "max": "1",
        "timeout": "6",
    }
    assert caller.keys("3")["max"] == "13"
    assert caller.keys(DIGITS) == {"do": "dial", "target": "PJSIP/eng-uk", "timeout": "20"}
    offer = CallOffer.objects.get(state="offered")
    assert offer.user == anna
    caller.hangs_up("ANSWER", 125)
    call = caller.call
    assert (call.state, call.outcome, call.agent, call.talked_seconds) == (
        "wrap_up", "connected", anna, 125,
    )  # fmt: skip
    assert call.made_out_by == "number"
    assert CallOffer.objects.get().state == "claimed"


def test_the_engineers_ring_one_after_the_other(calls: Calls, engineer: Engineers) -> None:
    for target in ("PJSIP/eng-uk", "PJSIP/eng-us"):
        engineer(target)
    caller = calls()
    caller.rings(), caller.keys("3")
    first = caller.keys(DIGITS)["target"]
    second = caller.dialled("NOANSWER")["target"]
    assert {first, second} == {"PJSIP/eng-uk", "PJSIP/eng-us"}
    waits = caller.dialled("BUSY")
    assert waits["do"] == "gather"
    assert "heliodesk/wait" in waits["prompt"]
    caller.hangs_up()
    assert caller.call.outcome == "missed"
    assert {offer.state for offer in CallOffer.objects.all()} == {"missed"}


def test_everybody_is_rung_again_after_a_wait(calls: Calls, engineer: Engineers) -> None:
    for target in ("PJSIP/a", "PJSIP/b"):
        engineer(target)
    caller = calls()
    caller.rings(), caller.keys("3"), caller.keys(DIGITS)
    done = [caller.dialled("NOANSWER")["do"], caller.dialled("NOANSWER")["do"]]
    Line.objects.update(rang_at=NOW)
    done += [caller.keys("")["do"], caller.dialled("BUSY")["do"], caller.dialled("BUSY")["do"]]
    assert done == ["dial", "gather", "dial", "dial", "gather"]


def test_a_p1_is_a_case_and_paged_before_anybody_answers(
    calls: Calls, engineer: Engineers, django_capture_on_commit_callbacks: Any
) -> None:
    engineer("PJSIP/eng-uk")
    caller = calls()
    caller.rings()
    asked = caller.keys("1")
    assert asked["prompt"] == "heliodesk/p1-noted&heliodesk/ask-id"
    assert CallBack.objects.get().state == "armed"
    assert caller.keys(DIGITS)["do"] == "dial"
    case = Case.objects.get()
    assert (case.priority, case.channel, case.contact.name) == ("P1", "phone", "Mara Lind")
    assert P1.objects.get(case=case).state == "triggered"
    to = {address for mail in Outbound.objects.all() for address in mail.to}
    assert to == {"mara@northwind.example", "mara@elsewhere.example"}
    caller.hangs_up("ANSWER", 30)
    assert CallBack.objects.get().state == "cancelled"


def test_a_p1_that_hangs_up_after_the_key_is_called_back(calls: Calls) -> None:
    caller = calls()
    caller.rings(), caller.keys("1")
    caller.hangs_up()
    call, back = caller.call, CallBack.objects.get()
    assert (call.state, call.outcome) == ("abandoned", "callback")
    assert (back.state, back.urgent, back.reason) == ("due", True, "cut_off")
    assert call.contact.name == "Mara Lind"


def test_a_p1_that_hangs_up_while_it_rings_stays_alive(calls: Calls, engineer: Engineers) -> None:
    engineer("PJSIP/eng-uk")
    caller = calls()
    caller.rings(), caller.keys("1"), caller.keys(DIGITS)
    caller.hangs_up("CANCEL")
    assert CallBack.objects.get().state == "due"
    assert P1.objects.get().state == "triggered"


def test_silence_is_led_on_and_never_hung_up_on(calls: Calls, engineer: Engineers) -> None:
    engineer("PJSIP/desk", takes_strangers=True)
    caller = calls()
    answers = [caller.rings(), *(caller.keys("") for _ in range(5))]
    assert [answer["do"] for answer in answers] == [*["gather"] * 5, "dial"]
    assert answers[-1]["target"] == "PJSIP/desk"


def test_three_wrong_ids_lead_to_words_that_say_nothing(calls: Calls) -> None:
    caller = calls(number="anonymous")
    caller.rings(), caller.keys("3")
    assert caller.keys("9999999999999")["prompt"] == "heliodesk/id-not-confirmed&heliodesk/ask-id"
    assert caller.keys("12")["prompt"] == "heliodesk/id-not-confirmed&heliodesk/ask-id"
    told = caller.keys("8888888888888")
    assert told == {"do": "bye", "prompt": "heliodesk/not-confirmed&heliodesk/goodbye"}
    held = HeldItem.objects.get()
    assert (held.channel, held.account_hint_id) == ("phone", None)
    assert caller.call.outcome == "identity"
    assert not Case.objects.exists()


def test_an_id_of_another_account_sounds_like_an_unknown_one(calls: Calls) -> None:
    theirs, unknown = calls(id="a"), calls(id="b")
    for caller in (theirs, unknown):
        caller.rings(), caller.keys("3")
    for _ in range(3):
        assert theirs.keys(HALVORSEN.replace("-", "")) == unknown.keys("7777777777777")
    assert theirs.call.account is None
    assert theirs.call.id_state == "not_theirs"


def test_too_many_wrong_ids_from_one_number_are_no_longer_looked_up(calls: Calls) -> None:
    for n in range(4):
        caller = calls(id=f"scan-{n}")
        caller.rings(), caller.keys("3")
        for i in range(3):
            caller.keys(f"99999999{n}{i:04}")
    honest = calls(id="honest")
    honest.rings(), honest.keys("3")
    assert "id-not-confirmed" in honest.keys(DIGITS)["prompt"]
    other = calls(id="other", number="+442079460156")
    other.rings(), other.keys("3")
    assert "id-not-confirmed" not in other.keys(DIGITS).get("prompt", "")


def test_a_p1_without_an_id_is_called_back_on_a_registered_number(calls: Calls) -> None:
    caller = calls(number="")
    caller.rings(), caller.keys("1")
    told = caller.keys("0")
    assert told == {"do": "bye", "prompt": "heliodesk/p1-call-back&heliodesk/goodbye"}
    back = CallBack.objects.get()
    assert (back.reason, back.urgent, back.state) == ("verify", True, "due")
    assert HeldItem.objects.get().reason == "verify_by_callback"


def test_bronze_is_answered_in_writing_and_hears_the_reference(calls: Calls, world: World) -> None:
    make.account(name="Small", identifier="50-0000-0000005", package="bronze", region="UK")
    contact = make.contact(
        world.northwind.__class__.objects.get(name="Small"), phone="+44 117 496 0001",
        address="a@small.example",
    )  # fmt: skip
    caller = calls(number="+441174960001")
    caller.rings(), caller.keys("3")
    told = caller.keys("5000000000005")
    case = Case.objects.get()
    assert told["do"] == "bye"
    played = told["prompt"].split("&")
    digits = "".join(name[-1] for name in played if name.startswith("digits/"))
    assert digits.startswith(case.ref * 2)
    assert is_case_reference(case.ref)
    assert case.contact == contact
    assert Outbound.objects.get().to == ["a@small.example"]
    assert caller.call.outcome == "written"


def test_a_call_about_an_open_case_reaches_its_owner(
    calls: Calls, engineer: Engineers, world: World
) -> None:
    engineer("PJSIP/other")
    owner = engineer("PJSIP/owner")
    case = make.case(world.northwind, world.mara, state="assigned", owner=owner)
    caller = calls()
    caller.rings(), caller.keys("2")
    assert caller.keys(DIGITS)["max"] == "12"
    assert caller.keys(f"{case.ref}#")["target"] == "PJSIP/owner"
    assert caller.call.case == case


def test_a_reference_of_another_account_is_not_found(calls: Calls, world: World) -> None:
    theirs = make.case(world.halvorsen)
    caller = calls()
    caller.rings(), caller.keys("2"), caller.keys(DIGITS)
    assert caller.keys(theirs.ref)["prompt"].startswith("heliodesk/case-not-found")
    assert caller.keys(str(int(theirs.ref) + 1))["prompt"].startswith("heliodesk/case-not-found")


def test_a_caller_who_waits_hears_the_place_and_may_be_called_back(
    calls: Calls, engineer: Engineers
) -> None:
    engineer("PJSIP/only")
    first, second, third = (calls(id=f"q{n}") for n in range(3))
    for caller in (first, second, third):
        caller.rings(), caller.keys("3"), caller.keys(DIGITS)
    assert first.answers[-1]["do"] == "dial"
    assert second.answers[-1]["prompt"] == "heliodesk/wait&heliodesk/press-1-call-back"
    assert "heliodesk/you-are-number&digits/2" in third.answers[-1]["prompt"]
    assert third.keys("")["prompt"] == "silence/10"
    assert third.keys("1")["do"] == "bye"
    assert third.call.callback.reason == "asked"


def test_the_same_step_is_answered_the_same_and_done_once(calls: Calls) -> None:
    caller = calls()
    caller.rings()
    caller.keys("1")
    told = caller.keys(DIGITS)
    again = caller.asks(step=2, digits=DIGITS)
    late = caller.asks(step=1, digits="3")
    assert again == told
    assert late == caller.answers[1]
    assert Case.objects.count() == 1
    assert CallStep.objects.count() == 3
    caller.hangs_up("CANCEL"), caller.hangs_up("ANSWER", 9)
    assert caller.call.state == "abandoned"
    assert caller.asks(step=9)["do"] == "bye"


def test_a_hang_up_that_comes_first_is_a_call_all_the_same(calls: Calls) -> None:
    caller = calls()
    assert caller.hangs_up("ANSWER", 15).status_code == 200
    assert (caller.call.state, caller.call.outcome) == ("fallback", "fallback")


def test_a_frozen_desk_is_back_filled_from_the_hang_up(calls: Calls) -> None:
    caller = calls()
    caller.rings(), caller.keys("1")
    caller.hangs_up("ANSWER", 15)
    assert caller.call.outcome == "fallback"
    assert CallBack.objects.get().state == "due"


def test_a_number_that_nobody_listed_is_answered(calls: Calls) -> None:
    assert calls(called="+15550000").rings()["do"] == "gather"


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 401),
        ({"Authorization": "Bearer wrong"}, 401),
        ({"Authorization": f"Basic {TOKEN}"}, 401),
    ],
)
def test_without_the_token_nothing_happens(
    calls: Calls, headers: dict[str, str], status: int
) -> None:
    calls()
    fields = {"call": "x", "step": "0", "from": "", "to": ""}
    for what in ("step", "hangup", "page", "answered"):
        assert (
            Client().post(f"/voice/asterisk/{what}", fields, headers=headers).status_code == status
        )
    assert not Call.objects.exists()


def test_no_token_set_means_nobody_comes_in(calls: Calls, settings: Any) -> None:
    caller = calls()
    settings.VOICE_ASTERISK_TOKEN = ""
    answer = caller.client.post(
        "/voice/asterisk/step", {"call": "x", "step": "0"}, headers={"Authorization": "Bearer "}
    )
    assert answer.status_code == 401


@pytest.mark.parametrize("fields", [{}, {"call": "x"}, {"call": "x", "step": "-1"}, {"step": "0"}])
def test_half_a_step_is_refused(calls: Calls, fields: dict[str, str]) -> None:
    assert calls().post("step", **fields).status_code == 400


def test_registered_numbers_match_however_they_are_written(calls: Calls, world: World) -> None:
    Contact.objects.filter(pk=world.mara.pk).update(phone="020 7946 0155")
    caller = calls(number="00442079460155")
    caller.rings(), caller.keys("3"), caller.keys(DIGITS)
    assert caller.call.contact == world.mara


def test_a_line_that_fell_silent_is_a_hang_up(calls: Calls) -> None:
    caller = calls()
    caller.rings(), caller.keys("1")
    now = clock.now()
    assert jobs.close_lost(now + timedelta(seconds=30)) == 0
    assert jobs.close_lost(now + timedelta(minutes=3)) == 1
    assert (caller.call.state, CallBack.objects.get().state) == ("abandoned", "due")
    assert jobs.close_lost(now + timedelta(minutes=9)) == 0


def test_a_number_may_say_that_calls_are_recorded(calls: Calls) -> None:
    by = By("system", None, "Heliodesk")
    lines.put_number(
        e164="+44 20 7847 8701", label="UK", region="UK", language="en", active=True,
        recorded=True, by=by, at=NOW,
    )  # fmt: skip
    assert "heliodesk/recorded" in calls().rings()["prompt"]


def test_a_held_p1_call_becomes_a_p1_once_its_caller_is_verified(
    calls: Calls, world: World
) -> None:
    caller = calls(number="")
    caller.rings(), caller.keys("1"), caller.keys("0")
    opened = release_held(
        HeldItem.objects.get(), account_id=world.northwind.pk, contact_id=world.mara.pk,
        by=By("system", None, "Heliodesk"), at=clock.now(),
    )  # fmt: skip
    case = Case.objects.get(pk=opened.id)
    assert (case.priority, case.channel, case.contact) == ("P1", "phone", world.mara)


def test_headers_that_come_twice_change_nothing(calls: Calls) -> None:
    caller = calls()
    said = caller.client.post(
        "/voice/asterisk/step",
        "call=x.1&from=%2B447700900123&to=%2B442078478701&step=0&digits=&dialstatus=",
        content_type="application/x-www-form-urlencoded,application/x-www-form-urlencoded",
        headers={"Authorization": f"Bearer {TOKEN}"},
    )
    assert said.content.startswith(b"do=gather")
