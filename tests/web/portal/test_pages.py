"""The portal's pages: home, my cases, one case, account details; each contact sees their own."""

import csv
import io
import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from heliodesk.cases.actions.forwarding import forward
from heliodesk.cases.letters import Written
from heliodesk.cases.models import Case, Rating
from heliodesk.channels.models import Outbound
from heliodesk.customers.models import Account, Contact
from heliodesk.entitlements.actions import activate_shipped
from heliodesk.journal.record import By
from heliodesk.kernel import clock
from heliodesk.sla.queries import Span
from heliodesk.telephony.models import Call
from heliodesk.web.portal import brand, counted
from heliodesk.web.portal.raising import guard
from tests import make
from tests.make import NOW
from tests.web.conftest import Portal


@pytest.fixture
def northwind(db: None, settings: Any, tmp_path: Any) -> Account:
    """A Gold account in the United Kingdom, with the shipped policy and one mailbox."""
    settings.DATA = tmp_path
    activate_shipped(at=NOW)
    make.mailbox(address="support@meridian.example", region="UK", brand="Meridian Mail")
    brand.forget()
    return make.account(
        name="Northwind Freight",
        identifier="10-2233-0012345",
        package="gold",
        region="UK",
        domain="northwind.example",
    )


@pytest.fixture
def mara(northwind: Account) -> Contact:
    """A designated contact."""
    return make.contact(
        northwind, name="Mara Lind", address="mara@northwind.example", kind="designated"
    )


@pytest.fixture
def browser(portal: Portal, mara: Contact) -> Client:
    """Mara's browser."""
    return portal(mara)


def text_of(client: Client, path: str, **how: Any) -> str:
    response = client.get(path, **how)
    assert response.status_code == 200, (path, response.status_code)
    return response.content.decode()


def form(**changes: Any) -> dict[str, Any]:
    return {
        "page": guard.new_page(clock.now()),
        "kind": "technical",
        "severity": "P3",
        "subject": "Digest shows yesterday",
        "details": "Since Monday the digest shows the day before.",
        **changes,
    }


# --- home and raising ------------------------------------------------------------------------
def test_home_greets_and_says_what_applies(browser: Client) -> None:
    text = text_of(browser, "/support/")
    assert re.search("Good (morning|afternoon|evening), Mara", text)
    assert "Gold" in text
    assert "24/7" in text
    assert "10-2233-0012345" in text
    assert "You are a designated contact" in text
    assert "We aim to answer within" in text
    assert "Northwind Freight has" in text
    assert "Telephone is open 24 hours." in text
    assert re.search("E-mail is answered (until|from) ", text)


def test_a_contact_raises_a_case_without_saying_who_they_are(
    browser: Client, northwind: Account, mara: Contact
) -> None:
    response = browser.post("/support/", form())
    assert response.status_code == 302
    case = Case.objects.get()
    assert (case.account, case.contact, case.channel, case.flags) == (
        northwind, mara, "web", [],
    )  # fmt: skip
    shown = text_of(browser, response["Location"])
    assert f"/support/cases/{case.ref}/" in shown
    assert Outbound.objects.get().to == ["mara@northwind.example"]


def test_what_is_wrong_keeps_what_was_written(browser: Client) -> None:
    long = "x" * 2003
    response = browser.post("/support/", form(details=long, subject="Keep me"))
    text = response.content.decode()
    assert response.status_code == 422
    assert "3 characters too many" in text
    assert long in text
    assert "Keep me" in text


def test_nobody_reads_what_another_sent(
    browser: Client, portal: Portal, northwind: Account
) -> None:
    path = browser.post("/support/", form())["Location"]
    other = portal(make.contact(northwind, name="Ove", address="ove@northwind.example"))
    assert other.get(path).status_code == 403


# --- my cases --------------------------------------------------------------------------------
@pytest.fixture
def cases(northwind: Account, mara: Contact) -> list[Case]:
    """One case of each kind of standing, and one of another account."""
    ove = make.contact(northwind, name="Ove Dahl", address="ove@northwind.example")
    strange = make.account(name="Strange Ltd", region="UK")
    found = [
        make.case(northwind, mara, title="Journal for Lyon", text="A second journal, please."),
        make.case(northwind, ove, title="Slow digest", text="It is slow.", state="assigned"),
        make.case(northwind, mara, title="Old one", state="closed", resolved_at=NOW, closed_at=NOW),
        make.case(northwind, mara, title="Yours to answer", state="pending_customer"),
    ]
    make.case(strange, None, title="Not for Northwind", text="Secret")
    return found


