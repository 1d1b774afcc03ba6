"""Reads of accounts and contacts: bounded, one statement a page, keyset paging by name.

A search finds whole words and beginnings of words in names, and beginnings of IDs, addresses
and mail domains; hits by these three come first, on the first page only.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from django.db import connection

from heliodesk.customers.access import account_condition, contact_condition
from heliodesk.customers.rules import normal_identifier
from heliodesk.identity.person import Person
from heliodesk.kernel import reading

#: Rows a page.
PAGE = 50
#: Most hits by ID, address or domain.
_MOST_EXACT = 25
_WORD = re.compile(r"\w+")
_ID_START = re.compile(r"[A-Z0-9-]*\d[A-Z0-9-]*")
_ADDRESS_START = re.compile(r"[^\s@]+@[^\s@]*")
_DOMAIN_START = re.compile(r"@?[a-z0-9-]+\.[a-z0-9.-]*")


class AccountRow(NamedTuple):
    """One line of the list of accounts."""

    rank: int
    id: int
    name: str
    identifier: str | None
    region: str
    lifecycle: str
    offshore: bool
    is_partner: bool
    domain: str | None
    contacts: int
    designated: int


class ContactRow(NamedTuple):
    """One line of the list of contacts."""

    rank: int
    id: int
    name: str
    active: bool
    phone: str
    address: str | None
    bounced: bool
    account_id: int | None
    account: str | None
    offshore: bool | None
    roles: Sequence[str]
    #: Accounts beside the one shown.
    others: int


class Key(NamedTuple):
    """Where the next page begins: the name in lower case and the id of the last row."""

    name: str
    id: int


def key(row: AccountRow | ContactRow) -> Key:
    """The sort key of a row."""
    return Key(row.name.lower(), row.id)


def _begins(column: str, name: str) -> str:
    """SQL for a column that begins with a parameter, by the index of byte order."""
    return f"{column} ~>=~ %({name})s and {column} ~<~ (%({name})s || chr(1114111))"


_CURRENT = "{0}.valid_from <= %(on)s and ({0}.valid_to is null or {0}.valid_to > %(on)s)"
_NAMED_WORDS = (
    "to_tsvector('simple'::regconfig, coalesce({0}.name, '')) @@ to_tsquery('simple', %(words)s)"
)
#: One letter is a place in the alphabet, not a search.
_LETTER = "lower({0}.name) >= %(letter)s and lower({0}.name) < %(letter)s || chr(1114111)"
_AFTER = "(lower({0}.name), {0}.id) > (%(name)s, %(id)s)"
_BY_ID = f"""
    (select 0 as rank, i.account_id as id from customers_accountidentifier i
      where {_begins("i.value", "identifier")}
      order by i.value using ~<~ limit %(exact)s)"""
_BY_DOMAIN = f"""
    (select 0 as rank, d.account_id as id from customers_verifieddomain d
      where {_begins("d.domain", "domain")}
      order by d.domain using ~<~ limit %(exact)s)"""
_BY_ADDRESS = f"""
    (select 0 as rank, r.account_id as id from customers_contactaddress e
      join customers_contactrole r on r.contact_id = e.contact_id and {_CURRENT.format("r")}
      where {_begins("e.address", "address")}
      order by e.address using ~<~ limit %(exact)s)"""
_CONTACT_BY_ADDRESS = f"""
    (select 0 as rank, e.contact_id as id from customers_contactaddress e
      where {_begins("e.address", "address")}
      order by e.address using ~<~ limit %(exact)s)"""
_CONTACT_BY_DOMAIN = f"""
    (select 0 as rank, r.contact_id as id from customers_verifieddomain d
      join customers_contactrole r on r.account_id = d.account_id
      where {_begins("d.domain", "domain")}
      order by d.domain using ~<~ limit %(exact)s)"""

_ACCOUNTS = f"""
select f.rank, a.id, a.name, i.value, a.region, a.lifecycle, a.offshore, a.is_partner, d.domain,
       n.contacts, n.designated
  from (select min(rank) as rank, id from ({{found}}) u group by id) f
  join customers_account a on a.id = f.id
  left join lateral (select i.value from customers_accountidentifier i
    where i.account_id = a.id and {_CURRENT.format("i")}
    order by i.valid_from, i.id limit 1) i on true
  left join lateral (select d.domain from customers_verifieddomain d
    where d.account_id = a.id order by d.id limit 1) d on true
  left join lateral (select count(distinct r.contact_id) as contacts,
      count(distinct r.contact_id) filter (where r.kind = 'designated') as designated
      from customers_contactrole r where r.account_id = a.id and {_CURRENT.format("r")}) n on true
 where {{visible}}
 order by f.rank, lower(a.name), a.id
 limit %(size)s
