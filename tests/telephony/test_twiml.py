"""TwiML webhooks: Twilio's own library is the judge of signatures and documents."""

import base64
import time
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode
from xml.etree import ElementTree as ET

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.db.models import F
from django.test import Client
from twilio.request_validator import RequestValidator
from twilio.twiml.voice_response import Dial, Gather, VoiceResponse

from heliodesk.cases.models import Case
from heliodesk.telephony.adapters import signatures, twiml
from heliodesk.telephony.models import Call, CallStep, VoiceNumber
from heliodesk.telephony.rules import Bye, Prompt
from heliodesk.telephony.rules import Dial as Ring
from heliodesk.telephony.rules import Gather as Ask
from tests.telephony.conftest import DIGITS, MARA, UK, Caller

KEY, BASE = "the-auth-token", "https://desk.example"


class Phone:
    """A caller at Twilio: every request is signed by Twilio's own code."""

    def __init__(self, sid: str = "CA1", number: str = MARA, key: str = KEY) -> None:
        self.client, self.number, self.sid = Client(), number, sid
        self.validator = RequestValidator(key)
        self.next = f"{BASE}/voice/twiml"

    def post(self, url: str, *, signature: str | None = None, **fields: str) -> Any:
        sent = {"CallSid": self.sid, "From": self.number, "To": UK, **fields}
        signed = self.validator.compute_signature(url, sent) if signature is None else signature
        return self.client.post(
            url.removeprefix(BASE), sent, headers={"X-Twilio-Signature": signed},
            HTTP_HOST="testserver",
        )  # fmt: skip

    def says(self, **fields: str) -> ET.Element:
        answer = self.post(self.next, **fields)
        assert answer.status_code == 200, answer.content
        assert answer["Content-Type"].startswith("text/xml")
        root = ET.fromstring(answer.content)
        self.next = next((e.attrib["action"] for e in root if "action" in e.attrib), self.next)
        return root


@pytest.fixture
def phone(calls: Any, settings: Any) -> type[Phone]:
    settings.VOICE_TOKEN, settings.VOICE_PUBLIC_URL = KEY, BASE
    calls()
    return Phone


def test_a_call_is_led_to_a_case_in_writing(phone: type[Phone]) -> None:
    caller = phone()
    asked = caller.says()
    gather = asked.find("Gather")
    assert gather is not None and gather.attrib["numDigits"] == "1"
    assert next(say.text for say in gather.findall("Say")) == "Welcome to Mimecast support."
    assert gather.attrib["action"] == f"{BASE}/voice/twiml/step?step=1"
    assert caller.says(Digits="1").find("Gather/Say") is not None
    told = caller.says(Digits=DIGITS)
    assert Case.objects.get().priority == "P1"
    spoken = " ".join(say.text or "" for say in told.iter("Say"))
    ref = Case.objects.get().ref
    assert " ".join(ref[:4]) in spoken


def test_an_engineer_is_dialled_by_number(phone: type[Phone], engineer: Any) -> None:
    anna = engineer("+447700900123")
    engineer("PJSIP/not-for-twilio")
    caller = phone()
    caller.says(), caller.says(Digits="3")
    dial = caller.says(Digits=DIGITS).find("Dial")
    assert dial is not None
    assert dial.find("Number").text == "+447700900123"  # type: ignore[union-attr]  # there is one
    assert dial.attrib["callerId"] == UK
    assert caller.says(DialCallStatus="completed", DialCallDuration="61").find("Hangup") is not None
    call = Call.objects.get()
    assert (call.outcome, call.agent) == ("connected", anna)
    assert caller.post(f"{BASE}/voice/twiml/status", CallStatus="completed", CallDuration="70")
    call.refresh_from_db()
    assert call.talked_seconds == 61
    assert call.ended_at and call.connected_at and call.ended_at > call.connected_at


def test_the_engineer_picking_up_is_told(phone: type[Phone], engineer: Any) -> None:
    engineer("+447700900123")
    caller = phone()
    caller.says(), caller.says(Digits="3"), caller.says(Digits=DIGITS)
    leg = phone(sid="CA-leg")
    leg.post(f"{BASE}/voice/twiml/answered", ParentCallSid="CA1", CallStatus="in-progress")
    assert Call.objects.get().state == "connected"


def test_a_talk_that_the_caller_ends_lasts_from_when_the_engineer_picked_up(
    phone: type[Phone], engineer: Any
) -> None:
    engineer("+447700900123")
    caller = phone()
    caller.says(), caller.says(Digits="3"), caller.says(Digits=DIGITS)
    leg = phone(sid="CA-leg")
    leg.post(f"{BASE}/voice/twiml/answered", ParentCallSid="CA1", CallStatus="in-progress")
    Call.objects.update(connected_at=F("connected_at") - timedelta(seconds=90))
    caller.post(f"{BASE}/voice/twiml/status", CallStatus="completed", CallDuration="170")
    assert Call.objects.get().talked_seconds == 90


@pytest.mark.parametrize("forged", ["", "bm90IGEgc2lnbmF0dXJl", "\u00e4\u00f6"])
def test_a_forged_webhook_does_nothing(phone: type[Phone], forged: str) -> None:
    caller = phone()
    for path in ("", "/step?step=1", "/status", "/answered", "/page?page=1", "/sms"):
        answer = caller.post(f"{BASE}/voice/twiml{path}", signature=forged)
        assert answer.status_code == 403
    assert not Call.objects.exists()


