"""A chunk of contact rows: what is known of them, what each changes, and the writing of all."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from heliodesk.customers.imports import bulk
from heliodesk.customers.imports.report import Filed, Problem, Rules
from heliodesk.customers.rules import RoleKind
from heliodesk.journal.record import By, Happening, record

Changes = dict[str, tuple[Any, Any]]

_FIELDS = ("name", "active", "phone", "alternative", "language", "zone")
_DEFAULTS: dict[str, Any] = {
    "name": "",
    "active": True,
    "phone": "",
    "alternative": "",
    "language": "",
    "zone": "",
}
_ROW = (
    ("id", "bigint"),
    ("name", "text"),
    ("active", "bool"),
    ("phone", "text"),
    ("alternative", "text"),
    ("language", "text"),
    ("zone", "text"),
)
_ADDRESS = (("contact_id", "bigint"), ("address", "text"), ("preferred", "bool"))
_ROLE = (
    ("contact_id", "bigint"),
    ("account_id", "bigint"),
    ("kind", "text"),
    ("valid_from", "date"),
)
_BY_ADDRESS = """
select e.address, c.id, exists (select 1 from customers_contactrole r
           join customers_account a on a.id = r.account_id
          where r.contact_id = c.id and a.offshore),
       c.name, c.active, c.phone, c.alternative, c.language, c.zone
  from customers_contactaddress e join customers_contact c on c.id = e.contact_id
 where e.address = any(%s::text[])
   for update of c
"""
_ACCOUNTS = """
select i.value, i.account_id,
       (select count(distinct r.contact_id) from customers_contactrole r
         where r.account_id = i.account_id and r.kind = 'designated'
           and (r.valid_to is null or r.valid_to > %s))
  from customers_accountidentifier i join customers_account a on a.id = i.account_id
 where i.value = any(%s::text[]) and (i.valid_to is null or i.valid_to > %s)
   and (%s or not a.offshore)
"""
_ROLES = """
select r.contact_id, r.account_id, r.kind, r.id, r.valid_from
  from customers_contactrole r
 where r.contact_id = any(%s::bigint[]) and r.account_id = any(%s::bigint[])
   and (r.valid_to is null or r.valid_to > %s)
