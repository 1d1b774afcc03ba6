"""Give a contact an e-mail address, drop one, prefer one."""

from datetime import datetime

from django.db import transaction

from heliodesk.customers.actions.recording import refused_if_taken, tell_contact
from heliodesk.customers.models import Contact, ContactAddress
from heliodesk.customers.rules import Refused, checked_address
from heliodesk.journal.record import By


@transaction.atomic
def add_address(contact: Contact, *, address: str, by: By, at: datetime) -> ContactAddress:
    """Mail from this address is the contact's; the first address is the preferred one.

    Raises:
        Refused: it is no address, or somebody's already.
    """
    checked = checked_address(address)
    taken = ContactAddress.objects.select_related("contact").filter(address=checked).first()
    if taken:
        raise Refused(f"{checked} is already an address of {taken.contact.name}.")
    first = not contact.addresses.filter(preferred=True).exists()
    with refused_if_taken(f"{checked} is already somebody's address."):
        row = ContactAddress.objects.create(contact=contact, address=checked, preferred=first)
    tell_contact("address_added", contact.pk, by=by, at=at, address=checked)
    return row


@transaction.atomic
def drop_address(address: ContactAddress, *, by: By, at: datetime) -> None:
    """Mail from this address is no longer the contact's.

    Raises:
        Refused: it is the only one.
    """
    Contact.objects.select_for_update().get(pk=address.contact_id)
    others = ContactAddress.objects.filter(contact_id=address.contact_id).exclude(pk=address.pk)
    successor = others.order_by("pk").first()
    if successor is None:
        raise Refused("This is the contact's only address; deactivate the contact instead.")
    ContactAddress.objects.filter(pk=address.pk).delete()
    if not others.filter(preferred=True).exists():
        ContactAddress.objects.filter(pk=successor.pk).update(preferred=True)
    tell_contact("address_dropped", address.contact_id, by=by, at=at, address=address.address)


@transaction.atomic
def prefer_address(address: ContactAddress, *, by: By, at: datetime) -> None:
    """Write to the contact at this address from now on."""
    Contact.objects.select_for_update().get(pk=address.contact_id)
    ContactAddress.objects.filter(contact_id=address.contact_id, preferred=True).update(
        preferred=False
    )
    ContactAddress.objects.filter(pk=address.pk).update(preferred=True)
    tell_contact("address_preferred", address.contact_id, by=by, at=at, address=address.address)
