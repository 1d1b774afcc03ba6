"""The second wall: the database itself shows a contact only what is theirs.

For the length of a portal request the connection takes the portal's role, for which every table
has row-level security keyed by the settings ``heliodesk.contact`` and ``heliodesk.on``.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction

from heliodesk.customers.customer import Customer
from heliodesk.kernel import clock

_IN = "select set_config('heliodesk.contact', %s, true), set_config('heliodesk.on', %s, true)"


@contextmanager
def as_contact(customer: Customer) -> Iterator[None]:
    """Let the database answer as it does to this contact, in one transaction."""
    with transaction.atomic():
        _run(_IN, str(customer.contact_id), clock.now().date().isoformat())
        yield


@contextmanager
def as_desk() -> Iterator[None]:
    """Inside a portal view: let an action of the rooms read and write as the desk.

    Only ever around an action, after the view has found the record as the contact.
    """
    with transaction.atomic():
        yield


def _run(sql: str, *values: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
