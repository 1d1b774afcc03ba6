"""Contracts: opened, upgraded at once, renewed, downgraded at renewal, ended. History is kept."""

from datetime import date, datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import Q

from heliodesk.customers.models import Account
from heliodesk.entitlements import packs
from heliodesk.entitlements.contract_rules import (
    WARN_DAYS,
    Held,
    Refused,
    check_apart,
    check_dates,
    check_upgrade,
    renewal_start,
)
from heliodesk.entitlements.models import SupportContract
from heliodesk.journal.record import SYSTEM, By, Happening, record

_MOST_DAYS = 32_767


@transaction.atomic
def open_contract(
    account: Account,
    *,
    package: str,
    starts_on: date,
    ends_on: date | None = None,
    seats: int | None = None,
    grace_days: int | None = None,
    notice_days: int | None = None,
    sold_by: Account | None = None,
    by: By,
    at: datetime,
) -> SupportContract:
    """Give an account a package from a day to a day (``ends_on`` is the first day without it).

    Raises:
        Refused: the package is not in the policy, the dates are wrong, or another overlaps.
    """
    _lock(account)
    _rank(package)
    _check_numbers(seats=seats, grace_days=grace_days, notice_days=notice_days)
    check_dates(starts_on, ends_on)
    check_apart(starts_on, ends_on, _others(account.pk))
    row = _saved(
        SupportContract(
            account=account, package=package, starts_on=starts_on, ends_on=ends_on, seats=seats,
            grace_days=grace_days, notice_days=notice_days, sold_by=sold_by, created_at=at,
        )
    )  # fmt: skip
    _tell("contract_opened", row, by=by, at=at)
    _now_holds(row, "", by=by, at=at)
    return row


@transaction.atomic
def upgrade(
    contract: SupportContract, *, package: str, on: date, by: By, at: datetime
) -> SupportContract:
    """A higher package from today on: the old contract ends, the new one runs to its end.

    Raises:
        Refused: the package is not higher, or the contract does not run.
    """
    row = _locked(contract)
    check_upgrade(_held(row), _rank_or_base(row.package), _rank(package), on)
    before = row.package
    if row.starts_on == on:
        row.package = package
        row.save(update_fields=["package"])
        new = row
    else:
        ends_on, row.ends_on = row.ends_on, on
        row.save(update_fields=["ends_on"])
        new = _saved(_next(row, package=package, starts_on=on, ends_on=ends_on, at=at))
    _tell("contract_upgraded", new, by=by, at=at, before=before)
    _now_holds(new, before, by=by, at=at)
    return new


@transaction.atomic
def renew(
    contract: SupportContract,
    *,
    package: str = "",
    ends_on: date | None = None,
    on: date,
    by: By,
    at: datetime,
) -> SupportContract:
    """What follows a contract at its end; a lower package only with notice in time.

    Args:
        package: another package from then on; the same when empty.
        ends_on: first day without it; a year when empty.
        on: the day on which it is agreed.

    Raises:
        Refused: nothing can follow, it was renewed already, or the notice is late.
    """
    row = _locked(contract)
    wanted = package or row.package
    lower = _rank(wanted) < _rank_or_base(row.package)
    starts_on = renewal_start(_held(row), lower=lower, on=on)
    ends_on = ends_on or _a_year_after(starts_on)
    check_dates(starts_on, ends_on)
    check_apart(starts_on, ends_on, _others(row.account_id, but=row))
    new = _saved(_next(row, package=wanted, starts_on=starts_on, ends_on=ends_on, at=at))
    _tell("contract_downgraded" if lower else "contract_renewed", new, by=by, at=at)
    return new


@transaction.atomic
def end(contract: SupportContract, *, ends_on: date, by: By, at: datetime) -> SupportContract:
    """Set the first day without the package; grace follows it.

    Raises:
        Refused: the day is not after the start, or the next contract has begun by then.
    """
    row = _locked(contract)
    check_dates(row.starts_on, ends_on)
    check_apart(row.starts_on, ends_on, _others(row.account_id, but=row))
    before, row.ends_on, row.warned_at = row.ends_on, ends_on, None
    row.save(update_fields=["ends_on", "warned_at"])
    _tell("contract_ended", row, by=by, at=at, before=before.isoformat() if before else None)
    return row


@transaction.atomic
def withdraw(contract: SupportContract, *, on: date, by: By, at: datetime) -> None:
    """Take back a contract that has not begun; the journal keeps what it was.

    Raises:
        Refused: it has begun; end it instead.
    """
    row = _locked(contract)
    if row.starts_on <= on:
        raise Refused("This contract has begun and is history now. End it instead.")
    _tell("contract_withdrawn", row, by=by, at=at)
    row.delete()


