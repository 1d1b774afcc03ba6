"""Sheets of accounts, one a row, known by their ID."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from heliodesk.customers.imports import bulk
from heliodesk.customers.imports.cells import Cells
from heliodesk.customers.imports.report import Filed, Problem, Rules
from heliodesk.customers.rules import Lifecycle, checked_domain, checked_identifier
from heliodesk.customers.sheets import Column
from heliodesk.journal.record import By, Happening, record

COLUMNS = (
    Column(
        "id",
        ("account id", "customer id", "account number", "customer number", "account no", "number"),
        required=True,
    ),
    Column("name", ("account", "account name", "company", "company name", "customer")),
    Column("region", ("area", "territory")),
    Column("lifecycle", ("status", "stage")),
    Column("offshore", ("offshore residency", "data residency offshore")),
    Column("partner", ("is partner",)),
    Column("domains", ("domain", "mail domains", "verified domains", "email domain")),
    Column("more_ids", ("other ids", "further ids")),
    Column("note", ("notes", "remark", "comment")),
)
_FIELDS = ("name", "region", "lifecycle", "offshore", "is_partner", "note")
_ROW = (
    ("id", "bigint"),
    ("name", "text"),
    ("region", "text"),
    ("lifecycle", "text"),
    ("offshore", "bool"),
    ("is_partner", "bool"),
    ("note", "text"),
)
_IDENTIFIER = (("account_id", "bigint"), ("value", "text"), ("valid_from", "date"))
_DOMAIN = (("account_id", "bigint"), ("domain", "text"))
_KNOWN = """
select i.value, i.valid_to is not null, a.id, a.name, a.region, a.lifecycle, a.offshore,
       a.is_partner, a.note,
       array(select d.domain::text from customers_verifieddomain d
              where d.account_id = a.id order by d.id)
  from customers_accountidentifier i join customers_account a on a.id = i.account_id
 where i.value = any(%s::text[])
   for update of a
"""


@dataclass(frozen=True)
class Wanted:
    """What a row wants; none leaves what is there."""

    row: int
    id: str
    fields: dict[str, Any]
    domains: tuple[str, ...] | None
    more_ids: tuple[str, ...]


@dataclass
class _Known:
    """An account as it is, under one of its IDs."""

    ended: bool
    id: int
    fields: dict[str, Any]
    domains: list[str]


class AccountSheet:
    """Makes and changes accounts, their domains and further IDs."""

    columns = COLUMNS

    def __init__(self, rules: Rules) -> None:
        self._rules = rules
        #: ID -> the row that named it first.
        self._seen: dict[str, int] = {}
        #: Account id -> the row that was about it first.
        self._accounts: dict[int, int] = {}

    def understand(self, row: int, cells: Cells) -> Wanted:
        """The account that a row describes."""
        check = partial(checked_identifier, pattern=self._rules.id_pattern)
        id = cells.checked("id", check)
        cells.needed("id", id)
        regions = self._rules.regions
        fields = {
            "name": cells.text("name", 200),
            "region": (cells.one_of("region", regions) if regions else cells.text("region", 12)),
            "lifecycle": cells.one_of("lifecycle", [word.value for word in Lifecycle]),
            "offshore": cells.yes("offshore"),
            "is_partner": cells.yes("partner"),
            "note": cells.paragraph("note"),
        }
        return Wanted(
            row,
            id or "",
            {name: value for name, value in fields.items() if value is not None},
            cells.several("domains", checked_domain),
            cells.several("more_ids", check) or (),
        )

    def file(self, wanted: Sequence[Wanted], *, by: By, at: datetime) -> Iterator[Filed | Problem]:
        """Make and change these accounts by six statements and one of the journal's."""
        known = self._known(wanted)
        writing = _Writing(at)
        for want in wanted:
            found = known.get(want.id)
            problem = self._problem(want, found, known)
            yield problem or (writing.change(want, found, known) if found else writing.make(want))
        writing.write(by=by)

    def _known(self, wanted: Sequence[Wanted]) -> dict[str, _Known]:
        """Every account that any of the rows names, by ID."""
        ids = {id for want in wanted for id in (want.id, *want.more_ids)}
        return {
            row[0]: _Known(row[1], row[2], dict(zip(_FIELDS, row[3:9], strict=True)), row[9])
            for row in bulk.rows(_KNOWN, [sorted(ids)])
        }

    def _problem(
        self, want: Wanted, found: _Known | None, known: dict[str, _Known]
    ) -> Problem | None:
        """Why this row cannot be filed, as far as other rows and the database tell."""
        return (
            self._said_before(want, found)
            or self._not_theirs(want, found)
            or _incomplete(want, found)
            or _taken(want, found, known)
        )

    def _said_before(self, want: Wanted, found: _Known | None) -> Problem | None:
        """An earlier row was about the same account."""
        for id in (want.id, *want.more_ids):
            first = self._seen.setdefault(id, want.row)
            if first != want.row:
                return Problem(want.row, "id", f"Row {first} has the ID {id} too.")
        if found is None:
            return None
        first = self._accounts.setdefault(found.id, want.row)
        if first != want.row:
            return Problem(want.row, "id", f"Row {first} is about this account already.")
        return None

    def _not_theirs(self, want: Wanted, found: _Known | None) -> Problem | None:
        """The row crosses the data boundary, and who imports may not (C16)."""
        if self._rules.offshore:
            return None
        if found and found.fields["offshore"]:
            return Problem(want.row, "id", "Only the offshore team may change this account.")
        if want.fields.get("offshore"):
            return Problem(want.row, "offshore", "Only the offshore team may say yes here.")
        return None


