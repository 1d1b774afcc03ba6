"""What the customer registers know about the senders of a batch of messages.

Three statements for the whole batch, however long it is. What a contact may do follows from
roles that hold on one day; contracts belong to the room above and are not here.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from django.db import connection

from heliodesk.customers.rules import FREE_MAIL_DOMAINS, domain_of, normal_identifier
from heliodesk.kernel import reading


@dataclass(frozen=True, slots=True)
class AccountFacts:
    """One account, as decisions need it."""

    id: int
    name: str
    region: str
    lifecycle: str
    offshore: bool
    is_partner: bool


@dataclass(frozen=True, slots=True)
class ContactFacts:
    """One contact, and the roles that hold on the day asked for."""

    id: int
    name: str
    active: bool
    language: str
    zone: str
    #: Account id -> kinds of role held there.
    roles: Mapping[int, frozenset[str]]
    #: The address mail to which bounced and that has not been heard from since.
    bounced: bool = False


@dataclass(frozen=True)
class CustomerFacts:
    """Everything known about the addresses, IDs and domains of a batch.

    ``accounts`` holds every account reached by an ID, a domain or a role; customers that a
    partner manages are there only when they were also reached in one of these ways.
    """

    accounts: Mapping[int, AccountFacts] = field(default_factory=dict)
    #: Normal form of an ID that holds on the day -> account id.
    by_identifier: Mapping[str, int] = field(default_factory=dict)
    #: Address in lower case -> contact, active or not.
    contacts_by_address: Mapping[str, ContactFacts] = field(default_factory=dict)
    #: Verified domain -> ids of its accounts, oldest first.
    accounts_by_domain: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    #: Partner account id -> ids of the customers it may act for on the day.
    managed: Mapping[int, frozenset[int]] = field(default_factory=dict)

    def contact(self, address: str) -> ContactFacts | None:
        """The contact with this address, active or not."""
        return self.contacts_by_address.get(address.strip().lower())

    def account_of_id(self, text: str) -> AccountFacts | None:
        """The account that an ID names, however it was spaced or cased."""
        found = self.by_identifier.get(normal_identifier(text))
        return self.accounts[found] if found else None

    def accounts_of_domain(self, address: str) -> tuple[AccountFacts, ...]:
        """The accounts whose verified domain the address is in."""
        ids = self.accounts_by_domain.get(domain_of(address), ())
        return tuple(self.accounts[id] for id in ids)

    def may_act_for(self, contact: ContactFacts, account_id: int) -> bool:
        """Whether the contact has a role at the account or at a partner of it (R55)."""
        return account_id in contact.roles or any(
            account_id in self.managed.get(own, ()) for own in contact.roles
        )


_CONTACTS = """
select a.address, c.id, c.name, c.active, c.language, c.zone, a.bounced_at is not null,
       r.account_id, r.kind
  from customers_contactaddress a
  join customers_contact c on c.id = a.contact_id
  left join customers_contactrole r on r.contact_id = c.id
   and r.valid_from <= %(on)s and (r.valid_to is null or r.valid_to > %(on)s)
 where a.address = any(%(addresses)s::text[])
"""
_REACHED = """
select 'id', i.value, i.account_id
  from customers_accountidentifier i
 where i.value = any(%(ids)s::text[])
   and i.valid_from <= %(on)s and (i.valid_to is null or i.valid_to > %(on)s)
union all
(select 'domain', d.domain, d.account_id
  from customers_verifieddomain d
 where d.domain = any(%(domains)s::text[])
 order by d.verified_at, d.id)
union all
select 'managed', p.partner_id::text, p.customer_id
  from customers_partnership p
 where p.partner_id = any(%(partners)s::bigint[])
   and p.valid_from <= %(on)s and (p.valid_to is null or p.valid_to > %(on)s)
