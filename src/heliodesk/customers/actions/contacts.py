"""Add a contact, and change what is known of one."""

import zoneinfo
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from heliodesk.customers.actions.addresses import add_address
from heliodesk.customers.actions.recording import tell_contact
from heliodesk.customers.actions.roles import grant_role
from heliodesk.customers.models import Account, Contact
from heliodesk.customers.rules import DEFAULT_DESIGNATED_MAX, Refused, RoleKind
from heliodesk.journal.record import By
from heliodesk.kernel.text import one_line, storable


@dataclass(frozen=True)
class ContactDetails:
    """What is known of a person beside their addresses and roles (E10)."""

    name: str
    phone: str = ""
    #: Where to reach them when their mail is down (C30).
    alternative: str = ""
    language: str = ""
    #: IANA name of their time zone.
    zone: str = ""


@transaction.atomic
def add_contact(
    account: Account,
    *,
    details: ContactDetails,
    addresses: Sequence[str],
    roles: Collection[RoleKind] = (RoleKind.AUTHORISED,),
    designated_max: int = DEFAULT_DESIGNATED_MAX,
    by: By,
    at: datetime,
) -> Contact:
    """A person at the account, who may write from these addresses (the first is preferred).

    Raises:
        Refused: no name, no address, an address of somebody else, or one designated too many.
    """
    if not addresses:
        raise Refused("A contact needs an e-mail address.")
    contact = Contact.objects.create(created_at=at, **vars(checked(details)))
    tell_contact("added", contact.pk, by=by, at=at, name=contact.name, account=account.pk)
    for address in dict.fromkeys(address.strip().lower() for address in addresses):
        add_address(contact, address=address, by=by, at=at)
    for kind in sorted(set(roles)):
        grant_role(contact, account, kind=kind, designated_max=designated_max, by=by, at=at)
    return contact


@transaction.atomic
def describe_contact(contact: Contact, *, details: ContactDetails, by: By, at: datetime) -> None:
    """Change name, telephone, alternative, language or zone."""
    held = Contact.objects.select_for_update().get(pk=contact.pk)
    wanted = vars(checked(details))
    changes = {
        column: [getattr(held, column), value]
        for column, value in wanted.items()
        if getattr(held, column) != value
    }
    for column, value in wanted.items():
        setattr(held, column, value)
        setattr(contact, column, value)
    if changes:
        held.save(update_fields=list(changes))
        tell_contact("described", held.pk, by=by, at=at, changes=changes)


@transaction.atomic
def speak(contact_id: int, *, language: str, by: By, at: datetime) -> None:
    """Write to a contact in this language from now on."""
    held = Contact.objects.select_for_update().get(pk=contact_id)
    if held.language != language:
        changes = {"language": [held.language, language]}
        held.language = language
        held.save(update_fields=["language"])
        tell_contact("described", held.pk, by=by, at=at, changes=changes)


@transaction.atomic
def deactivate_contact(contact: Contact, *, by: By, at: datetime) -> None:
    """The person has left: their mail is held from now on, their history stays (C10)."""
    _switch(contact, active=False, verb="deactivated", by=by, at=at)


@transaction.atomic
def reactivate_contact(contact: Contact, *, by: By, at: datetime) -> None:
    """The person is back.

    Raises:
        Refused: they were merged into another contact.
    """
    if contact.merged_into_id:
        raise Refused("This contact was merged into another; that one is the contact now.")
    _switch(contact, active=True, verb="reactivated", by=by, at=at)


def _switch(contact: Contact, *, active: bool, verb: str, by: By, at: datetime) -> None:
    changed = Contact.objects.filter(pk=contact.pk, active=not active).update(active=active)
    contact.active = active
    if changed:
        tell_contact(verb, contact.pk, by=by, at=at)


def checked(details: ContactDetails) -> ContactDetails:
    """The details as they are stored.

    Raises:
        Refused: there is no name, or no such time zone.
    """
    tidy = ContactDetails(
        name=one_line(storable(details.name), 200),
        phone=one_line(storable(details.phone), 40),
        alternative=one_line(storable(details.alternative), 200),
        language=one_line(details.language, 10).lower(),
        zone=one_line(details.zone, 64),
    )
    if not tidy.name:
        raise Refused("A contact needs a name.")
    if tidy.zone and tidy.zone not in zoneinfo.available_timezones():
        raise Refused(f"“{tidy.zone}” is not a time zone; write it like Europe/London.")
    return tidy