def test_the_list_shows_open_cases_in_the_customers_words(
    browser: Client, cases: list[Case]
) -> None:
    text = text_of(browser, "/support/cases/")
    assert "Journal for Lyon" in text
    assert "Slow digest" in text
    assert "Waiting for you" in text
    assert "Received" in text
    assert "Old one" not in text
    assert "Not for Northwind" not in text


@pytest.mark.parametrize(
    ("query", "there", "absent"),
    [
        ("show=done", "Old one", "Slow digest"),
        ("show=yours", "Yours to answer", "Slow digest"),
        ("show=all&own=1", "Old one", "Slow digest"),
        ("show=all&q=second journal", "Journal for Lyon", "Slow digest"),
        ("show=all&q=digest", "Slow digest", "Journal for Lyon"),
        ("show=all&q=Secret", "Nothing fits", "Not for Northwind"),
    ],
)
def test_the_list_can_be_narrowed(
    browser: Client, cases: list[Case], query: str, there: str, absent: str
) -> None:
    text = text_of(browser, f"/support/cases/?{query}")
    assert there in text
    assert absent not in text


def test_a_case_is_found_by_its_reference_as_it_is_spoken(
    browser: Client, cases: list[Case]
) -> None:
    ref = cases[0].ref
    text = text_of(browser, f"/support/cases/?q={ref[:4]} {ref[4:]}&show=all")
    assert "Journal for Lyon" in text


def test_an_authorised_contact_sees_their_own_only(
    portal: Portal, cases: list[Case], northwind: Account
) -> None:
    ove = Contact.objects.get(name="Ove Dahl")
    text = text_of(portal(ove), "/support/cases/?show=all")
    assert "Slow digest" in text
    assert "Journal for Lyon" not in text


def test_a_partner_sees_and_filters_the_customers_they_manage(
    portal: Portal, cases: list[Case], northwind: Account
) -> None:
    partner = make.account(name="Helping Hands", region="UK", is_partner=True)
    make.partnership(partner, northwind)
    pat = make.contact(partner, name="Pat", address="pat@hands.example", kind="admin")
    make.case(partner, pat, title="Our own trouble")
    client = portal(pat)
    text = text_of(client, "/support/cases/")
    assert "Journal for Lyon" in text
    assert "Our own trouble" in text
    one = text_of(client, f"/support/cases/?account={northwind.pk}")
    assert "Journal for Lyon" in one
    assert "Our own trouble" not in one
    assert "10-2233-0012345" in text_of(client, "/support/account/")


def test_the_list_is_paged(browser: Client, northwind: Account, mara: Contact) -> None:
    for n in range(33):
        make.case(northwind, mara, title=f"Number {n:02}", opened_at=NOW + timedelta(minutes=n))
    first = text_of(browser, "/support/cases/")
    assert "Number 32" in first
    assert "Number 02" not in first
    older = re.search(r'href="([^"]+)" data-next', first)
    assert older
    assert "Number 02" in text_of(browser, older[1].replace("&amp;", "&"))


def test_the_sheet_has_the_same_rows_and_no_formulas(
    browser: Client, cases: list[Case], northwind: Account, mara: Contact
) -> None:
    make.case(northwind, mara, title="=1+1")
    response = browser.get("/support/cases/export.csv?show=all")
    text = b"".join(response.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]  # of the answer as Django gives it
    rows = list(csv.DictReader(io.StringIO(text)))
    assert {row["Subject"] for row in rows} == {
        "Journal for Lyon", "Slow digest", "Old one", "Yours to answer", "'=1+1",
    }  # fmt: skip
    assert rows[0]["State"] in {"Received", "Waiting for you", "Being worked on", "Closed"}


