"""Lists, searches and cards: what they find, in what order, and what they keep to themselves."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from heliodesk.customers import queries
from heliodesk.customers.access import Hidden, get_account, get_contact
from heliodesk.customers.models import AccountIdentifier, ContactRole, Partnership
from heliodesk.identity.person import Person
from heliodesk.identity.rules import Role
from tests import make

TODAY = date(2026, 11, 23)
AGENT = Person(1, "Lee", "lee@desk.example", Role.AGENT, "UTC")
OFFSHORE = Person(2, "Jo", "jo@desk.example", Role.AGENT, "UTC", offshore=True)
NOBODY = Person(3, "No", "no@desk.example", "stranger", "UTC")  # type: ignore[arg-type]  # no such role

pytestmark = pytest.mark.django_db


def names(text: str = "", person: Person = AGENT) -> list[str]:
    return [row.name for row in queries.accounts(person, TODAY, text=text)]


def people(text: str = "", person: Person = AGENT) -> list[str]:
    return [row.name for row in queries.contacts(person, TODAY, text=text)]


def test_pages_follow_each_other_by_name_whatever_its_case() -> None:
    for name in ("beta", "Alpha", "gamma", "Delta", "alpha"):
        make.account(name=name)
    seen: list[str] = []
    after = None
    while True:
        rows = queries.accounts(AGENT, TODAY, after=after, size=2)
        seen += [row.name for row in rows[:2]]
        if len(rows) <= 2:
            break
        after = queries.key(rows[1])
    assert seen == ["Alpha", "alpha", "beta", "Delta", "gamma"]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("brass", ["Brass Foundry Ltd"]),
        ("found bra", ["Brass Foundry Ltd"]),
        ("BRASS FOUNDRY LTD", ["Brass Foundry Ltd"]),
        ("o'br", ["O'Brien & Sons"]),
        ("10-0000-0000042", ["Brass Foundry Ltd"]),
        ("10 0000", []),
        ("10-0000", ["Brass Foundry Ltd"]),
        ("foundry.example", ["Brass Foundry Ltd"]),
        ("@foundry.ex", ["Brass Foundry Ltd"]),
        ("ann@foundry.example", ["Brass Foundry Ltd"]),
        ("ann@", ["Brass Foundry Ltd"]),
        ("ann@%", []),
        ("b", ["Brass Foundry Ltd"]),
        ("f", []),
        ("nothing", []),
        ("!!", []),
        ("'; drop table", []),
        ("brass:* | a", []),
    ],
)
def test_an_account_is_found_by_name_id_domain_or_address(text: str, found: list[str]) -> None:
    brass = make.account(
        name="Brass Foundry Ltd", identifier="10-0000-0000042", domain="foundry.example"
    )
    make.contact(brass, address="ann@foundry.example")
    make.account(name="O'Brien & Sons", identifier="77-0000-0000001")
    assert names(text) == found


def test_a_line_of_the_list_shows_what_holds_today() -> None:
    account = make.account(name="Orchard", identifier="10-0000-0000042", domain="orchard.example")
    AccountIdentifier.objects.create(
        account=account, value="10-0000-0000001", valid_from=date(2020, 1, 1), valid_to=TODAY
    )
    contact = make.contact(account)
    ContactRole.objects.create(
        contact=contact, account=account, kind="designated", valid_from=TODAY
    )
    make.contact(account, valid_to=TODAY)

    row = queries.accounts(AGENT, TODAY)[0]

    assert (row.identifier, row.domain) == ("10-0000-0000042", "orchard.example")
    assert (row.contacts, row.designated) == (1, 1)


def test_exact_hits_come_first_and_once() -> None:
    make.account(name="A 10", identifier="20-0000-0000001")
    make.account(name="Z 10", identifier="10-0000-0000001")
    assert names("10") == ["Z 10", "A 10"]


def test_offshore_accounts_and_their_people_are_for_the_offshore_team() -> None:
    make.contact(make.account(name="Onshore"), name="Ann", address="ann@on.example")
    harbour = make.account(
        name="Harbour", offshore=True, identifier="66-0000-0000001", domain="off.example"
    )
    bob = make.contact(harbour, name="Bob", address="bob@off.example")

    assert names() == ["Onshore"] and names(person=OFFSHORE) == ["Harbour", "Onshore"]
    assert people() == ["Ann"] and people(person=OFFSHORE) == ["Ann", "Bob"]
    for asked in ("harbour", "66-0000-0000001", "off.example", "bob@off.example"):
        assert names(asked) == [] and people(asked) == []
        assert names(asked, OFFSHORE) == ["Harbour"]
    assert queries.account_card(AGENT, harbour.pk, TODAY) is None
    assert queries.contact_card(AGENT, bob.pk, TODAY) is None
    for get, id in ((get_account, harbour.pk), (get_contact, bob.pk), (get_account, 0)):
        with pytest.raises(Hidden):
            get(AGENT, id)
    assert get_account(OFFSHORE, harbour.pk) == harbour and get_contact(OFFSHORE, bob.pk) == bob
    assert names(person=NOBODY) == [] and people(person=NOBODY) == []


def test_contacts_are_found_by_name_address_and_domain() -> None:
    orchard = make.account(name="Orchard", domain="orchard.example")
    make.contact(orchard, name="Ann Smith", addresses=("ann@orchard.example", "as@home.example"))
    make.contact(make.account(), name="Bob Smith", address="bob@brass.example")

    assert people("smi") == ["Ann Smith", "Bob Smith"]
    assert people("as@home") == ["Ann Smith"]
    assert people("orchard.example") == ["Ann Smith"]
    row = queries.contacts(AGENT, TODAY, text="ann")[0]
    assert (row.address, row.account, row.roles) == (
        "ann@orchard.example",
        "Orchard",
        ["authorised"],
    )
    assert [r.name for r in queries.contacts(AGENT, TODAY, account_id=orchard.pk)] == ["Ann Smith"]


def test_a_contact_of_several_accounts_says_so() -> None:
    contact = make.contact(make.account(name="First"))
    ContactRole.objects.create(
        contact=contact, account=make.account(), kind="admin", valid_from=TODAY
    )
    row = queries.contacts(AGENT, TODAY)[0]
    assert row.account == "First" and row.others == 1


def test_a_card_is_one_statement_and_whole() -> None:
    account = make.account(name="Orchard", domain="orchard.example", lifecycle="live")
    contact = make.contact(account, name="Ann", address="ann@orchard.example")
    partner = make.account(name="Pat", is_partner=True)
    Partnership.objects.create(partner=partner, customer=account, valid_from=TODAY)

    with CaptureQueriesContext(connection) as seen:
        card = queries.account_card(AGENT, account.pk, TODAY)

    assert card and len(seen) <= 1
    assert [d["domain"] for d in card.domains] == ["orchard.example"]
    assert [i["current"] for i in card.identifiers] == [True]
    assert card.contacts[0]["id"] == contact.pk
    assert card.contacts[0]["roles"][0]["kind"] == "authorised"
    assert [p["name"] for p in card.partners] == ["Pat"] and card.customers == []
    assert card.contact_count == 1 and card.designated == 0
    assert "No designated contact" in card.warnings[0]
    mirror = queries.account_card(AGENT, partner.pk, TODAY)
    assert mirror and [c["name"] for c in mirror.customers] == ["Orchard"]


def test_a_contact_card_is_whole() -> None:
    account = make.account(name="Orchard")
    contact = make.contact(account, name="Ann", addresses=("a@x.example", "b@x.example"))
    card = queries.contact_card(AGENT, contact.pk, TODAY)
    assert card and [a["preferred"] for a in card.addresses] == [True, False]
    assert [(r["name"], r["current"]) for r in card.roles] == [("Orchard", True)]
