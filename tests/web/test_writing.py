"""Writing on a case through its page: answers that wait, forwards, files, names, who is here."""

import json
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from heliodesk.automation import jobs
from heliodesk.cases import actions
from heliodesk.cases.models import Case, Direction, Draft, Message, WaitingLetter
from heliodesk.channels.models import Outbound
from heliodesk.journal.record import SYSTEM
from heliodesk.kernel import clock
from heliodesk.notifications.models import Notice
from heliodesk.telephony.models import Call
from tests import make
from tests.web.conftest import Browser


@pytest.fixture
def case(db: None) -> Case:
    make.mailbox(address="support@larkspur.example", name="Larkspur")
    account = make.account()
    contact = make.contact(account, address="mara@northwind.example", name="Mara Lind")
    return make.case(account, contact, text="Please add it.")


def at(case: Case, what: str = "") -> str:
    return f"/cases/{case.ref}/{what}/" if what else f"/cases/{case.ref}/"


def sent_by_now() -> None:
    jobs.send_letters(clock.now() + timedelta(seconds=11))


def put(
    client: Client, case: Case, name: str, data: bytes, *, mode: str = "reply"
) -> dict[str, str]:
    file = SimpleUploadedFile(name, data)
    answer = client.post(at(case, "files"), {"mode": mode, "file": file})
    assert answer.status_code == 201
    return dict(json.loads(answer.content))


def test_an_answer_can_be_taken_back_for_ten_seconds(browser: Browser, case: Case) -> None:
    client = browser()
    form = {"text": "Too fast", "hold": "1", "then": "await_customer", "bcc": "boss@x.example"}
    assert client.post(at(case, "reply"), form).status_code == 302
    page = client.get(at(case)).content.decode()
    assert "Goes out in" in page
    assert "Too fast" in page
    row = WaitingLetter.objects.get()
    back = client.post(at(case, f"letters/{row.pk}/back"))
    assert back["Location"] == f"{at(case)}?write=reply#write-reply"
    page = client.get(back["Location"]).content.decode()
    assert "Too fast</textarea>" in page
    assert 'value="boss@x.example"' in page
    sent_by_now()
    assert not case.messages.filter(direction=Direction.OUT).exists()
    assert client.post(at(case, f"letters/{row.pk}/back")).status_code == 409


def test_an_answer_that_nobody_took_back_is_sent(browser: Browser, case: Case) -> None:
    client = browser()
    client.post(at(case, "reply"), {"text": "Done.", "hold": "1", "then": "await_customer"})
    sent_by_now()
    case.refresh_from_db()
    assert case.state == "pending_customer"
    assert "Goes out in" not in client.get(at(case)).content.decode()
    assert Outbound.objects.filter(kind="reply").count() == 1


def test_a_letter_for_later_is_listed_and_edited(browser: Browser, case: Case) -> None:
    client = browser(zone="Europe/Berlin")
    day = (clock.now() + timedelta(days=3)).date()
    form = {"text": "On Thursday.", "later": "at", "later_at": f"{day}T09:30"}
    client.post(at(case, "reply"), form | {"later_zone": "America/New_York", "hold": "1"})
    row = WaitingLetter.objects.get()
    assert row.due_at.hour in {13, 14}
    assert not row.brief
    page = client.get(at(case)).content.decode()
    assert "Goes out " in page
    assert "Send now" in page
    other = browser(name="Imogen Hale").get(at(case)).content.decode()
    assert "Take it back" in other
    assert "Send now" not in other
    client.post(at(case, f"letters/{row.pk}/now"))
    jobs.send_letters(clock.now())
    assert case.messages.get(direction=Direction.OUT).text == "On Thursday."


@pytest.mark.parametrize("later_at", ["", "yesterday", "2001-01-01T00:00"])
def test_no_time_and_past_times_are_refused_with_the_text_kept(
    browser: Browser, case: Case, later_at: str
) -> None:
    form = {"text": "My words", "later": "at", "later_at": later_at}
    answer = browser().post(at(case, "reply"), form)
    assert answer.status_code == 409
    assert "My words</textarea>" in answer.content.decode()
    assert not WaitingLetter.objects.exists()