# --- one case --------------------------------------------------------------------------------
def test_a_case_shows_what_was_said_and_never_a_note(
    browser: Client, cases: list[Case], northwind: Account
) -> None:
    agent = make.user(name="Priya Nadar")
    case = cases[0]
    make.message(case, text="One policy can hold both.", direction="out", by=agent)
    make.message(case, text="They are difficult", direction="note", by=agent)
    make.message(case, text="From nobody known", pending=True)
    text = text_of(browser, f"/support/cases/{case.ref}/")
    assert "A second journal, please." in text
    assert "One policy can hold both." in text
    assert "Priya Nadar" in text
    assert "They are difficult" not in text
    assert "From nobody known" not in text


def test_a_picture_in_an_answer_stands_in_its_place_and_forwards_are_never_shown(
    browser: Client, cases: list[Case]
) -> None:
    case, agent = cases[0], make.user(name="Priya Nadar")
    by = By("user", agent.pk, agent.name, "agent")
    message = make.message(case, text="Press it:\n[image: shot.png]", direction="out", by=agent)
    shot = make.attachment(message, name="shot.png", content_type="image/png", data=b"\x89PNG")
    written = Written("forward", "They cannot do it themselves.", to=("relay@vendor.example",))
    forward(case, written, by=by, at=make.NOW)
    text = browser.get(f"/support/cases/{case.ref}/").content.decode()
    assert f'<img src="/support/files/{shot.pk}/" alt="shot.png" loading="lazy">' in text
    assert "They cannot do it themselves." not in text
    assert "relay@vendor.example" not in text


def test_somebody_elses_case_is_not_there(browser: Client, cases: list[Case]) -> None:
    strange = Case.objects.get(title="Not for Northwind")
    for path in ("", "news/"):
        assert browser.get(f"/support/cases/{strange.ref}/{path}").status_code == 404
    for verb in ("reply", "solved", "rate", "people", "people/drop"):
        answer = browser.post(
            f"/support/cases/{strange.ref}/{verb}/",
            form(details="x", score="5", address="x@y.example"),
        )
        assert answer.status_code == 404, verb
    assert strange.messages.count() == 1


def test_an_answer_joins_the_case_and_wakes_it(browser: Client, cases: list[Case]) -> None:
    case = cases[3]
    page = guard.new_page(clock.now())
    path = f"/support/cases/{case.ref}/reply/"
    assert browser.post(path, {"page": page, "details": "Yes,\r\nplease."}).status_code == 302
    assert browser.post(path, {"page": page, "details": "Yes,\r\nplease."}).status_code == 302
    case.refresh_from_db()
    assert case.state == "assigned"
    assert [m.text for m in case.messages.all()] == ["Yes,\nplease."]
    assert case.messages.get().channel == "web"


def test_an_empty_answer_is_refused_in_place(browser: Client, cases: list[Case]) -> None:
    path = f"/support/cases/{cases[0].ref}/reply/"
    answer = browser.post(path, {"page": guard.new_page(clock.now()), "details": " "})
    assert answer.status_code == 422
    assert "Write a few words first" in answer.content.decode()


def test_an_answer_can_carry_a_file(browser: Client, cases: list[Case]) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    data = {
        "page": guard.new_page(clock.now()),
        "details": "See the picture.",
        "files": SimpleUploadedFile("a.png", b"\x89PNG data", "image/png"),
    }
    browser.post(f"/support/cases/{cases[0].ref}/reply/", data)
    attached = cases[0].messages.latest("id").attachments.get()
    got = browser.get(f"/support/files/{attached.pk}/")
    assert b"".join(got.streaming_content) == b"\x89PNG data"  # type: ignore[attr-defined]  # of the answer as Django gives it


def test_files_of_others_and_of_notes_are_not_there(browser: Client, cases: list[Case]) -> None:
    strange = Case.objects.get(title="Not for Northwind")
    theirs = make.attachment(strange.messages.get())
    note = make.message(cases[0], text="n", direction="note", by=make.user())
    ours = make.attachment(note)
    for file in (theirs, ours):
        assert browser.get(f"/support/files/{file.pk}/").status_code == 404