"""
_CONTACTS = f"""
select f.rank, c.id, c.name, c.active, c.phone, e.address, e.bounced_at is not null,
       r.account_id, r.account, r.offshore, coalesce(r.kinds, '{{{{}}}}'),
       coalesce(r.accounts, 1) - 1
  from (select min(rank) as rank, id from ({{found}}) u group by id) f
  join customers_contact c on c.id = f.id
  left join lateral (select e.address, e.bounced_at from customers_contactaddress e
    where e.contact_id = c.id order by e.preferred desc, e.id limit 1) e on true
  left join lateral (select r.account_id, a.name as account, a.offshore,
      array_agg(r.kind order by r.kind) as kinds, count(*) over () as accounts
      from customers_contactrole r join customers_account a on a.id = r.account_id
      where r.contact_id = c.id and {_CURRENT.format("r")}
      group by r.account_id, a.name, a.offshore order by min(r.id) limit 1) r on true
 where {{visible}} and c.merged_into_id is null
 order by f.rank, lower(c.name), c.id
 limit %(size)s
"""


def accounts(
    person: Person, on: date, *, text: str = "", after: Key | None = None, size: int = PAGE
) -> list[AccountRow]:
    """The next ``size`` accounts by name that fit the text, and one beyond if there are more."""
    values = _values(text, on, after, size)
    visible = account_condition(person)
    branches = [_named("customers_account", "a", visible, values)]
    if after is None:
        branches += _exact(values, _BY_ID, _BY_DOMAIN, _BY_ADDRESS)
    sql = _ACCOUNTS.format(found="\n    union all".join(branches), visible=visible)
    return reading.shaped(connection, AccountRow, sql, values)


def contacts(
    person: Person,
    on: date,
    *,
    text: str = "",
    account_id: int | None = None,
    after: Key | None = None,
    size: int = PAGE,
) -> list[ContactRow]:
    """The next ``size`` contacts by name, of one account when it is given, and one beyond."""
    values = _values(text, on, after, size)
    visible = contact_condition(person)
    of_account = ""
    if account_id is not None:
        values["account"] = account_id
        of_account = (
            " and c.id in (select r.contact_id from customers_contactrole r"
            " where r.account_id = %(account)s)"
        )
    named = _named(
        "customers_contact", "c", f"c.merged_into_id is null and {visible}{of_account}", values
    )
    branches = [named]
    if after is None and account_id is None:
        branches += _exact(values, "", _CONTACT_BY_DOMAIN, _CONTACT_BY_ADDRESS)
    sql = _CONTACTS.format(found="\n    union all".join(branches), visible=visible)
    return reading.shaped(connection, ContactRow, sql, values)


def _values(text: str, on: date, after: Key | None, size: int) -> dict[str, Any]:
    """The parameters of a search; those that the text does not call for are missing."""
    values: dict[str, Any] = {"on": on, "size": size + 1, "exact": _MOST_EXACT}
    asked = text.strip().lower()[:200]
    words = _WORD.findall(asked)
    if words == [asked] and len(asked) == 1:
        values["letter"] = asked
    elif words:
        values["words"] = " & ".join(f"{word}:*" for word in words[:8])
    elif asked:
        values["nothing"] = True
    if _ID_START.fullmatch(identifier := normal_identifier(asked)):
        values["identifier"] = identifier
    if _ADDRESS_START.fullmatch(asked):
        values["address"] = asked
    elif _DOMAIN_START.fullmatch(asked):
        values["domain"] = asked.lstrip("@")
    if after:
        values["name"], values["id"] = after
    return values


def _named(table: str, alias: str, visible: str, values: Mapping[str, Any]) -> str:
    """The rows of a page by name.

    Words are looked up first and for themselves: walking the names in order and reading each
    for its words would take a hundred times as long when the words are rare.
    """
    conditions = [visible]
    if "words" in values:
        words = _NAMED_WORDS.format(alias)
        conditions.append(
            f"{alias}.id = any(array(select {alias}.id from {table} {alias} where {words}))"
        )
    if "letter" in values:
        conditions.append(_LETTER.format(alias))
    if "nothing" in values:
        conditions.append("false")
    if "name" in values:
        conditions.append(_AFTER.format(alias))
    return f"""
    (select 1 as rank, {alias}.id from {table} {alias}
      where {" and ".join(conditions)}
      order by lower({alias}.name), {alias}.id limit %(size)s)"""


def _exact(values: Mapping[str, Any], by_id: str, by_domain: str, by_address: str) -> list[str]:
    """The further searches that the text calls for."""
    wanted = {"identifier": by_id, "domain": by_domain, "address": by_address}
    return [sql for name, sql in wanted.items() if sql and name in values]


class AccountCard(NamedTuple):
    """Everything on an account's page that belongs to this room."""

    id: int
    name: str
    region: str
    lifecycle: str
    offshore: bool
    is_partner: bool
    note: str
    created_at: datetime
    #: ``{id, value, valid_from, valid_to}``, current ones first.
    identifiers: list[dict[str, Any]]
    #: ``{id, domain, verified_at}``
    domains: list[dict[str, Any]]
    #: ``{id, name, active, phone, address, bounced, roles: [{id, kind, valid_from, valid_to}]}``
    contacts: list[dict[str, Any]]
    #: Contacts with a current role, all of them counted.
    contact_count: int
    designated: int
    #: Who may act for this account: ``{id, account, name, kind, granted_by, valid_from, valid_to}``
    partners: list[dict[str, Any]]
    #: Whom this account may act for, in the same form.
    customers: list[dict[str, Any]]

    @property
    def warnings(self) -> list[str]:
        """What somebody should see to (C34)."""
        found = []
        if self.lifecycle == "live" and not self.designated:
            found.append(
                "No designated contact: nobody at this account may raise a P1 outside the hours "
                "of its package."
            )
        if not any(each["current"] for each in self.identifiers):
            found.append("No ID: mail that quotes one cannot lead here.")
        return found


