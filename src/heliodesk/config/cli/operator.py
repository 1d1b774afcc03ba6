"""Who runs a command, for the journal."""

import getpass

from heliodesk.identity.models import User
from heliodesk.identity.person import Person
from heliodesk.identity.rules import Role, permissions
from heliodesk.journal.record import By


def operator() -> By:
    """The system account at the keyboard; the journal shows it by name."""
    try:
        name = getpass.getuser()
    except OSError:
        name = "somebody"
    return By("system", None, f"{name} (command line)")


def acting_person(email: str | None) -> Person:
    """The agent in whose name a command works: by address, else the first active one.

    Raises:
        LookupError: there is no such active user.
    """
    users = User.staff.filter(is_active=True).order_by("pk")
    row = users.filter(email__iexact=email).first() if email else users.first()
    if row is None:
        who = f"the address {email}" if email else "any address"
        raise LookupError(f"No active user has {who}. `heliodesk user list` shows who is there.")
    return Person(
        id=row.pk,
        name=row.name,
        email=row.email,
        role=Role(row.role),
        zone=row.zone,
        offshore=row.teams.filter(offshore=True).exists(),
        own=permissions(row.role, row.own_role.permissions) if row.own_role else None,
    )