@pytest.mark.parametrize(("index", "after"), [(0, "cancelled"), (1, "closed"), (3, "closed")])
def test_a_customer_says_that_it_is_solved(
    browser: Client, cases: list[Case], index: int, after: str
) -> None:
    case = cases[index]
    browser.post(f"/support/cases/{case.ref}/solved/")
    case.refresh_from_db()
    assert case.state == after
    assert not Outbound.objects.filter(kind="resolved").exists()


def test_a_solved_case_opens_again_by_an_answer(browser: Client, cases: list[Case]) -> None:
    case = cases[1]
    browser.post(f"/support/cases/{case.ref}/solved/")
    browser.post(
        f"/support/cases/{case.ref}/reply/",
        {"page": guard.new_page(clock.now()), "details": "It is back."},
    )
    case.refresh_from_db()
    assert case.state == "assigned"


def test_a_closed_case_can_be_rated_and_the_rating_changed(
    browser: Client, cases: list[Case]
) -> None:
    path = f"/support/cases/{cases[2].ref}/rate/"
    browser.post(path, {"score": "3", "comment": "Slow"})
    browser.post(path, {"score": "5", "comment": "Fine after all"})
    rating = Rating.objects.get()
    assert (rating.score, rating.comment) == (5, "Fine after all")
    assert "Fine after all" in text_of(browser, f"/support/cases/{cases[2].ref}/")


@pytest.mark.parametrize("score", ["0", "6", "x", ""])
def test_a_rating_is_one_of_five(browser: Client, cases: list[Case], score: str) -> None:
    answer = browser.post(f"/support/cases/{cases[2].ref}/rate/", {"score": score})
    assert answer.status_code == 409
    assert not Rating.objects.exists()


def test_an_open_case_is_not_rated(browser: Client, cases: list[Case]) -> None:
    answer = browser.post(f"/support/cases/{cases[0].ref}/rate/", {"score": "5"})
    assert answer.status_code == 409


@pytest.mark.parametrize(
    ("address", "status"),
    [("new@northwind.example", 302), ("ove@northwind.example", 302), ("x@else.example", 409)],
)
def test_only_colleagues_are_copied(
    browser: Client, cases: list[Case], address: str, status: int
) -> None:
    case = cases[0]
    answer = browser.post(f"/support/cases/{case.ref}/people/", {"address": address})
    assert answer.status_code == status
    assert case.participants.filter(address=address).exists() is (status == 302)


@pytest.mark.parametrize("acting", ["for the customer", "at the partner"])
def test_a_partner_copies_colleagues_who_then_see_that_case_only(
    portal: Portal, northwind: Account, cases: list[Case], acting: str
) -> None:
    partner = make.account(name="Helping Hands", region="UK", is_partner=True)
    link = make.partnership(partner, northwind)
    pat = make.contact(partner, name="Pat", address="pat@hands.example", kind="admin")
    kim = make.contact(partner, name="Kim", address="kim@hands.example")
    left = make.contact(partner, address="left@hands.example", valid_to=NOW.date())
    place = f"{northwind.pk}-{partner.pk}" if acting == "for the customer" else f"{partner.pk}-0"
    case, other = cases[0], cases[1]
    paths = [f"/support/cases/{one.ref}/" for one in (case, other)]
    hers = portal(kim, place=f"{northwind.pk}-{partner.pk}")
    assert [hers.get(path).status_code for path in paths] == [404, 404]
    for address, status in (
        ("kim@hands.example", 302),
        ("ove@northwind.example", 302),
        (make.address_of(left), 409),
        ("x@else.example", 409),
    ):
        answer = portal(pat, place=place).post(f"{paths[0]}people/", {"address": address})
        assert answer.status_code == status, address
    assert "Northwind Freight and of Helping Hands" in answer.content.decode()
    assert [hers.get(path).status_code for path in paths] == [200, 404]
    own = portal(kim, place=f"{partner.pk}-0")
    assert own.get(paths[0]).status_code == 200
    link.valid_to = link.valid_from
    link.save()
    assert own.get(paths[0]).status_code == 404


def test_a_customer_does_not_copy_people_of_a_partner(
    browser: Client, northwind: Account, cases: list[Case]
) -> None:
    partner = make.account(name="Helping Hands", region="UK", is_partner=True)
    make.partnership(partner, northwind)
    make.contact(partner, name="Kim", address="kim@hands.example")
    path = f"/support/cases/{cases[0].ref}/people/"
    assert browser.post(path, {"address": "kim@hands.example"}).status_code == 409