def test_a_held_letter_says_why_and_offers_to_send_anyway(browser: Browser, case: Case) -> None:
    client = browser()
    later = (clock.now() + timedelta(hours=1)).isoformat()
    client.post(at(case, "reply"), {"text": "As planned.", "later": later})
    make.message(case, text="Never mind, solved.", author_name="Mara Lind")
    jobs.send_letters(clock.now() + timedelta(hours=2))
    page = client.get(at(case)).content.decode()
    assert "Mara Lind wrote before it was sent." in page
    assert "Send anyway" in page
    notices = client.get("/notices/").content.decode()
    assert "Your letter was not sent. Mara Lind wrote before it was sent." in notices
    client.post(at(case, f"letters/{WaitingLetter.objects.get().pk}/now"))
    jobs.send_letters(clock.now())
    assert case.messages.filter(direction=Direction.OUT).count() == 1


def test_who_was_slower_reads_what_was_said_and_may_send_anyway(
    browser: Browser, case: Case
) -> None:
    client = browser()
    seen, last = case.version, Message.objects.latest("id").pk
    other = make.user(name="Imogen Hale")
    by = SYSTEM.__class__("user", other.pk, other.name, "agent")
    actions.reply(case, text="I restarted it.", by=by, at=make.NOW)
    form = {"text": "Please restart it.", "version": seen, "seen": last}
    answer = client.post(at(case, "reply"), form)
    assert answer.status_code == 409
    page = answer.content.decode()
    told = page[page.index('role="alert"') :][:900]
    assert "Imogen Hale" in told
    assert "I restarted it." in told
    assert "Send anyway" in told
    assert client.post(at(case, "reply"), form | {"anyway": "1"}).status_code == 302
    assert case.messages.filter(direction=Direction.OUT).count() == 2


def test_a_message_is_forwarded_with_the_files_that_were_chosen(
    browser: Browser, case: Case
) -> None:
    client = browser()
    message = case.messages.get()
    make.attachment(message, name="other.txt")
    log = make.attachment(message, name="log.txt")
    page = client.get(at(case) + f"?write=forward&message={message.pk}").content.decode()
    assert "log.txt" in page
    form = {"to": "Help@Relay.example", "text": "Yours?", "message": message.pk, "taken": log.pk}
    assert client.post(at(case, "forward"), form).status_code == 302
    mail = Outbound.objects.get(kind="forward")
    assert mail.to == ["help@relay.example"]
    assert [file["name"] for file in mail.attachments] == ["log.txt"]
    page = client.get(at(case)).content.decode()
    assert "forwarded to help@relay.example" in page
    refused = client.post(at(case, "forward"), {"text": "Nobody?"})
    assert refused.status_code == 409
    assert "Say who gets it" in refused.content.decode()


def test_files_are_put_beside_the_draft_and_go_with_the_answer(
    browser: Browser, case: Case
) -> None:
    client = browser()
    first = put(client, case, "log.txt", b"one")
    shot = put(client, case, "shot.png", b"\x89PNG")
    again = put(client, case, "shot.png", b"\x89PNG2")
    assert again["name"] == "shot-2.png"
    client.post(at(case, "files/drop"), {"mode": "reply", "key": again["key"]})
    page = client.get(at(case)).content.decode()
    assert 'data-key-of="' + first["key"] in page
    assert again["key"] not in page
    text = "Press it:\n[image: shot.png]\nthen wait."
    client.post(at(case, "reply"), {"text": text, "kept": [first["key"], shot["key"]]})
    said = case.messages.get(direction=Direction.OUT)
    assert {a.name: a.inline for a in said.attachments.all()} == {
        "log.txt": False,
        "shot.png": True,
    }
    picture = said.attachments.get(inline=True)
    page = client.get(at(case)).content.decode()
    assert f'<img src="/attachments/{picture.pk}/" alt="shot.png" loading="lazy">' in page
    mail = Outbound.objects.get(kind="reply")
    assert "cid:" in mail.html
    sent = browser(role="lead").get(f"/sent/{mail.pk}/html/").content.decode()
    assert '<img src="data:image/png;base64,' in sent
    assert not Draft.objects.exists()


def test_files_of_others_and_of_other_boxes_are_out_of_reach(browser: Browser, case: Case) -> None:
    mine, other = browser(), browser()
    kept = put(other, case, "theirs.txt", b"x")
    mine.post(at(case, "reply"), {"text": "Hello", "kept": kept["key"]})
    assert not case.messages.get(direction=Direction.OUT).attachments.exists()
    assert mine.post(at(case, "files"), {"mode": "nonsense"}).status_code == 400


