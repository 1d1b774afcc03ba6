"""The contacts of an account, run by its administrators; what they do is told in the journal."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.test import Client

from heliodesk.channels.models import Outbound
from heliodesk.customers.models import Account, Contact, ContactRole, Partnership
from heliodesk.journal.models import Event
from heliodesk.kernel import clock
from heliodesk.web.portal import brand
from tests import make
from tests.web.conftest import Portal

pytestmark = pytest.mark.django_db
HERE = "/support/contacts/"


@pytest.fixture(autouse=True)
def fresh() -> None:
    cache.clear()
    brand.forget()
    make.mailbox(address="support@meridian.example")


@pytest.fixture
def north() -> Account:
    return make.account(name="Northwind")


@pytest.fixture
def boss(north: Account) -> Contact:
    return make.contact(north, name="Bo Boss", kind="admin", address="bo@north.example")


def kinds(contact: Contact) -> set[str]:
    day = clock.now().date()
    rows = contact.roles.filter(valid_from__lte=day)
    return {row.kind for row in rows if row.valid_to is None or row.valid_to > day}


def verbs(account: Account) -> list[str]:
    rows = Event.objects.filter(subject_kind="account", subject_id=account.pk, by_kind="contact")
    return list(rows.order_by("pk").values_list("verb", flat=True))


def test_somebody_is_invited_and_comes_in(
    portal: Portal, client: Client, north: Account, boss: Contact
) -> None:
    answer = portal(boss).post(
        f"{HERE}invite/",
        {"name": "Nia New", "address": "Nia@North.example", "kinds": ["authorised", "viewer"]},
    )
    assert answer.status_code == 302
    nia = Contact.objects.get(name="Nia New")
    assert kinds(nia) == {"authorised", "viewer"}
    mail = Outbound.objects.get()
    assert mail.to == ["nia@north.example"]
    assert "Bo Boss made you a support contact of Northwind" in mail.text
    link = next(line for line in mail.text.splitlines() if "/support/welcome/" in line)
    address = "/support/welcome/" + link.split("/support/welcome/")[1]
    assert "Northwind" in client.get(address).content.decode()
    assert client.get("/support/contacts/").status_code == 302
    assert client.post(address)["Location"] == "/support/security/?first=1"
    page = client.get(HERE).content.decode()
    assert "Bo Boss" in page
    assert "Send the invitation" not in page
    assert Client().get(address).status_code == 410
    assert verbs(north) == ["role_granted", "role_granted", "contact_invited"]


def test_an_invitation_comes_in_the_brand_of_the_account(portal: Portal) -> None:
    make.mailbox(address="support@island.example", brand="Island Mail", region="JE", offshore=True)
    brand.forget()
    island = make.account(name="Isle", region="JE", offshore=True)
    admin = make.contact(island, kind="admin", address="ada@isle.example")
    portal(admin).post(f"{HERE}invite/", {"name": "Nia", "address": "nia@isle.example"})
    assert Outbound.objects.get().from_address == "support@island.example"


def test_a_link_to_a_case_at_another_account_of_theirs_leads_there(
    portal: Portal, north: Account, boss: Contact
) -> None:
    south, strange = make.account(name="Southwind"), make.case()
    ContactRole.objects.create(
        contact=boss, account=south, kind="viewer", valid_from=clock.now().date()
    )
    case = make.case(account=south, title="In the south")
    client = portal(boss, place=f"{north.pk}-0")
    page = client.get(f"/support/cases/{case.ref}/", follow=True).content.decode()
    assert "In the south" in page
    assert "You act for Southwind now." in page
    assert client.get(f"/support/cases/{strange.ref}/").status_code == 404
    ContactRole.objects.filter(account=south).delete()
    assert client.get(f"/support/cases/{case.ref}/").status_code == 404


def test_a_second_invitation_voids_the_first(portal: Portal, boss: Contact, north: Account) -> None:
    nia = make.contact(north)
    client = portal(boss)
    for _ in range(2):
        client.post(f"{HERE}{nia.pk}/invite/")
    links = [
        "/support/welcome/" + mail.text.split("/support/welcome/")[1].split()[0]
        for mail in Outbound.objects.order_by("pk")
    ]
    assert Client().get(links[0]).status_code == 410
    assert Client().get(links[1]).status_code == 200


def test_an_address_of_another_account_is_not_added(portal: Portal, boss: Contact) -> None:
    stranger = make.contact(make.account(name="Elsewhere"), name="Sly", address="sly@else.example")
    answer = portal(boss).post(f"{HERE}invite/", {"name": "X", "address": "sly@else.example"})
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "cannot be added here" in page
    assert "Elsewhere" not in page
    assert "Sly" not in page
    assert stranger.roles.count() == 1
    assert not Outbound.objects.exists()


@pytest.mark.parametrize("address", ["Support@meridian.example", "agent@meridian.example"])
def test_an_address_of_the_desk_is_not_added(portal: Portal, boss: Contact, address: str) -> None:
    """Neither a mailbox's own nor that of somebody who works there, whatever stands before it."""
    make.user(email="agent@meridian.example")
    answer = portal(boss).post(f"{HERE}invite/", {"name": "Nia", "address": address})
    assert answer.status_code == 409
    assert "This address cannot be added here" in answer.content.decode()
    assert not Outbound.objects.exists()


