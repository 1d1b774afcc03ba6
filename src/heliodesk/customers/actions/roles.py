"""Say what a contact is at an account, from a day to a day."""

from datetime import date, datetime

from django.db import transaction
from django.db.models import Q

from heliodesk.customers.actions.recording import refused_if_taken, tell_account
from heliodesk.customers.models import Account, Contact, ContactRole
from heliodesk.customers.rules import DEFAULT_DESIGNATED_MAX, Refused, RoleKind
from heliodesk.journal.record import By

_WORDS = {
    RoleKind.AUTHORISED: "an authorised contact",
    RoleKind.DESIGNATED: "a designated contact",
    RoleKind.ADMIN: "an account administrator",
    RoleKind.VIEWER: "somebody who sees all cases",
}


@transaction.atomic
def grant_role(
    contact: Contact,
    account: Account,
    *,
    kind: RoleKind,
    valid_from: date | None = None,
    valid_to: date | None = None,
    designated_max: int = DEFAULT_DESIGNATED_MAX,
    by: By,
    at: datetime,
) -> ContactRole:
    """The contact is this at the account from a day on (the day of ``at``), until a day.

    Raises:
        Refused: they are already, were deactivated, the days make no sense, or the account
            has as many designated contacts as it may (C34).
    """
    Account.objects.select_for_update().get(pk=account.pk)
    start = valid_from or at.date()
    if valid_to and valid_to < start:
        raise Refused("The role would end before it starts.")
    if not Contact.objects.filter(pk=contact.pk, active=True).exists():
        raise Refused(f"{contact.name} is deactivated; reactivate the contact first.")
    if kind == RoleKind.DESIGNATED:
        _refuse_too_many(contact, account, start, designated_max)
    with refused_if_taken(f"{contact.name} is already {_WORDS[RoleKind(kind)]} in these days."):
        row = ContactRole.objects.create(
            contact=contact, account=account, kind=kind, valid_from=start, valid_to=valid_to
        )
    tell_account("role_granted", account.pk, by=by, at=at, **_data(row, contact))
    return row


@transaction.atomic
def end_role(role: ContactRole, *, on: date | None = None, by: By, at: datetime) -> None:
    """The contact is this no longer from this day on (the day of ``at``)."""
    row = (
        ContactRole.objects.select_for_update(of=("self",))
        .select_related("contact")
        .get(pk=role.pk)
    )
    row.valid_to = max(on or at.date(), row.valid_from)
    row.save(update_fields=["valid_to"])
    role.valid_to = row.valid_to
    tell_account("role_ended", row.account_id, by=by, at=at, **_data(row, row.contact))


def _refuse_too_many(contact: Contact, account: Account, start: date, most: int) -> None:
    """Refuse one designated contact more than the account may have from that day on."""
    running = Q(valid_to__isnull=True) | Q(valid_to__gt=start)
    others = (
        ContactRole.objects.filter(running, account=account, kind=RoleKind.DESIGNATED)
        .exclude(contact=contact)
        .values("contact")
        .distinct()
        .count()
    )
    if others >= most:
        raise Refused(
            f"{account.name} has {others} designated contacts and may have {most}; "
            "end one of these roles first."
        )


def _data(row: ContactRole, contact: Contact) -> dict[str, object]:
    return {
        "contact": contact.pk,
        "name": contact.name,
        "kind": str(row.kind),
        "from": row.valid_from.isoformat(),
        "to": row.valid_to.isoformat() if row.valid_to else None,
    }
