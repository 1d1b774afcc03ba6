"""Who may see which customers: offshore accounts are the offshore team's alone (C16)."""

from django.db import connection
from django.db.models import Exists, OuterRef, QuerySet

from heliodesk.customers.models import Account, Contact, ContactRole
from heliodesk.identity.person import Person
from heliodesk.identity.rules import May
from heliodesk.kernel import reading


class Hidden(Exception):
    """There is no such record, or not for this person; both look the same to them."""


def account_condition(person: Person, alias: str = "a") -> str:
    """SQL that holds for the accounts that this person may see."""
    if not person.may(May.SEE_CUSTOMERS):
        return "false"
    return "true" if person.offshore else f"not {alias}.offshore"


def contact_condition(person: Person, alias: str = "c") -> str:
    """SQL that holds for the contacts that this person may see."""
    if not person.may(May.SEE_CUSTOMERS):
        return "false"
    if person.offshore:
        return "true"
    return (
        "not exists (select 1 from customers_contactrole cr"
        " join customers_account ca on ca.id = cr.account_id"
        f" where cr.contact_id = {alias}.id and ca.offshore)"
    )


def accounts_of(person: Person) -> QuerySet[Account]:
    """The accounts that this person may see."""
    if not person.may(May.SEE_CUSTOMERS):
        return Account.objects.none()
    return Account.objects.all() if person.offshore else Account.objects.filter(offshore=False)


def contacts_of(person: Person) -> QuerySet[Contact]:
    """The contacts that this person may see."""
    if not person.may(May.SEE_CUSTOMERS):
        return Contact.objects.none()
    if person.offshore:
        return Contact.objects.all()
    beyond = ContactRole.objects.filter(contact=OuterRef("pk"), account__offshore=True)
    return Contact.objects.filter(~Exists(beyond))


def get_account(person: Person, id: int) -> Account:
    """The account with this id.

    Raises:
        Hidden: there is none that this person may see.
    """
    where = f"a where a.id = %s and {account_condition(person)}"
    found = reading.records(connection, Account, where, [id])
    if not found:
        raise Hidden
    return found[0]


def get_contact(person: Person, id: int) -> Contact:
    """The contact with this id.

    Raises:
        Hidden: there is none that this person may see.
    """
    found = contacts_of(person).filter(pk=id).first()
    if found is None:
        raise Hidden
    return found


def namesakes(person: Person, name: str) -> list[Contact]:
    """Active contacts of exactly this name, whatever its case, with their addresses; a few."""
    if not name.strip():
        return []
    found = contacts_of(person).filter(name__iexact=name.strip(), active=True)
    return list(found.prefetch_related("addresses").order_by("pk")[:3])
