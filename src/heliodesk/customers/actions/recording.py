"""How the verbs of this room tell the journal, and turn a lost race into a refusal."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from heliodesk.customers.rules import Refused
from heliodesk.journal.record import By, Happening, record


def tell_account(verb: str, account_id: int, *, by: By, at: datetime, **data: Any) -> None:
    """Record one happening of an account."""
    record([Happening(verb, "account", account_id, data)], by=by, at=at)


def tell_contact(verb: str, contact_id: int, *, by: By, at: datetime, **data: Any) -> None:
    """Record one happening of a contact."""
    record([Happening(verb, "contact", contact_id, data)], by=by, at=at)


@contextmanager
def refused_if_taken(text: str) -> Iterator[None]:
    """Say ``text`` when the database finds that somebody was faster.

    Raises:
        Refused: a constraint stopped the write.
    """
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        raise Refused(text) from error
