"""The shape of a case through its page: fields, checklists, escalation, splitting, family, time."""

import re

import pytest
from django.test import Client

from heliodesk.cases import actions, fields
from heliodesk.cases.actions import setting_up
from heliodesk.cases.actions.setting_up import FieldPlan, ListPlan
from heliodesk.cases.models import Case, CaseStep, TimeSpent
from heliodesk.channels.models import Outbound
from heliodesk.journal.record import SYSTEM
from heliodesk.kernel import clock
from heliodesk.notifications.models import Notice
from heliodesk.telephony.models import P1Assessment
from tests import make
from tests.web.conftest import Browser
from tests.web.test_case_page import address, by

pytestmark = pytest.mark.django_db
BESIDE = {"HX-Request": "true", "HX-Target": "beside"}


@pytest.fixture
def case() -> Case:
    make.mailbox(address="support@meridian.example")
    account = make.account(name="Northwind Freight", package="gold")
    contact = make.contact(account, name="Mara Lind", address="mara@northwind.example")
    return make.case(account, contact, title="Lyon office", text="Please add it.")


def beside(client: Client, case: Case) -> str:
    return client.get(address(case, "beside"), headers=BESIDE).content.decode()


def put(client: Client) -> None:
    plan = ListPlan(
        name="Playbook", steps=[("Look", True), ("Tell", False)], holds=True, automatic=False
    )
    setting_up.write_checklist(None, plan, by=by(client), at=make.NOW)


def test_the_page_asks_later_for_what_stands_beside(browser: Browser, case: Case) -> None:
    client = browser()
    page = client.get(address(case)).content.decode()
    assert f'hx-get="/cases/{case.ref}/beside/" hx-trigger="load, journal"' in page
    assert "Enter time" in beside(client, case)
    assert "<html" in client.get(address(case, "beside")).content.decode()


def test_a_field_is_edited_in_place(browser: Browser, case: Case) -> None:
    client = browser()
    plan = FieldPlan(label="Seats", value="number", required=True, help="As licensed")
    setting_up.add_field(plan, by=by(client), at=make.NOW)
    assert "needed" in beside(client, case)
    target = {"HX-Request": "true", "HX-Target": "said-seats"}
    wrong = client.post(address(case, "fill"), {"f_seats": "many"}, headers=target)
    assert (wrong.status_code, "“Seats” is a number" in wrong.content.decode()) == (409, True)
    saved = client.post(address(case, "fill"), {"f_seats": "310"}, headers=target)
    assert (saved.status_code, saved.content.decode()) == (200, "Saved.")
    assert fields.values(case.pk) == {"seats": "310"}
    page = client.get(address(case)).content.decode()
    assert "Seats is <b>310</b>" in page
    thread = page.partition('id="thread"')[2].partition("</aside>")[0].partition('class="side"')[0]
    assert "Seats is" not in thread
    assert 'value="310"' in client.get(address(case, "fill")).content.decode()


def test_a_checklist_is_put_on_ticked_and_holds(browser: Browser, case: Case) -> None:
    client = browser(name="Ines Carvalho")
    put(client)
    case = actions.take(case, by=by(client), at=make.NOW)
    form = client.get(address(case, "checklist")).content.decode()
    (chosen,) = re.findall(r'<option value="(\d+)">Playbook', form)
    client.post(address(case, "checklist"), {"checklist": chosen})
    shown = beside(client, case)
    assert "0 of 2" in shown
    assert "1 required step holds the case." in shown
    refused = client.post(address(case, "resolve"), {"text": "Done."})
    assert refused.status_code == 409
    assert "requires: “Look”" in refused.content.decode()
    step = CaseStep.objects.get(text="Look")
    ticked = client.post(address(case, "tick"), {"step": step.pk, "done": "1"}, headers=BESIDE)
    assert "1 of 2" in ticked.content.decode()
    assert "Ines Carvalho" in ticked.content.decode()
    assert client.post(address(case, "resolve"), {"text": "Done."}).status_code == 302


