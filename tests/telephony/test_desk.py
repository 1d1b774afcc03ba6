"""The phone desk by hand: what each caller may have, and what is written."""

from collections.abc import Callable
from typing import Any

import pytest

from heliodesk.cases.models import Case, Message
from heliodesk.channels.models import Outbound
from heliodesk.customers.models import Contact
from heliodesk.incidents import actions as incidents
from heliodesk.incidents.actions.declaring import Known
from heliodesk.incidents.models import LinkedCase
from heliodesk.intake.models import HeldItem
from heliodesk.journal.record import By
from heliodesk.kernel import clock
from heliodesk.oncall.models import P1, Page
from heliodesk.telephony.models import Call, CallBack, P1Assessment
from heliodesk.web import rail
from heliodesk.web.calls import words
from tests import make
from tests.telephony.conftest import DIGITS, HALVORSEN, NORTHWIND, World


class Desk:
    """An agent with a caller on the line."""

    def __init__(self, client: Any) -> None:
        self.client = client
        self.path = client.post("/calls/new/").headers["Location"]

    @property
    def call(self) -> Call:
        return Call.objects.latest("pk")

    def does(self, verb: str, **fields: Any) -> str:
        """A verb, as htmx sends it; the part of the page that comes back."""
        headers = {"HX-Request": "true"}
        answer = self.client.post(f"{self.path}{verb}/", fields, headers=headers)
        assert answer.status_code == 200, answer.content[:400]
        return str(answer.content.decode())

    def knows(self, identifier: str, contact: Contact | None = None) -> str:
        """The ID, and perhaps who is calling."""
        told = self.does("id", id=identifier)
        return self.does("who", contact=contact.pk) if contact else told


@pytest.fixture
def desk(world: World, browser: Any) -> Callable[..., Desk]:
    rail.forget()
    return lambda **fields: Desk(browser(name="Ada Agent", **fields))


@pytest.fixture
def browser(db: None) -> Any:
    """A browser signed in as a person made with these fields."""
    from django.test import Client

    def signed_in(**fields: Any) -> Client:
        client = Client()
        client.force_login(make.user(**fields))
        return client

    return signed_in


def due(page: str) -> str:
    """The answer that is due, as the page marks it."""
    return page.partition('data-answer="')[2].partition('"')[0]


def test_gold_is_connected_and_the_case_made_in_one_step(desk: Any, world: World) -> None:
    agent = desk()
    page = agent.knows(DIGITS, world.mara)
    assert "Northwind Freight" in page
    agent.does("p1-question", answer="no")
    page = agent.does("case-question", answer="no")
    assert due(page) == "connect"
    page = agent.does("take-down", title="Console is slow", text="Ten seconds a page.")
    case = Case.objects.get()
    assert (case.channel, case.title, case.contact, case.priority) == (
        "phone", "Console is slow", world.mara, "P3",
    )  # fmt: skip
    assert Outbound.objects.get().to == ["mara@northwind.example"]
    assert f"{case.ref[:4]} {case.ref[4:]}" in page
    assert words.read_out(case.ref) in page
    agent.does("jot", spoken_back="1")
    agent.does("jot", note="Console slow since nine.")
    agent.does("end")
    call = agent.call
    assert (call.outcome, call.spoken_back, call.note, call.p1_answer, call.existing_answer) == (
        "connected", True, "Console slow since nine.", False, False,
    )  # fmt: skip
    assert call.ended_at and call.agent.name == "Ada Agent"


def test_a_p1_is_paged_for_before_the_form_is_filled_in(desk: Any, world: World) -> None:
    agent = desk()
    agent.knows(NORTHWIND, world.mara)
    page = agent.does("p1-question", answer="yes")
    assert due(page) == "p1"
    page = agent.does("p1")
    case = Case.objects.get()
    assert case.priority == "P1"
    assert P1.objects.get().state == "triggered"
    assert "Is it a P1?" in page
    page = agent.does("assess", met="yes", users="all 310")
    assert "Tick what does not work" in page
    page = agent.does(
        "assess", met="yes", criteria=["send", "receive"], extent="total", users="all 310",
        title="No mail for any user", alternative="mara@elsewhere.example",
    )  # fmt: skip
    found = P1Assessment.objects.get()
    assert (found.met, found.criteria, found.users) == (True, ["send", "receive"], "all 310")
    case.refresh_from_db()
    assert case.title == "No mail for any user"
    assert ["mara@elsewhere.example"] in [mail.to for mail in Outbound.objects.all()]
    agent.does("end")
    assert agent.call.state == "ended"