_RELATED = f"""
  (select coalesce(jsonb_agg(x order by x.current desc, x.name), '[]') from (
     select p.id, o.id as account, o.name, p.kind, p.granted_by, p.valid_from, p.valid_to,
            {_CURRENT.format("p")} as current
       from customers_partnership p join customers_account o on o.id = p.{{other}}
      where p.{{this}} = a.id and ({{visible}})
      order by p.valid_to is null desc, p.id desc limit 100) x)"""
_CARD = f"""
select a.id, a.name, a.region, a.lifecycle, a.offshore, a.is_partner, a.note, a.created_at,
  (select coalesce(jsonb_agg(x order by x.current desc, x.id), '[]') from (
     select i.id, i.value, i.valid_from, i.valid_to, {_CURRENT.format("i")} as current
       from customers_accountidentifier i where i.account_id = a.id limit 100) x),
  (select coalesce(jsonb_agg(x order by x.domain), '[]') from (
     select d.id, d.domain, d.verified_at from customers_verifieddomain d
      where d.account_id = a.id order by d.domain limit 100) x),
  (select coalesce(jsonb_agg(x order by x.current desc, x.active desc, lower(x.name), x.id), '[]')
     from (
     select c.id, c.name, c.active, c.phone, e.address, e.bounced_at is not null as bounced,
            bool_or({_CURRENT.format("r")}) as current,
            jsonb_agg(jsonb_build_object('id', r.id, 'kind', r.kind, 'valid_from', r.valid_from,
              'valid_to', r.valid_to, 'current', {_CURRENT.format("r")}) order by r.kind, r.id)
              as roles
       from customers_contactrole r join customers_contact c on c.id = r.contact_id
       left join lateral (select e.address, e.bounced_at from customers_contactaddress e
         where e.contact_id = c.id order by e.preferred desc, e.id limit 1) e on true
      where r.account_id = a.id
      group by c.id, e.address, e.bounced_at
      order by bool_or({_CURRENT.format("r")}) desc, c.active desc, lower(c.name) limit 50) x),
  n.contacts, n.designated,
  {_RELATED.format(this="customer_id", other="partner_id", visible="{visible}")},
  {_RELATED.format(this="partner_id", other="customer_id", visible="{visible}")}
  from customers_account a
  left join lateral (select count(distinct r.contact_id) as contacts,
      count(distinct r.contact_id) filter (where r.kind = 'designated') as designated
      from customers_contactrole r join customers_contact c on c.id = r.contact_id and c.active
      where r.account_id = a.id and {_CURRENT.format("r")}) n on true
 where a.id = %(id)s and {{mine}}
"""