def test_the_address_of_a_deed_leads_to_the_list(portal: Portal, boss: Contact) -> None:
    for path in (f"{HERE}{boss.pk}/appoint/", f"{HERE}invite/"):
        assert portal(boss).get(path)["Location"] == HERE
    assert portal(boss).get(f"{HERE}{boss.pk}/crown/").status_code == 404


def test_designated_contacts_are_dated_capped_and_never_none(
    portal: Portal, north: Account, boss: Contact
) -> None:
    client = portal(boss)
    crew = [make.contact(north, name=f"C{n}") for n in range(6)]
    later = (clock.now() + timedelta(days=30)).date()
    client.post(f"{HERE}{crew[0].pk}/appoint/", {"kind": "designated", "to": later.isoformat()})
    role = ContactRole.objects.get(contact=crew[0], kind="designated")
    assert (role.valid_from, role.valid_to) == (clock.now().date(), later)
    for contact in crew[1:5]:
        assert (
            client.post(f"{HERE}{contact.pk}/appoint/", {"kind": "designated"}).status_code == 302
        )
    full = client.post(f"{HERE}{crew[5].pk}/appoint/", {"kind": "designated"})
    assert full.status_code == 409
    assert "may have 5" in full.content.decode()
    roles = ContactRole.objects.filter(account=north, kind="designated").order_by("pk")
    for role in roles[:4]:
        client.post(f"{HERE}{role.contact_id}/end/", {"role": role.pk})
    last = roles[4]
    answer = client.post(f"{HERE}{last.contact_id}/end/", {"role": last.pk})
    assert answer.status_code == 409
    assert "last designated contact" in answer.content.decode()
    assert "designated" in kinds(crew[4])


def test_a_contact_is_deactivated_and_brought_back(
    portal: Portal, north: Account, boss: Contact
) -> None:
    nia = make.contact(north, name="Nia", address="nia@north.example")
    theirs, client = portal(nia), portal(boss)
    assert theirs.get(HERE).status_code == 200
    client.post(f"{HERE}{nia.pk}/deactivate/")
    assert theirs.get(HERE).status_code == 302
    nia.refresh_from_db()
    assert not nia.active
    page = client.get(HERE).content.decode()
    assert "deactivated Nia" in page
    client.post(f"{HERE}{nia.pk}/reactivate/")
    nia.refresh_from_db()
    assert nia.active
    assert kinds(nia) == {"authorised"}


def test_who_is_a_contact_elsewhere_too_stays_one_there(
    portal: Portal, north: Account, boss: Contact
) -> None:
    other = make.account(name="Other")
    nia = make.contact(north)
    ContactRole.objects.create(
        contact=nia, account=other, kind="authorised", valid_from=clock.now().date()
    )
    portal(boss).post(f"{HERE}{nia.pk}/deactivate/")
    nia.refresh_from_db()
    assert nia.active
    assert kinds(nia) == {"authorised"}


