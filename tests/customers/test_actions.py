"""Every verb on customers: what it changes, what it tells the journal, what it refuses."""

from datetime import date
from typing import Any

import pytest

from heliodesk.customers import actions
from heliodesk.customers.actions import ContactDetails
from heliodesk.customers.models import (
    AccountIdentifier,
    Contact,
    ContactAddress,
    ContactRole,
    Partnership,
    VerifiedDomain,
)
from heliodesk.customers.rules import Lifecycle, Refused, RelationKind, RoleKind
from heliodesk.journal.models import Event
from heliodesk.journal.record import By
from tests import make

BY = By("user", 1, "Lee")
AT = make.NOW
TODAY = AT.date()
DONE: Any = {"by": BY, "at": AT}

pytestmark = pytest.mark.django_db


def told() -> list[tuple[str, str]]:
    """What the journal was told, oldest first."""
    return list(Event.objects.order_by("id").values_list("subject_kind", "verb"))


def test_an_account_opens_with_its_id() -> None:
    account = actions.open_account(
        name=" Orchard\nLtd ", region="UK", identifier="10 - 0000-0000042", **DONE
    )

    assert account.name == "Orchard Ltd" and account.lifecycle == Lifecycle.LIVE
    assert account.identifiers.get().value == "10-0000-0000042"
    assert told() == [("account", "opened"), ("account", "identifier_added")]
    assert Event.objects.first().by_name == "Lee"  # type: ignore[union-attr]  # there is one


@pytest.mark.parametrize(
    "wrong", [{"name": "  "}, {"region": ""}, {"identifier": "42"}, {"identifier": "A1-0-0"}]
)
def test_a_bad_account_leaves_nothing_behind(wrong: dict[str, str]) -> None:
    with pytest.raises(Refused):
        actions.open_account(**{"name": "Orchard", "region": "UK", **wrong, **DONE})
    assert told() == []


def test_the_pattern_of_an_id_is_policy() -> None:
    account = actions.open_account(
        name="Orchard", region="UK", identifier="cust-77", pattern=r"CUST-\d+", **DONE
    )
    assert account.identifiers.get().value == "CUST-77"


def test_each_change_of_an_account_is_told_with_before_and_after() -> None:
    account = make.account(name="Orchard")

    actions.rename_account(account, name="Orchard plc", **DONE)
    actions.change_region(account, region="NA", **DONE)
    actions.change_residency(account, offshore=True, **DONE)
    actions.change_lifecycle(account, lifecycle=Lifecycle.ENDED, **DONE)
    actions.change_account_note(account, note="Ask for Ann.", **DONE)
    actions.mark_partner(account, is_partner=True, **DONE)

    account.refresh_from_db()
    assert (account.name, account.region, account.offshore) == ("Orchard plc", "NA", True)
    assert (account.lifecycle, account.note, account.is_partner) == ("ended", "Ask for Ann.", True)
    renamed = Event.objects.get(verb="renamed")
    assert renamed.data == {"before": "Orchard", "after": "Orchard plc"}
    assert len(told()) == 6


def test_a_change_to_the_same_is_not_told() -> None:
    account = make.account(name="Orchard")
    actions.rename_account(account, name="Orchard", **DONE)
    assert told() == []


def test_an_id_is_given_once() -> None:
    first, second = make.account(identifier="10-0000-0000042"), make.account()

    with pytest.raises(Refused, match="another account"):
        actions.add_identifier(second, value="10-0000-0000042", **DONE)
    actions.end_identifier(first.identifiers.get(), on=TODAY, **DONE)
    with pytest.raises(Refused, match="is or was"):
        actions.add_identifier(second, value="10-0000-0000042", **DONE)
    actions.add_identifier(first, value="10-0000-0000042", **DONE)

    assert AccountIdentifier.objects.get(value="10-0000-0000042").valid_to is None
    with pytest.raises(Refused, match="already an ID of this account"):
        actions.add_identifier(first, value="10-0000-0000042", **DONE)


@pytest.mark.parametrize("free", ["gmail.com", "@Gmail.com", "yahoo.co.uk", "gmx.de"])
def test_a_free_mail_domain_is_nobodys(free: str) -> None:
    with pytest.raises(Refused, match="Anybody can have an address"):
        actions.verify_domain(make.account(), domain=free, **DONE)
    assert not VerifiedDomain.objects.exists()