def warn_of_ends(at: datetime, *, most: int = 500) -> int:
    """Tell the journal of contracts that run out soon and that nothing follows; once each."""
    soon = at.date() + timedelta(days=WARN_DAYS)
    with transaction.atomic():
        due = (
            SupportContract.objects.select_for_update(skip_locked=True)
            .filter(warned_at__isnull=True, ends_on__isnull=False)
            .filter(ends_on__lte=soon, ends_on__gt=at.date() - timedelta(days=WARN_DAYS))
            .order_by("ends_on")[:most]
        )
        rows = list(due)
        SupportContract.objects.filter(pk__in=[row.pk for row in rows]).update(warned_at=at)
        followed = set(
            SupportContract.objects.filter(
                Q(follows__in=rows) | Q(account__in=[row.account_id for row in rows])
            )
            .filter(Q(ends_on__isnull=True) | Q(ends_on__gt=soon))
            .values_list("account_id", flat=True)
        )
        ending = [row for row in rows if row.account_id not in followed]
        record(
            [Happening("contract_ending", "account", row.account_id, _data(row)) for row in ending],
            by=SYSTEM,
            at=at,
        )
    return len(rows)


def _now_holds(row: SupportContract, before: str, *, by: By, at: datetime) -> None:
    """Tell the rooms above that the account's package is another from this moment on."""
    if row.starts_on > at.date() or (row.ends_on and row.ends_on <= at.date()):
        return
    terms = packs.active().policy.terms(row.package)
    data = {"before": before, "after": row.package, "rank": terms.rank}
    record([Happening("package_changed", "account", row.account_id, data)], by=by, at=at)


def _lock(account: Account) -> None:
    Account.objects.select_for_update().get(pk=account.pk)


def _locked(contract: SupportContract) -> SupportContract:
    """The row as it stands now, behind its account, so that two changes cannot cross."""
    Account.objects.select_for_update().get(pk=contract.account_id)
    row = SupportContract.objects.filter(pk=contract.pk).first()
    if row is None:
        raise Refused("This contract was taken back meanwhile.")
    return row


def _held(row: SupportContract) -> Held:
    return Held(row.package, row.starts_on, row.ends_on, row.notice_days)


def _others(account_id: int, *, but: SupportContract | None = None) -> list[tuple[str, Held]]:
    """The other contracts of an account, each under its package's name."""
    rows = SupportContract.objects.filter(account_id=account_id).order_by("-starts_on")
    if but:
        rows = rows.exclude(pk=but.pk)
    labels = {p.code: p.label for p in packs.active().policy.pack.packages}
    return [(labels.get(row.package, row.package), _held(row)) for row in rows]


def _rank(package: str) -> int:
    policy = packs.active().policy
    for one in policy.pack.packages:
        if one.code == package and one.rank:
            return one.rank
    known = ", ".join(p.label for p in policy.pack.packages if p.rank)
    raise Refused(f"There is no package {package!r} in the policy. Choose {known}.")


def _rank_or_base(package: str) -> int:
    """A package that the policy has lost counts as the base."""
    try:
        return _rank(package)
    except Refused:
        return 0


def _next(
    row: SupportContract, *, package: str, starts_on: date, ends_on: date | None, at: datetime
) -> SupportContract:
    return SupportContract(
        account_id=row.account_id, package=package, starts_on=starts_on, ends_on=ends_on,
        seats=row.seats, grace_days=row.grace_days, notice_days=row.notice_days,
        sold_by_id=row.sold_by_id, created_at=at, follows=row,
    )  # fmt: skip


def _saved(row: SupportContract) -> SupportContract:
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        raise Refused("Another contract of this account overlaps these dates.") from error
    return row


def _check_numbers(**given: int | None) -> None:
    for name, value in given.items():
        if value is not None and not 0 <= value <= (_MOST_DAYS if "days" in name else 10**9):
            raise Refused(f"{name.replace('_', ' ').capitalize()} is a number of at least 0.")


def _a_year_after(day: date) -> date:
    try:
        return day.replace(year=day.year + 1)
    except ValueError:
        return date(day.year + 1, 3, 1)


def _data(row: SupportContract) -> dict[str, object]:
    return {
        "contract": row.pk,
        "package": row.package,
        "starts_on": row.starts_on.isoformat(),
        "ends_on": row.ends_on.isoformat() if row.ends_on else None,
    }


def _tell(verb: str, row: SupportContract, *, by: By, at: datetime, **data: object) -> None:
    record([Happening(verb, "account", row.account_id, {**_data(row), **data})], by=by, at=at)
