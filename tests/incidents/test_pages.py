"""The pages of incidents, as people use them."""

from typing import Any

import pytest
from django.test import Client

from heliodesk.cases.models import Message
from heliodesk.incidents import actions, jobs
from heliodesk.incidents.actions.declaring import Known
from heliodesk.incidents.models import Incident, LinkedCase, Update
from heliodesk.journal.record import By
from heliodesk.kernel import clock
from heliodesk.oncall import actions as oncall
from heliodesk.web.portal import brand
from tests import make
from tests.incidents import reports
from tests.make import NOW
from tests.oncall import world

pytestmark = pytest.mark.django_db


def text_of(answer: Any) -> str:
    return str(answer.content.decode())


def test_a_lead_declares_one_with_its_first_cases(desk: Any, browser: Any) -> None:
    p1, other = world.p1(NOW), reports.case()
    lead = browser(user=desk.manager)
    form = text_of(lead.get(f"/incidents/new/?refs={other.ref}"))
    assert other.ref in form and "Declare it" in form
    refused = lead.post("/incidents/new/", {"title": " ", "refs": other.ref})
    assert refused.status_code == 409 and "Give the incident a title" in text_of(refused)
    answer = lead.post(
        "/incidents/new/",
        {"title": "Relays are <b>down</b>", "known": "Disk full?", "severity": "critical",
         "service": "Gateway", "regions": ["UK", "nowhere"], "lead": desk.second.pk,
         "refs": f"{other.ref}, {p1.case.ref[:4]} {p1.case.ref[4:]}, 123"},
    )  # fmt: skip
    row = Incident.objects.get()
    assert answer.status_code == 302 and answer["location"] == row.path
    assert (row.severity, row.regions, row.lead, row.known) == (
        "critical", ["UK"], desk.second, "Disk full?",
    )  # fmt: skip
    assert LinkedCase.objects.count() == 2
    text = text_of(lead.get(row.path))
    assert "Relays are &lt;b&gt;down" in text and p1.case.title in text and "2 cases linked" in text
    assert "Second leads it" in text and "Gold" in text
    assert "style=" not in text.partition("<main")[2]


def test_who_may_declare(desk: Any, browser: Any) -> None:
    agent = browser(user=desk.engineers["emea"][0])
    assert agent.get("/incidents/new/").status_code == 403
    p1 = world.p1(NOW)
    oncall.take(p1.pk, person_id=agent.person.pk, how="button", at=NOW)
    assert agent.get("/incidents/new/").status_code == 200
    stranger = browser(role="agent")
    assert stranger.post("/incidents/new/", {"title": "x"}).status_code == 403
    assert "Declare</" not in text_of(stranger.get("/incidents/"))
    assert stranger.get("/incidents/").status_code == 200


def test_an_update_is_looked_at_then_sent_then_told(
    desk: Any, incident: Incident, by: By, browser: Any
) -> None:
    english, german = reports.case(), reports.case(language="de")
    actions.link(incident, [english.pk, german.pk], by=by, at=NOW)
    lead = browser(user=desk.manager)
    words = {"text": "The relays are slow.", "text_de": "Die Relays sind langsam.", "key": "one"}
    text = text_of(lead.post(f"{incident.path}update/", words))
    assert not Update.objects.exists()
    assert "Send to 2 cases" in text and "Die Relays sind langsam." in text
    assert "We write again by" in text and "Wir schreiben Ihnen wieder bis" in text
    sent = lead.post(f"{incident.path}update/", {**words, "do": "send", "stage": "identified"})
    assert sent.status_code == 302
    lead.post(f"{incident.path}update/", {**words, "do": "send"})
    assert Update.objects.count() == 1
    during = text_of(lead.get(incident.path))
    assert "On its way to 2 cases." in during and "Telling the customers" in during
    jobs.deliver(NOW)
    part = text_of(
        lead.get(incident.path, headers={"HX-Request": "true", "HX-Target": "incident-now"})
    )
    assert "Cause found" in part and "Every case has it" in part and "Telling the" not in part
    assert "<html" not in part
    assert Message.objects.filter(direction="out").count() == 2


