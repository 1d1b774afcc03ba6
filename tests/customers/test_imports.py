"""Imports: all bad rows named, all or nothing, exact forecasts, and exports that come back."""

import io
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from heliodesk.customers.exports import export_sheet
from heliodesk.customers.imports import Report, Rules, import_sheet
from heliodesk.customers.models import (
    Account,
    AccountIdentifier,
    Contact,
    ContactRole,
    Partnership,
)
from heliodesk.customers.sheets import Unreadable
from heliodesk.journal.models import Event
from heliodesk.journal.record import By
from tests import make

BY = By("user", 1, "Lee")
RULES = Rules(regions=frozenset({"UK", "NA"}))

pytestmark = pytest.mark.django_db


def bring(kind: str, text: str, *, rules: Rules = RULES, **options: Any) -> Report:
    data = text if isinstance(text, bytes) else text.encode()
    return import_sheet(kind, io.BytesIO(data), rules=rules, by=BY, at=make.NOW, **options)


def problems(report: Report) -> list[tuple[int, str]]:
    return [(problem.row, problem.column) for problem in report.problems]


ACCOUNTS = """id;Company;Region;offshore;partner;domains;more ids;note
10-0000-0000001;Orchard Ltd;uk;;;orchard.example, orchard.test;10-0000-0000009;Ask for Ann
10 - 0000-0000002;"Müller; Söhne";NA;yes;;;;
10-0000-0000003;Pat Partners;NA;no;yes;pat.example;;
"""


def test_accounts_are_made_with_everything_in_the_row() -> None:
    report = bring("accounts", ACCOUNTS)

    assert (report.rows, report.made, report.written) == (3, 3, True)
    orchard = Account.objects.get(name="Orchard Ltd")
    assert (orchard.region, orchard.lifecycle, orchard.note) == ("UK", "live", "Ask for Ann")
    assert list(orchard.identifiers.order_by("value").values_list("value", flat=True)) == [
        "10-0000-0000001",
        "10-0000-0000009",
    ]
    assert set(orchard.domains.values_list("domain", flat=True)) == {
        "orchard.example",
        "orchard.test",
    }
    assert Account.objects.get(name="Müller; Söhne").offshore
    assert Account.objects.get(name="Pat Partners").is_partner
    assert Event.objects.filter(verb="opened", by_name="Lee").count() == 3


def test_the_same_sheet_again_changes_nothing() -> None:
    bring("accounts", ACCOUNTS)
    before = Event.objects.count()
    report = bring("accounts", ACCOUNTS)
    assert (report.made, report.changed, report.unchanged) == (0, 0, 3)
    assert not report.written and Event.objects.count() == before


def test_an_account_is_changed_by_what_the_row_says_and_no_more() -> None:
    bring("accounts", ACCOUNTS)
    report = bring(
        "accounts",
        "id,name,offshore,domains,note\n10-0000-0000009,Orchard plc,yes,orchard.test new.test,-\n",
    )
    assert (report.changed, report.filed[0].key) == (1, "10-0000-0000009")
    assert report.filed[0].changes == {
        "name": ("Orchard Ltd", "Orchard plc"),
        "offshore": (False, True),
        "note": ("Ask for Ann", ""),
        "domains": (["orchard.example", "orchard.test"], ["orchard.test", "new.test"]),
    }
    account = Account.objects.get(name="Orchard plc")
    assert (account.region, account.offshore, account.note) == ("UK", True, "")
    assert set(account.domains.values_list("domain", flat=True)) == {"orchard.test", "new.test"}
    assert Event.objects.get(verb="residency_changed").subject_id == account.pk


