"""Events of any telephone system, screen pops, and many calls at once."""

import json
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from heliodesk.cases.rules import Refused
from heliodesk.customers.models import Contact
from heliodesk.identity.models import User
from heliodesk.oncall.models import P1, Page
from heliodesk.telephony.actions import offering
from heliodesk.telephony.adapters import signatures
from heliodesk.telephony.models import Call, CallOffer, Line
from tests.telephony.conftest import DIGITS, MARA, NOW, Caller, World

KEY = "the-token-of-the-exchange"


@pytest.fixture
def told(world: World, settings: Any) -> Any:
    """Sends an event of the telephone system."""
    settings.VOICE_CTI_TOKEN = KEY
    Contact.objects.filter(pk=world.mara.pk).update(phone=MARA)

    def send(event: str, id: str = "c1", **fields: Any) -> Any:
        body = {"event": event, "callId": id, "from": MARA, "to": "+44 20 1", **fields}
        headers = {"Authorization": f"Bearer {KEY}"}
        kind = "application/json"
        return Client().post("/voice/cti", json.dumps(body), content_type=kind, headers=headers)

    return send


def test_a_call_pops_up_and_is_answered(told: Any, engineer: Any, world: World) -> None:
    anna, ben = engineer("100"), engineer("101")
    assert told("newCall").status_code == 200
    call = Call.objects.get()
    assert (call.contact, call.account, call.made_out_by) == (
        world.mara, world.northwind, "number",
    )  # fmt: skip
    client = Client()
    client.force_login(anna)
    pop = client.get("/calls/pop/").content.decode()
    assert "Northwind Freight" in pop and "by number only" in pop
    told("answer", user=ben.email)
    assert {o.user: o.state for o in CallOffer.objects.all()} == {anna: "withdrawn", ben: "claimed"}
    told("hangup")
    call.refresh_from_db()
    assert (call.state, call.outcome, call.agent) == ("wrap_up", "connected", ben)


def test_events_may_come_twice_and_in_any_order(told: Any, engineer: Any) -> None:
    ben = engineer("101")
    for event in ("hangup", "answer", "newCall", "newCall", "answer", "hangup"):
        assert told(event, answeringNumber="101").status_code == 200
    call = Call.objects.get()
    assert call.ended_at and call.agent == ben
    assert CallOffer.objects.filter(state="claimed").count() == 1
    assert not CallOffer.objects.filter(state="offered").exists()


def test_a_call_that_nobody_answers_is_missed(told: Any, engineer: Any) -> None:
    engineer("100")
    told("newCall"), told("hangup", cause="cancel")
    assert Call.objects.get().outcome == "missed"
    assert CallOffer.objects.get().state == "missed"


def test_events_need_the_token_or_a_signature(told: Any) -> None:
    body = b"event=newCall&callId=x"
    kind = "application/x-www-form-urlencoded"

    def post(**headers: str) -> int:
        answer = Client().post("/voice/cti", body, content_type=kind, headers=headers)
        return int(answer.status_code)

    assert post() == 401
    assert post(Authorization="Bearer wrong") == 401
    assert post(**{"X-Heliodesk-Signature": "sha256=00"}) == 401
    import hashlib
    import hmac

    signed = "sha256=" + hmac.new(KEY.encode(), body, hashlib.sha256).hexdigest()
    assert signatures.hmac_holds(KEY, body, signed)
    assert post(**{"X-Heliodesk-Signature": signed}) == 200
    assert Call.objects.count() == 1


@pytest.mark.parametrize("body", ["", "[]", "{", '{"event":"x"}', '{"event":"newCall"}'])
def test_half_an_event_is_refused(told: Any, body: str) -> None:
    headers = {"Authorization": f"Bearer {KEY}"}
    kind = "application/json"
    answer = Client().post("/voice/cti", body, content_type=kind, headers=headers)
    assert answer.status_code == 400
    assert answer.json()["error"]


def test_a_call_is_claimed_by_one(calls: Any, engineer: Any) -> None:
    anna, ben = engineer("PJSIP/a"), engineer("PJSIP/b")
    caller = calls()
    caller.rings(), caller.keys("3"), caller.keys(DIGITS)
    first = CallOffer.objects.get(state="offered").user
    second = ben if first == anna else anna
    call = caller.call
    offering.claim(call, user_id=first.pk, by=make_by(first), at=NOW)
    offering.claim(call, user_id=first.pk, by=make_by(first), at=NOW)
    with pytest.raises(Refused, match=first.name):
        offering.claim(call, user_id=second.pk, by=make_by(second), at=NOW)


def make_by(user: User) -> Any:
    from heliodesk.journal.record import By

    return By("user", user.pk, user.name, user.role)


def test_the_key_in_a_paging_call_takes_the_p1(calls: Any, settings: Any) -> None:
    caller: Caller = calls()
    lead = User.objects.get(name="Lena Lead")
    caller.rings(), caller.keys("1"), caller.keys(DIGITS)
    p1 = P1.objects.get()
    for n in ("77-1", "77-2"):
        Page.objects.create(
            key=f"page-{n}", p1=p1, person=lead, channel="voice", address="+44", text="P1",
            token=f"t{n}", state="sent", made_at=NOW,
        )  # fmt: skip
    assert caller.post("page", page="page-77-1", key="7").content == b"ok=0"
    assert caller.post("page", page="page-77-1", key="1").content == b"ok=1"
    p1.refresh_from_db()
    assert p1.state == "acked"
    assert caller.post("page", page="no-such-page", key="1").status_code == 404


@pytest.mark.django_db(transaction=True)
def test_twenty_calls_at_once_reach_twenty_engineers_once(calls: Any, engineer: Any) -> None:
    for n in range(20):
        engineer(f"PJSIP/e{n}")
    together = threading.Barrier(20)

    def ring(n: int) -> tuple[str, str]:
        try:
            caller = Caller(Client(), id=f"many-{n}", number=f"+4420794601{n:02}")
            together.wait(30)
            caller.rings(), caller.keys("3")
            told = caller.keys(DIGITS)
            for _ in range(12):
                if told["do"] == "dial":
                    break
                told = caller.keys("")
            return told["do"], told.get("target", "")
        finally:
            connection.close()

    with ThreadPoolExecutor(20) as pool:
        found = list(pool.map(ring, range(20)))
    assert [what for what, _ in found] == ["dial"] * 20
    assert len({target for _, target in found}) == 20
    assert CallOffer.objects.filter(state="offered").count() == 20
    assert Line.objects.count() == 20
