"""Give an account an ID, and end one."""

from datetime import date, datetime

from django.db import transaction

from heliodesk.customers.actions.recording import refused_if_taken, tell_account
from heliodesk.customers.models import Account, AccountIdentifier
from heliodesk.customers.rules import DEFAULT_ID_PATTERN, Refused, checked_identifier
from heliodesk.journal.record import By


@transaction.atomic
def add_identifier(
    account: Account,
    *,
    value: str,
    valid_from: date | None = None,
    pattern: str = DEFAULT_ID_PATTERN,
    by: By,
    at: datetime,
) -> AccountIdentifier:
    """Give the account an ID from a day on (the day of ``at``); an ended one comes back.

    Raises:
        Refused: it does not fit the pattern, or it is or was another account's.
    """
    normal = checked_identifier(value, pattern)
    row = AccountIdentifier.objects.select_for_update().filter(value=normal).first()
    if row and (row.account_id != account.pk or row.valid_to is None):
        raise Refused(_taken(normal, mine=row.account_id == account.pk))
    if row:
        row.valid_to = None
        row.save(update_fields=["valid_to"])
    else:
        with refused_if_taken(_taken(normal)):
            row = AccountIdentifier.objects.create(
                account=account, value=normal, valid_from=valid_from or at.date()
            )
    tell_account("identifier_added", account.pk, by=by, at=at, value=normal)
    return row


@transaction.atomic
def end_identifier(
    identifier: AccountIdentifier, *, on: date | None = None, by: By, at: datetime
) -> None:
    """From this day on (the day of ``at``) the ID names nobody; it is not given out again."""
    row = AccountIdentifier.objects.select_for_update().get(pk=identifier.pk)
    row.valid_to = max(on or at.date(), row.valid_from)
    row.save(update_fields=["valid_to"])
    identifier.valid_to = row.valid_to
    tell_account("identifier_ended", row.account_id, by=by, at=at, value=row.value)


def _taken(value: str, *, mine: bool = False) -> str:
    if mine:
        return f"{value} is already an ID of this account."
    return f"{value} is or was the ID of another account; an ID is given once."
