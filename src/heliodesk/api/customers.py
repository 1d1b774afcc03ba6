"""Accounts and contacts for programs, read only."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated

from heliodesk.api.cases import Named
from heliodesk.api.door import Answer, Asked
from heliodesk.api.problems import Problem
from heliodesk.api.shapes import Said
from heliodesk.customers import queries
from heliodesk.customers.access import Hidden


@dataclass(frozen=True)
class AccountSummary:
    """A customer, or a partner that acts for customers."""

    id: int
    url: Annotated[str, Said("Where it is read.")]
    name: str
    identifier: Annotated[str | None, Said("The ID that the customer quotes.")]
    region: str
    lifecycle: str
    is_partner: bool
    domain: Annotated[str | None, Said("Its first verified mail domain.")]


@dataclass(frozen=True)
class AccountList:
    """A page of accounts, by name."""

    accounts: list[AccountSummary]
    next: Annotated[str | None, Said("The value of “after” for the next page; none on the last.")]


@dataclass(frozen=True)
class ContactSummary:
    """A person at a customer."""

    id: int
    url: Annotated[str, Said("Where they are read.")]
    name: str
    active: bool
    address: str | None
    phone: str
    account: Named | None
    roles: Annotated[list[str], Said("What they are at that account.")]


@dataclass(frozen=True)
class ContactList:
    """A page of contacts, by name."""

    contacts: list[ContactSummary]
    next: Annotated[str | None, Said("The value of “after” for the next page; none on the last.")]


@dataclass(frozen=True)
class RoleHeld:
    """What a contact is at an account, from a day to a day."""

    account: Named
    kind: str
    valid_from: str
    valid_to: str | None
    current: bool


@dataclass(frozen=True)
class ContactDetail:
    """A person at a customer, with addresses and roles."""

    id: int
    name: str
    active: bool
    phone: str
    language: str
    zone: str
    addresses: list[str]
    roles: list[RoleHeld]


def accounts(request: Asked) -> Answer:
    """A page of accounts by name."""
    query = request.query
    rows = queries.accounts(
        request.person,
        _today(request),
        text=query["q"] or "",
        after=_key(query["after"]),
        size=query["limit"],
    )
    page = rows[: query["limit"]]
    return Answer(AccountList([_account(row) for row in page], _next(rows, query["limit"])))


def account(request: Asked) -> Answer:
    """One account."""
    today = _today(request)
    card = queries.account_card(request.person, request.path["id"], today)
    if card is None:
        raise Hidden
    now = [i for i in card.identifiers if not i["valid_to"] or i["valid_to"] > today.isoformat()]
    return Answer(
        AccountSummary(
            id=card.id,
            url=f"/api/v1/accounts/{card.id}",
            name=card.name,
            identifier=next((i["value"] for i in now), None),
            region=card.region,
            lifecycle=card.lifecycle,
            is_partner=card.is_partner,
            domain=next((d["domain"] for d in card.domains), None),
        )
    )


def contacts(request: Asked) -> Answer:
    """A page of contacts by name, of one account if it is given."""
    query = request.query
    rows = queries.contacts(
        request.person,
        _today(request),
        text=query["q"] or "",
        account_id=query["account"],
        after=_key(query["after"]),
        size=query["limit"],
    )
    page = rows[: query["limit"]]
    return Answer(ContactList([_contact(row) for row in page], _next(rows, query["limit"])))


def contact(request: Asked) -> Answer:
    """One contact."""
    card = queries.contact_card(request.person, request.path["id"], _today(request))
    if card is None:
        raise Hidden
    roles = [
        RoleHeld(Named(r["account"], r["name"]), r["kind"], r["valid_from"], r["valid_to"],
                 r["current"])
        for r in card.roles
    ]  # fmt: skip
    addresses = [each["address"] for each in card.addresses]
    return Answer(
        ContactDetail(
            card.id, card.name, card.active, card.phone, card.language, card.zone, addresses, roles
        )
    )


def _account(row: queries.AccountRow) -> AccountSummary:
    return AccountSummary(
        row.id, f"/api/v1/accounts/{row.id}", row.name, row.identifier, row.region, row.lifecycle,
        row.is_partner, row.domain,
    )  # fmt: skip


def _contact(row: queries.ContactRow) -> ContactSummary:
    of = Named(row.account_id, row.account or "") if row.account_id else None
    return ContactSummary(
        row.id, f"/api/v1/contacts/{row.id}", row.name, row.active, row.address, row.phone, of,
        list(row.roles),
    )  # fmt: skip


def _today(request: Asked) -> date:
    return request.at.date()


def _next(rows: list[queries.AccountRow] | list[queries.ContactRow], limit: int) -> str | None:
    if len(rows) <= limit:
        return None
    name, id = queries.key(rows[limit - 1])
    return f"{id}~{name}"


def _key(word: str | None) -> queries.Key | None:
    """Where the page begins, as the page before said."""
    if not word:
        return None
    id, _, name = word.partition("~")
    if not (id.isascii() and id.isdigit() and len(id) < 19):
        raise Problem(422, "“after” must be the “next” of the page before.")
    return queries.Key(name, int(id))