def test_a_signature_over_another_address_or_other_fields_does_not_hold(phone: type[Phone]) -> None:
    caller = phone()
    sent = {"CallSid": "CA1", "From": MARA, "To": UK}
    elsewhere = caller.validator.compute_signature("https://evil.example/voice/twiml", sent)
    assert caller.post(f"{BASE}/voice/twiml", signature=elsewhere).status_code == 403
    right = caller.validator.compute_signature(f"{BASE}/voice/twiml", sent)
    assert caller.post(f"{BASE}/voice/twiml", signature=right, Digits="1").status_code == 403
    assert caller.post(f"{BASE}/voice/twiml", signature=right).status_code == 200


def test_without_a_key_nobody_comes_in(phone: type[Phone], settings: Any) -> None:
    settings.VOICE_TOKEN = ""
    assert phone(key="").post(f"{BASE}/voice/twiml").status_code == 403


def test_a_replayed_webhook_is_answered_the_same_and_does_nothing(phone: type[Phone]) -> None:
    caller = phone()
    caller.says(), caller.says(Digits="1")
    url = caller.next
    first = caller.post(url, Digits=DIGITS).content
    assert caller.post(url, Digits=DIGITS).content == first
    assert Case.objects.count() == 1
    assert CallStep.objects.count() == 3


@pytest.mark.parametrize("port", ["", ":443"])
def test_our_signature_is_twilios(port: str) -> None:
    fields = {"CallSid": "CA1", "From": "+44 1", "To": "ü", "Digits": ""}
    url = f"https://desk.example{port}/voice/twiml/step?step=3"
    given = RequestValidator(KEY).compute_signature(url, fields)
    assert signatures.twilio(KEY, url, fields.items()) == given
    urls = signatures.ways_to_write("https://desk.example/voice/twiml/step?step=3")
    assert signatures.twilio_holds([KEY], urls, list(fields.items()), given)
    assert RequestValidator(KEY).validate(url, fields, given)


def test_signalwire_signs_with_its_own_key(phone: type[Phone], settings: Any) -> None:
    settings.VOICE_SIGNALWIRE_KEY = "signalwire-key"
    sent = {"CallSid": "SW1", "From": MARA, "To": UK}
    given = RequestValidator("signalwire-key").compute_signature(f"{BASE}/voice/twiml", sent)
    answer = Client().post("/voice/twiml", sent, headers={"X-SignalWire-Signature": given})
    assert answer.status_code == 200


def test_telnyx_signs_the_moment_and_the_body(phone: type[Phone], settings: Any) -> None:
    private = Ed25519PrivateKey.generate()
    public = private.public_key().public_bytes_raw()
    settings.VOICE_TELNYX_KEY = base64.b64encode(public).decode()
    body = urlencode({"CallSid": "TX1", "From": MARA, "To": UK})

    def post(stamp: str, signed: str) -> int:
        given = base64.b64encode(private.sign(f"{signed}|{body}".encode())).decode()
        headers = {"telnyx-timestamp": stamp, "telnyx-signature-ed25519": given}
        kind = "application/x-www-form-urlencoded"
        answer = Client().post("/voice/twiml", body, content_type=kind, headers=headers)
        return int(answer.status_code)

    now, old = str(int(time.time())), str(int(time.time()) - 900)
    assert post(now, now) == 200
    assert post(old, old) == 403
    assert post(now, old) == 403
    assert post("soon", "soon") == 403


def _same(ours: bytes, theirs: VoiceResponse) -> None:
    def shape(e: ET.Element) -> Any:
        return e.tag, dict(e.attrib), (e.text or "").strip(), [shape(child) for child in e]

    assert shape(ET.fromstring(ours)) == shape(ET.fromstring(str(theirs)))


def test_our_documents_are_twilios() -> None:
    how: dict[str, Any] = {
        "base": "https://d.example/voice/twiml", "step": 2, "language": "de", "vendor": "Kiebitz",
        "caller_id": "+44201",
    }  # fmt: skip
    action = "https://d.example/voice/twiml/step?step=2"
    ours = twiml.document(Ask(Prompt.of("welcome"), 1, 6), **how)
    theirs = VoiceResponse()
    gather = Gather(
        input="dtmf", num_digits=1, timeout=6, finish_on_key="#", action=action, method="POST",
        action_on_empty_result=True,
    )  # fmt: skip
    gather.say("Willkommen beim Support von Kiebitz.", language="de-DE")
    theirs.append(gather)
    theirs.redirect(action, method="POST")
    _same(ours, theirs)

    ours = twiml.document(Ring("sip:anna@desk.example", 20), **how)
    theirs = VoiceResponse()
    dial = Dial(timeout=20, action=action, method="POST", answer_on_bridge=True, caller_id="+44201")
    dial.sip(
        "sip:anna@desk.example", status_callback="https://d.example/voice/twiml/answered",
        status_callback_event="answered",
    )  # fmt: skip
    theirs.append(dial)
    _same(ours, theirs)

    ours = twiml.document(Bye(Prompt.of("goodbye")), **how)
    theirs = VoiceResponse()
    theirs.say("Auf Wiederhören.", language="de-DE")
    theirs.hangup()
    _same(ours, theirs)


def test_each_number_answers_in_its_language(phone: type[Phone]) -> None:
    VoiceNumber.objects.create(e164=UK, region="UK", language="fr")
    said = phone().says().find("Gather/Say")
    assert said is not None
    assert (said.attrib["language"], said.text) == ("fr-FR", "Bienvenue au support de Mimecast.")


def test_a_recorded_prompt_is_named_by_its_language(calls: Any) -> None:
    VoiceNumber.objects.create(e164=UK, region="UK", language="de")
    caller: Caller = calls()
    assert caller.rings()["prompt"] == "de/heliodesk/welcome&de/heliodesk/ask-kind"
