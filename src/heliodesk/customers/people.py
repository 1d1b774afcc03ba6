"""The people of an account as its own administrators see them: one statement a page."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from django.db import connection

from heliodesk.customers.rules import domain_of
from heliodesk.kernel import reading

#: Most contacts and events a page.
MOST = 200
PAGE = 50
_RUNNING = "(r.valid_to is null or r.valid_to > %(on)s)"


class Member(NamedTuple):
    """A contact with what they are at the account, today and from a later day on."""

    id: int
    name: str
    active: bool
    phone: str
    address: str
    bounced: bool
    joined: bool
    invited_at: datetime | None
    #: ``{id, kind, from, to, current}``, current and future ones.
    roles: Sequence[dict[str, Any]]


class Helper(NamedTuple):
    """A partner's relation to the account."""

    id: int
    name: str
    kind: str
    granted_by: str
    valid_from: date
    valid_to: date | None
    current: bool


class Deed(NamedTuple):
    """Something done to the account's people."""

    id: int
    at: datetime
    by: str
    by_kind: str
    verb: str
    data: dict[str, Any]


_MEMBERS = f"""
select k.id, k.name, k.active, k.phone, coalesce(e.address, ''), e.bounced_at is not null,
       k.user_id is not null, k.invited_at,
       coalesce(jsonb_agg(jsonb_build_object('id', r.id, 'kind', r.kind, 'from', r.valid_from,
         'to', r.valid_to, 'current', r.valid_from <= %(on)s) order by r.kind, r.id)
         filter (where {_RUNNING}), '[]')
  from customers_contactrole r
  join customers_contact k on k.id = r.contact_id and k.merged_into_id is null
  left join lateral (select e.address, e.bounced_at from customers_contactaddress e
    where e.contact_id = k.id order by e.preferred desc, e.id limit 1) e on true
 where r.account_id = %(account)s
 group by k.id, e.address, e.bounced_at
 order by k.active and bool_or({_RUNNING}) desc, lower(k.name), k.id
 limit {MOST}
"""
_COLLEAGUES = f"""
select exists (select from customers_contactaddress e
          join customers_contact k on k.id = e.contact_id and k.active
          join customers_contactrole r on r.contact_id = k.id and {_RUNNING}
         where e.address = %(address)s and r.account_id = any(%(accounts)s)
           and r.valid_from <= %(on)s)
    or exists (select from customers_verifieddomain d where d.account_id = any(%(accounts)s)
         and lower(d.domain) = %(domain)s)
"""
_PARTNERS = """
select p.id, a.name, p.kind, p.granted_by, p.valid_from, p.valid_to,
       p.valid_from <= %(on)s and (p.valid_to is null or p.valid_to > %(on)s)
  from customers_partnership p join customers_account a on a.id = p.partner_id
 where p.customer_id = %(account)s
 order by p.valid_to is null desc, p.id desc limit 50
"""
_DEEDS = f"""
select id, at, by_name, by_kind, verb, data from journal_event
 where subject_kind = 'account' and subject_id = %(account)s and id < %(before)s
   and verb in ('role_granted', 'role_ended', 'partner_related', 'partner_ended',
                'contact_invited', 'contact_removed', 'sign_in_set', 'sign_in_dropped')
 order by id desc limit {PAGE + 1}
"""


def are_colleagues(address: str, account_ids: Sequence[int], on: date) -> bool:
    """Whether an address, in lower case, is of somebody at one of these accounts: of a contact
    with a role there on this day, or of one of the account's own mail domains."""
    asked = {"address": address, "domain": domain_of(address), "accounts": list(account_ids)}
    return bool(reading.rows(connection, _COLLEAGUES, {**asked, "on": on})[0][0])


def members(account_id: int, on: date) -> list[Member]:
    """Everybody who is, or was, a contact of the account; those of today first."""
    return reading.shaped(connection, Member, _MEMBERS, {"account": account_id, "on": on})


def partners(account_id: int, on: date) -> list[Helper]:
    """Who may, or might once, act for the account."""
    return reading.shaped(connection, Helper, _PARTNERS, {"account": account_id, "on": on})


def deeds(account_id: int, *, before: int = 2**62) -> list[Deed]:
    """Who did what to the people of the account, the latest first, and one beyond the page."""
    return reading.shaped(connection, Deed, _DEEDS, {"account": account_id, "before": before})