def test_the_reference_of_a_p1_goes_by_sms_where_that_is_on_file(desk: Any, world: World) -> None:
    Contact.objects.filter(pk=world.mara.pk).update(alternative="+44 7700 900123")
    agent = desk()
    agent.knows(NORTHWIND, world.mara)
    agent.does("p1")
    sent = Page.objects.get(purpose="customer")
    assert (sent.channel, sent.address) == ("sms", "+447700900123")
    assert Case.objects.get().ref[:4] in sent.text


def test_a_p1_that_is_none_is_lowered_with_the_reason(desk: Any, world: World) -> None:
    agent = desk()
    agent.knows(NORTHWIND, world.mara)
    agent.does("p1")
    assert "Say why it is no P1" in agent.does("assess", met="no", priority="P3")
    agent.does("assess", met="no", priority="P3", reason="One user only.")
    assert Case.objects.get().priority == "P3"
    assert P1.objects.get().state == "resolved"
    assert P1Assessment.objects.get().reason == "One user only."


def test_a_p1_without_an_id_is_called_back_and_nothing_told(desk: Any, world: World) -> None:
    agent = desk()
    page = agent.does("p1-question", answer="yes")
    assert due(page) == "call_back"
    page = agent.does("call-back")
    assert "Northwind" not in page
    assert CallBack.objects.get().urgent
    assert HeldItem.objects.get().reason == "verify_by_callback"
    assert not Case.objects.exists()


def test_an_unknown_id_is_refused_and_held(desk: Any, world: World) -> None:
    agent = desk()
    page = agent.does("id", id="99-9999-9999999")
    assert due(page) == "refuse"
    agent.does("refuse")
    assert HeldItem.objects.get().channel == "phone"
    assert agent.call.outcome == "refused"


def test_somebody_who_is_no_contact_is_refused(desk: Any, world: World) -> None:
    agent = desk()
    agent.knows(NORTHWIND)
    page = agent.does("who", contact="somebody")
    assert due(page) == "refuse"
    page = agent.does("p1-question", answer="yes")
    assert due(page) == "call_back"


def test_a_call_about_a_case_is_added_to_it(desk: Any, world: World) -> None:
    case = make.case(world.northwind, world.mara, text="First words.", state="pending_customer")
    theirs = make.case(world.halvorsen)
    agent = desk()
    agent.knows(NORTHWIND, world.mara)
    assert "no case with that reference" in agent.does("case-question", ref=theirs.ref)
    slip = case.ref[:-1] + str((int(case.ref[-1]) + 1) % 10)
    assert "One digit is wrong" in agent.does("case-question", ref=slip)
    page = agent.does("case-question", ref=f"{case.ref[:4]} {case.ref[4:]}")
    assert due(page) == "connect"
    agent.does("take-down", text="They say it works again.")
    case.refresh_from_db()
    assert case.state == "assigned"
    said = Message.objects.filter(case=case).latest("pk")
    assert (said.channel, said.text) == ("phone", "They say it works again.")


def test_a_call_makes_an_open_case_a_p1(desk: Any, world: World) -> None:
    case = make.case(world.northwind, world.mara, priority="P2", state="assigned")
    agent = desk()
    agent.knows(NORTHWIND, world.mara)
    agent.does("case-question", ref=case.ref)
    agent.does("p1")
    case.refresh_from_db()
    assert (case.priority, case.queue) == ("P1", "p1-hotline")
    assert "p1_by_call" in case.flags
    assert P1.objects.get().case == case


def test_an_offshore_account_is_not_named_to_others(desk: Any, world: World) -> None:
    agent = desk()
    page = agent.does("id", id="30-0000-0000003")
    assert "Transfer this caller to the offshore desk" in page
    assert "Jersey" not in page
    assert agent.call.account is None
    able = desk(offshore=True)
    assert "Jersey Trust" in able.does("id", id="30-0000-0000003")
    answer = agent.client.get(able.path)
    assert answer.status_code == 404
    assert "Jersey" not in agent.client.get("/calls/").content.decode()


