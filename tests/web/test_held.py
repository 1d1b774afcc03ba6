"""The pages of what is held: who sees what, and what each verb leads to."""

from datetime import timedelta
from email.message import EmailMessage
from typing import Any

import pytest

from heliodesk.cases.models import Case
from heliodesk.channels.models import Inbound, Mailbox
from heliodesk.customers.models import Account, ContactAddress
from heliodesk.entitlements.actions import activate_shipped
from heliodesk.intake import pipeline
from heliodesk.intake.models import HeldItem
from heliodesk.kernel import clock
from tests import make
from tests.web.conftest import Browser


@pytest.fixture(autouse=True)
def desk(db: None) -> Mailbox:
    activate_shipped(at=make.NOW)
    return make.mailbox(address="support@desk.example", region="UK")


@pytest.fixture
def orchard() -> Account:
    return make.account(
        name="Orchard Ltd", region="UK", identifier="10-0000-0000001", domain="orchard.example"
    )


def arrive(
    subject: str = "Help", *, sender: str = "x@stranger.example", box: Mailbox | None = None,
    html: str = "", files: tuple[tuple[str, bytes], ...] = (), minutes: int = 0,
) -> HeldItem:  # fmt: skip
    """A mail that the desk holds."""
    at = clock.now() - timedelta(hours=1) + timedelta(minutes=minutes)
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = f"Xena <{sender}>", "support@desk.example", subject
    mail["Message-ID"] = f"<{subject}{sender}@stranger.example>".replace(" ", "")
    mail.set_content("Please <b>help</b> us.\n")
    if html:
        mail.add_alternative(html, subtype="html")
    for name, data in files:
        mail.add_attachment(data, maintype="image", subtype="png", filename=name)
    raw = mail.as_bytes()
    row = Inbound.objects.create(
        mailbox=box or Mailbox.objects.first(), channel="smtp", envelope_from=sender,
        recipients=["support@desk.example"], received_at=at, raw=raw, size=len(raw),
    )  # fmt: skip
    pipeline.file_waiting(at=at, ids=[row.pk])
    return HeldItem.objects.get(messages__inbound=row)


def test_the_list_shows_what_waits_and_the_first_of_it(browser: Browser) -> None:
    first, last = arrive("One"), arrive("Two", sender="y@stranger.example", minutes=5)
    page = browser().get("/held/").content.decode()
    assert page.index(last.ref) < page.index(first.ref)
    assert "Please &lt;b&gt;help&lt;/b&gt; us." in page
    assert "Nobody here has this address" in page


def test_an_item_becomes_a_case_of_the_chosen_account(browser: Browser, orchard: Account) -> None:
    item = arrive("(10-0000-0000001) Printer")
    agent = browser()
    page = agent.get(f"/held/{item.ref}/").content.decode()
    assert "The account is known, the sender is not" in page and "Orchard Ltd" in page

    answer = agent.post(f"/held/{item.ref}/case/", {"account": orchard.pk, "who": ""})

    case = Case.objects.get()
    assert answer["Location"] == f"/cases/{case.ref}/"
    assert case.account == orchard and case.contact is None
    item.refresh_from_db()
    assert item.case == case and item.decided_by == agent.person  # type: ignore[attr-defined]  # ours, on the client
    assert case.ref in agent.get("/held/decided/").content.decode().replace(" ", "")


def test_the_sender_can_be_made_a_contact(browser: Browser, orchard: Account) -> None:
    item = arrive()
    form = {"account": orchard.pk, "who": "new", "name": "Xena W"}
    browser().post(f"/held/{item.ref}/case/", form)
    address = ContactAddress.objects.get(address="x@stranger.example")
    assert address.contact.name == "Xena W"
    assert Case.objects.get().contact == address.contact


def test_a_known_contact_may_write_from_a_new_address(browser: Browser, orchard: Account) -> None:
    known = make.contact(orchard, name="Xena")
    item = arrive()
    agent = browser()
    assert "Xena, from another address" in agent.get(f"/held/{item.ref}/").content.decode()
    agent.post(f"/held/{item.ref}/case/", {"account": orchard.pk, "who": known.pk})
    assert known.addresses.filter(address="x@stranger.example").exists()
    assert Case.objects.get().contact == known