def test_a_colleague_is_taken_out_again(browser: Client, cases: list[Case]) -> None:
    case = cases[0]
    browser.post(f"/support/cases/{case.ref}/people/", {"address": "new@northwind.example"})
    browser.post(f"/support/cases/{case.ref}/people/drop/", {"address": "new@northwind.example"})
    assert case.participants.count() == 1


@pytest.mark.parametrize(
    ("who", "talked", "said"),
    [
        ("mara", 372, "You called and spoke with Priya Nadar for 6 min."),
        ("ove", 20, "Ove Dahl called and spoke with Priya Nadar for 1 min."),
        ("ove", None, "Ove Dahl called."),
        ("", 372, "Somebody called about this case and spoke with Priya Nadar for 6 min."),
        ("", None, "Somebody called about this case."),
    ],
)
def test_calls_stand_in_the_conversation(
    browser: Client, cases: list[Case], who: str, talked: int | None, said: str
) -> None:
    case = cases[0]
    people = {"mara": case.contact, "": None}
    if who == "ove":
        people["ove"] = make.contact(case.account, name="Ove Dahl")
    Call.objects.create(
        key="asterisk:1", source="asterisk", state="ended", case=case, account=case.account,
        contact=people[who], agent=make.user(name="Priya Nadar") if talked else None,
        caller="+442079460155", note="They were rude", started_at=NOW, ended_at=NOW,
        talked_seconds=talked,
    )  # fmt: skip
    page = text_of(browser, f"/support/cases/{case.ref}/")
    assert said in page
    assert "rude" not in page
    assert "0155" not in page


def test_a_call_that_a_message_tells_of_is_not_named_twice(
    browser: Client, cases: list[Case]
) -> None:
    case = cases[0]
    call = Call.objects.create(
        key="asterisk:1", source="asterisk", state="ended", case=case, account=case.account,
        started_at=NOW, ended_at=NOW, talked_seconds=0,
    )  # fmt: skip
    make.message(case, text="The caller pressed 1.", channel="phone", at=NOW)
    page = f"/support/cases/{case.ref}/"
    assert "Somebody called" not in text_of(browser, page)
    call.talked_seconds, call.agent = 90, make.user(name="Priya Nadar")
    call.save()
    assert "spoke with Priya Nadar" in text_of(browser, page)


def test_only_calls_that_are_over_and_of_the_account_itself_are_shown(
    browser: Client, cases: list[Case]
) -> None:
    case = cases[0]
    for n, (account, ended) in enumerate(((case.account, None), (make.account(), NOW))):
        Call.objects.create(
            key=f"asterisk:{n}", source="asterisk", state="ended", case=case, account=account,
            started_at=NOW, ended_at=ended, talked_seconds=60,
        )  # fmt: skip
    assert " called" not in text_of(browser, f"/support/cases/{case.ref}/")


def test_the_page_learns_of_news(browser: Client, cases: list[Case]) -> None:
    case = cases[0]
    path = f"/support/cases/{case.ref}/news/"
    answer = browser.get(path, {"seen": "0"})
    assert answer.status_code == 200
    seen = answer.content.decode()
    assert f'data-case="{seen}"' in text_of(browser, f"/support/cases/{case.ref}/")
    assert browser.get(path, {"seen": seen}).status_code == 204


def test_a_note_of_the_desk_is_no_news(browser: Client, cases: list[Case]) -> None:
    case = cases[0]
    page = text_of(browser, f"/support/cases/{case.ref}/")
    seen = re.search('data-case="([^"]*)"', page)
    assert seen
    path = f"/support/cases/{case.ref}/news/"
    make.message(case, text="They are difficult", direction="note", by=make.user())
    Case.objects.filter(pk=case.pk).update(version=99)
    assert browser.get(path, {"seen": seen[1]}).status_code == 204
    make.message(case, text="Done.", direction="out", by=make.user())
    assert browser.get(path, {"seen": seen[1]}).status_code == 200


