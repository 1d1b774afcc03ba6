"""Who may see a case. Records are reached only through here."""

from django.db import connection

from heliodesk.cases.models import Case
from heliodesk.customers.customer import Customer, Place
from heliodesk.identity.person import Person
from heliodesk.identity.rules import May
from heliodesk.kernel import reading


class Hidden(Exception):
    """There is no such case for this person; whether it exists is not told."""


def visible(person: Person, alias: str = "c") -> tuple[str, list[object]]:
    """The SQL condition, with its parameters, for cases that a person may see (C16)."""
    if not person.may(May.WORK_CASES):
        return "false", []
    if person.offshore:
        return "true", []
    return f"not {alias}.offshore", []


def get_case(person: Person, ref: str) -> Case:
    """The case with this reference.

    Raises:
        Hidden: there is none that this person may see.
    """
    digits = ref.replace(" ", "")
    found = reading.records(connection, Case, "where ref = %s", [digits])
    if not found or not may_see(person, found[0]):
        raise Hidden(ref)
    return found[0]


def may_see(person: Person, case: Case) -> bool:
    """Whether this person may see this case."""
    return person.may(May.WORK_CASES) and (person.offshore or not case.offshore)


def visible_to(customer: Customer, alias: str = "c") -> tuple[str, list[object]]:
    """The SQL condition, with its parameters, for cases that a contact may see where they act.

    At an account: every case of it for its administrators, its designated contacts and those who
    were given that right, else the cases they raised or take part in. For a customer whom they
    act for as a partner: the same, by their rights at the partner. Somebody who acts at the
    partner itself sees the cases of all customers it manages too.
    """
    here = (customer.place, *(() if customer.acting_for else customer.managed))
    whole = sorted({place.account_id for place in here if place.sees_all})
    own = sorted({place.account_id for place in here} - set(whole))
    if not own and len(whole) == 1:
        return f"{alias}.account_id = %s", [whole[0]]
    if not own:
        return f"{alias}.account_id = any(%s)", [whole]
    mine = (
        f"{alias}.account_id = any(%s) and {alias}.id in ("
        "select id from cases_case where contact_id = %s union all"
        " select case_id from cases_participant where contact_id = %s)"
    )
    values: list[object] = [own, customer.contact_id, customer.contact_id]
    if not whole:
        return mine, values
    return f"({alias}.account_id = any(%s) or {mine})", [whole, *values]


def get_case_for(customer: Customer, ref: str) -> Case:
    """The case with this reference, for a contact.

    Raises:
        Hidden: there is none that this contact may see where they act.
    """
    sql, values = visible_to(customer)
    asked = ref.replace(" ", "")
    found = list(
        Case.objects.raw(
            f"select c.* from cases_case c where c.ref = %s and {sql}", [asked, *values]
        )
    )
    if not found:
        raise Hidden(ref)
    return found[0]


def place_of(customer: Customer, case: Case) -> Place:
    """Where a contact acts when they act on this case: here, or for a customer managed here."""
    places = (customer.place, *customer.managed)
    return next(place for place in places if place.account_id == case.account_id)
