"""Who of the customers may sign in to the portal, and as whom."""

from datetime import date
from typing import NamedTuple

from django.db.models import Exists, OuterRef, Q, QuerySet

from heliodesk.customers.models import Account, Contact, ContactRole
from heliodesk.identity.models import User


def who_may(on: date) -> QuerySet[Contact]:
    """Contacts who may sign in on this day: active, with a role at some account."""
    role = ContactRole.objects.filter(
        Q(valid_to__isnull=True) | Q(valid_to__gt=on), contact=OuterRef("pk"), valid_from__lte=on
    )
    return Contact.objects.filter(Exists(role), active=True).select_related("user")


def contact_at(address: str, on: date) -> Contact | None:
    """The contact with this e-mail address, any of theirs, if they may sign in.

    Somebody whose address signs in at the desk itself signs in there only.
    """
    wanted = address.strip().lower()
    staff = User.staff.filter(email__iexact=wanted)
    return who_may(on).filter(~Exists(staff), addresses__address=wanted).first()


def contact_at_account(address: str, account_id: int, on: date) -> Contact | None:
    """The contact of this account with this e-mail address, if they may sign in."""
    contact = contact_at(address, on)
    held = ContactRole.objects.filter(
        Q(valid_to__isnull=True) | Q(valid_to__gt=on),
        contact=contact,
        account=account_id,
        valid_from__lte=on,
    )
    return contact if contact and held.exists() else None


def contact_of(user: User, on: date) -> Contact | None:
    """The contact who signs in as this user, if they may."""
    return who_may(on).filter(user=user).first()


class SignsInFor(NamedTuple):
    """An account for which a contact may sign in."""

    id: int
    region: str
    offshore: bool


def accounts_of(contact_id: int, on: date) -> list[SignsInFor]:
    """The accounts at which a contact has a role on this day, by name; the managed ones of a
    partner are not among them."""
    rows = (
        Account.objects.filter(
            Q(roles__valid_to__isnull=True) | Q(roles__valid_to__gt=on),
            roles__contact=contact_id,
            roles__valid_from__lte=on,
        )
        .order_by("name", "pk")
        .values_list("pk", "region", "offshore")
        .distinct()
    )
    return [SignsInFor(*row) for row in rows]
