"""The second wall: the database itself shows a contact only what is theirs.

For the length of a portal request the connection takes the portal's role, for which every table
has row-level security keyed by the settings ``heliodesk.contact`` and ``heliodesk.on``. The
settings end with the transaction, so that a pooled connection carries nothing over.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import DataError, ProgrammingError, connection, transaction

from heliodesk.customers.customer import Customer
from heliodesk.kernel import clock, reading
from heliodesk.kernel.wall import ROLE

_IN = (
    "select set_config('heliodesk.contact', %s, true), set_config('heliodesk.on', %s, true),"
    " set_config('role', %s, true)"
)
_AS = "select set_config('role', %s, true)"
#: The role of the connection itself.
_DESK = "none"


class Closed(Exception):
    """The database lacks the portal's role: without the wall nobody comes in."""


@contextmanager
def as_contact(customer: Customer) -> Iterator[None]:
    """Let the database answer as it does to this contact, in one transaction.

    Raises:
        Closed: the server has no such role; ``heliodesk check`` says what to do.
    """
    within = connection.in_atomic_block
    with transaction.atomic():
        on = clock.now().date().isoformat()
        try:
            reading.rows(connection, _IN, [str(customer.contact_id), on, ROLE])
        except (ProgrammingError, DataError) as error:
            raise Closed from error
        try:
            yield
        finally:
            if within and not connection.needs_rollback:
                _be(_DESK)


@contextmanager
def as_desk() -> Iterator[None]:
    """Inside a portal view: let an action of the rooms read and write as the desk.

    Only ever around an action, after the view has found the record as the contact.
    """
    _be(_DESK)
    try:
        with transaction.atomic():
            yield
    finally:
        if not connection.needs_rollback:
            _be(ROLE)


def _be(role: str) -> None:
    reading.rows(connection, _AS, [role])