def account_card(person: Person, account_id: int, on: date) -> AccountCard | None:
    """An account with all that hangs on it, by one statement; none if the person may not see it.

    At most 50 contacts are here; ``contacts(account_id=…)`` pages through all of them.
    """
    sql = _CARD.format(visible=account_condition(person, "o"), mine=account_condition(person, "a"))
    rows = reading.shaped(connection, AccountCard, sql, {"id": account_id, "on": on})
    return rows[0] if rows else None


class ContactCard(NamedTuple):
    """Everything on a contact's page that belongs to this room."""

    id: int
    name: str
    active: bool
    phone: str
    alternative: str
    language: str
    zone: str
    merged_into: int | None
    created_at: datetime
    #: ``{id, address, preferred, bounced_at}``
    addresses: list[dict[str, Any]]
    #: ``{id, account, name, kind, valid_from, valid_to, current}``
    roles: list[dict[str, Any]]


_CONTACT_CARD = f"""
select c.id, c.name, c.active, c.phone, c.alternative, c.language, c.zone, c.merged_into_id,
       c.created_at,
  (select coalesce(jsonb_agg(x order by x.preferred desc, x.id), '[]') from (
     select e.id, e.address, e.preferred, e.bounced_at from customers_contactaddress e
      where e.contact_id = c.id limit 100) x),
  (select coalesce(jsonb_agg(x order by x.current desc, x.name, x.kind), '[]') from (
     select r.id, a.id as account, a.name, r.kind, r.valid_from, r.valid_to,
            {_CURRENT.format("r")} as current
       from customers_contactrole r join customers_account a on a.id = r.account_id
      where r.contact_id = c.id order by r.id desc limit 200) x)
  from customers_contact c
 where c.id = %(id)s and {{visible}}
"""


def contact_card(person: Person, contact_id: int, on: date) -> ContactCard | None:
    """A contact with addresses and roles, by one statement; none if not theirs to see."""
    sql = _CONTACT_CARD.format(visible=contact_condition(person))
    rows = reading.shaped(connection, ContactCard, sql, {"id": contact_id, "on": on})
    return rows[0] if rows else None


_WITHOUT_DESIGNATED = """
select a.id, a.name from customers_account a
 where a.lifecycle = 'live' and {mine} and not exists (
    select from customers_contactrole r join customers_contact c on c.id = r.contact_id and c.active
     where r.account_id = a.id and r.kind = 'designated' and r.valid_from <= %(on)s
       and (r.valid_to is null or r.valid_to > %(on)s))
 order by a.name limit %(most)s
"""


class Named(NamedTuple):
    """An account in a short list."""

    id: int
    name: str


def without_designated(person: Person, on: date, *, most: int = 51) -> list[Named]:
    """Live accounts without a designated contact, who may therefore miss a P1 (C34)."""
    sql = _WITHOUT_DESIGNATED.format(mine=account_condition(person))
    return reading.shaped(connection, Named, sql, {"on": on, "most": most})