"""
_OWN = """
select 1
  from customers_contactaddress a
  join customers_contact c on c.id = a.contact_id and c.active
  join customers_contactrole r on r.contact_id = c.id
   and r.valid_from <= %(on)s and (r.valid_to is null or r.valid_to > %(on)s)
  join customers_accountidentifier i on i.value = %(identifier)s
   and i.valid_from <= %(on)s and (i.valid_to is null or i.valid_to > %(on)s)
 where a.address = %(address)s
   and (i.account_id = r.account_id or exists (
       select from customers_partnership p
        where p.partner_id = r.account_id and p.customer_id = i.account_id
          and p.valid_from <= %(on)s and (p.valid_to is null or p.valid_to > %(on)s)))
 limit 1
"""
_ACCOUNTS = """
select id, name, region, lifecycle, offshore, is_partner
  from customers_account where id = any(%s::bigint[])
"""


def load(
    addresses: Collection[str], ids: Collection[str], domains: Collection[str], on: date
) -> CustomerFacts:
    """Everything known on this day about these addresses, IDs and mail domains.

    Case and spacing do not matter. Free-mail domains are never anybody's, whatever the tables
    say.
    """
    contacts = _contacts({address.strip().lower() for address in addresses}, on)
    roles = {account for contact in contacts.values() for account in contact.roles}
    by_identifier, by_domain, managed = _reached(
        {normal_identifier(id) for id in ids},
        {domain.strip().lower() for domain in domains} - FREE_MAIL_DOMAINS,
        roles,
        on,
    )
    reached = roles.union(by_identifier.values(), *by_domain.values())
    return CustomerFacts(accounts_of(reached), by_identifier, contacts, by_domain, managed)


def names_own_account(address: str, identifier: str, on: date) -> bool:
    """Whether the address is an active contact's, and the ID that of an account for which they may
    act: one statement, whatever the answer."""
    asked = {
        "address": address.strip().lower(),
        "identifier": normal_identifier(identifier),
        "on": on,
    }
    return bool(reading.rows(connection, _OWN, asked))


def _contacts(addresses: set[str], on: date) -> dict[str, ContactFacts]:
    """One statement: the contacts of these addresses, with the roles of the day."""
    if not addresses:
        return {}
    rows = reading.rows(connection, _CONTACTS, {"addresses": sorted(addresses), "on": on})
    roles: dict[str, dict[int, set[str]]] = defaultdict(lambda: defaultdict(set))
    for row in rows:
        if row[7] is not None:
            roles[row[0]][row[7]].add(row[8])
    return {
        row[0]: ContactFacts(
            id=row[1],
            name=row[2],
            active=row[3],
            language=row[4],
            zone=row[5],
            roles={account: frozenset(kinds) for account, kinds in roles[row[0]].items()},
            bounced=row[6],
        )
        for row in rows
    }


def _reached(
    ids: set[str], domains: set[str], partners: set[int], on: date
) -> tuple[dict[str, int], dict[str, tuple[int, ...]], dict[int, frozenset[int]]]:
    """One statement: accounts by ID, accounts by domain, customers by partner."""
    by_identifier: dict[str, int] = {}
    by_domain: dict[str, list[int]] = defaultdict(list)
    managed: dict[int, set[int]] = defaultdict(set)
    if not (ids or domains or partners):
        return {}, {}, {}
    asked = {
        "ids": sorted(ids),
        "domains": sorted(domains),
        "partners": sorted(partners),
        "on": on,
    }
    for kind, key, account in reading.rows(connection, _REACHED, asked):
        if kind == "id":
            by_identifier[key] = account
        elif kind == "domain":
            by_domain[key].append(account)
        else:
            managed[int(key)].add(account)
    return (
        by_identifier,
        {domain: tuple(accounts) for domain, accounts in by_domain.items()},
        {partner: frozenset(customers) for partner, customers in managed.items()},
    )


def accounts_of(ids: Iterable[int]) -> dict[int, AccountFacts]:
    """One statement: these accounts."""
    wanted = sorted(ids)
    if not wanted:
        return {}
    return {row[0]: AccountFacts(*row) for row in reading.rows(connection, _ACCOUNTS, [wanted])}
