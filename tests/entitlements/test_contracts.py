"""Contracts: opened, upgraded at once, renewed, ended; overlaps and late notice refused."""

from datetime import date, timedelta
from typing import Any

import pytest

from heliodesk.customers.models import Account
from heliodesk.entitlements import actions
from heliodesk.entitlements.actions import activate_shipped
from heliodesk.entitlements.contract_rules import Refused
from heliodesk.entitlements.facts import packages_of
from heliodesk.entitlements.models import SupportContract
from heliodesk.journal.models import Event
from heliodesk.journal.record import By
from tests import make
from tests.make import NOW

DONE: Any = {"by": By("user", 1, "Lee"), "at": NOW}
TODAY = NOW.date()
pytestmark = pytest.mark.django_db


@pytest.fixture
def account() -> Account:
    activate_shipped(at=NOW)
    return make.account()


def opened(account: Account, package: str = "silver", **given: Any) -> SupportContract:
    given = {"starts_on": date(2026, 1, 1), "ends_on": date(2027, 1, 1), **given}
    return actions.open_contract(account, package=package, **given, **DONE)


def verbs() -> list[str]:
    found = Event.objects.filter(subject_kind="account").order_by("id")
    return list(found.values_list("verb", flat=True))


def test_an_opened_contract_is_told_and_held(account: Account) -> None:
    seller = make.account(name="Reseller")
    row = opened(account, seats=40, notice_days=60, sold_by=seller)
    assert packages_of([account.pk], TODAY)[account.pk].package == "silver"
    assert (row.seats, row.sold_by) == (40, seller)
    assert verbs() == ["contract_opened", "package_changed"]


def test_an_upgrade_counts_at_once_and_keeps_the_end(account: Account) -> None:
    row = opened(account)
    new = actions.upgrade(row, package="gold", on=TODAY, **DONE)
    row.refresh_from_db()
    assert (row.ends_on, new.starts_on, new.ends_on) == (TODAY, TODAY, date(2027, 1, 1))
    assert new.follows == row
    assert packages_of([account.pk], TODAY)[account.pk].package == "gold"
    yesterday = TODAY - timedelta(days=1)
    assert packages_of([account.pk], yesterday)[account.pk].package == "silver"


def test_an_upgrade_on_the_first_day_replaces(account: Account) -> None:
    row = opened(account, starts_on=TODAY)
    assert actions.upgrade(row, package="gold", on=TODAY, **DONE).pk == row.pk
    assert SupportContract.objects.get().package == "gold"


@pytest.mark.parametrize(("package", "why"), [("silver", "already"), ("bronze", "renewal only")])
def test_a_downgrade_is_no_upgrade(account: Account, package: str, why: str) -> None:
    row = opened(account)
    with pytest.raises(Refused, match=why):
        actions.upgrade(row, package=package, on=TODAY, **DONE)


def test_a_downgrade_waits_for_the_renewal(account: Account) -> None:
    row = opened(account)
    new = actions.renew(row, package="bronze", on=TODAY, **DONE)
    assert (new.starts_on, new.ends_on) == (date(2027, 1, 1), date(2028, 1, 1))
    assert packages_of([account.pk], TODAY)[account.pk].package == "silver"
    assert packages_of([account.pk], date(2027, 1, 1))[account.pk].package == "bronze"
    assert verbs()[-1] == "contract_downgraded"


def test_a_downgrade_needs_notice_in_time_but_a_renewal_does_not(account: Account) -> None:
    row, late = opened(account), date(2026, 12, 15)
    with pytest.raises(Refused, match="30 days of notice"):
        actions.renew(row, package="bronze", on=late, **DONE)
    assert actions.renew(row, on=late, **DONE).package == "silver"


def test_it_is_renewed_once(account: Account) -> None:
    row = opened(account)
    actions.renew(row, on=TODAY, **DONE)
    with pytest.raises(Refused, match="overlap"):
        actions.renew(row, on=TODAY, **DONE)


@pytest.mark.parametrize(
    ("starts_on", "ends_on"),
    [
        (date(2026, 6, 1), date(2026, 7, 1)),
        (date(2025, 6, 1), None),
        (date(2025, 6, 1), date(2026, 1, 2)),
        (date(2026, 12, 31), date(2028, 1, 1)),
    ],
)
def test_overlapping_contracts_are_refused_in_words(
    account: Account, starts_on: date, ends_on: date | None
) -> None:
    opened(account)
    with pytest.raises(Refused, match="Silver from 2026-01-01 to 2027-01-01"):
        opened(account, "gold", starts_on=starts_on, ends_on=ends_on)
    assert SupportContract.objects.count() == 1


def test_a_contract_may_begin_on_the_day_another_ends(account: Account) -> None:
    opened(account)
    opened(account, "gold", starts_on=date(2027, 1, 1), ends_on=None)
    assert SupportContract.objects.count() == 2


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({"ends_on": date(2026, 1, 1)}, "not after its start"),
        ({"seats": -1}, "Seats"),
        ({"grace_days": 99_999}, "Grace days"),
    ],
)
def test_wrong_contracts_are_refused(account: Account, given: dict[str, Any], why: str) -> None:
    with pytest.raises(Refused, match=why):
        opened(account, **given)


@pytest.mark.parametrize("package", ["diamond", "base", ""])
def test_only_packages_of_the_policy_are_sold(account: Account, package: str) -> None:
    with pytest.raises(Refused, match="Choose Bronze, Silver, Gold, Platinum"):
        opened(account, package)


def test_an_ended_contract_leaves_grace_and_then_the_base(account: Account) -> None:
    row = opened(account, grace_days=10)
    actions.end(row, ends_on=TODAY, **DONE)
    facts = packages_of([account.pk], TODAY + timedelta(days=3))[account.pk]
    assert (facts.package, facts.expired_days, facts.grace_days) == ("silver", 4, 10)


def test_only_what_has_not_begun_is_withdrawn(account: Account) -> None:
    row = opened(account)
    new = actions.renew(row, on=TODAY, **DONE)
    actions.withdraw(new, on=TODAY, **DONE)
    assert SupportContract.objects.get() == row
    with pytest.raises(Refused, match="End it"):
        actions.withdraw(row, on=TODAY, **DONE)
    with pytest.raises(Refused, match="meanwhile"):
        actions.end(new, ends_on=TODAY, **DONE)


def test_the_end_is_told_once_unless_something_follows(account: Account) -> None:
    opened(account, ends_on=TODAY + timedelta(days=20))
    renewed = opened(make.account(), ends_on=TODAY + timedelta(days=20))
    actions.renew(renewed, on=TODAY, **DONE)
    opened(make.account(), ends_on=TODAY + timedelta(days=200))
    assert actions.warn_of_ends(NOW) == 2
    assert actions.warn_of_ends(NOW) == 0
    told = Event.objects.get(verb="contract_ending")
    assert told.subject_id == account.pk
