"""Facts for intake: found whole, for the right day, in a fixed number of statements."""

from datetime import date
from typing import Any

import pytest

from heliodesk.customers.facts import CustomerFacts, load
from heliodesk.customers.models import (
    AccountIdentifier,
    ContactRole,
    Partnership,
    VerifiedDomain,
)
from heliodesk.customers.rules import RoleKind
from heliodesk.kernel import reading
from tests import make

TODAY = date(2026, 11, 23)

pytestmark = pytest.mark.django_db


def test_a_contact_is_found_by_each_address_with_the_roles_of_the_day() -> None:
    account, other = make.account(name="Orchard"), make.account()
    contact = make.contact(account, addresses=("ann@orchard.example", "a.smith@orchard.example"))
    ContactRole.objects.create(
        contact=contact, account=account, kind="designated", valid_from=TODAY
    )
    ContactRole.objects.create(
        contact=contact, account=other, kind="admin", valid_from=date(2025, 1, 1), valid_to=TODAY
    )

    facts = load({"Ann@Orchard.example", "a.smith@orchard.example", "x@y.example"}, [], [], TODAY)

    found = facts.contact(" ANN@orchard.example")
    assert found and found.id == contact.id and found.active
    assert found.roles == {account.id: {RoleKind.AUTHORISED, RoleKind.DESIGNATED}}
    assert facts.contact("a.smith@orchard.example") == found
    assert facts.contact("x@y.example") is None
    assert set(facts.accounts) == {account.id}
    assert facts.accounts[account.id].name == "Orchard"


def test_a_deactivated_contact_is_found_as_such() -> None:
    contact = make.contact(make.account(), address="gone@orchard.example", active=False)

    found = load({"gone@orchard.example"}, [], [], TODAY).contact("gone@orchard.example")

    assert found and found.id == contact.id and not found.active


def test_a_contact_without_a_current_role_is_found_without_accounts() -> None:
    make.contact(make.account(), address="past@orchard.example", valid_to=date(2026, 11, 1))

    facts = load({"past@orchard.example"}, [], [], TODAY)

    found = facts.contact("past@orchard.example")
    assert found and found.roles == {}
    assert facts.accounts == {}


@pytest.mark.parametrize(
    "written", ["10-0000-0000042", " 10 - 0000-0000042", "10\u20110000\u20110000042"]
)
def test_an_id_is_found_however_it_was_typed(written: str) -> None:
    account = make.account(identifier="10-0000-0000042")

    found = load([], {written}, [], TODAY).account_of_id(written)

    assert found and found.id == account.id


def test_an_id_outside_its_days_names_nobody() -> None:
    account = make.account()
    AccountIdentifier.objects.create(
        account=account, value="99-0000-0000001", valid_from=date(2020, 1, 1), valid_to=TODAY
    )
    AccountIdentifier.objects.create(
        account=account, value="99-0000-0000002", valid_from=date(2026, 11, 24)
    )

    facts = load([], {"99-0000-0000001", "99-0000-0000002"}, [], TODAY)

    assert facts == CustomerFacts()


def test_one_domain_may_be_of_several_accounts_and_free_mail_is_of_none() -> None:
    first, second = make.account(domain="group.example"), make.account(domain="group.example")
    VerifiedDomain.objects.create(account=first, domain="gmail.com", verified_at=make.NOW)

    facts = load([], [], {"Group.example", "gmail.com"}, TODAY)

    assert [a.id for a in facts.accounts_of_domain("who@GROUP.example")] == [first.id, second.id]
    assert facts.accounts_of_domain("who@gmail.com") == ()


def test_a_partner_acts_for_the_customers_it_manages_today() -> None:
    partner, customer = make.account(is_partner=True), make.account()
    former, stranger = make.account(), make.account()
    Partnership.objects.create(partner=partner, customer=customer, valid_from=date(2026, 1, 1))
    Partnership.objects.create(
        partner=partner, customer=former, valid_from=date(2025, 1, 1), valid_to=date(2026, 1, 1)
    )
    contact = make.contact(partner, address="pat@partner.example")

    facts = load({"pat@partner.example"}, [], [], TODAY)

    found = facts.contact("pat@partner.example")
    assert found and found.id == contact.id
    assert facts.managed == {partner.id: {customer.id}}
    assert facts.may_act_for(found, customer.id) and facts.may_act_for(found, partner.id)
    assert not facts.may_act_for(found, former.id)
    assert not facts.may_act_for(found, stranger.id)


@pytest.fixture
def statements(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The statements that were read."""
    seen: list[str] = []
    rows = reading.rows

    def counted(connection: Any, sql: str, *rest: Any, **options: Any) -> list[Any]:
        seen.append(sql)
        return rows(connection, sql, *rest, **options)

    monkeypatch.setattr(reading, "rows", counted)
    return seen


def test_three_statements_however_many_messages(statements: list[str]) -> None:
    accounts = [make.account(domain=f"d{i}.example") for i in range(20)]
    for i, account in enumerate(accounts):
        make.contact(account, address=f"c{i}@d{i}.example")
    ids = set(AccountIdentifier.objects.values_list("value", flat=True))

    facts = load(
        {f"c{i}@d{i}.example" for i in range(20)}, ids, {f"d{i}.example" for i in range(20)}, TODAY
    )

    assert len(statements) == 3
    assert len(facts.accounts) == len(facts.by_identifier) == len(facts.accounts_by_domain) == 20


def test_nothing_asked_costs_nothing(statements: list[str]) -> None:
    assert load([], [], [], TODAY) == CustomerFacts()
    assert statements == []
