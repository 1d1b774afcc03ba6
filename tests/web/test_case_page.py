"""The case page: everything said and done, and every way to answer."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from heliodesk.cases import actions
from heliodesk.cases.models import Case, Direction
from heliodesk.channels.models import Inbound, Outbound
from heliodesk.entitlements import packs
from heliodesk.entitlements.actions import activate_shipped
from heliodesk.entitlements.models import EntitlementDecision
from heliodesk.journal.record import SYSTEM, By
from tests import make
from tests.web.conftest import Browser

pytestmark = pytest.mark.django_db


@pytest.fixture
def case() -> Case:
    account = make.account(name="Northwind Freight", package="gold", identifier="10-2233-0012345")
    contact = make.contact(account, name="Mara Lind", address="mara@northwind.example")
    return make.case(
        account, contact, title="Lyon office", text="Please add it.", mailbox=make.mailbox()
    )


def address(case: Case, verb: str = "") -> str:
    return f"/cases/{case.ref}/{verb + '/' if verb else ''}"


def by(client: Client) -> By:
    person = client.person  # type: ignore[attr-defined]  # ours, on the client
    return By("user", person.pk, person.name, person.role)


def test_it_shows_the_conversation_the_account_and_what_happened(
    browser: Browser, case: Case
) -> None:
    client = browser(name="Ines Carvalho")
    make.message(case, direction=Direction.NOTE, by=make.user(name="Tom"), text="Check retention")
    actions.take(case, by=by(client), at=make.NOW + timedelta(hours=1))
    page = client.get(address(case)).content.decode()
    for words in (
        "Lyon office", "Please add it.", "Mara Lind", "Northwind Freight", "10-2233-0012345",
        "mara@northwind.example", "Check retention", "customers never see this",
        "Taken by <b>Ines Carvalho</b>", "P3 Normal",
    ):  # fmt: skip
        assert words in page, words


def test_quoted_text_is_folded_and_nothing_is_lost(browser: Browser, case: Case) -> None:
    make.message(case, text="Thanks!\n\n> old words\n> more", new_text="Thanks!")
    page = browser().get(address(case)).content.decode()
    assert '<div class="words">Thanks!</div>' in page
    assert "Quoted text, 2 lines" in page
    assert "&gt; old words" in page


def test_the_decision_says_why(browser: Browser, case: Case) -> None:
    activate_shipped(at=make.NOW)
    rules = [{"id": "9", "refs": ["R82"], "text": "Accepted at P3", "passed": False}]
    decision = EntitlementDecision.objects.create(
        pack_id=packs.active().id,
        at=make.NOW,
        decision="ACCEPT",
        request={},
        outcome={"rules": rules},
    )
    Case.objects.filter(pk=case.pk).update(decision=decision)
    page = browser().get(address(case)).content.decode()
    assert "Why this was accepted" in page
    assert "Accepted at P3" in page
    assert "<code>R82</code>" in page


def test_long_conversations_show_the_latest_and_all_when_asked(
    browser: Browser, case: Case
) -> None:
    for n in range(70):
        make.message(case, text=f"message number {n}.", at=make.NOW + timedelta(minutes=n))
    client = browser()
    page = client.get(address(case)).content.decode()
    assert "message number 69." in page
    assert "message number 3." not in page
    assert "Show earlier messages" in page
    assert "message number 3." in client.get(address(case) + "?all=1").content.decode()


def test_an_answer_goes_out_and_the_case_waits(browser: Browser, case: Case) -> None:
    client = browser(name="Ines")
    form = {"text": "Done, see\r\nbelow.", "then": "await_customer", "version": case.version}
    answer = client.post(address(case, "reply"), {**form, "cc": "a@b.example; c@d.example"})
    assert answer.status_code == 302
    case.refresh_from_db()
    assert case.state == "pending_customer"
    assert case.owner == client.person  # type: ignore[attr-defined]  # ours, on the client
    said = case.messages.get(direction=Direction.OUT)
    assert said.text == "Done, see\nbelow."
    sent = Outbound.objects.get(key=f"reply:{said.pk}")
    assert sent.to == ["mara@northwind.example"]
    assert sorted(sent.cc) == ["a@b.example", "c@d.example"]
    page = client.get(address(case)).content.decode()
    assert "Your answer is on its way." in page
    assert "kept here, sending is off" in page


def test_an_answer_to_what_was_not_read_is_held_back_and_kept(browser: Browser, case: Case) -> None:
    client = browser()
    seen = case.version
    actions.note(case, text="Somebody was here", by=SYSTEM, at=make.NOW)
    answer = client.post(address(case, "reply"), {"text": "My answer", "version": seen})
    assert answer.status_code == 409
    page = answer.content.decode()
    assert "Somebody else worked on this case meanwhile" in page
    assert "My answer</textarea>" in page
    assert "Somebody was here" in page
    assert not case.messages.filter(direction=Direction.OUT).exists()
    case.refresh_from_db()
    again = client.post(address(case, "reply"), {"text": "My answer", "version": case.version})
    assert again.status_code == 302
    assert "My answer</textarea>" not in client.get(address(case)).content.decode()


def test_a_note_stays_inside(browser: Browser, case: Case) -> None:
    client = browser()
    assert client.post(address(case, "note"), {"text": "Just us"}).status_code == 302
    assert case.messages.get(direction=Direction.NOTE).text == "Just us"
    assert not Outbound.objects.exists()


@pytest.mark.parametrize("mode", ["reply", "note"])
def test_an_empty_text_is_refused_in_words(browser: Browser, case: Case, mode: str) -> None:
    answer = browser().post(address(case, mode), {"text": "  "})
    assert answer.status_code == 409
    assert "There is nothing to send yet" in answer.content.decode()


def test_a_draft_is_kept_and_comes_back_to_its_writer_only(browser: Browser, case: Case) -> None:
    client = browser()
    form = {"mode": "reply", "text": "Half a sent"}
    answer = client.post(address(case, "draft"), form, headers={"HX-Request": "true"})
    assert answer.content.decode().startswith("Draft kept ")
    page = client.get(address(case)).content.decode()
    assert "Half a sent</textarea>" in page
    assert "Half a sent" not in browser().get(address(case)).content.decode()
    client.post(address(case, "draft"), {"mode": "reply", "text": ""})
    assert "Half a sent" not in client.get(address(case)).content.decode()
    assert client.post(address(case, "draft"), {"mode": "x"}).status_code == 404


def test_files_go_with_the_answer_and_are_served_as_what_is_safe(
    browser: Browser, case: Case
) -> None:
    client = browser()
    files = [
        SimpleUploadedFile("../../log.html", b"<script>alert(1)</script>", "text/html"),
        SimpleUploadedFile("Bild ä.png", b"\x89PNG", "image/png"),
    ]
    client.post(address(case, "reply"), {"text": "See both", "files": files})
    html, png = case.messages.get(direction=Direction.OUT).attachments.order_by("id")
    assert html.name == "log.html"
    served = client.get(f"/attachments/{html.pk}/")
    assert served["Content-Type"] == "application/octet-stream"
    assert served["Content-Disposition"].startswith("attachment")
    assert "sandbox" in served["Content-Security-Policy"]
    assert b"".join(served) == b"<script>alert(1)</script>"  # type: ignore[arg-type]  # of the answer as Django gives it
    picture = client.get(f"/attachments/{png.pk}/")
    assert picture["Content-Type"] == "image/png"
    assert "Bild%20%C3%A4.png" in picture["Content-Disposition"]
    assert b"".join(picture) == b"\x89PNG"  # type: ignore[arg-type]  # of the answer as Django gives it
    assert Client().get(f"/attachments/{png.pk}/").status_code == 302
    assert client.get("/attachments/999999/").status_code == 404


def test_too_large_files_are_refused_and_the_text_stays(
    browser: Browser, case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("heliodesk.web.agent.writing.MOST_BYTES", 10)
    files = [SimpleUploadedFile("a.bin", b"x" * 11)]
    answer = browser().post(address(case, "reply"), {"text": "My words", "files": files})
    assert answer.status_code == 409
    assert "can be mailed" in answer.content.decode()
    assert "My words</textarea>" in answer.content.decode()


def test_the_original_runs_nothing_and_loads_nothing_from_elsewhere(
    browser: Browser, case: Case
) -> None:
    message = make.message(
        case, html='<p>Hi <img src="cid:logo@x"><img src="https://spy.example/p.gif"></p>'
    )
    picture = make.attachment(message, content_type="image/png", content_id="logo@x", inline=True)
    client = browser()
    original = f"/messages/{message.pk}/html/"
    answer = client.get(original)
    assert f'src="/attachments/{picture.pk}/"' in answer.content.decode()
    policy = answer["Content-Security-Policy"]
    assert "img-src 'self' data:;" in policy
    assert "script" not in policy
    assert "sandbox" in policy
    assert answer["X-Frame-Options"] == "SAMEORIGIN"
    assert "https:" in client.get(original + "?images=1")["Content-Security-Policy"]
    assert client.get(f"/messages/{case.messages.first().pk}/html/").status_code == 404  # type: ignore[union-attr]  # there is one


def test_the_mail_as_it_arrived_can_be_saved(browser: Browser, case: Case) -> None:
    raw = b"Subject: x\r\n\r\nhello\x00\xff"
    inbound = Inbound.objects.create(
        channel="email", received_at=make.NOW, raw=raw, size=len(raw), state="filed"
    )
    message = make.message(case, inbound=inbound)
    answer = browser().get(f"/messages/{message.pk}/raw/")
    assert answer.content == raw
    assert answer["Content-Disposition"] == f'attachment; filename="message-{message.pk}.eml"'


VERBS = [
    ("new", "take", {}, "assigned"),
    ("assigned", "release", {}, "new"),
    ("assigned", "await_customer", {}, "pending_customer"),
    ("assigned", "await_vendor", {}, "pending_vendor"),
    ("pending_customer", "resume", {}, "assigned"),
    ("assigned", "resolve", {"text": "Fixed it"}, "resolved"),
    ("resolved", "close", {}, "closed"),
    ("resolved", "reopen", {}, "assigned"),
    ("new", "cancel", {"reason": "spam"}, "cancelled"),
]


@pytest.mark.parametrize(("before", "verb", "form", "after"), VERBS)
def test_verbs_move_the_case(
    browser: Browser, case: Case, before: str, verb: str, form: dict[str, str], after: str
) -> None:
    stamps = {"resolved_at": make.NOW} if before == "resolved" else {}
    Case.objects.filter(pk=case.pk).update(state=before, **stamps)
    client = browser()
    assert f'/cases/{case.ref}/{verb}/"' in client.get(address(case)).content.decode()
    assert client.post(address(case, verb), form).status_code == 302
    case.refresh_from_db()
    assert case.state == after


def test_what_is_not_offered_is_refused_with_its_reason(browser: Browser, case: Case) -> None:
    client = browser()
    assert "/close/" not in client.get(address(case)).content.decode()
    answer = client.post(address(case, "close"))
    assert answer.status_code == 409
    assert "A case that is new cannot be closed." in answer.content.decode()
    quick = client.post(address(case, "close"), headers={"HX-Request": "true"})
    assert quick.status_code == 409
    assert quick["Content-Type"] == "text/plain"
    case.refresh_from_db()
    assert case.state == "new"


@pytest.mark.parametrize("verb", ["nonsense", "opened", "hear"])
def test_what_is_no_verb_is_nothing(browser: Browser, case: Case, verb: str) -> None:
    assert browser().post(address(case, verb)).status_code == 404


ASKED = [
    "assign", "resolve", "cancel", "prioritise", "retitle", "move", "merge", "link", "invite",
]  # fmt: skip


@pytest.mark.parametrize("verb", ASKED)
def test_verbs_that_ask_first_have_a_page_and_a_dialog(
    browser: Browser, case: Case, verb: str
) -> None:
    client = browser()
    page = client.get(address(case, verb))
    assert page.status_code == 200
    assert b"<!doctype html>" in page.content
    part = client.get(address(case, verb), headers={"HX-Request": "true"})
    assert part.content.strip().startswith(b"<form")


def test_a_colleague_gets_the_case(browser: Browser, case: Case) -> None:
    other = make.user(name="Priya Nadar")
    client = browser()
    assert b"Priya Nadar" in client.get(address(case, "assign")).content
    client.post(address(case, "assign"), {"owner": other.pk})
    case.refresh_from_db()
    assert case.owner == other
    assert client.post(address(case, "assign"), {"owner": "x"}).status_code == 409


def test_merge_and_its_undoing(browser: Browser, case: Case) -> None:
    target = make.case(case.account, case.contact, text="The other")
    client = browser()
    client.post(address(case, "merge"), {"other": f"{target.ref[:4]} {target.ref[4:]}"})
    page = client.get(address(case)).content.decode()
    assert "Undo the merge" in page
    assert "Please add it." in client.get(address(target)).content.decode()
    client.post(address(case, "unmerge"))
    assert "Please add it." in client.get(address(case)).content.decode()
    assert "Please add it." not in client.get(address(target)).content.decode()
    assert client.post(address(case, "merge"), {"other": "123"}).status_code == 409


def test_links_and_people(browser: Browser, case: Case) -> None:
    other = make.case(title="Connector stops")
    client = browser()
    client.post(address(case, "link"), {"other": other.ref})
    client.post(address(case, "invite"), {"address": "Bo@X.example", "name": "Bo"})
    page = client.get(address(case)).content.decode()
    assert "Connector stops" in page
    assert "bo@x.example" in page
    client.post(address(case, "unlink"), {"other": other.ref})
    client.post(address(case, "uninvite"), {"address": "bo@x.example"})
    assert not case.links.exists()
    assert case.participants.count() == 1


def test_priority_title_and_queue(browser: Browser, case: Case) -> None:
    client = browser()
    client.post(address(case, "prioritise"), {"priority": "P2", "reason": "Many users"})
    client.post(address(case, "retitle"), {"title": "Lyon\njournaling"})
    client.post(address(case, "move"), {"queue": "americas"})
    case.refresh_from_db()
    assert (case.priority, case.title, case.queue) == ("P2", "Lyon journaling", "americas")
    refused = client.post(address(case, "prioritise"), {"priority": "P1", "reason": "x"})
    assert refused.status_code == 409
    page = client.get(address(case)).content.decode()
    assert "Priority <b>P2</b>, was P3: Many users" in page


def test_only_a_lead_brings_back_what_was_cancelled(browser: Browser, case: Case) -> None:
    Case.objects.filter(pk=case.pk).update(state="cancelled")
    agent, lead = browser(), browser(role="lead")
    assert "/reopen/" not in agent.get(address(case)).content.decode()
    assert agent.post(address(case, "reopen")).status_code == 409
    assert lead.post(address(case, "reopen")).status_code == 302


def test_the_thread_alone_is_answered_for_news(browser: Browser, case: Case) -> None:
    part = browser().get(address(case), headers={"HX-Request": "true", "HX-Target": "thread"})
    text = part.content.decode()
    assert "Please add it." in text
    assert "<html" not in text
    assert "composer" not in text


def test_news_bring_the_clocks_anew(browser: Browser, case: Case) -> None:
    """A letter that left stops the clock of the first response for everybody who looks on."""
    activate_shipped(at=make.NOW)
    make.missed_clock(case)
    part = browser().get(address(case), headers={"HX-Request": "true", "HX-Target": "thread"})
    text = part.content.decode()
    for name in ("clocks", "counted"):
        assert f'id="{name}" hx-swap-oob="true"' in text