def test_silver_out_of_hours_is_taken_down_in_writing(
    desk: Any, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    from heliodesk.kernel import clock

    night = make.NOW.replace(hour=22)
    monkeypatch.setattr(clock, "now", lambda: night)
    agent = desk()
    contact = Contact.objects.get(name="Ove Dahl")
    page = agent.knows(HALVORSEN, contact)
    assert due(page) == "in_writing"
    assert "aim to answer by" in page
    agent.does("take-down", title="A question", text="How do I?")
    assert agent.call.outcome == "written"


def test_a_call_back_is_settled_once(desk: Any, world: World) -> None:
    agent = desk()
    agent.knows(NORTHWIND, world.mara)
    agent.does("call-back")
    path = f"{agent.path}called-back/"
    assert agent.client.post(path, {"done": "yes", "note": "Spoke to Mara."}).status_code == 302
    assert CallBack.objects.get().state == "done"
    assert agent.client.post(path, {"done": "yes"}).status_code == 409


def test_what_cannot_be_is_refused(desk: Any) -> None:
    agent = desk()
    assert agent.client.post(f"{agent.path}nonsense/").status_code == 404
    assert "no longer offered to you" in agent.does("claim")
    assert agent.client.get(f"{agent.path}end/").status_code == 405


def test_hostile_words_stay_words(desk: Any, world: World) -> None:
    agent = desk()
    hostile = "<script>alert(1)</script>\0'\";--"
    page = agent.does("id", id=hostile)
    assert "<script>alert" not in page
    agent.knows(NORTHWIND, world.mara)
    page = agent.does("take-down", title=hostile, text=hostile)
    assert "<script>alert" not in page
    assert Case.objects.get().title.startswith("<script>")


def test_the_pages_of_calls_show(desk: Any, world: World) -> None:
    agent = desk()
    for path in ("/calls/", "/calls/?which=missed", "/calls/?which=mine", "/calls/lines/",
                 "/calls/pop/", agent.path):  # fmt: skip
        assert agent.client.get(path).status_code == 200
    add = agent.client.post("/calls/lines/add/", {"target": "+44 20 7946 0100"})
    assert add.status_code == 302
    assert "+442079460100" in agent.client.get("/calls/lines/").content.decode()
    assert agent.client.post("/calls/lines/add/", {"target": "nonsense"}).status_code == 409


def test_a_call_that_rang_is_written_up_after_its_end(
    desk: Any, calls: Any, engineer: Any, world: World
) -> None:
    agent = desk()
    anna = engineer("PJSIP/anna")
    caller = calls()
    caller.rings(), caller.keys("1"), caller.keys(DIGITS)
    caller.hangs_up("ANSWER", 60)
    call = caller.call
    assert (call.state, call.agent) == ("wrap_up", anna)
    agent.path = f"/calls/{call.pk}/"
    assert "Say first whether it is a P1" in agent.does("end")
    agent.does("assess", met="yes", criteria=["applications"], users="all")
    agent.does("end")
    assert caller.call.state == "ended"


def test_a_call_of_a_known_outage_is_linked_on_take_in(desk: Any, world: World) -> None:
    lead = make.user(role="lead")
    by = By("user", lead.pk, lead.name, lead.role)
    found = incidents.declare(Known("Mail to outside is delayed"), by=by, at=clock.now())
    line = desk()
    assert "Mail to outside is delayed" in line.knows(NORTHWIND, world.mara)
    line.does("p1-question", answer="no")
    line.does("case-question", answer="no")
    told = line.does("take-down", title="Slow", text="Mail is slow.", incident=str(found.pk))
    assert LinkedCase.objects.get().case == line.call.case
    assert LinkedCase.objects.get().how == "call"
    assert "resolved with it" in told
    other = desk()
    other.knows(NORTHWIND, world.mara)
    other.does("p1-question", answer="no")
    other.does("case-question", answer="no")
    told = other.does("take-down", title="Slow, too", text="Mail is slow here, too.")
    assert "This call is about it" in told
    other.does("incident", incident=str(found.pk))
    assert LinkedCase.objects.count() == 2
    assert "Make the case first" in desk().does("incident", incident=str(found.pk))