def test_words_for_nobody_and_to_nobody_are_refused(
    desk: Any, incident: Incident, by: By, browser: Any
) -> None:
    lead = browser(user=desk.manager)
    answer = lead.post(f"{incident.path}update/", {"text": "News", "key": "k"})
    assert answer.status_code == 409 and "No open case would be told" in text_of(answer)
    assert "News</textarea>" in text_of(answer)
    answer = lead.post(f"{incident.path}update/", {"text": " ", "key": "k"})
    assert answer.status_code == 409
    agent = browser(role="agent")
    assert agent.post(f"{incident.path}update/", {"text": "x"}).status_code == 403
    assert agent.get(f"{incident.path}update/").status_code == 405


def test_it_is_closed_with_all_after_a_look(
    desk: Any, incident: Incident, by: By, browser: Any
) -> None:
    case = reports.case()
    actions.link(incident, [case.pk], by=by, at=NOW)
    lead = browser(user=desk.manager)
    look = text_of(lead.post(f"{incident.path}close/", {"text": "A new disk.", "key": "c"}))
    assert "One open case will be resolved" in look and "A new disk." in look
    lead.post(f"{incident.path}close/", {"text": "A new disk.", "key": "c", "do": "close"})
    jobs.deliver(NOW)
    case.refresh_from_db()
    assert (case.state, case.resolution) == ("resolved", "A new disk.")
    lead.post(f"{incident.path}notes/", {"notes": "Watch the disks."})
    text = text_of(lead.get(incident.path))
    assert "Watch the disks." in text and "How it was solved" in text
    assert "Write an update" not in text
    listed = text_of(lead.get("/incidents/"))
    assert incident.title in listed and "No incident is open" in listed


def test_cases_come_from_a_list_their_page_and_what_is_like_it(
    desk: Any, incident: Incident, browser: Any
) -> None:
    first, second, third = (reports.case() for _ in range(3))
    agent = browser(role="agent")
    asked = text_of(agent.get(f"/incidents/link/?refs={first.ref},{second.ref}&back=/open/"))
    assert "2 cases were chosen" in asked and incident.title in asked
    answer = agent.post(
        "/incidents/link/",
        {"incident": incident.pk, "ref": [first.ref, second.ref], "back": "https://evil.example/"},
    )
    assert answer["location"] == incident.path
    for nowhere in ("½", "2026-01-01", "//evil.example/", "/\\evil.example/"):
        answer = agent.post(
            "/incidents/link/", {"incident": incident.pk, "ref": [first.ref], "back": nowhere}
        )
        assert answer["location"] == incident.path
    fourth, hidden = reports.case(), reports.case(offshore=True)
    ticked = {"case": [fourth.pk, hidden.pk], "back": "/open/"}
    to = agent.post("/incidents/link/", ticked, headers={"HX-Request": "true"})
    assert to.status_code == 204
    assert to["HX-Redirect"] == f"/incidents/link/?refs={fourth.ref}&back=%2Fopen%2F"
    assert "One case was chosen" in text_of(agent.post("/incidents/link/", ticked))
    piece = text_of(agent.get(f"/cases/{first.ref}/incident/"))
    assert incident.title in piece and "nothing to do with it" in piece
    assert "Link</button>" in text_of(agent.get(f"/cases/{third.ref}/incident/"))
    like = text_of(agent.get(f"{incident.path}like/"))
    assert third.ref in like and first.ref not in like
    agent.post(f"{incident.path}cases/", {"like": "1", "ref": [third.ref]})
    assert LinkedCase.objects.get(case=third).how == "like"
    agent.post(f"{incident.path}unlink/", {"ref": first.ref})
    assert LinkedCase.objects.count() == 2
    page = text_of(agent.get(f"/cases/{second.ref}/"))
    assert f"/cases/{second.ref}/incident/" in page and "Belongs to the major incident" in page


def test_offshore_cases_stay_with_their_team(
    desk: Any, incident: Incident, by: By, browser: Any
) -> None:
    hidden = reports.case(title="Secret trust", offshore=True)
    actions.link(incident, [hidden.pk], by=by, at=NOW)
    text = text_of(browser(role="lead").get(incident.path))
    assert "Secret trust" not in text and "One case more is of the offshore team" in text
    assert "Secret trust" in text_of(browser(role="lead", offshore=True).get(incident.path))
    assert browser().get(f"/cases/{hidden.ref}/incident/").status_code == 404
    other = actions.declare(Known("Another"), by=by, at=NOW)
    browser().post("/incidents/link/", {"incident": other.pk, "refs": hidden.ref})
    assert not LinkedCase.objects.filter(incident=other).exists()