def test_an_administrator_cannot_leave_the_account_without_one(
    portal: Portal, north: Account, boss: Contact
) -> None:
    client = portal(boss)
    role = boss.roles.get()
    assert client.post(f"{HERE}{boss.pk}/end/", {"role": role.pk}).status_code == 409
    assert client.post(f"{HERE}{boss.pk}/deactivate/").status_code == 409
    assert kinds(boss) == {"admin"}


def test_only_administrators_run_the_list(portal: Portal, north: Account, boss: Contact) -> None:
    nia = make.contact(north, kind="designated")
    client = portal(nia)
    assert client.get(HERE).status_code == 200
    for address in ("invite/", f"{boss.pk}/deactivate/", "partners/grant/", "history/"):
        assert client.post(HERE + address, {"name": "x"}).status_code == 403
    assert not Event.objects.filter(by_kind="contact").exists()


def test_a_partner_is_granted_by_id_and_withdrawn(
    portal: Portal, north: Account, boss: Contact
) -> None:
    partner = make.account(name="Helpers", identifier="10-0001-7777777", is_partner=True)
    make.account(name="No partner", identifier="10-0001-8888888")
    helper = make.contact(partner, kind="admin")
    client, theirs = portal(boss), portal(helper, place=f"{north.pk}-{partner.pk}")
    refused = client.post(f"{HERE}partners/grant/", {"identifier": "10-0001-8888888"})
    assert refused.status_code == 409
    assert "No partner has this ID" in refused.content.decode()
    assert "Northwind" not in theirs.get("/support/places/").content.decode()
    client.post(f"{HERE}partners/grant/", {"identifier": " 10-0001-7777777", "kind": "reseller"})
    row = Partnership.objects.get()
    assert (row.partner, row.customer, row.kind) == (partner, north, "reseller")
    assert row.granted_by == "Bo Boss"
    assert "Northwind" in theirs.get("/support/places/").content.decode()
    assert "Helpers" in client.get(HERE).content.decode()
    client.post(f"{HERE}partners/{row.pk}/end/")
    assert "Northwind" not in theirs.get("/support/places/").content.decode()
    assert verbs(north) == ["partner_related", "partner_ended"]
    assert (
        "withdrew the right of the partner Helpers"
        in client.get(f"{HERE}history/").content.decode()
    )


def test_a_partner_does_not_run_its_customers_contacts(portal: Portal, north: Account) -> None:
    partner = make.account(is_partner=True)
    make.partnership(partner, north)
    nia = make.contact(north, name="Nia")
    client = portal(make.contact(partner, kind="admin"), place=f"{north.pk}-{partner.pk}")
    page = client.get(HERE)
    assert "Nia" in page.content.decode()
    assert "Deactivate" not in page.content.decode()
    assert client.post(f"{HERE}{nia.pk}/deactivate/").status_code == 403


def test_an_account_is_chosen_and_kept(portal: Portal, north: Account, boss: Contact) -> None:
    south = make.account(name="Southwind")
    ContactRole.objects.create(
        contact=boss, account=south, kind="authorised", valid_from=clock.now().date()
    )
    client = portal(boss)
    assert "Send the invitation" in client.get(HERE).content.decode()
    client.post("/support/places/", {"place": f"{south.pk}-0", "next": HERE})
    page = client.get(HERE).content.decode()
    assert "raise cases for Southwind" in page
    assert "Send the invitation" not in page
    elsewhere = make.account(name="Secret")
    answer = client.post("/support/places/", {"place": f"{elsewhere.pk}-0"})
    assert answer.status_code == 200
    assert "Secret" not in client.get(HERE).content.decode()


def test_who_may_act_at_several_places_chooses_first(
    portal: Portal, north: Account, boss: Contact
) -> None:
    assert portal(boss).get("/support/").status_code != 302
    partner = make.account(name="Helpers", is_partner=True)
    make.partnership(partner, north)
    client = portal(make.contact(partner))
    assert client.get("/support/")["Location"] == "/support/places/"
    client.post("/support/places/", {"place": f"{north.pk}-{partner.pk}"})
    assert client.get("/support/").status_code != 302
