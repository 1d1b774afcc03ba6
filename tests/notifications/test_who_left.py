"""Who is no contact any more is written to no more."""

from datetime import timedelta
from typing import Any

import pytest

from heliodesk.cases import actions
from heliodesk.cases.models import Case
from heliodesk.channels.models import Outbound
from heliodesk.customers.models import Account, Contact, ContactRole, Partnership
from heliodesk.journal.record import By
from tests import make
from tests.make import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def north() -> Account:
    make.mailbox(address="support@meridian.example")
    return make.account(name="Northwind")


@pytest.fixture
def owen(north: Account) -> Contact:
    return make.contact(north, name="Owen", address="owen@north.example")


@pytest.fixture
def case(north: Account, owen: Contact) -> Case:
    return make.case(account=north, contact=owen, state="assigned")


def answered(case: Case, **given: Any) -> Outbound | None:
    agent = make.user()
    by = By("user", agent.pk, agent.name)
    case.refresh_from_db()
    actions.reply(case, text="Here is how.", seen_version=None, by=by, at=NOW, **given)
    return Outbound.objects.filter(kind="reply").order_by("-pk").first()


def leaves(contact: Contact) -> None:
    ContactRole.objects.filter(contact=contact).update(
        valid_from=NOW.date() - timedelta(days=9), valid_to=NOW.date()
    )


def test_who_asked_is_answered(case: Case) -> None:
    letter = answered(case)
    assert letter
    assert letter.to == ["owen@north.example"]


def test_who_left_is_not_and_a_designated_contact_is(
    case: Case, north: Account, owen: Contact
) -> None:
    make.contact(north, name="Ada", address="ada@north.example", kind="admin")
    make.contact(north, name="Dee", address="dee@north.example", kind="designated")
    leaves(owen)
    letter = answered(case)
    assert letter
    assert letter.to == ["dee@north.example"]
    assert "Owen" not in letter.text.split("Here is how.")[0]


def test_those_copied_come_before(case: Case, north: Account, owen: Contact) -> None:
    make.contact(north, name="Dee", address="dee@north.example", kind="designated")
    cleo = make.contact(north, name="Cleo", address="cleo@north.example")
    system = By("system", None, "")
    for address in ("cleo@north.example", "helper@elsewhere.example"):
        actions.invite(case, address=address, by=system, at=NOW)
    Contact.objects.filter(pk=owen.pk).update(active=False)
    letter = answered(case)
    assert letter
    assert (letter.to, letter.cc) == (["cleo@north.example"], ["helper@elsewhere.example"])
    leaves(cleo)
    letter = answered(case)
    assert letter
    assert (letter.to, letter.cc) == (["helper@elsewhere.example"], [])


def test_a_partner_whose_right_was_withdrawn_hears_no_more(north: Account) -> None:
    make.contact(north, name="Dee", address="dee@north.example", kind="designated")
    partner = make.account(name="Kestrel", is_partner=True)
    tariq = make.contact(partner, name="Tariq", address="tariq@kestrel.example")
    make.partnership(partner, north)
    case = make.case(account=north, contact=tariq, state="assigned")
    letter = answered(case)
    assert letter
    assert letter.to == ["tariq@kestrel.example"]
    Partnership.objects.update(valid_from=NOW.date() - timedelta(days=9), valid_to=NOW.date())
    letter = answered(case)
    assert letter
    assert letter.to == ["dee@north.example"]