def test_an_answer_that_would_resolve_is_refused_at_once_and_kept(
    browser: Browser, case: Case
) -> None:
    client = browser()
    setting_up.add_field(
        FieldPlan(label="Root cause", value="text", required=True), by=by(client), at=make.NOW
    )
    given = {"text": "It works again.", "then": "resolve", "version": case.version}
    refused = client.post(address(case, "reply"), given)
    assert refused.status_code == 409
    assert "fill in “Root cause”" in refused.content.decode()
    assert "It works again." in refused.content.decode()
    actions.fill(case, {"root_cause": "A loose cable"}, by=by(client), at=make.NOW)
    assert client.post(address(case, "reply"), given).status_code == 302


def test_ticking_does_not_disturb_who_writes(browser: Browser, case: Case) -> None:
    client = browser()
    put(client)
    actions.put_checklist(
        case, checklist_id=setting_up.Checklist.objects.get().pk, by=by(client), at=make.NOW
    )
    seen = Case.objects.get(pk=case.pk).version
    step = CaseStep.objects.get(text="Look")
    client.post(address(case, "tick"), {"step": step.pk, "done": "1"})
    sent = client.post(address(case, "reply"), {"text": "Hello Mara", "version": seen})
    assert sent.status_code == 302


def test_an_escalation_is_asked_told_and_settled(browser: Browser, case: Case) -> None:
    client = browser()
    lead = make.user(name="Tomás Okafor", role="lead")
    form = client.get(address(case, "escalate")).content.decode()
    assert f'<option value="user:{lead.pk}">Tomás Okafor</option>' in form
    assert "calm/" not in client.get(address(case)).content.decode()
    client.post(address(case, "escalate"), {"to": f"user:{lead.pk}", "reason": "It burns"})
    page = client.get(address(case)).content.decode()
    assert "Escalated to <b>Tomás Okafor</b>: It burns" in page
    assert "calm/" in page
    assert Notice.objects.filter(user=lead, verb="escalate").exists()
    client.post(address(case, "calm"))
    assert client.post(address(case, "calm")).status_code == 409


def test_a_case_is_split_and_the_customer_hears_in_their_language(
    browser: Browser, case: Case
) -> None:
    client = browser()
    contact = case.contact
    assert contact
    contact.language = "de"
    contact.save(update_fields=["language"])
    second = make.message(case, text="Und noch etwas ganz anderes.")
    form = client.get(address(case, "split")).content.decode()
    assert "Und noch etwas ganz anderes." in form
    given = {"title": "Something else", "kind": "how_to", "priority": "P4", "messages": second.pk}
    answer = client.post(address(case, "split"), {**given, "tell": "1"}, follow=True)
    new = Case.objects.get(title="Something else")
    assert "The messages are in the new case" in answer.content.decode()
    letter = Outbound.objects.get(subject_id=new.pk, kind="acknowledgement")
    assert "hat jetzt einen eigenen Fall" in letter.text
    page = client.get(address(new)).content.decode()
    assert "Split off" in page
    assert "unsplit/" in page
    assert "Und noch etwas" in page
    client.post(address(new, "unsplit"))
    assert "Und noch etwas" in client.get(address(case)).content.decode()
    assert client.post(address(new, "unsplit")).status_code == 409


def test_a_parent_asks_about_its_children(browser: Browser, case: Case) -> None:
    client = browser()
    case = actions.take(case, by=by(client), at=make.NOW)
    child = actions.take(make.case(title="One site"), by=by(client), at=make.NOW)
    fresh = make.case(title="Another site")
    client.post(address(case, "child"), {"other": child.ref})
    client.post(address(fresh, "parent"), {"other": case.ref})
    shown = beside(client, case)
    assert "One site" in shown
    assert "2 open" in shown
    form = client.get(address(case, "resolve")).content.decode()
    assert f'name="children" value="{child.pk}"' in form
    assert f'name="children" value="{fresh.pk}" disabled' in form
    given = {"text": "Fixed.", "children": [child.pk]}
    assert client.post(address(case, "resolve"), given).status_code == 302
    child.refresh_from_db()
    assert child.state == "resolved"
    shown = beside(client, case)
    assert "1 part is still open" in shown
    taken = client.post(address(case, "orphan"), {"other": fresh.ref}, headers=BESIDE)
    assert "Another site" not in taken.content.decode()
    assert client.post(address(case, "child"), {"other": case.ref}).status_code == 409