def test_a_merged_case_leads_to_the_one_that_goes_on(browser: Client, cases: list[Case]) -> None:
    gone, stays = cases[0], cases[1]
    Case.objects.filter(pk=gone.pk).update(state="cancelled", merged_into=stays)
    response = browser.get(f"/support/cases/{gone.ref}/")
    assert response["Location"] == f"/support/cases/{stays.ref}/"


# --- account & support details ---------------------------------------------------------------
def test_account_details_say_everything_on_one_page(browser: Client, mara: Contact) -> None:
    """R52, R53, R18."""
    text = text_of(browser, "/support/account/")
    for expected in (
        "10-2233-0012345", "Northwind Freight", "Gold", "+44 20 7847 8701",
        "support@meridian.example", "Mara Lind", "1 of 5", "Yours", "Ask us", "Before you call",
        "General Telephone Support",
    ):  # fmt: skip
        assert expected in text, expected


def test_the_own_column_is_marked_once(browser: Client) -> None:
    text = text_of(browser, "/support/account/")
    head = text[text.index('class="matrix"') : text.index("<tbody>", text.index('class="matrix"'))]
    assert head.count('class="own"') == 1
    assert "Gold" in head[head.index('class="own"') :][:400]


def test_the_base_service_has_no_column(portal: Portal, northwind: Account) -> None:
    base = make.account(name="Base Ltd", region="UK")
    client = portal(make.contact(base, name="Bo", address="bo@base.example"))
    text = text_of(client, "/support/account/")
    assert 'class="own"' not in text[text.index('class="matrix"') :]
    assert "not in your package" in text


def test_the_card_holds_what_a_caller_needs(browser: Client) -> None:
    """R67."""
    text = text_of(browser, "/support/account/card/")
    for expected in ("10-2233-0012345", "+44 20 7847 8701", "Is it a P1?", "raised by telephone"):
        assert expected in text, expected


def test_an_expired_package_is_said(portal: Portal, northwind: Account) -> None:
    today = clock.now().date()
    old = make.account(name="Late Ltd", region="UK")
    make.contract(
        old, package="gold", starts_on=today - timedelta(days=400),
        ends_on=today - timedelta(days=3),
    )  # fmt: skip
    client = portal(make.contact(old, name="Lo", address="lo@late.example"))
    assert "We honour it until" in text_of(client, "/support/account/")


def test_every_page_is_dressed_in_the_brand(browser: Client, cases: list[Case]) -> None:
    for path in ("/support/", "/support/cases/", f"/support/cases/{cases[0].ref}/",
                 "/support/account/"):  # fmt: skip
        assert "Meridian" in text_of(browser, path)


def test_the_language_that_a_contact_chooses_is_that_of_their_mails(
    browser: Client, mara: Contact
) -> None:
    page = text_of(browser, "/support/")
    assert 'action="/support/language/"' in page
    answer = browser.post("/support/language/", {"language": "de", "back": "/support/cases/"})
    assert answer["Location"] == "/support/cases/"
    mara.refresh_from_db()
    assert mara.language == "de"
    assert "Meine Fälle" in text_of(browser, "/support/cases/")
    browser.post("/support/", form())
    assert "Wir haben Ihre Anfrage als Fall" in Outbound.objects.get().text


def test_even_a_contact_cannot_flood_the_desk(browser: Client, settings: Any) -> None:
    settings.WEB_FORMS_PER_HOUR = 1
    codes = [browser.post("/support/", form()).status_code for _ in range(4)]
    assert codes == [302, 302, 302, 429]


def test_going_back_and_writing_more_is_a_further_answer(
    browser: Client, cases: list[Case]
) -> None:
    case = cases[3]
    page, path = guard.new_page(clock.now()), f"/support/cases/{case.ref}/reply/"
    for words in ("Yes, please.", "And by Friday.", "And by Friday."):
        assert browser.post(path, {"page": page, "details": words})["Location"].endswith("/#sent")
    assert [m.text for m in case.messages.all()] == ["Yes, please.", "And by Friday."]


@pytest.mark.parametrize("path", ["cases/?q=a%00b", "cases/export.csv?q=%00", "places/?q=%00"])
def test_nul_in_an_address_asks_for_nothing(browser: Client, path: str) -> None:
    assert browser.get(f"/support/{path}").status_code == 200