def test_another_account_is_found_by_search(browser: Browser, orchard: Account) -> None:
    item = arrive()
    page = browser().get(f"/held/{item.ref}/?q=orch").content.decode()
    assert f'name="account" value="{orchard.pk}" checked' in page
    assert (
        "No other account is found" in browser().get(f"/held/{item.ref}/?q=nobody").content.decode()
    )


def test_an_item_joins_a_case(browser: Browser, orchard: Account) -> None:
    case, item = make.case(orchard), arrive()
    answer = browser().post(f"/held/{item.ref}/append/", {"case": case.ref})
    assert answer.status_code == 302 and case.messages.count() == 1


@pytest.mark.parametrize(
    ("verb", "form", "why"),
    [
        ("case", {}, "Choose the account"),
        ("case", {"account": "999999"}, "no such account"),
        ("append", {"case": "123"}, "There is no case 123"),
        ("reject", {"text": " "}, "Write what the sender should know"),
    ],
)
def test_what_is_not_possible_is_said_and_changes_nothing(
    browser: Browser, verb: str, form: dict[str, str], why: str
) -> None:
    item = arrive()
    answer = browser().post(f"/held/{item.ref}/{verb}/", form)
    assert answer.status_code == 409 and why in answer.content.decode()
    item.refresh_from_db()
    assert item.state == "held" and not Case.objects.exists()


@pytest.mark.parametrize(("verb", "state"), [("reject", "rejected"), ("spam", "spam")])
def test_an_item_ends_without_a_case(browser: Browser, verb: str, state: str) -> None:
    item = arrive()
    agent = browser()
    assert agent.post(f"/held/{item.ref}/{verb}/", {"text": "Sorry."}).status_code == 302
    item.refresh_from_db()
    assert item.state == state
    again = agent.post(f"/held/{item.ref}/{verb}/", {"text": "Sorry."})
    assert again.status_code == 409 and "Somebody was faster" in again.content.decode()
    assert agent.get(f"/held/{item.ref}/{verb}/").status_code == 405


def test_offshore_mail_is_for_the_offshore_team(browser: Browser) -> None:
    box = make.mailbox(address="off@desk.example", offshore=True)
    item = arrive(box=box)
    stranger = browser()
    for path in ("", "1/raw/", "1/html/", "1/0/"):
        assert stranger.get(f"/held/{item.ref}/{path}").status_code == 404
    assert item.ref not in stranger.get("/held/").content.decode()
    assert item.ref in browser(offshore=True).get("/held/").content.decode()


def test_files_and_originals_are_served_harmlessly(browser: Browser) -> None:
    item = arrive(html="<p onclick=x()>Hi<script>x()</script></p>", files=(("a.png", b"\x89PNG"),))
    other = arrive("Other", sender="z@stranger.example")
    inbound = item.messages.get().inbound_id
    agent = browser()
    raw = agent.get(f"/held/{item.ref}/{inbound}/raw/")
    assert raw["Content-Disposition"].startswith("attachment") and b"Xena" in raw.content
    page = agent.get(f"/held/{item.ref}/{inbound}/html/")
    assert b"<script" not in page.content and b"onclick" not in page.content
    assert "sandbox" in page["Content-Security-Policy"]
    assert agent.get(f"/held/{item.ref}/{inbound}/0/").content == b"\x89PNG"
    assert agent.get(f"/held/{item.ref}/{inbound}/7/").status_code == 404
    assert agent.get(f"/held/{other.ref}/{inbound}/raw/").status_code == 404


def test_an_unreadable_message_is_shown_with_its_error(
    browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    item = arrive()

    def broken(*_args: Any, **_options: Any) -> None:
        raise ValueError("too deep")

    monkeypatch.setattr("heliodesk.intake.actions.reading.draft_of", broken)
    page = browser().get(f"/held/{item.ref}/").content.decode()
    assert "This message cannot be shown" in page and "too deep" in page