@pytest.mark.parametrize(
    ("typed", "minutes"),
    [("45", 45), ("90 min", 90), ("1:30", 90), ("2 h", 120), ("1 h 05", 65), ("1h5m", 65)],
)
def test_time_is_entered(browser: Browser, case: Case, typed: str, minutes: int) -> None:
    client = browser()
    given = {"minutes": typed, "day": clock.now().date().isoformat(), "note": "Read the logs"}
    assert client.post(address(case, "log_time"), given).status_code == 302
    assert TimeSpent.objects.get().minutes == minutes
    assert "Read the logs" in beside(client, case)
    assert "worked on" in client.get(address(case)).content.decode()


def test_time_of_a_colleague_is_taken_back_by_a_lead_only(browser: Browser, case: Case) -> None:
    given = {"minutes": "30", "day": clock.now().date().isoformat()}
    browser().post(address(case, "log_time"), given)
    entry = {"entry": TimeSpent.objects.get().pk}
    other = browser()
    assert "Take this entry back" not in beside(other, case)
    assert other.post(address(case, "remove_time"), entry).status_code == 409
    assert browser(role="lead").post(address(case, "remove_time"), entry).status_code == 302
    wrong = other.post(
        address(case, "log_time"), {"minutes": "soon", "day": "2026-11-23", "note": "Logs"}
    )
    asked_again = wrong.content.decode()
    assert wrong.status_code == 409
    assert "Enter the time as minutes" in asked_again and 'value="Logs"' in asked_again
    quick = other.post(
        address(case, "log_time"), {"minutes": "soon"}, headers={"HX-Request": "true"}
    )
    assert quick["Content-Type"].startswith("text/plain")


def test_a_p1_is_assessed_on_its_case(browser: Browser, case: Case) -> None:
    lead = browser(role="lead")
    Case.objects.filter(pk=case.pk).update(priority="P1", flags=["p1_by_call"])
    assert "Nobody has assessed it yet." in beside(lead, case)
    assert lead.post(address(case, "assess"), {"met": "yes"}).status_code == 409
    lead.post(address(case, "assess"), {"met": "yes", "criteria": ["send", "receive"]})
    assert P1Assessment.objects.get().criteria == ["send", "receive"]
    assert f'href="/p1/{case.ref}/"' in beside(lead, case)
    given = {"met": "no", "priority": "P3", "reason": "Only one person is affected"}
    lead.post(address(case, "assess"), given)
    case.refresh_from_db()
    assert case.priority == "P3"
    page = lead.get(address(case)).content.decode()
    assert "Assessed: no P1: Only one person is affected" in page
    answer = lead.post(
        address(case, "assess"), {"met": "yes", "criteria": "send"}, follow=True
    ).content.decode()
    assert "a P1 is raised by telephone" in answer
    case.refresh_from_db()
    assert case.priority == "P3"


@pytest.mark.parametrize("verb", ["escalate", "checklist", "assess", "calm", "unsplit"])
def test_what_is_over_is_not_offered_and_refused_when_forced(
    browser: Browser, case: Case, verb: str
) -> None:
    client = browser()
    case = actions.take(case, by=by(client), at=make.NOW)
    actions.resolve(case, text="Done.", by=SYSTEM, at=make.NOW)
    page = client.get(address(case)).content.decode()
    assert f"/{verb}/" not in page.partition('class="menu__list')[2].partition("</details>")[0]
    lead = make.user(role="lead")
    put(client)
    given = {
        "to": f"user:{lead.pk}", "reason": "It burns", "met": "yes", "criteria": "send",
        "checklist": setting_up.Checklist.objects.get().pk,
    }  # fmt: skip
    assert client.post(address(case, verb), given).status_code == 409
