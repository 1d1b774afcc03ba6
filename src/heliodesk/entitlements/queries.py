"""Reads of packs and contracts."""

from datetime import date, datetime, timedelta
from typing import NamedTuple

from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet

from heliodesk.customers.models import Account
from heliodesk.entitlements.contract_rules import WARN_DAYS
from heliodesk.entitlements.facts import packages_of
from heliodesk.entitlements.models import PolicyPack, SupportContract
from heliodesk.entitlements.packs import ActivePack
from heliodesk.kernel import reading


class Missing(Exception):
    """There is no such row."""


class PackRow(NamedTuple):
    """A pack in a list."""

    id: int
    code: str
    version: int
    state: str
    created_at: datetime
    created_by: str
    activated_at: datetime | None


_PACKS = """
select id, code, version, state, created_at, created_by, activated_at
from entitlements_policypack
order by array_position(array['active', 'draft', 'retired'], state::text), code, version desc
limit 200
"""


class Rights(NamedTuple):
    """What an account holds on a day, expiry and grace seen to."""

    #: The package whose terms count; the base when none does.
    package: str
    #: Days since the contract ended, while grace still honours it; else 0.
    grace_used: int
    grace_days: int
    #: The package that has run out, when the account fell back to the base.
    expired: str


def pack_rows() -> list[PackRow]:
    """The one in force, drafts, then earlier ones."""
    return reading.shaped(connection, PackRow, _PACKS)


def pack_by_id(pack_id: int) -> PolicyPack:
    """A pack of this desk.

    Raises:
        Missing: there is none.
    """
    row = PolicyPack.objects.filter(pk=pack_id).first()
    if row is None:
        raise Missing(str(pack_id))
    return row


def contracts_of(account_id: int) -> list[SupportContract]:
    """The contracts of an account, the newest first."""
    rows = SupportContract.objects.filter(account_id=account_id).select_related("sold_by")
    return list(rows.order_by("-starts_on"))


def contract_of(account_id: int, contract_id: int) -> SupportContract:
    """A contract of an account.

    Raises:
        Missing: the account has none of this id.
    """
    row = SupportContract.objects.filter(account_id=account_id, pk=contract_id).first()
    if row is None:
        raise Missing(str(contract_id))
    return row


def ending(accounts: QuerySet[Account], on: date, *, most: int = 50) -> list[SupportContract]:
    """Contracts of these accounts that end within a month, or did lately, and that nothing
    follows; the first to end first."""
    follows = SupportContract.objects.filter(account=OuterRef("account")).filter(
        Q(ends_on__isnull=True) | Q(ends_on__gt=OuterRef("ends_on"))
    )
    month = timedelta(days=WARN_DAYS)
    rows = SupportContract.objects.filter(
        account__in=accounts, ends_on__lte=on + month, ends_on__gt=on - month
    )
    found = rows.exclude(Exists(follows)).select_related("account", "sold_by")
    return list(found.order_by("ends_on", "id")[:most])


def rights_of(account_id: int, on: date, active: ActivePack) -> Rights:
    """What an account is entitled to on a day (C18)."""
    policy = active.policy
    held = packages_of([account_id], on).get(account_id)
    codes = {package.code for package in policy.pack.packages}
    if held is None or held.package not in codes:
        return Rights(policy.base.code, 0, 0, "")
    grace = policy.settings.contract_grace_days if held.grace_days is None else held.grace_days
    if held.expired_days > grace:
        return Rights(policy.base.code, 0, grace, held.package)
    return Rights(held.package, held.expired_days, grace, "")
