"""Let contacts into the portal: invited, given a sign-in, taken out."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet

from heliodesk.customers.actions.contacts import deactivate_contact
from heliodesk.customers.actions.recording import tell_account, tell_contact
from heliodesk.customers.actions.roles import end_role
from heliodesk.customers.models import Account, Contact, ContactAddress, ContactRole
from heliodesk.customers.rules import Refused, RoleKind
from heliodesk.identity.models import MailedCode, Session, User
from heliodesk.identity.rules import Role
from heliodesk.journal.record import By


@transaction.atomic
def give_sign_in(contact: Contact, *, at: datetime) -> User:
    """What the contact signs in with; made the first time they do.

    Raises:
        Refused: their address is the sign-in of somebody of the desk.
    """
    held = Contact.objects.select_for_update(of=("self",)).select_related("user").get(pk=contact.pk)
    if held.user is None:
        held.user = _user_of(held, at)
        held.save(update_fields=["user"])
        by = By("contact", held.pk, held.name)
        tell_contact("joined_portal", held.pk, by=by, at=at)
    contact.user = held.user
    return held.user


def _user_of(contact: Contact, at: datetime) -> User:
    address = ContactAddress.objects.filter(contact=contact).order_by("-preferred", "pk").first()
    if address is None:
        raise Refused("A contact without an e-mail address cannot sign in.")
    user = User(email=address.address, name=contact.name, role=Role.CONTACT, created_at=at)
    user.set_unusable_password()
    try:
        with transaction.atomic():
            user.save()
    except IntegrityError as error:
        raise Refused(f"{address.address} signs in at the desk itself.") from error
    return user


@transaction.atomic
def invite_contact(contact: Contact, account: Account, *, by: By, at: datetime) -> None:
    """Note that the contact was invited to the portal; an earlier invitation is void then.

    Raises:
        Refused: they are deactivated, or have no e-mail address.
    """
    if not Contact.objects.filter(pk=contact.pk, active=True).exists():
        raise Refused(f"{contact.name} is deactivated; reactivate the contact first.")
    if not ContactAddress.objects.filter(contact=contact).exists():
        raise Refused(f"{contact.name} has no e-mail address to invite.")
    Contact.objects.filter(pk=contact.pk).update(invited_at=at)
    contact.invited_at = at
    tell_account("contact_invited", account.pk, by=by, at=at, contact=contact.pk, name=contact.name)


@transaction.atomic
def accept_invitation(contact: Contact, *, at: datetime) -> None:
    """The contact followed the link of their invitation, which works once."""
    if Contact.objects.filter(pk=contact.pk, invited_at__isnull=False).update(invited_at=None):
        by = By("contact", contact.pk, contact.name)
        tell_contact("accepted_invitation", contact.pk, by=by, at=at)


@transaction.atomic
def remove_from_account(contact: Contact, account: Account, *, by: By, at: datetime) -> None:
    """The contact is nobody at this account any more; of no account at all, they are deactivated.

    Raises:
        Refused: they are the last administrator, or the last designated contact, of the account.
    """
    Account.objects.select_for_update().get(pk=account.pk)
    running = _running(at).filter(contact=contact, account=account)
    for role in running.order_by("pk"):
        refuse_last(role, at)
        end_role(role, by=by, at=at)
    tell_account("contact_removed", account.pk, by=by, at=at, contact=contact.pk, name=contact.name)
    if not _running(at).filter(contact=contact).exists():
        deactivate_contact(contact, by=by, at=at)
        sign_out(contact)


def refuse_last(role: ContactRole, at: datetime) -> None:
    """Refuse to leave an account without an administrator or a designated contact (C34).

    Raises:
        Refused: nobody else there is what this role makes of its contact.
    """
    words = {
        RoleKind.ADMIN.value: "administrator",
        RoleKind.DESIGNATED.value: "designated contact",
    }
    if role.kind not in words or not _is_current(role, at):
        return
    others = _running(at).filter(
        account=role.account_id, kind=role.kind, contact__active=True, valid_from__lte=at.date()
    )
    if not others.exclude(contact=role.contact_id).exists():
        raise Refused(
            f"{role.contact.name} is the last {words[role.kind]} of this account; "
            "appoint another first."
        )


def sign_out(contact: Contact) -> None:
    """End every session of a contact, and void every code that is on its way to them."""
    Session.objects.filter(user__contact=contact).delete()
    MailedCode.objects.filter(contact_id=contact.pk, used_at=None).update(tries_left=0)


def _running(at: datetime) -> QuerySet[ContactRole]:
    return ContactRole.objects.filter(Q(valid_to__isnull=True) | Q(valid_to__gt=at.date()))


def _is_current(role: ContactRole, at: datetime) -> bool:
    day = at.date()
    return role.valid_from <= day and (role.valid_to is None or role.valid_to > day)
