"""Sheets of partner relations: which partner may act for which customer."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import Any

from heliodesk.customers.imports import bulk
from heliodesk.customers.imports.cells import Cells
from heliodesk.customers.imports.report import Filed, Problem, Rules
from heliodesk.customers.rules import RelationKind, checked_identifier
from heliodesk.customers.sheets import Column
from heliodesk.journal.record import By, Happening, record

COLUMNS = (
    Column("partner_id", ("partner", "partner account", "msp id"), required=True),
    Column("customer_id", ("customer", "customer account", "account id", "account"), required=True),
    Column("kind", ("relation", "type")),
    Column("granted_by", ("granted", "approved by")),
    Column("valid_from", ("from", "start", "since")),
    Column("valid_to", ("to", "end", "until")),
)
_ACCOUNTS = """
select i.value, a.id, a.name, a.is_partner
  from customers_accountidentifier i join customers_account a on a.id = i.account_id
 where i.value = any(%s::text[]) and (i.valid_to is null or i.valid_to > %s)
   and (%s or not a.offshore)
"""
_RELATIONS = """
select p.id, p.partner_id, p.customer_id, p.kind, p.granted_by, p.valid_from, p.valid_to
  from customers_partnership p
  join unnest(%s::bigint[], %s::bigint[]) w (partner_id, customer_id)
    on w.partner_id = p.partner_id and w.customer_id = p.customer_id
   for update of p
"""
_ROW = (
    ("kind", "text"),
    ("granted_by", "text"),
    ("valid_from", "date"),
    ("valid_to", "date"),
)
_FIELDS = tuple(name for name, _ in _ROW)


@dataclass(frozen=True)
class Wanted:
    """What a row wants; none leaves what is there."""

    row: int
    partner: str
    customer: str
    fields: dict[str, Any]


@dataclass(frozen=True)
class _Account:
    id: int
    name: str
    is_partner: bool


@dataclass(frozen=True)
class _Relation:
    id: int
    fields: dict[str, Any]

    def holds_after(self, day: date) -> bool:
        """Whether it runs on this day or begins later."""
        return self.fields["valid_to"] is None or self.fields["valid_to"] > day


class PartnerSheet:
    """Makes and changes relations; the one that holds today is the one a row is about."""

    columns = COLUMNS

    def __init__(self, rules: Rules) -> None:
        self._rules = rules
        #: (partner, customer) -> the row that named the pair first.
        self._seen: dict[tuple[int, int], int] = {}

    def understand(self, row: int, cells: Cells) -> Wanted:
        """The relation that a row describes."""
        check = partial(checked_identifier, pattern=self._rules.id_pattern)
        partner, customer = cells.checked("partner_id", check), cells.checked("customer_id", check)
        cells.needed("partner_id", partner)
        cells.needed("customer_id", customer)
        fields = {
            "kind": cells.one_of("kind", [word.value for word in RelationKind]),
            "granted_by": cells.text("granted_by", 200),
            "valid_from": cells.day("valid_from"),
            "valid_to": cells.day("valid_to"),
        }
        return Wanted(
            row,
            partner or "",
            customer or "",
            {name: value for name, value in fields.items() if value is not None},
        )

    def file(self, wanted: Sequence[Wanted], *, by: By, at: datetime) -> Iterator[Filed | Problem]:
        """Make and change these relations by four statements and one of the journal's."""
        day = at.date()
        ids = sorted({id for want in wanted for id in (want.partner, want.customer)})
        asked = [ids, day, self._rules.offshore]
        accounts = {row[0]: _Account(*row[1:]) for row in bulk.rows(_ACCOUNTS, asked)}
        relations = _relations(wanted, accounts)
        made: list[tuple[Any, ...]] = []
        changed: list[tuple[Any, ...]] = []
        happenings = []
        for want in wanted:
            problem = self._problem(want, accounts)
            if problem:
                yield problem
                continue
            partner, customer = accounts[want.partner], accounts[want.customer]
            history = relations[partner.id, customer.id]
            current = next((each for each in history if each.holds_after(day)), None)
            before = current.fields if current else {}
            after = {**_defaults(day), **before, **want.fields}
            problem = _in_time(want, after, [each for each in history if each is not current])
            if problem:
                yield problem
                continue
            changes = {n: (before.get(n), v) for n, v in after.items() if before.get(n) != v}
            values = tuple(after[name] for name in _FIELDS)
            if current is None:
                made.append((partner.id, customer.id, *values))
            elif changes:
                changed.append((current.id, *values))
            if changes:
                data = {"partner": partner.id, "name": partner.name, **_spelled(after)}
                verb = "partner_changed" if current else "partner_related"
                happenings.append(Happening(verb, "account", customer.id, data))
            yield Filed(
                want.row,
                f"{want.partner} for {want.customer}",
                "made" if current is None else "changed" if changes else "unchanged",
                changes,
            )
        ends = (("partner_id", "bigint"), ("customer_id", "bigint"))
        bulk.insert("customers_partnership", (*ends, *_ROW), made)
        bulk.update("customers_partnership", (("id", "bigint"), *_ROW), changed)
        record(happenings, by=by, at=at)

    def _problem(self, want: Wanted, accounts: dict[str, _Account]) -> Problem | None:
        """Why this row cannot be filed, as far as other rows and the accounts tell."""
        for column, id in (("partner_id", want.partner), ("customer_id", want.customer)):
            if id not in accounts:
                return Problem(want.row, column, f"No account has the ID {id}.")
        partner, customer = accounts[want.partner], accounts[want.customer]
        first = self._seen.setdefault((partner.id, customer.id), want.row)
        if first != want.row:
            return Problem(want.row, "partner_id", f"Row {first} is about these two already.")
        if partner.id == customer.id:
            return Problem(want.row, "customer_id", "An account cannot be its own partner.")
        if not partner.is_partner:
            text = f"{partner.name} is not marked as a partner; import accounts first."
            return Problem(want.row, "partner_id", text)
        return None