def test_what_is_known_changes_and_two_at_once_are_told(
    desk: Any, incident: Incident, browser: Any
) -> None:
    lead = browser(user=desk.manager)
    incident.refresh_from_db()
    form = {"title": "Mail is late", "severity": "limited", "stage": "monitoring",
            "every_platinum": "20", "version": incident.version}  # fmt: skip
    lead.post(f"{incident.path}amend/", form)
    incident.refresh_from_db()
    assert (incident.title, incident.stage) == ("Mail is late", "monitoring")
    assert incident.intervals == {"platinum": 20}
    assert incident.major.title == "Mail is late"
    stale = lead.post(f"{incident.path}amend/", form)
    assert stale.status_code == 409 and "Somebody else changed" in text_of(stale)
    wrong = lead.post(f"{incident.path}amend/", {**form, "every_platinum": "1"})
    assert wrong.status_code == 409 and "minutes" in text_of(wrong)


def test_the_sheet_has_all_and_no_formula(desk: Any, by: By, browser: Any) -> None:
    actions.declare(Known("=1+1", regions=["UK"]), by=by, at=NOW)
    answer = browser().get("/incidents.csv")
    lines = b"".join(answer.streaming_content).decode().splitlines()
    assert lines[0].startswith("number,title,severity")
    assert "'=1+1,major,investigating,,UK" in lines[1]


def test_an_incident_that_is_not_there(desk: Any, browser: Any) -> None:
    assert browser().get("/incidents/4711/").status_code == 404
    assert make.user() is not None


def test_customers_read_what_a_lead_publishes(
    desk: Any, incident: Incident, browser: Any, portal: Any
) -> None:
    brand.forget()
    account = make.account(package="gold", region="UK")
    case = reports.case(account=account)
    contact = case.contact
    assert contact is not None
    make.mailbox(address="help@meridian.example", region="UK")
    visitor, customer = Client(), portal(contact)
    assert "We know of this" not in text_of(visitor.get("/get-support/?region=UK"))
    assert browser(role="agent").post(f"{incident.path}publish/", {"text": "x"}).status_code == 403
    lead = browser(user=desk.manager)
    lead.post(f"{incident.path}publish/", {"text": "Mail is <late>.", "text_de": "Post ist spät."})
    text = text_of(visitor.get("/get-support/?region=UK"))
    assert "We know of this: Mail to outside is delayed" in text and "Mail is &lt;late&gt;." in text
    german = Client(headers={"Accept-Language": "de"}).get("/get-support/?region=UK")
    assert "Post ist spät." in text_of(german) and "Wir suchen die Ursache." in text_of(german)
    assert "We know of this" in text_of(customer.get("/support/"))
    lead.post(f"{incident.path}unpublish/")
    assert "We know of this" not in text_of(visitor.get("/get-support/?region=UK"))


def test_a_published_incident_of_elsewhere_is_not_shown(
    desk: Any, incident: Incident, by: By
) -> None:
    brand.forget()
    actions.amend(incident, Known("Down under", regions=["AU"]), seen=1, by=by, at=NOW)
    actions.publish(incident, {"": "Words"}, by=by, at=NOW)
    assert "We know of this" in text_of(Client().get("/get-support/?region=AU"))
    assert "We know of this" not in text_of(Client().get("/get-support/?region=UK"))


def test_the_customer_of_a_case_reads_of_its_incident_once_told(
    desk: Any, incident: Incident, by: By, portal: Any
) -> None:
    brand.forget()
    case, other = reports.case(), reports.case()
    assert case.contact is not None and other.contact is not None
    actions.link(incident, [case.pk, other.pk], by=by, at=NOW)
    customer = portal(case.contact)
    path = f"/support/cases/{case.ref}/"
    assert "belongs to an incident" not in text_of(customer.get(path))
    actions.write_update(incident, {"": "We found it."}, key="k", stage="identified", by=by, at=NOW)
    jobs.deliver(clock.now())
    text = text_of(customer.get(path))
    assert "belongs to an incident that we know of: Mail to outside is delayed" in text
    assert "We know the cause and work on it." in text and "The next by" in text
    assert "We found it." in text
    assert customer.get(f"/support/cases/{other.ref}/").status_code == 404