def test_every_bad_row_is_named_and_nothing_is_written() -> None:
    make.account(identifier="77-0000-0000001")
    ended = make.account(identifier="77-0000-0000002")
    AccountIdentifier.objects.filter(account=ended).update(valid_to=date(2026, 2, 1))
    report = bring(
        "accounts",
        "id,name,region,offshore,domains,more_ids\n"
        "10-0000-0000001,Good,UK,,,\n"
        "42,Bad ID,UK,,,\n"
        ",No ID,UK,,,\n"
        "10-0000-0000002,,UK,,,\n"
        "10-0000-0000003,Bad region,MARS,perhaps,gmail.com,\n"
        "10-0000-0000001,Twice,UK,,,\n"
        "10-0000-0000004,Thief,UK,,,77-0000-0000001\n"
        "77-0000-0000002,Ended,UK,,,\n"
        "10-0000-0000005,Many,UK,,,,,x\n"
        '10-0000-0000006,Qu"ote,UK,,,\n'
        '10-0000-0000007,"Bro"ken,UK,,,\n',
    )
    assert problems(report) == [
        (3, "id"),
        (4, "id"),
        (5, "name"),
        (6, "region"),
        (6, "offshore"),
        (6, "domains"),
        (7, "id"),
        (8, "more_ids"),
        (9, "id"),
        (10, ""),
        (12, ""),
    ]
    assert report.bad_rows == 9 and not report.written
    assert Account.objects.count() == 2 and not Event.objects.exists()


def test_good_rows_can_be_filed_beside_bad_ones() -> None:
    text = "id,name,region\n10-0000-0000001,Good,UK\n42,Bad,UK\n10-0000-0000002,Fine,NA\n"
    report = bring("accounts", text, skip_bad=True)
    assert report.written and problems(report) == [(3, "id")]
    assert list(Account.objects.order_by("name").values_list("name", flat=True)) == [
        "Fine",
        "Good",
    ]


def test_a_dry_run_tells_exactly_and_writes_nothing() -> None:
    forecast = bring("accounts", ACCOUNTS, dry_run=True)
    assert not forecast.written and not Account.objects.exists()
    assert not Event.objects.exists()
    done = bring("accounts", ACCOUNTS)
    assert forecast.filed == done.filed and forecast.made == done.made == 3


def test_a_file_that_is_no_sheet_is_refused_whole() -> None:
    with pytest.raises(Unreadable, match="no column “id”"):
        bring("accounts", "name\nOrchard\n")


@pytest.fixture
def orchard() -> Account:
    return make.account(name="Orchard", identifier="10-0000-0000001")


CONTACTS = """email,name,account,roles,phone,time zone,more addresses
Ann@Orchard.example,Ann Smith,10-0000-0000001,"authorised, designated",'+44,Europe/London,as@home.example
bob@orchard.example,Bob,10-0000-0000001,,,,
"""  # noqa: E501 (a line as the file has it)


def roles(contact: Contact) -> set[tuple[str, bool]]:
    return {(role.kind, role.valid_to is None) for role in contact.roles.all()}


def test_contacts_are_made_with_addresses_and_roles(orchard: Account) -> None:
    report = bring("contacts", CONTACTS)
    assert (report.made, report.written) == (2, True), report.problems
    ann = Contact.objects.get(name="Ann Smith")
    assert (ann.phone, ann.zone) == ("+44", "Europe/London")
    assert list(ann.addresses.order_by("id").values_list("address", "preferred")) == [
        ("ann@orchard.example", True),
        ("as@home.example", False),
    ]
    assert roles(ann) == {("authorised", True), ("designated", True)}
    assert roles(Contact.objects.get(name="Bob")) == {("authorised", True)}
    assert bring("contacts", CONTACTS).unchanged == 2


def test_roles_become_exactly_what_the_row_says(orchard: Account) -> None:
    bring("contacts", CONTACTS)
    report = bring(
        "contacts",
        "address,account_id,roles,active\n"
        "as@home.example,10-0000-0000001,admin designated,\n"
        "bob@orchard.example,10-0000-0000001,-,no\n",
    )
    assert report.changed == 2
    ann, bob = Contact.objects.order_by("name")
    assert roles(ann) == {("authorised", False), ("designated", True), ("admin", True)}
    assert roles(bob) == {("authorised", False)} and not bob.active
    again = bring(
        "contacts", "address,account_id,roles\nann@orchard.example,10-0000-0000001,authorised\n"
    )
    assert again.changed == 1
    assert {r for r in roles(ann) if r[1]} == {("authorised", True)}