def _relations(
    wanted: Sequence[Wanted], accounts: dict[str, _Account]
) -> dict[tuple[int, int], list[_Relation]]:
    """All relations there are or were between the pairs of these rows."""
    pairs = [
        (accounts[want.partner].id, accounts[want.customer].id)
        for want in wanted
        if want.partner in accounts and want.customer in accounts
    ]
    found: dict[tuple[int, int], list[_Relation]] = defaultdict(list)
    partners, customers = [a for a, _ in pairs], [b for _, b in pairs]
    for id, partner, customer, *fields in bulk.rows(_RELATIONS, [partners, customers]):
        relation = _Relation(id, dict(zip(_FIELDS, fields, strict=True)))
        found[partner, customer].append(relation)
    return found


def _defaults(day: date) -> dict[str, Any]:
    return {"kind": RelationKind.MSP.value, "granted_by": "", "valid_from": day, "valid_to": None}


def _in_time(want: Wanted, after: dict[str, Any], others: Sequence[_Relation]) -> Problem | None:
    """Why these days are impossible, alone or beside earlier relations of the two."""
    start, end = after["valid_from"], after["valid_to"]
    if end and end < start:
        return Problem(want.row, "valid_to", "The relation would end before it starts.")
    for other in others:
        last = other.fields["valid_to"]
        before = last and last <= start
        later = end and end <= other.fields["valid_from"]
        if not (before or later):
            text = f"These days overlap a relation from {other.fields['valid_from']}."
            return Problem(want.row, "valid_from", text)
    return None


def _spelled(fields: dict[str, Any]) -> dict[str, Any]:
    """The fields as the journal keeps them."""
    return {name: v.isoformat() if isinstance(v, date) else v for name, v in fields.items()}