def test_nul_in_a_form_is_dropped(browser: Client, cases: list[Case]) -> None:
    assert browser.get("/support/cases/%00/").status_code == 404
    path = f"/support/cases/{cases[3].ref}/reply/"
    page = guard.new_page(clock.now())
    assert browser.post(path, {"page": page, "details": "Yes\0."}).status_code == 302
    assert cases[3].messages.get().text == "Yes."
    path = f"/support/cases/{cases[3].ref}/people/drop/"
    assert browser.post(path, {"address": "x\0@y.example"}).status_code in {302, 409}


def test_what_is_not_there_is_said_in_the_vendors_name(browser: Client, client: Client) -> None:
    for who in (browser, client):
        page = who.get("/support/nothing/")
        assert page.status_code == 404
        assert "Meridian Mail" in page.content.decode()
        assert "Heliodesk" not in page.content.decode()
        assert ("Northwind Freight" in page.content.decode()) is (who is browser)
    page = browser.get("/support/nothing/", headers={"Accept-Language": "de"})
    assert "Hier ist nichts" in page.content.decode()
    assert "Zum Inhalt springen" in page.content.decode()


def test_who_cannot_be_copied_is_said_beside_the_field(browser: Client, cases: list[Case]) -> None:
    path = f"/support/cases/{cases[0].ref}/people/"
    page = browser.post(path, {"address": "x@else.example"}).content.decode()
    assert 'value="x@else.example"' in page
    assert "Only contacts of your account" in page


def test_stretches_without_a_break_are_one_and_days_are_the_readers() -> None:
    start = NOW.replace(hour=20)
    spans = [
        Span(start, start + timedelta(minutes=8), "counted", timedelta(minutes=8)),
        Span(start + timedelta(minutes=8), start + timedelta(minutes=14), "counted",
             timedelta(minutes=6)),
    ]  # fmt: skip
    joined = counted._joined(spans, "Pacific/Auckland")
    assert [(one.start, one.counted) for one in joined] == [(start, timedelta(minutes=14))]
    assert counted._row(joined[0], "Pacific/Auckland").day == "Tue 24 Nov"


@pytest.mark.parametrize("verb", ["reply", "solved", "rate", "people", "people/drop"])
def test_the_address_of_a_verb_leads_to_the_case(
    browser: Client, northwind: Account, mara: Contact, verb: str
) -> None:
    """A refusal is shown there, and whoever signs in again after sending comes there."""
    case = make.case(account=northwind, contact=mara)
    here = f"/support/cases/{case.ref}/"
    assert browser.get(f"{here}{verb}/")["Location"] == here
    stranger = Client().post(f"{here}{verb}/", {"details": "It is back."})
    assert stranger["Location"] == f"/support/sign-in/?next={here}{verb}/"


def test_news_come_by_the_host_of_the_page_behind_a_proxy(
    browser: Client, northwind: Account, mara: Contact, settings: Any
) -> None:
    path = f"/support/cases/{make.case(account=northwind, contact=mara).ref}/"
    assert f'data-live="{settings.LIVE_URL}?case=' in text_of(browser, path)
    settings.BASE_URL = "https://desk.meridian.example"
    settings.LIVE_URL = f"{settings.BASE_URL}/events"
    assert 'data-live="/events?case=' in text_of(browser, path)


def test_a_case_that_nobody_began_is_withdrawn_and_its_page_says_so(
    browser: Client, northwind: Account, mara: Contact
) -> None:
    case = make.case(account=northwind, contact=mara, state="new")
    answer = browser.post(f"/support/cases/{case.ref}/solved/", follow=True).content.decode()
    assert "Thank you. Nobody had begun, so the case is withdrawn." in answer
    way = answer[answer.index('<ol class="track">') :].partition("</ol>")[0]
    assert re.findall(r"<span>([^<]+)", way) == ["Received", "Withdrawn"]
    assert way.count("<small") == 2, "both have their time"
    assert "An answer below opens a new one" in answer
    browser.post(f"/support/cases/{case.ref}/reply/", form(details="It came back."))
    later = Case.objects.latest("id")
    assert later.ref != case.ref
    shown = text_of(browser, f"/support/cases/{later.ref}/")
    assert "your answer opened this new one" in shown
