"""Sheets of contacts, known by their address; one row for each account they act for."""

import zoneinfo
from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import partial

from heliodesk.customers.imports.cells import Cells
from heliodesk.customers.imports.contact_chunk import Chunk, Wanted
from heliodesk.customers.imports.report import Filed, Problem, Rules
from heliodesk.customers.rules import Refused, RoleKind, checked_address, checked_identifier
from heliodesk.customers.sheets import Column
from heliodesk.journal.record import By

COLUMNS = (
    Column(
        "address", ("email", "e-mail", "mail", "email address", "e-mail address"), required=True
    ),
    Column("name", ("contact", "contact name", "full name", "person")),
    Column("account_id", ("account", "customer id", "account number", "customer number")),
    Column("roles", ("role", "kind")),
    Column("active", ("enabled",)),
    Column("phone", ("telephone", "phone number", "mobile")),
    Column("alternative", ("alternative contact", "alt contact", "other address")),
    Column("language", ("lang",)),
    Column("zone", ("time zone", "timezone", "tz")),
    Column("more_addresses", ("other addresses", "further addresses", "more emails")),
)
_ROLE_WORDS = {
    "authorised": RoleKind.AUTHORISED,
    "authorized": RoleKind.AUTHORISED,
    "designated": RoleKind.DESIGNATED,
    "admin": RoleKind.ADMIN,
    "administrator": RoleKind.ADMIN,
    "viewer": RoleKind.VIEWER,
}


def _role(text: str) -> str:
    if text.lower() not in _ROLE_WORDS:
        raise Refused(f"“{text}” is none of authorised, designated, admin, viewer.")
    return _ROLE_WORDS[text.lower()].value


def _zone(text: str) -> str:
    if text not in zoneinfo.available_timezones():
        raise Refused(f"“{text}” is not a time zone; write it like Europe/London.")
    return text


class ContactSheet:
    """Makes and changes contacts, their addresses and what they are at which account."""

    columns = COLUMNS

    def __init__(self, rules: Rules) -> None:
        self._rules = rules
        #: (address, account) -> the row that named the pair first.
        self._pairs: dict[tuple[str, str | None], int] = {}
        #: Address -> the row that named it first, and the name given there.
        self._names: dict[str, tuple[int, str | None]] = {}

    def understand(self, row: int, cells: Cells) -> Wanted:
        """The contact that a row describes."""
        check_id = partial(checked_identifier, pattern=self._rules.id_pattern)
        address = cells.checked("address", checked_address)
        cells.needed("address", address)
        fields = {
            "name": cells.text("name", 200),
            "active": cells.yes("active"),
            "phone": cells.text("phone", 40),
            "alternative": cells.text("alternative", 200),
            "language": cells.text("language", 10),
            "zone": cells.checked("zone", _zone),
        }
        return Wanted(
            row,
            address or "",
            cells.checked("account_id", check_id),
            {name: value for name, value in fields.items() if value is not None},
            cells.several("roles", _role),
            cells.several("more_addresses", checked_address) or (),
        )

    def file(self, wanted: Sequence[Wanted], *, by: By, at: datetime) -> Iterator[Filed | Problem]:
        """Make and change these contacts by a fixed number of statements."""
        chunk = Chunk(wanted, self._rules, at)
        for want in wanted:
            yield self._in_sheet(want) or chunk.take(want)
        chunk.write(by=by)

    def _in_sheet(self, want: Wanted) -> Problem | None:
        """Why this row cannot be filed beside the rows before it."""
        first = self._pairs.setdefault((want.address, want.account), want.row)
        if first != want.row:
            return Problem(want.row, "address", f"Row {first} says this of {want.address} too.")
        name = want.fields.get("name")
        row, known = self._names.setdefault(want.address, (want.row, name))
        if name and known and name != known:
            return Problem(want.row, "name", f"Row {row} names {want.address} “{known}”.")
        return None