def test_one_person_may_have_a_row_for_each_account(orchard: Account) -> None:
    make.account(name="Brass", identifier="10-0000-0000002")
    report = bring(
        "contacts",
        "address,name,account_id,roles\n"
        "ann@x.example,Ann,10-0000-0000001,\n"
        "ann@x.example,Ann,10-0000-0000002,admin\n"
        "ann@x.example,Bob,10-0000-0000002,\n"
        "ann@x.example,Bea,,\n",
        skip_bad=True,
    )
    assert [filed.verb for filed in report.filed] == ["made", "changed"]
    assert problems(report) == [(4, "address"), (5, "name")]
    ann = Contact.objects.get()
    assert set(ann.roles.values_list("account__name", "kind")) == {
        ("Orchard", "authorised"),
        ("Brass", "admin"),
    }


def test_every_bad_contact_is_named(orchard: Account) -> None:
    make.contact(orchard, name="Bob", address="bob@orchard.example")
    make.contact(orchard, name="Gone", address="gone@orchard.example", active=False)
    report = bring(
        "contacts",
        "address,name,account_id,roles,zone,more_addresses\n"
        "nobody,Ann,10-0000-0000001,,,\n"
        "a@x.example,,10-0000-0000001,,,\n"
        "b@x.example,Ann,,,,\n"
        "c@x.example,Ann,99-0000-0000001,,,\n"
        "d@x.example,Ann,10-0000-0000001,king,Mars/North,\n"
        "e@x.example,Ann,10-0000-0000001,,,bob@orchard.example\n"
        "gone@orchard.example,,10-0000-0000001,admin,,\n"
        "bob@orchard.example,,,designated,,\n",
    )
    assert problems(report) == [
        (2, "address"),
        (3, "name"),
        (4, "account_id"),
        (5, "account_id"),
        (6, "zone"),
        (6, "roles"),
        (7, "more_addresses"),
        (8, "active"),
        (9, "account_id"),
    ]
    assert Contact.objects.count() == 2


def test_designated_contacts_are_counted_along_the_sheet(orchard: Account) -> None:
    make.contact(orchard, kind="designated", address="first@x.example")
    lines = [f"c{i}@x.example,C{i},10-0000-0000001,designated" for i in range(4)]
    text = "address,name,account_id,roles\nfirst@x.example,,10-0000-0000001,authorised\n"
    report = bring("contacts", text + "\n".join(lines), rules=Rules(designated_max=3))
    assert problems(report) == [(6, "roles")]
    report = bring("contacts", text + "\n".join(lines[:3]), rules=Rules(designated_max=3))
    assert report.written
    held = ContactRole.objects.filter(kind="designated", valid_to__isnull=True)
    assert held.count() == 3


PARTNERS = "partner,customer,kind,granted by,from\n{0},{1},msp,Orchard board,2026-01-01\n"


def test_partner_relations_are_made_changed_and_refused(orchard: Account) -> None:
    make.account(name="Pat", identifier="20-0000-0000001", is_partner=True)
    text = PARTNERS.format("20-0000-0000001", "10-0000-0000001")
    assert bring("partners", text).made == 1
    assert bring("partners", text).unchanged == 1
    row = Partnership.objects.get()
    assert (row.granted_by, row.valid_from) == ("Orchard board", date(2026, 1, 1))
    ended = bring(
        "partners", "partner_id,customer_id,until\n20-0000-0000001,10-0000-0000001,2026-11-23\n"
    )
    assert ended.changed == 1
    report = bring(
        "partners",
        "partner_id,customer_id,kind,from,to\n"
        "20-0000-0000001,10-0000-0000001,,2026-05-01,\n"
        "10-0000-0000001,20-0000-0000001,,,\n"
        "20-0000-0000001,20-0000-0000001,,,\n"
        "20-0000-0000001,99-0000-0000001,friend,soon,\n"
        "20-0000-0000001,99-0000-0000001,,,\n"
        "20-0000-0000001,10-0000-0000001,,2026-12-01,2026-01-01\n",
    )
    assert problems(report) == [
        (2, "valid_from"),
        (3, "partner_id"),
        (4, "customer_id"),
        (5, "kind"),
        (5, "valid_from"),
        (6, "customer_id"),
        (7, "partner_id"),
    ]
    assert bring("partners", "partner,customer\n20-0000-0000001,10-0000-0000001\n").made == 1