def test_a_draft_keeps_recipients_and_comes_back_after_a_crash(
    browser: Browser, case: Case
) -> None:
    client = browser()
    form = {"mode": "forward", "text": "", "to": "a@b.example", "message": case.messages.get().pk}
    client.post(at(case, "draft"), form, headers={"HX-Request": "true"})
    page = client.get(at(case) + "?write=forward").content.decode()
    assert 'value="a@b.example"' in page


def test_a_colleague_is_named_and_hears_of_it(browser: Browser, case: Case) -> None:
    other = make.user(name="Imogen Hale")
    make.user(name="Imogen")
    client = browser(name="Sam Okafor")
    found = json.loads(client.get("/colleagues/", {"q": "hal"}).content)["found"]
    assert [one["text"] for one in found] == ["Imogen Hale"]
    client.post(at(case, "note"), {"text": "@Imogen Hale, do you know this?"})
    assert Notice.objects.get(verb="mentioned").user == other
    page = client.get(at(case)).content.decode()
    assert '<span class="mention">@Imogen Hale</span>' in page
    theirs = browser(user=other).get("/notices/").content.decode()
    assert "Sam Okafor mentioned you in a note" in theirs


def test_addresses_are_suggested_those_who_take_part_first(browser: Browser, case: Case) -> None:
    make.contact(case.account, address="marc@northwind.example", name="Marc Bell")
    other = make.account()
    make.contact(other, address="marvin@elsewhere.example", name="Marvin")
    found = json.loads(browser().get(at(case, "addresses"), {"q": "mar"}).content)["found"]
    assert [one["text"] for one in found] == ["mara@northwind.example", "marc@northwind.example"]
    assert json.loads(browser().get(at(case, "addresses"), {"q": "%"}).content)["found"] == []


def test_who_is_here_is_told_to_the_others_and_holds_nobody_up(
    browser: Browser, case: Case
) -> None:
    sam, imogen = browser(name="Sam Okafor"), browser(name="Imogen Hale")
    assert b"Sam" not in sam.post(at(case, "here"), {"writes": ""}).content
    seen = imogen.post(at(case, "here"), {"writes": ""}).content.decode()
    assert "Sam is looking" in seen
    sam.post(at(case, "here"), {"writes": "yes"})
    assert "Sam is writing" in imogen.post(at(case, "here")).content.decode()
    sam.post(at(case, "here"), {"gone": "yes"})
    assert "Sam" not in imogen.post(at(case, "here")).content.decode()
    recent = json.loads(sam.get("/palette/").content)["groups"][0]
    assert recent["title"] == "Cases looked at lately"
    assert recent["items"][0]["href"] == at(case)
    Case.objects.filter(pk=case.pk).update(offshore=True)
    assert imogen.post(at(case, "here")).status_code == 404


def test_a_signature_is_written_and_shown(browser: Browser, case: Case) -> None:
    client = browser(name="Sam Okafor")
    shown = client.get(at(case, "signature")).content.decode()
    assert shown == "Sam Okafor\nLarkspur"
    client.post("/me/signature/", {"signature": "Sam\r\nnight shift"})
    assert client.get(at(case, "signature")).content.decode() == "Sam\nnight shift"
    assert "night shift" in client.get("/me/signature/").content.decode()
    client.post(at(case, "reply"), {"text": "Hello"})
    assert "Sam\nnight shift" in Outbound.objects.get(kind="reply").text


def test_happenings_in_a_row_are_folded(browser: Browser, case: Case) -> None:
    client = browser()
    for verb in ("take", "await_vendor", "resume", "await_customer"):
        client.post(at(case, verb))
    page = client.get(at(case)).content.decode()
    assert '<details class="events"><summary>' in page
    assert "happenings" in page
    assert 'data-only="messages"' in client.get(at(case) + "?show=messages").content.decode()


def test_a_call_stands_between_what_was_said(browser: Browser, case: Case) -> None:
    agent = make.user(name="Imogen Hale")
    make.message(case, text="Taken down.", channel="phone", at=make.NOW + timedelta(minutes=5))
    Call.objects.create(
        key="test 1", source="desk", case=case, contact=case.contact, agent=agent,
        state="ended", started_at=make.NOW + timedelta(minutes=1), talked_seconds=372,
        id_state="valid", p1_answer=False, note="Lyon receives copies.",
    )  # fmt: skip
    page = browser().get(at(case)).content.decode()
    assert "Mara Lind called, 6:12 min with Imogen Hale" in page
    assert page.index("Please add it.") < page.index("Lyon receives copies.")
    assert page.index("Lyon receives copies.") < page.index("Taken down.")