def _incomplete(want: Wanted, found: _Known | None) -> Problem | None:
    """A new account without what it needs, or one that would lose it."""
    for name in ("name", "region"):
        if found is None and not want.fields.get(name):
            return Problem(want.row, name, f"A new account needs a {name}.")
        if want.fields.get(name) == "":
            return Problem(want.row, name, f"An account needs a {name}.")
    return None


def _taken(want: Wanted, found: _Known | None, known: dict[str, _Known]) -> Problem | None:
    """An ID that has ended, or that another account has or had."""
    if found and found.ended:
        return Problem(want.row, "id", f"The ID {want.id} has ended; bring it back first.")
    for id in want.more_ids:
        other = known.get(id)
        if other and (found is None or other.id != found.id or other.ended):
            return Problem(want.row, "more_ids", f"{id} is or was another account's ID.")
    return None


class _Writing:
    """The rows of a chunk, gathered for one statement a table."""

    def __init__(self, at: datetime) -> None:
        self._at = at
        self._new: list[Wanted] = []
        self._changed: list[tuple[Any, ...]] = []
        self._identifiers: list[tuple[Any, ...]] = []
        self._domains: list[tuple[int, str]] = []
        self._dropped: list[tuple[int, str]] = []
        self._happenings: list[Happening] = []

    def make(self, want: Wanted) -> Filed:
        """A new account; its id is known when the chunk is written."""
        self._new.append(want)
        changes = {name: (None, value) for name, value in want.fields.items() if value != ""}
        if want.domains:
            changes["domains"] = (None, list(want.domains))
        return Filed(want.row, want.id, "made", changes)

    def change(self, want: Wanted, found: _Known, known: dict[str, _Known]) -> Filed:
        """Bring an account to what the row says."""
        changes: dict[str, tuple[Any, Any]] = {
            name: (found.fields[name], value)
            for name, value in want.fields.items()
            if found.fields[name] != value
        }
        fields = changes.keys() & set(_FIELDS)
        if fields:
            merged = {**found.fields, **want.fields}
            self._changed.append((found.id, *(merged[name] for name in _FIELDS)))
        if want.domains is not None and set(want.domains) != set(found.domains):
            changes["domains"] = (found.domains, list(want.domains))
            self._domains += [(found.id, d) for d in want.domains if d not in found.domains]
            self._dropped += [(found.id, d) for d in found.domains if d not in want.domains]
        added = [id for id in want.more_ids if id not in known]
        if added:
            changes["more_ids"] = ([], added)
            self._identifiers += [(found.id, id, self._at.date()) for id in added]
        if not changes:
            return Filed(want.row, want.id, "unchanged")
        self._tell(found.id, "imported", {"id": want.id, "changes": changes})
        if "offshore" in changes:
            before, after = changes["offshore"]
            self._tell(found.id, "residency_changed", {"before": before, "after": after})
        return Filed(want.row, want.id, "changed", changes)

    def write(self, *, by: By) -> None:
        """Everything gathered, by one statement a table, and told to the journal."""
        day = self._at.date()
        ids = bulk.new_ids("customers_account", len(self._new))
        made = []
        for id, want in zip(ids, self._new, strict=True):
            fields = {**_DEFAULTS, **want.fields}
            made.append((id, *(fields[name] for name in _FIELDS), self._at))
            self._identifiers += [(id, value, day) for value in (want.id, *want.more_ids)]
            self._domains += [(id, domain) for domain in want.domains or ()]
            told = {name: fields[name] for name in ("name", "region", "offshore")}
            self._tell(id, "opened", {**told, "id": want.id, "imported": True})
        bulk.insert("customers_account", (*_ROW, ("created_at", "time")), made)
        bulk.update("customers_account", _ROW, self._changed)
        bulk.insert("customers_accountidentifier", _IDENTIFIER, self._identifiers)
        bulk.delete("customers_verifieddomain", _DOMAIN, self._dropped)
        bulk.insert(
            "customers_verifieddomain",
            (*_DOMAIN, ("verified_at", "time")),
            [(*domain, self._at) for domain in self._domains],
        )
        record(self._happenings, by=by, at=self._at)

    def _tell(self, id: int, verb: str, data: dict[str, Any]) -> None:
        self._happenings.append(Happening(verb, "account", id, data))


_DEFAULTS: dict[str, Any] = {
    "lifecycle": Lifecycle.LIVE.value,
    "offshore": False,
    "is_partner": False,
    "note": "",
}
