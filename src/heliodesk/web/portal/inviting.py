"""Inviting a contact to the portal, by their account's administrators or by the desk."""

from datetime import datetime

from heliodesk.customers import actions
from heliodesk.customers.models import Account, Contact
from heliodesk.journal.record import By
from heliodesk.web.portal import letters, welcome


def invite(contact: Contact, account: Account, *, inviter: str, by: By, at: datetime) -> None:
    """Mail an invitation; one that was mailed before no longer works.

    Raises:
        Refused: they are deactivated, or have no e-mail address.
    """
    actions.invite_contact(contact, account, by=by, at=at)
    address = contact.addresses.order_by("-preferred", "pk").first()
    assert address  # noqa: S101 (invite_contact refuses otherwise)
    key = welcome.key_of(contact, account)
    letters.mail_invitation(contact, address.address, account, key, inviter=inviter, at=at)
