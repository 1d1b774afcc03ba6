"""Finding the mailbox that a command was asked about."""

from dataclasses import dataclass

import click
import psycopg

from heliodesk.channels.addresses import Addresses
from heliodesk.channels.arrivals import MAILBOXES
from heliodesk.channels.routing import mailbox_named_in


@dataclass(frozen=True)
class Boxes:
    """The mailboxes of the desk, by number, code and address."""

    addresses: Addresses
    codes: dict[str, int]
    first: int | None

    def named(self, name: str) -> int:
        """The mailbox of this code or address.

        Raises:
            click.BadParameter: there is none.
        """
        number = self.addresses.mailbox(name) if "@" in name else self.codes.get(name)
        if number is None:
            known = ", ".join(sorted(self.codes)) or "none yet"
            raise click.BadParameter(f"{name} is no mailbox of the desk. It has: {known}.")
        return number

    def of(self, raw: bytes) -> int | None:
        """The mailbox that a message names, or else the oldest one."""
        return mailbox_named_in(raw, self.addresses) or self.first


def boxes(connection: psycopg.Connection) -> Boxes:
    """The active mailboxes of the desk."""
    rows = connection.execute(MAILBOXES).fetchall()
    codes = connection.execute("select code, id from channels_mailbox where active").fetchall()
    return Boxes(Addresses(rows), dict(codes), rows[0][0] if rows else None)
