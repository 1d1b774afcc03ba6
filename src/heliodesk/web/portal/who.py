"""Which contact is asking: one query from the session's key to the contact and their rights."""

from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any

from django.db import connection

from heliodesk.customers.customer import Customer, Place
from heliodesk.customers.rules import RoleKind
from heliodesk.entitlements.packs import COLUMNS, NoActivePack, active, beside, know
from heliodesk.kernel import reading
from heliodesk.web.people import holds, kept

_CURRENT = "{0}.valid_from <= %(on)s and ({0}.valid_to is null or {0}.valid_to > %(on)s)"
_ID = f"""(select i.value from customers_accountidentifier i
       where i.account_id = a.id and {_CURRENT.format("i")} order by i.valid_from, i.id limit 1)"""
#: Where a session keeps the account whose identity provider vouched for it.
VOUCHED = "company"
#: Where a row of places has the partner through whom one acts.
_PARTNER = 6
#: The cookie that remembers which place was chosen; it chooses among theirs and grants nothing.
CHOSEN = "heliodesk_place"
#: Most places a contact may choose among: a partner of thousands chooses by search.
MOST_PLACES = 500
SQL = f"""
select k.id as contact_id, u.id as user_id, k.name, coalesce(e.address, u.email) as email,
       k.language, k.zone, u.password, s.session_data, p.rows
  from identity_session s
  join identity_user u on u.id = s.user_id and u.is_active and u.role = 'contact'
  join customers_contact k on k.user_id = u.id and k.active
  left join customers_contactaddress e on e.contact_id = k.id and e.preferred
  join lateral (
    with mine as (
      select r.account_id, array_agg(r.kind order by r.kind) as kinds,
             exists (select from customers_companysignin y
                      where y.account_id = r.account_id and y.required) as required
        from customers_contactrole r
       where r.contact_id = k.id and {_CURRENT.format("r")}
       group by r.account_id)
    select jsonb_agg(x.row order by x.through is not null, x.name, x.id) as rows from (
      select a.id, a.name, null::bigint as through, jsonb_build_array(
             a.id, a.name, {_ID}, a.region, a.is_partner, m.kinds, null, null, m.required) as row
        from mine m join customers_account a on a.id = m.account_id
      union all
      (select a.id, a.name, h.partner_id, jsonb_build_array(
             a.id, a.name, {_ID}, a.region, a.is_partner, m.kinds, h.partner_id, o.name,
             m.required)
        from mine m
        join customers_partnership h on h.partner_id = m.account_id and {_CURRENT.format("h")}
        join customers_account o on o.id = h.partner_id and o.is_partner
        join customers_account a on a.id = h.customer_id
       order by lower(a.name), a.id limit {MOST_PLACES})
    ) x) p on p.rows is not null
 where s.session_key = %(key)s and s.expire_date > %(at)s
"""


#: Every page of the portal asks for the pack in force next.
_WITH_PACK = beside(SQL)


def of_session(key: str, at: datetime, chosen: str = "") -> Customer | None:
    """The contact signed in by this session, if it holds and they are still a contact of some
    account: active, with a role today. ``chosen`` is the place's key in their cookie."""
    rows = reading.rows(connection, _WITH_PACK, {"key": key, "at": at, "on": at.date()})
    if not rows:
        return None
    know(rows[0][-COLUMNS:])
    return customer_of(rows[0][:-COLUMNS], chosen)


def customer_of(row: tuple[Any, ...], chosen: str) -> Customer | None:
    """The contact of a row of ``SQL``, or none when their password has changed since."""
    contact_id, user_id, name, email, language, zone, password, data, places = row
    if not holds(data, password):
        return None
    vouched = _vouched(data)
    found = tuple(
        _place(place) for *place, required in places if _open(place, vouched, required=required)
    )
    if not found:
        return None
    here = _chosen(found, chosen)
    zone = zone or _zone_of(here.region)
    settled = len(found) == 1 or here.key == chosen
    return Customer(
        contact_id,
        user_id,
        name,
        email,
        language,
        zone,
        here,
        found,
        chosen=settled,
        vouched=bool(vouched),
    )


def _zone_of(region: str) -> str:
    """The time zone of a region by the policy in force."""
    try:
        known = active().policy.pack.regions.get(region)
    except NoActivePack:
        return "UTC"
    return known.zone if known else "UTC"


@lru_cache(maxsize=2048)
def _vouched(data: str) -> int | None:
    """The account whose identity provider vouched for the session; none when none did."""
    return kept(data).get(VOUCHED)


def _open(place: Sequence[Any], vouched: int | None, *, required: bool) -> bool:
    """Whether a session may act at a place: a company's provider vouches for its own account
    only, and a company may ask that nothing else does."""
    through = place[_PARTNER] or place[0]
    return through == vouched if vouched or required else True


def _place(row: Sequence[Any]) -> Place:
    """A place as the statement gives it."""
    id, name, identifier, region, is_partner, kinds, partner_id, partner = row
    roles = frozenset(RoleKind(kind) for kind in kinds)
    return Place(id, name, identifier or "", region, is_partner, roles, partner_id, partner or "")


def _chosen(places: tuple[Place, ...], key: str) -> Place:
    """The place with this key; the first of their own when it is not, or no longer, theirs."""
    return next((place for place in places if place.key == key), places[0])
