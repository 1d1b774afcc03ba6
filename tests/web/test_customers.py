"""Pages of accounts and contacts: found, shown, changed, and kept from whom they do not concern."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from heliodesk.customers.models import Account, Contact, ContactRole, Partnership
from heliodesk.entitlements.actions import activate_shipped
from tests import make
from tests.web.conftest import Browser


@pytest.fixture(autouse=True)
def policy(db: None) -> None:
    activate_shipped(at=make.NOW)


@pytest.fixture
def orchard() -> Account:
    return make.account(
        name="Orchard Ltd", region="UK", identifier="10-0000-0000001", domain="orchard.example",
        package="gold",
    )  # fmt: skip


def text(page: Any) -> str:
    return str(page.content.decode())


def test_accounts_are_listed_searched_and_paged(browser: Browser, orchard: Account) -> None:
    agent = browser()
    for i in range(60):
        make.account(name=f"Brass {i:02d}")
    first = text(agent.get("/accounts/"))
    assert "Brass 49" in first and "Orchard Ltd" not in first
    following = first.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&")
    assert "Orchard Ltd" in text(agent.get(following))
    assert "Orchard Ltd" in text(agent.get("/accounts/?q=10-0000-0000001"))
    assert "No account found" in text(agent.get("/accounts/?q=zzz"))
    assert agent.get("/accounts/?after=x&from=y").status_code == 404


def test_contacts_are_listed_and_searched(browser: Browser, orchard: Account) -> None:
    make.contact(orchard, name="Ann <b>", address="ann@orchard.example")
    agent = browser()
    page = text(agent.get("/contacts/"))
    assert "Ann &lt;b&gt;" in page and "orchard.example" in page
    assert "Ann" in text(agent.get("/contacts/?q=ann@"))
    assert "Nobody found" in text(agent.get("/contacts/?q=bob"))


def test_the_page_of_an_account_shows_all_that_hangs_on_it(
    browser: Browser, orchard: Account
) -> None:
    contact = make.contact(orchard, name="Ann", address="ann@orchard.example")
    partner = make.account(name="Pat Partners", is_partner=True)
    Partnership.objects.create(partner=partner, customer=orchard, valid_from=make.NOW.date())
    make.case(orchard, contact, title="Printer on fire")
    page = text(browser().get(f"/accounts/{orchard.pk}/"))
    for word in ("10-0000-0000001", "orchard.example", "ann@", "Pat Partners", "Printer on fire"):
        assert word in page
    assert "No designated contact" in page
    assert "Add a contact" not in page and "Edit the details" not in page


def test_the_page_of_a_contact(browser: Browser, orchard: Account) -> None:
    contact = make.contact(orchard, name="Ann", addresses=("ann@x.example", "a@x.example"))
    page = text(browser().get(f"/contacts/{contact.pk}/"))
    assert "a@x.example" in page and "Orchard Ltd" in page and "Deactivate" not in page
    assert browser().get("/contacts/999999/").status_code == 404


def test_only_who_may_edit_can(browser: Browser, orchard: Account) -> None:
    contact = make.contact(orchard)
    agent = browser()
    for path in (
        f"/accounts/{orchard.pk}/describe/",
        f"/contacts/{contact.pk}/deactivate/",
        "/accounts/new/",
        "/accounts/import/",
    ):
        assert agent.post(path).status_code == 403
    assert agent.get("/accounts/export/accounts/").status_code == 403


def test_an_account_is_opened_and_refused_with_what_was_typed(browser: Browser) -> None:
    lead = browser(role="lead")
    assert "Open the account" in text(lead.get("/accounts/new/"))
    bad = lead.post("/accounts/new/", {"name": "Brass", "region": "UK", "identifier": "42"})
    assert bad.status_code == 409 and 'value="Brass"' in text(bad) and "IDs look like" in text(bad)
    done = lead.post("/accounts/new/", {"name": "Brass", "region": "UK", "offshore": "1"})
    account = Account.objects.get(name="Brass")
    assert done["Location"] == f"/accounts/{account.pk}/" and not account.offshore


def test_every_verb_on_an_account(browser: Browser, orchard: Account) -> None:
    lead = browser(role="lead")
    base = f"/accounts/{orchard.pk}/"
    partner = make.account(name="Pat", identifier="20-0000-0000001", is_partner=True)

    def do(verb: str, **form: Any) -> None:
        answer = lead.post(f"{base}{verb}/", form)
        assert answer.status_code == 302, text(answer)

    do("describe", name="Orchard plc", region="NA", lifecycle="live", note="Ask Ann.")
    do("add_identifier", value="10-0000-0000002")
    do("end_identifier", id=orchard.identifiers.get(value="10-0000-0000002").pk)
    do("verify_domain", domain="orchard.test")
    do("drop_domain", id=orchard.domains.get(domain="orchard.test").pk)
    do("add_contact", name="Ann", address="ann@orchard.example", kinds=["authorised"])
    ann = Contact.objects.get()
    do("grant", contact=ann.pk, kinds=["designated", "admin"])
    do("relate", other="20-0000-0000001", kind="msp", way="partner")
    do("end_partner", id=Partnership.objects.get().pk)

    orchard.refresh_from_db()
    assert (orchard.name, orchard.region, orchard.note) == ("Orchard plc", "NA", "Ask Ann.")
    held = ContactRole.objects.filter(contact=ann, valid_to__isnull=True)
    assert set(held.values_list("kind", flat=True)) == {"designated", "admin"}
    assert Partnership.objects.get().partner == partner
    page = text(lead.get(base))
    assert "Renamed from Orchard Ltd to Orchard plc" in page and "Ann is designated" in page


@pytest.mark.parametrize(
    ("verb", "form", "why"),
    [
        ("describe", {"name": "", "region": "UK"}, "needs a name"),
        ("describe", {"name": "X", "region": "UK", "lifecycle": "gone"}, "Choose where"),
        ("describe", {"name": "X", "region": "UK", "offshore": "1"}, "Only the offshore team"),
        ("add_identifier", {"value": "77"}, "not an account ID"),
        ("verify_domain", {"domain": "gmail.com"}, "Anybody can have an address"),
        ("add_contact", {"name": "Bo", "address": "nobody"}, "not an e-mail address"),
        ("grant", {"contact": "9"}, "no such contact"),
        ("relate", {"other": "nobody"}, "names no single account"),
        ("end_partner", {"id": "9"}, "no such relation"),
        ("end_identifier", {"id": "x"}, "Somebody was faster"),
    ],
)
def test_a_refusal_says_why_and_keeps_what_was_typed(
    browser: Browser, orchard: Account, verb: str, form: dict[str, str], why: str
) -> None:
    answer = browser(role="lead").post(f"/accounts/{orchard.pk}/{verb}/", form)
    assert answer.status_code == 409 and why in text(answer)
    typed = form.get("name") or form.get("domain") or form.get("value") or ""
    assert typed in text(answer)
    orchard.refresh_from_db()
    assert orchard.name == "Orchard Ltd"


def test_every_verb_on_a_contact(browser: Browser, orchard: Account) -> None:
    lead = browser(role="lead")
    ann = make.contact(orchard, name="Ann", address="ann@x.example")
    other = make.contact(orchard, name="Anne", address="anne@x.example")
    base = f"/contacts/{ann.pk}/"

    def do(verb: str, **form: Any) -> Any:
        answer = lead.post(f"{base}{verb}/", form)
        assert answer.status_code == 302, text(answer)
        return answer

    do("describe", name="Ann S", phone="1", zone="Europe/London")
    do("add_address", address="a@x.example")
    do("prefer_address", id=ann.addresses.get(address="a@x.example").pk)
    do("drop_address", id=ann.addresses.get(address="ann@x.example").pk)
    do("deactivate")
    assert "Mail from this person is held" in text(lead.get(base))
    do("reactivate")
    assert lead.post(f"{base}merge/", {"other": "no@x.example"}).status_code == 409
    assert do("merge", other="anne@x.example")["Location"] == f"/contacts/{other.pk}/"
    assert "merged into another" in text(lead.get(base))
    assert lead.post(f"{base}describe/", {"name": ""}).status_code == 409
    assert lead.post(f"{base}fly/").status_code == 404


def test_offshore_customers_are_not_there_for_others(browser: Browser) -> None:
    harbour = make.account(name="Harbour", offshore=True)
    hal = make.contact(harbour, name="Hal")
    lead, own = browser(role="lead"), browser(role="lead", offshore=True)
    for path in (f"/accounts/{harbour.pk}/", f"/contacts/{hal.pk}/"):
        assert lead.get(path).status_code == 404 and own.get(path).status_code == 200
    assert lead.post(f"/accounts/{harbour.pk}/describe/", {"name": "X"}).status_code == 404
    assert lead.post(f"/contacts/{hal.pk}/deactivate/").status_code == 404
    assert "Harbour" not in text(lead.get("/accounts/"))
    assert "Harbour" not in text(lead.get("/accounts/export/accounts/"))
    assert "Harbour" in text(own.get("/accounts/export/accounts/"))


def test_a_sheet_is_looked_at_first_and_then_written(browser: Browser) -> None:
    lead = browser(role="lead")

    def send(content: bytes, **form: str) -> Any:
        file = SimpleUploadedFile("accounts.csv", content)
        return lead.post("/accounts/import/", {"kind": "accounts", "file": file, **form})

    good = b"id,name,region\n10-0000-0000001,Orchard,UK\n"
    look = send(good, how="dry")
    assert "This is what would happen" in text(look) and not Account.objects.exists()
    assert "Done" in text(send(good, how="now")) and Account.objects.count() == 1
    bad = send(b"id,name,region\n42,<b>Bad,UK\n10-0000-0000002,Fine,UK\n", how="now")
    assert "Nothing was written" in text(bad) and "not an account ID" in text(bad)
    assert Account.objects.count() == 1
    send(b"id,name,region\n42,Bad,UK\n10-0000-0000002,Fine,UK\n", how="now", skip_bad="1")
    assert Account.objects.count() == 2
    none = send(b"PK\x03\x04")
    assert none.status_code == 409 and "spreadsheet file" in text(none)
    assert lead.post("/accounts/import/", {"kind": "accounts"}).status_code == 409
    assert lead.get("/accounts/import/?kind=dragons").status_code == 404
    out = lead.get("/accounts/export/accounts/")
    assert out["Content-Disposition"].endswith('"accounts.csv"')
    assert b"10-0000-0000001,Orchard,UK" in out.content
