"""Records of an account, found for the contact who runs them in the portal."""

from datetime import date

from django.db.models import Q, QuerySet

from heliodesk.channels.mailboxes import active_mailboxes, own_addresses
from heliodesk.customers.customer import Customer
from heliodesk.customers.models import (
    Account,
    AccountIdentifier,
    CompanySignIn,
    Contact,
    ContactAddress,
    ContactRole,
    Partnership,
)
from heliodesk.customers.rules import normal_identifier
from heliodesk.identity.models import User


def account_of(customer: Customer) -> Account:
    """The account at which the contact acts."""
    return Account.objects.get(pk=customer.account_id)


def colleague(customer: Customer, id: int) -> Contact | None:
    """The contact with this id, if they are or were one of the account."""
    rows = Contact.objects.filter(pk=id, roles__account=customer.account_id)
    return rows.distinct().first()


def contact_by_address(address: str) -> Contact | None:
    """Whoever has this e-mail address, at whichever account."""
    found = ContactAddress.objects.select_related("contact").filter(address=address).first()
    return found.contact if found else None


def is_the_desks(address: str) -> bool:
    """Whether the desk itself has this address, or somebody who works at it."""
    if address.lower() in own_addresses(active_mailboxes()):
        return True
    return User.staff.filter(email__iexact=address).exists()


def was_here(customer: Customer, contact: Contact) -> bool:
    """Whether they are, or ever were, a contact of the account."""
    return ContactRole.objects.filter(contact=contact, account=customer.account_id).exists()


def is_here(customer: Customer, contact: Contact, on: date) -> bool:
    """Whether they are a contact of the account, today or from a later day on."""
    rows = _running(on).filter(contact=contact, account=customer.account_id)
    return rows.exists()


def role_here(customer: Customer, contact: Contact, id: int, on: date) -> ContactRole | None:
    """A role of theirs at the account that has not ended."""
    rows = _running(on).select_related("contact", "account")
    return rows.filter(pk=id, contact=contact, account=customer.account_id).first()


def partner_with(identifier: str, on: date) -> Account | None:
    """The partner whose account has this ID; an account that is none is not found."""
    found = (
        AccountIdentifier.objects.filter(
            Q(valid_to__isnull=True) | Q(valid_to__gt=on),
            value=normal_identifier(identifier),
            valid_from__lte=on,
            account__is_partner=True,
        )
        .select_related("account")
        .first()
    )
    return found.account if found else None


def partnership_here(customer: Customer, id: int, on: date) -> Partnership | None:
    """The relation with this id to a partner of the account, if it has not ended."""
    rows = Partnership.objects.filter(Q(valid_to__isnull=True) | Q(valid_to__gt=on))
    return rows.filter(pk=id, customer=customer.account_id).first()


def first_account(contact: Contact, on: date) -> Account | None:
    """The account at which they have a role today, the oldest role's."""
    rows = _running(on).filter(contact=contact, valid_from__lte=on).select_related("account")
    role = rows.order_by("valid_from", "pk").first()
    return role.account if role else None


def company_sign_in(slug: str) -> CompanySignIn | None:
    """The identity provider that an address of the portal names."""
    return CompanySignIn.objects.select_related("account").filter(slug=slug).first()


def company_sign_in_for(domain: str) -> CompanySignIn | None:
    """The identity provider of the account whose mail domain this is."""
    return CompanySignIn.objects.filter(account__domains__domain=domain).order_by("pk").first()


def company_sign_in_at(account_id: int) -> CompanySignIn | None:
    """The identity provider of an account."""
    return CompanySignIn.objects.filter(account=account_id).first()


def company_sign_in_of(customer: Customer) -> CompanySignIn | None:
    """The identity provider of the account at which the contact acts."""
    return company_sign_in_at(customer.account_id)


def _running(on: date) -> QuerySet[ContactRole]:
    return ContactRole.objects.filter(Q(valid_to__isnull=True) | Q(valid_to__gt=on))