@pytest.mark.parametrize("wrong", ["", "localhost", "a b.example", "x@y.example", "-.example"])
def test_a_domain_must_be_one(wrong: str) -> None:
    with pytest.raises(Refused, match="not a mail domain"):
        actions.verify_domain(make.account(), domain=wrong, **DONE)


def test_a_domain_is_verified_once_and_dropped() -> None:
    account = make.account()
    row = actions.verify_domain(account, domain=" Orchard.Example. ", **DONE)
    assert row.domain == "orchard.example"
    with pytest.raises(Refused, match="already"):
        actions.verify_domain(account, domain="orchard.example", **DONE)
    actions.drop_domain(row, **DONE)
    assert not account.domains.exists()
    assert told() == [("account", "domain_verified"), ("account", "domain_dropped")]


def test_a_domain_outside_ascii_is_kept_as_mail_writes_it() -> None:
    row = actions.verify_domain(make.account(), domain="müller.example", **DONE)
    assert row.domain == "xn--mller-kva.example"


def test_a_contact_comes_with_addresses_and_roles() -> None:
    account = make.account()
    contact = actions.add_contact(
        account,
        details=ContactDetails("Ann", zone="Europe/London"),
        addresses=["Ann@Orchard.example", "ann@orchard.example", "a@orchard.example"],
        roles={RoleKind.AUTHORISED, RoleKind.DESIGNATED},
        **DONE,
    )
    found = contact.addresses.order_by("id").values_list("address", "preferred")
    assert list(found) == [("ann@orchard.example", True), ("a@orchard.example", False)]
    assert set(contact.roles.values_list("kind", flat=True)) == {"authorised", "designated"}


@pytest.mark.parametrize(
    ("details", "addresses", "why"),
    [
        (ContactDetails(" "), ["a@b.example"], "needs a name"),
        (ContactDetails("Ann"), [], "needs an e-mail address"),
        (ContactDetails("Ann"), ["nobody"], "not an e-mail address"),
        (ContactDetails("Ann"), ["taken@orchard.example"], "already an address of Bob"),
        (ContactDetails("Ann", zone="Mars/North"), ["a@b.example"], "not a time zone"),
    ],
)
def test_a_bad_contact_leaves_nothing_behind(
    details: ContactDetails, addresses: list[str], why: str
) -> None:
    account = make.account()
    make.contact(account, name="Bob", address="taken@orchard.example")
    with pytest.raises(Refused, match=why):
        actions.add_contact(account, details=details, addresses=addresses, **DONE)
    assert Contact.objects.count() == 1 and told() == []


def test_details_tell_only_what_changed() -> None:
    contact = make.contact(make.account(), name="Ann", phone="1")
    actions.describe_contact(contact, details=ContactDetails("Ann", phone="2"), **DONE)
    contact.refresh_from_db()
    assert contact.phone == "2"
    assert Event.objects.get().data == {"changes": {"phone": ["1", "2"]}}


def test_one_address_is_preferred_and_the_last_one_stays() -> None:
    contact = make.contact(make.account(), addresses=("a@x.example", "b@x.example"))
    first, second = contact.addresses.order_by("id")

    actions.prefer_address(second, **DONE)
    assert make.address_of(contact) == "b@x.example"
    actions.drop_address(second, **DONE)
    assert make.address_of(contact) == "a@x.example"
    with pytest.raises(Refused, match="only address"):
        actions.drop_address(first, **DONE)


def test_a_deactivated_contact_gets_no_role_until_reactivated() -> None:
    account = make.account()
    contact = make.contact(account)
    actions.deactivate_contact(contact, **DONE)
    with pytest.raises(Refused, match="deactivated"):
        actions.grant_role(contact, account, kind=RoleKind.ADMIN, **DONE)
    actions.reactivate_contact(contact, **DONE)
    actions.grant_role(contact, account, kind=RoleKind.ADMIN, **DONE)
    assert told() == [
        ("contact", "deactivated"),
        ("contact", "reactivated"),
        ("account", "role_granted"),
    ]


