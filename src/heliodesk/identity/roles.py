"""Roles of the desk: made of permissions, changed, taken away; nobody raises themselves by one."""

from collections.abc import Collection
from datetime import datetime

from django.db import IntegrityError, transaction

from heliodesk.identity.models import StaffRole, User
from heliodesk.identity.rules import May, Role, permissions
from heliodesk.journal.record import By, Happening, record
from heliodesk.kernel.text import one_line, storable


class Refused(Exception):
    """The change is not possible; the text says why in words a person can act on."""


def refuse_more_than_own(wanted: Collection[May], by: By, *, whom: str = "") -> None:
    """Refuse to give, or to touch, what the doer does not hold themselves.

    Raises:
        Refused: it holds more than they do; ``whom`` names who does.
    """
    if by.kind == "system":
        return
    held = permissions(by.role, by.own)
    if set(wanted) <= held:
        return
    if whom:
        raise Refused(f"{whom} may do more than you; ask an administrator.")
    raise Refused("You can only give what you may do yourself; ask an administrator.")


@transaction.atomic
def add_role(
    *, name: str, about: str, wanted: Collection[str], leads: bool, by: By, at: datetime
) -> StaffRole:
    """Make a role of these permissions; ``leads``: it is told what leads are told.

    Raises:
        Refused: no name, a name that is taken, or more than the one who makes it may do.
    """
    row = StaffRole()
    _write(row, name, about, wanted, by, leads=leads)
    _tell("added", row, by=by, at=at, permissions=row.permissions, base=row.base)
    return row


@transaction.atomic
def change_role(
    role: StaffRole,
    *,
    name: str,
    about: str,
    wanted: Collection[str],
    leads: bool,
    by: By,
    at: datetime,
) -> None:
    """Change a role made here; who has it may do more or less at once.

    Raises:
        Refused: a shipped role, no name, or more than the one who changes it may do.
    """
    row = _own(role)
    before = {"name": row.name, "permissions": row.permissions, "base": row.base}
    refuse_more_than_own(permissions(row.base, row.permissions), by, whom=row.name)
    _write(row, name, about, wanted, by, leads=leads)
    User.objects.filter(own_role=row).exclude(role=row.base).update(role=row.base)
    after = {"name": row.name, "permissions": row.permissions, "base": row.base}
    if before != after:
        _tell("changed", row, by=by, at=at, before=before, after=after)


@transaction.atomic
def drop_role(role: StaffRole, *, by: By, at: datetime) -> None:
    """Take a role made here away.

    Raises:
        Refused: a shipped role, or somebody has it.
    """
    row = _own(role)
    holders = User.objects.filter(own_role=row).count()
    if holders:
        raise Refused(f"{holders} people have this role; give them another first.")
    _tell("removed", row, by=by, at=at)
    row.delete()


@transaction.atomic
def ask_second_factor(role: StaffRole, *, asked: bool, by: By, at: datetime) -> None:
    """Ask everybody with this role for a second factor, or no longer."""
    row = StaffRole.objects.select_for_update().get(pk=role.pk)
    if row.second_factor != asked:
        row.second_factor = asked
        row.save(update_fields=["second_factor"])
        _tell("factor_asked" if asked else "factor_dropped", row, by=by, at=at)


def every_role() -> list[StaffRole]:
    """The shipped roles, then those made here."""
    return sorted(
        StaffRole.objects.all(),
        key=lambda row: (_ORDER.index(row.code) if row.code else 9, row.name.casefold()),
    )


def held(role: StaffRole) -> frozenset[May]:
    """What a role holds."""
    return permissions(role.code) if role.code else permissions(role.base, role.permissions)


_ORDER = [Role.AGENT.value, Role.LEAD.value, Role.ADMIN.value]


def _own(role: StaffRole) -> StaffRole:
    row = StaffRole.objects.select_for_update().get(pk=role.pk)
    if row.code:
        raise Refused("What this role may do is fixed. Make a role of your own beside it.")
    return row


def _write(
    row: StaffRole, name: str, about: str, wanted: Collection[str], by: By, *, leads: bool
) -> None:
    row.name, row.about = one_line(storable(name), 60), one_line(storable(about), 200)
    if not row.name:
        raise Refused("A role needs a name.")
    chosen = permissions("", wanted)
    if May.WORK_CASES not in chosen:
        chosen |= {May.WORK_CASES}  # without it nobody could open a page
    refuse_more_than_own(chosen, by)
    row.permissions = [may.value for may in May if may in chosen]
    row.base = (Role.LEAD if leads else Role.AGENT).value
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        raise Refused(f"There is already a role called {row.name}.") from error


def _tell(verb: str, row: StaffRole, *, by: By, at: datetime, **data: object) -> None:
    record([Happening(verb, "role", row.pk, {"name": row.name, **data})], by=by, at=at)
