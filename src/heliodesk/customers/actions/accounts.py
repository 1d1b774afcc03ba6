"""Open an account, and change what is known of it."""

from datetime import datetime

from django.db import transaction

from heliodesk.customers.actions.identifiers import add_identifier
from heliodesk.customers.actions.recording import tell_account
from heliodesk.customers.models import Account, Partnership
from heliodesk.customers.rules import DEFAULT_ID_PATTERN, Lifecycle, Refused
from heliodesk.journal.record import By
from heliodesk.kernel.text import one_line, storable


@transaction.atomic
def open_account(
    *,
    name: str,
    region: str,
    identifier: str = "",
    lifecycle: Lifecycle = Lifecycle.LIVE,
    offshore: bool = False,
    is_partner: bool = False,
    note: str = "",
    pattern: str = DEFAULT_ID_PATTERN,
    by: By,
    at: datetime,
) -> Account:
    """A new account, with its ID when it is known already (E7, E8).

    Raises:
        Refused: name or region is empty, or the ID is malformed or another account's.
    """
    account = Account.objects.create(
        name=_named(name),
        region=_region(region),
        lifecycle=lifecycle,
        offshore=offshore,
        is_partner=is_partner,
        note=storable(note).strip(),
        created_at=at,
    )
    tell_account(
        "opened",
        account.pk,
        by=by,
        at=at,
        name=account.name,
        region=account.region,
        offshore=offshore,
    )
    if identifier:
        add_identifier(account, value=identifier, pattern=pattern, by=by, at=at)
    return account


@transaction.atomic
def rename_account(account: Account, *, name: str, by: By, at: datetime) -> None:
    """Give the account another name."""
    _change(account, "renamed", "name", _named(name), by=by, at=at)


@transaction.atomic
def change_region(account: Account, *, region: str, by: By, at: datetime) -> None:
    """Move the account to another region: its hours, numbers and addresses follow."""
    _change(account, "region_changed", "region", _region(region), by=by, at=at)


@transaction.atomic
def change_residency(account: Account, *, offshore: bool, by: By, at: datetime) -> None:
    """Move the account over the data boundary (C16); an event of its own for the audit."""
    _change(account, "residency_changed", "offshore", offshore, by=by, at=at)


@transaction.atomic
def change_lifecycle(account: Account, *, lifecycle: Lifecycle, by: By, at: datetime) -> None:
    """Go live, end, or go back to implementation."""
    _change(account, "lifecycle_changed", "lifecycle", Lifecycle(lifecycle), by=by, at=at)


@transaction.atomic
def change_account_note(account: Account, *, note: str, by: By, at: datetime) -> None:
    """What agents should know about this account; never shown to customers."""
    _change(account, "note_changed", "note", storable(note).strip(), by=by, at=at)


@transaction.atomic
def mark_partner(account: Account, *, is_partner: bool, by: By, at: datetime) -> None:
    """Say that the account is a partner, or no longer one.

    Raises:
        Refused: it still acts for customers.
    """
    managed = Partnership.objects.filter(partner=account, valid_to__isnull=True)
    if not is_partner and managed.exists():
        raise Refused("This partner still acts for customers; end those relations first.")
    _change(account, "partner_marked", "is_partner", is_partner, by=by, at=at)


def _change(
    account: Account, verb: str, column: str, value: object, *, by: By, at: datetime
) -> None:
    """Set one column under a lock; nothing is recorded when nothing changes."""
    held = Account.objects.select_for_update().get(pk=account.pk)
    before = getattr(held, column)
    setattr(account, column, value)
    if before == value:
        return
    setattr(held, column, value)
    held.save(update_fields=[column])
    tell_account(verb, held.pk, by=by, at=at, before=before, after=value)


def _named(text: str) -> str:
    name = one_line(storable(text), 200)
    if not name:
        raise Refused("An account needs a name.")
    return name


def _region(text: str) -> str:
    region = one_line(text, 12)
    if not region:
        raise Refused("An account needs a region.")
    return region