def test_designated_contacts_are_counted_by_day() -> None:
    account = make.account()
    people = [make.contact(account) for _ in range(3)]
    grant: Any = {"kind": RoleKind.DESIGNATED, "designated_max": 2, **DONE}
    first = actions.grant_role(people[0], account, **grant)
    actions.grant_role(people[1], account, **grant)
    with pytest.raises(Refused, match="2 designated contacts and may have 2"):
        actions.grant_role(people[2], account, **grant)
    actions.end_role(first, on=date(2026, 12, 1), **DONE)
    with pytest.raises(Refused):
        actions.grant_role(people[2], account, **grant)
    actions.grant_role(people[2], account, valid_from=date(2026, 12, 1), **grant)


def test_a_role_is_held_once_at_a_time_and_ends_with_a_day() -> None:
    account = make.account()
    contact = make.contact(account)
    with pytest.raises(Refused, match="already an authorised contact"):
        actions.grant_role(contact, account, kind=RoleKind.AUTHORISED, **DONE)
    role = contact.roles.get()
    actions.end_role(role, **DONE)
    assert ContactRole.objects.get().valid_to == TODAY
    actions.grant_role(contact, account, kind=RoleKind.AUTHORISED, **DONE)
    with pytest.raises(Refused, match="before it starts"):
        actions.grant_role(contact, account, kind=RoleKind.ADMIN, valid_to=date(2026, 1, 1), **DONE)


def test_merging_two_contacts_moves_everything_and_unites_their_days() -> None:
    account, other = make.account(), make.account()
    ann = make.contact(account, address="ann@x.example", valid_to=date(2026, 6, 1))
    double = make.contact(account, address="a.s@x.example", valid_from=date(2026, 5, 1))
    ContactRole.objects.create(
        contact=double, account=other, kind="admin", valid_from=date(2026, 2, 1)
    )
    case = make.case(account, double, text="Hello")

    actions.merge_contacts(double, into=ann, **DONE)

    assert set(ann.addresses.values_list("address", "preferred")) == {
        ("ann@x.example", True),
        ("a.s@x.example", False),
    }
    assert set(ann.roles.values_list("account", "kind", "valid_from", "valid_to")) == {
        (account.pk, "authorised", date(2026, 1, 1), None),
        (other.pk, "admin", date(2026, 2, 1), None),
    }
    case.refresh_from_db()
    assert case.contact == ann
    assert case.messages.get().author_contact == ann
    assert case.participants.get().contact == ann
    double.refresh_from_db()
    assert not double.active and double.merged_into == ann
    assert told() == [("contact", "merged"), ("contact", "merged_in")]
    for refused in ({"loser": double, "into": ann}, {"loser": ann, "into": ann}):
        with pytest.raises(Refused):
            actions.merge_contacts(**refused, **DONE)
    with pytest.raises(Refused, match="merged into another"):
        actions.reactivate_contact(double, **DONE)


def test_a_partner_acts_for_a_customer_from_a_day_to_a_day() -> None:
    partner, customer = make.account(name="Pat", is_partner=True), make.account(name="Cust")
    row = actions.relate_partner(
        partner, customer, kind=RelationKind.RESELLER, granted_by="Cust", **DONE
    )
    with pytest.raises(Refused, match="Pat already acts for Cust"):
        actions.relate_partner(partner, customer, **DONE)
    with pytest.raises(Refused, match="not marked as a partner"):
        actions.relate_partner(customer, partner, **DONE)
    with pytest.raises(Refused, match="its own partner"):
        actions.relate_partner(partner, partner, **DONE)
    with pytest.raises(Refused, match="still acts"):
        actions.mark_partner(partner, is_partner=False, **DONE)
    actions.end_partner(row, **DONE)
    actions.relate_partner(partner, customer, **DONE)
    assert Partnership.objects.filter(customer=customer).count() == 2
    assert [verb for _, verb in told()] == ["partner_related", "partner_ended", "partner_related"]


def test_somebody_faster_is_a_refusal_and_no_error(monkeypatch: pytest.MonkeyPatch) -> None:
    contact = make.contact(make.account())
    make.contact(make.account(), address="late@x.example")
    monkeypatch.setattr(
        ContactAddress.objects, "select_related", lambda _: ContactAddress.objects.none()
    )
    with pytest.raises(Refused, match="already somebody's"):
        actions.add_address(contact, address="late@x.example", **DONE)