"""


@dataclass(frozen=True)
class Wanted:
    """What a row wants; none leaves what is there."""

    row: int
    address: str
    account: str | None
    fields: dict[str, Any]
    roles: tuple[str, ...] | None
    more: tuple[str, ...]


@dataclass
class _Person:
    """A contact as it is, or will be when the chunk is written."""

    id: int
    fields: dict[str, Any]
    offshore: bool = False
    new: bool = False
    #: Fields differ from what the database holds.
    changed: bool = False
    #: (account id, kind) -> (id of the role's row, or 0 when this chunk makes it, first day).
    roles: dict[tuple[int, str], tuple[int, date]] = field(default_factory=dict)

    def kinds(self, account: int) -> set[str]:
        """What the contact is at an account, now or from a later day on."""
        return {kind for at, kind in self.roles if at == account}


class Chunk:
    """Rows worked one after the other, written together."""

    def __init__(self, wanted: Sequence[Wanted], rules: Rules, at: datetime) -> None:
        self._rules, self._at, self._day = rules, at, at.date()
        self._people: dict[str, _Person] = {}
        self._accounts: dict[str, int] = {}
        #: Account id -> how many designated contacts it has, with those of this chunk.
        self._designated: dict[int, int] = {}
        self._made: list[_Person] = []
        self._addresses: list[tuple[int, str, bool]] = []
        self._ended: list[tuple[int, date]] = []
        self._happenings: list[Happening] = []
        self._load(wanted)
        unknown = {want.address for want in wanted} - self._people.keys()
        self._ids = bulk.new_ids("customers_contact", len(unknown))

    def _load(self, wanted: Sequence[Wanted]) -> None:
        """Three statements: contacts by address, accounts by ID, roles between them."""
        addresses = sorted({address for want in wanted for address in (want.address, *want.more)})
        by_id: dict[int, _Person] = {}
        for address, id, offshore, *fields in bulk.rows(_BY_ADDRESS, [addresses]):
            person = _Person(id, dict(zip(_FIELDS, fields, strict=True)), offshore)
            self._people[address] = by_id.setdefault(id, person)
        ids = sorted({want.account for want in wanted if want.account})
        asked = [self._day, ids, self._day, self._rules.offshore]
        for value, account, designated in bulk.rows(_ACCOUNTS, asked):
            self._accounts[value] = account
            self._designated[account] = designated
        pairs = [list(by_id), list(self._designated), self._day]
        for contact, account, kind, role, start in bulk.rows(_ROLES, pairs):
            by_id[contact].roles[account, kind] = (role, start)

    def take(self, want: Wanted) -> Filed | Problem:
        """Work one row into the chunk, or say why it cannot be."""
        person = self._people.get(want.address)
        account = self._accounts.get(want.account or "")
        kinds = self._kinds(want, person, account)
        problem = self._problem(want, person, account, kinds)
        if problem:
            return problem
        made = person is None
        if person is None:
            person = self._make(want.address)
        changes = self._describe(person, want) | self._add_addresses(person, want)
        if account:
            changes |= self._set_roles(person, account, kinds)
        verb = "made" if made else "changed" if changes else "unchanged"
        if changes or made:
            told = {name: list(pair) for name, pair in changes.items()}
            data = {"address": want.address, "account": account, "changes": told}
            self._tell("added" if made else "imported", "contact", person.id, data)
        return Filed(want.row, want.address, verb, changes)

    def _kinds(self, want: Wanted, person: _Person | None, account: int | None) -> set[str]:
        """What the contact is to be at the account; by default authorised, as raising cases is."""
        if want.roles is not None:
            return set(want.roles)
        held = person.kinds(account) if person and account else set()
        return held or {RoleKind.AUTHORISED.value}

    def _problem(
        self, want: Wanted, person: _Person | None, account: int | None, kinds: set[str]
    ) -> Problem | None:
        """Why the database does not let this row be filed."""
        if want.account and not account:
            return Problem(want.row, "account_id", f"No account has the ID {want.account}.")
        if want.roles and not want.account:
            return Problem(want.row, "account_id", "Roles are held at an account; name its ID.")
        if person is None:
            for column, value in (("name", want.fields.get("name")), ("account_id", account)):
                if not value:
                    return Problem(want.row, column, f"A new contact needs this: {column}.")
        elif person.offshore and not self._rules.offshore:
            return Problem(want.row, "address", "Only the offshore team may change this contact.")
        elif want.fields.get("name") == "":
            return Problem(want.row, "name", "A contact needs a name.")
        for address in want.more:
            other = self._people.get(address)
            if other and other is not person:
                name = other.fields["name"]
                return Problem(want.row, "more_addresses", f"{address} is an address of {name}.")
        held = person.kinds(account) if person and account else set()
        if account and kinds - held:
            return self._may_hold(want, person, account, kinds - held)
        return None

    def _may_hold(
        self, want: Wanted, person: _Person | None, account: int, new: set[str]
    ) -> Problem | None:
        """Why the contact may not be more at the account than it is."""
        active = want.fields.get("active", person.fields["active"] if person else True)
        if not active and person is not None:
            return Problem(want.row, "active", "A deactivated contact gets no role; set it active.")
        most = self._rules.designated_max
        if RoleKind.DESIGNATED in new and self._designated[account] >= most:
            text = f"{want.account} has {most} designated contacts, as many as it may have."
            return Problem(want.row, "roles", text)
        return None

    def _make(self, address: str) -> _Person:
        """A new contact with its preferred address."""
        person = _Person(self._ids.pop(), dict(_DEFAULTS), new=True)
        self._made.append(person)
        self._people[address] = person
        self._addresses.append((person.id, address, True))
        return person

    def _describe(self, person: _Person, want: Wanted) -> Changes:
        changes = {
            name: (person.fields[name], value)
            for name, value in want.fields.items()
            if person.fields[name] != value
        }
        person.fields.update(want.fields)
        person.changed = person.changed or bool(changes)
        return changes

    def _add_addresses(self, person: _Person, want: Wanted) -> Changes:
        added = [address for address in want.more if address not in self._people]
        for address in added:
            self._people[address] = person
            self._addresses.append((person.id, address, False))
        return {"more_addresses": ([], added)} if added else {}

    def _set_roles(self, person: _Person, account: int, kinds: set[str]) -> Changes:
        """Grant and end until the contact is exactly this at the account."""
        held = person.kinds(account)
        for kind in sorted(kinds - held):
            person.roles[account, kind] = (0, self._day)
            self._tell_role("role_granted", person, account, kind)
        for kind in sorted(held - kinds):
            role, start = person.roles.pop((account, kind))
            self._ended.append((role, max(start, self._day)))
            self._tell_role("role_ended", person, account, kind)
        before, after = RoleKind.DESIGNATED in held, RoleKind.DESIGNATED in kinds
        self._designated[account] += after - before
        return {"roles": (sorted(held), sorted(kinds))} if held != kinds else {}

    def _tell_role(self, verb: str, person: _Person, account: int, kind: str) -> None:
        data = {"contact": person.id, "name": person.fields["name"], "kind": kind}
        self._tell(verb, "account", account, {**data, "imported": True})

    def _tell(self, verb: str, subject: str, id: int, data: dict[str, Any]) -> None:
        self._happenings.append(Happening(verb, subject, id, data))

    def write(self, *, by: By) -> None:
        """Everything gathered, by one statement a table, and told to the journal."""
        people = {person.id: person for person in self._people.values()}.values()
        bulk.insert(
            "customers_contact",
            (*_ROW, ("created_at", "time")),
            [(*_columns(person), self._at) for person in self._made],
        )
        changed = [_columns(person) for person in people if person.changed and not person.new]
        bulk.update("customers_contact", _ROW, changed)
        bulk.insert("customers_contactaddress", _ADDRESS, self._addresses)
        bulk.update("customers_contactrole", (("id", "bigint"), ("valid_to", "date")), self._ended)
        granted = [
            (person.id, account, kind, start)
            for person in people
            for (account, kind), (role, start) in person.roles.items()
            if not role
        ]
        bulk.insert("customers_contactrole", _ROLE, granted)
        record(self._happenings, by=by, at=self._at)


def _columns(person: _Person) -> tuple[Any, ...]:
    return (person.id, *(person.fields[name] for name in _FIELDS))
