"""Which contact a session belongs to, where they may act, and which cases they see there."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test import Client

from heliodesk.cases.access import Hidden, get_case_for, visible_to
from heliodesk.customers.customer import Customer
from heliodesk.customers.models import Contact, ContactRole
from heliodesk.kernel import clock
from heliodesk.web.portal import who
from tests import make

pytestmark = pytest.mark.django_db


def customer(contact: Contact, place: str = "") -> Customer | None:
    client = Client()
    client.force_login(make.sign_in_of(contact))
    return who.of_session(client.cookies["sessionid"].value, clock.now(), place)


def seen(contact: Contact, place: str = "") -> set[str]:
    found = customer(contact, place)
    assert found
    sql, values = visible_to(found)
    with connection.cursor() as cursor:
        cursor.execute(f"select c.title from cases_case c where {sql}", values)
        return {title for (title,) in cursor.fetchall()}


def test_a_contact_is_known_with_account_roles_and_zone() -> None:
    account = make.account(name="Northwind", identifier="10-2233-0012345")
    mara = make.contact(account, name="Mara Lind", kind="designated", zone="Europe/Oslo")
    found = customer(mara)
    assert found
    assert (found.contact_id, found.name, found.zone) == (mara.pk, "Mara Lind", "Europe/Oslo")
    assert (found.account, found.identifier) == ("Northwind", "10-2233-0012345")
    assert found.designated
    assert not found.is_admin
    assert found.acting_for is None


def test_who_left_or_has_no_role_today_is_nobody() -> None:
    account = make.account()
    gone = make.contact(account, active=False)
    former = make.contact(account, valid_to=clock.now().date())
    future = make.contact(account, valid_from=clock.now().date() + timedelta(days=1))
    for contact in (gone, former, future):
        assert customer(contact) is None


def test_a_changed_password_ends_the_session() -> None:
    contact = make.contact(make.account())
    client = Client()
    user = make.sign_in_of(contact, password=make.PASSWORD)
    client.force_login(user)
    key = client.cookies["sessionid"].value
    assert who.of_session(key, clock.now())
    user.set_password("another-good-secret")
    user.save()
    assert who.of_session(key, clock.now()) is None


def test_an_account_administrator_sees_all_cases_and_others_their_own() -> None:
    account, other = make.account(), make.account()
    boss = make.contact(account, kind="admin")
    plain, reader = make.contact(account), make.contact(account, kind="viewer")
    make.case(account, plain, title="mine")
    make.case(account, boss, title="the boss's")
    shared = make.case(account, reader, title="shared")
    shared.participants.create(contact=plain, address="p@x.example", added_at=make.NOW)
    make.case(other, make.contact(other), title="elsewhere")
    assert seen(plain) == {"mine", "shared"}
    for contact in (boss, reader):
        assert seen(contact) == {"mine", "the boss's", "shared"}


def test_a_contact_of_several_accounts_sees_the_one_they_chose() -> None:
    first, second = make.account(name="A"), make.account(name="B")
    contact = make.contact(first, kind="admin")
    ContactRole.objects.create(
        contact=contact, account=second, kind="authorised", valid_from=date(2026, 1, 1)
    )
    make.case(first, title="of the first")
    make.case(second, contact, title="of the second")
    assert seen(contact) == {"of the first"}
    assert seen(contact, f"{second.pk}-0") == {"of the second"}
    assert seen(contact, "999-0") == {"of the first"}


def test_a_partner_sees_the_customers_it_manages_and_no_others() -> None:
    partner, managed = make.account(name="P", is_partner=True), make.account(name="M")
    ended, stranger = make.account(name="E"), make.account(name="S")
    make.partnership(partner, managed)
    make.partnership(partner, ended, valid_to=clock.now().date())
    boss, plain = make.contact(partner, kind="admin"), make.contact(partner)
    for account in (partner, managed, ended, stranger):
        make.case(account, title=account.name)
    make.case(managed, plain, title="raised by the partner")
    assert seen(boss) == {"P", "M", "raised by the partner"}
    assert seen(plain) == {"raised by the partner"}
    acting = customer(boss, f"{managed.pk}-{partner.pk}")
    assert acting
    assert acting.acting_for
    assert not acting.is_admin
    assert seen(boss, f"{managed.pk}-{partner.pk}") == {"M", "raised by the partner"}


def test_a_case_of_another_account_does_not_exist() -> None:
    account, other = make.account(), make.account()
    found = customer(make.contact(account, kind="admin"))
    assert found
    mine, theirs = make.case(account), make.case(other)
    assert get_case_for(found, mine.ref).pk == mine.pk
    with pytest.raises(Hidden):
        get_case_for(found, theirs.ref)
