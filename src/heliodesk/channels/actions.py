"""What administrators do with the addresses of the desk."""

from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from heliodesk.channels.models import Mailbox
from heliodesk.channels.outgoing import is_address
from heliodesk.journal.record import By, Happening, record


class Refused(Exception):
    """The mailbox cannot be so; the text says why, for people."""


def set_mailbox(address: str, *, changes: dict[str, Any], by: By, at: datetime) -> Mailbox:
    """Make the mailbox of this address, or change what is given of it; journalled.

    A new one needs a code and a name; without them the address lends its own words.

    Raises:
        Refused: a value is none, or the code belongs to another mailbox.
    """
    for one in (address, *changes.get("aliases", ())):
        if not is_address(one):
            raise Refused(f"{one} is no e-mail address.")
    with transaction.atomic():
        row = Mailbox.objects.select_for_update().filter(address__iexact=address).first()
        verb = "changed" if row else "added"
        if row is None:
            local = address.partition("@")[0]
            row = Mailbox(address=address, code=local.replace("+", "-").lower(), name=local)
        for name, value in changes.items():
            setattr(row, name, value)
        try:
            row.full_clean()
            row.save()
        except ValidationError as error:
            raise Refused(_told(error)) from error
        except IntegrityError as error:
            raise Refused(f"Another mailbox has the code or address of {address}.") from error
        happening = Happening(verb, "mailbox", row.pk, {"address": address, **changes})
        record([happening], by=by, at=at)
    return row


def _told(error: ValidationError) -> str:
    return "; ".join(
        f"{name.replace('_', ' ')}: {' '.join(messages)}"
        for name, messages in error.message_dict.items()
    )
