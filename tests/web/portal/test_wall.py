"""Behind the wall the database shows a contact their own rows only, with no filter at all."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import ProgrammingError, connection, transaction
from django.test import Client

from heliodesk.customers.models import Contact
from heliodesk.journal.record import SYSTEM, Happening, record
from heliodesk.kernel import clock
from heliodesk.kernel.wall import ROLE
from heliodesk.web.portal import wall, who
from heliodesk.web.portal.wall import as_contact, as_desk
from tests import make
from tests.web.conftest import Portal

pytestmark = pytest.mark.django_db


@contextmanager
def behind(contact: Contact) -> Iterator[None]:
    """The database as it answers this contact, even one whom the door would not let in."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "select set_config('heliodesk.contact', %s, true), set_config('role', %s, true)",
            [str(contact.pk), ROLE],
        )
        yield
        cursor.execute("select set_config('role', 'none', true)")


def column(sql: str) -> set[object]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return {row[0] for row in cursor.fetchall()}


TITLES = "select title from cases_case"


def test_no_filter_shows_nothing_of_others() -> None:
    account, other = make.account(name="Ours"), make.account(name="Theirs")
    boss = make.contact(account, name="Boss", kind="admin")
    plain = make.contact(account, name="Plain")
    stranger = make.contact(other, name="Stranger")
    make.case(account, boss, title="ours", text="hello")
    make.case(account, plain, title="plain's", text="plain words")
    make.case(other, stranger, title="theirs", text="secret")
    with behind(boss):
        assert column(TITLES) == {"ours", "plain's"}
        assert column("select text from cases_message") == {"hello", "plain words"}
        assert column("select name from customers_account") == {"Ours"}
        assert column("select name from customers_contact") == {"Boss", "Plain"}
        assert column("select account_id from customers_accountidentifier") == {account.pk}
    with behind(plain):
        assert column(TITLES) == {"plain's"}
        assert column("select text from cases_message") == {"plain words"}


def test_who_takes_part_sees_the_case() -> None:
    account = make.account()
    plain = make.contact(account)
    case = make.case(account, make.contact(account), title="shared")
    case.participants.create(contact=plain, address="p@x.example", added_at=make.NOW)
    with behind(plain):
        assert column(TITLES) == {"shared"}


def test_notes_and_unconfirmed_words_stay_with_the_desk() -> None:
    account = make.account()
    contact = make.contact(account, kind="admin")
    case = make.case(account, contact, text="asked")
    agent = make.user()
    make.message(case, text="answered", direction="out", by=agent)
    make.message(case, text="among us", direction="note", by=agent)
    make.message(case, text="from nobody known", pending=True)
    with behind(contact):
        assert column("select text from cases_message") == {"asked", "answered"}


def test_former_and_deactivated_contacts_and_unlinked_partners_see_nothing() -> None:
    account = make.account()
    partner = make.account(is_partner=True)
    make.case(account, title="secret")
    former = make.contact(account, kind="admin", valid_to=clock.now().date())
    gone = make.contact(account, kind="admin", active=False)
    helper = make.contact(partner, kind="admin")
    link = make.partnership(partner, account)
    with behind(helper):
        assert column(TITLES) == {"secret"}
    link.valid_to = clock.now().date()
    link.save()
    for contact in (former, gone, helper):
        with behind(contact):
            assert column(TITLES) == set()
            assert account.pk not in column("select id from customers_account")


def test_without_a_contact_there_is_nothing() -> None:
    make.case(title="secret", text="secret")
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("select set_config('role', %s, true)", [ROLE])
        assert column(TITLES) == set()
        assert column("select id from customers_account") == set()
        cursor.execute("select set_config('role', 'none', true)")


@pytest.mark.parametrize(
    "sql",
    [
        "select note from customers_account",
        "select imap_secret from channels_mailbox",
        "select email from identity_user",
        "select password from identity_user",
        "select * from identity_session",
        "select * from channels_inbound",
        "select * from channels_outbound",
        "select * from intake_helditem",
        "select * from mfa_authenticator",
        "update cases_case set title = 'x'",
        "delete from cases_message",
        "insert into customers_partnership (partner_id, customer_id, kind) values (1, 2, 'msp')",
    ],
)
def test_what_is_for_the_desk_is_closed(sql: str) -> None:
    contact = make.contact(make.account(), kind="admin")
    with pytest.raises(ProgrammingError, match="permission denied"), behind(contact):
        column(sql)


def test_every_table_of_customers_is_closed_or_guarded() -> None:
    """A table with rows of customers is either not readable at all, or has policies."""
    free = column(
        f"""select c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
             where c.relkind in ('r', 'p', 'v') and n.nspname = 'public' and not c.relrowsecurity
               and (has_table_privilege('{ROLE}', c.oid, 'select')
                    or has_any_column_privilege('{ROLE}', c.oid, 'select'))"""
    )
    assert free <= {
        "cases_casetype",
        "calendars_businesscalendar",
        "calendars_holidayrow",
        "calendars_oneoffday",
        "channels_mailbox",
        "entitlements_policypack",
        "pg_stat_statements",
        "pg_stat_statements_info",
    }


def test_an_action_runs_as_the_desk_and_the_wall_stands_again() -> None:
    account = make.account()
    contact = make.contact(account)
    make.case(make.account(), title="secret")
    client = Client()
    client.force_login(make.sign_in_of(contact))
    customer = who.of_session(client.cookies["sessionid"].value, clock.now())
    assert customer
    with as_contact(customer):
        assert column(TITLES) == set()
        with as_desk():
            assert column(TITLES) == {"secret"}
            record([Happening("note_changed", "account", account.pk)], by=SYSTEM, at=make.NOW)
        assert column(TITLES) == set()
        with pytest.raises(ZeroDivisionError), as_desk():
            _ = 1 / 0
        assert column("select current_user::text") == {ROLE}
        assert column("select verb from journal_event") == set()
    assert column(TITLES) == {"secret"}


def test_without_the_role_nobody_comes_in(portal: Portal, monkeypatch: pytest.MonkeyPatch) -> None:
    client = portal(make.contact(make.account(), kind="admin"))
    monkeypatch.setattr(wall, "ROLE", "no_such_role")
    answer = client.get("/support/contacts/")
    assert answer.status_code == 503
    assert "not open yet" in answer.content.decode()