@pytest.mark.parametrize("kind", ["accounts", "contacts", "partners"])
def test_what_is_exported_comes_back_unchanged(kind: str) -> None:
    bring("accounts", ACCOUNTS)
    bring("accounts", 'id,name,region,note\n10-0000-0000005,"=cmd(""x"")",UK,"-1\nsecond, line"\n')
    bring("contacts", CONTACTS.replace("Bob", "@Bob"))
    bring("partners", PARTNERS.format("10-0000-0000003", "10-0000-0000001"))
    out = io.StringIO(newline="")
    count = export_sheet(kind, out, on=make.NOW.date())

    report = bring(kind, out.getvalue())

    assert count == report.unchanged == report.rows > 0, report
    if kind == "accounts":
        assert '"\'=cmd(""x"")"' in out.getvalue()


def test_an_export_for_others_holds_nothing_of_offshore_accounts() -> None:
    bring("accounts", ACCOUNTS)
    bring(
        "contacts",
        "email,name,account\na@x.example,Ann,10-0000-0000001\nh@x.example,Hal,10-0000-0000002\n",
    )
    bring("partners", PARTNERS.format("10-0000-0000003", "10-0000-0000002"))
    for kind, whole, part in (("accounts", 3, 2), ("contacts", 2, 1), ("partners", 1, 0)):
        on = make.NOW.date()
        assert export_sheet(kind, io.StringIO(), on=on) == whole
        assert export_sheet(kind, io.StringIO(), on=on, offshore=False) == part


def test_offshore_accounts_are_changed_by_their_own_team_only() -> None:
    bring("accounts", ACCOUNTS)
    bring("contacts", "email,name,account\nh@x.example,Hal,10-0000-0000002\n")
    others = Rules(offshore=False)
    accounts = "id,name,region,offshore\n10-0000-0000002,Mine,UK,\n10-0000-0000099,New,UK,yes\n"
    assert problems(bring("accounts", accounts, rules=others)) == [(2, "id"), (3, "offshore")]
    contacts = "email,name,account\nh@x.example,Hal B,\nn@x.example,Nan,10-0000-0000002\n"
    assert problems(bring("contacts", contacts, rules=others)) == [
        (2, "address"),
        (3, "account_id"),
    ]
    partners = PARTNERS.format("10-0000-0000003", "10-0000-0000002")
    assert problems(bring("partners", partners, rules=others)) == [(2, "customer_id")]


def test_a_thousand_rows_take_as_many_statements_as_one() -> None:
    def statements(count: int, start: int) -> int:
        rows = "".join(f"10-0000-{start + i:07d},Account {i},UK,d{i}.test\n" for i in range(count))
        with CaptureQueriesContext(connection) as seen:
            assert bring("accounts", "id,name,region,domains\n" + rows).made == count
        return len(seen)

    assert statements(1, 1) == statements(1000, 1000)


def test_progress_is_told_chunk_by_chunk() -> None:
    told: list[int] = []
    rows = "".join(f"10-0000-{i:07d},A{i},UK\n" for i in range(2500))
    bring("accounts", "id,name,region\n" + rows, tell=told.append)
    assert told == [1000, 2000, 2500]
