"""Sheets that the import takes back: every account, contact or partner relation, in batches."""

from collections.abc import Iterator
from datetime import date
from typing import IO, Any

from django.db import connection

from heliodesk.customers.imports.accounts import COLUMNS as ACCOUNT_COLUMNS
from heliodesk.customers.imports.contacts import COLUMNS as CONTACT_COLUMNS
from heliodesk.customers.imports.partners import COLUMNS as PARTNER_COLUMNS
from heliodesk.customers.sheets import write

_BATCH = 2000
_ACCOUNTS = """
select a.id, ids.all[1], a.name, a.region, a.lifecycle,
       case when a.offshore then 'yes' else 'no' end,
       case when a.is_partner then 'yes' else 'no' end,
       (select string_agg(d.domain, ' ' order by d.id) from customers_verifieddomain d
         where d.account_id = a.id),
       array_to_string(ids.all[2:], ' '), a.note
  from (select * from customers_account where id > %(after)s {visible}
         order by id limit %(size)s) a
  left join lateral (select array_agg(i.value order by i.valid_from, i.id) as all
      from customers_accountidentifier i where i.account_id = a.id
       and (i.valid_to is null or i.valid_to > %(on)s)) ids on true
 order by a.id
"""
_CONTACTS = """
select c.id, e.all[1], c.name, ids.value, r.kinds,
       case when c.active then 'yes' else 'no' end,
       c.phone, c.alternative, c.language, c.zone, array_to_string(e.all[2:], ' ')
  from (select c.* from customers_contact c where c.id > %(after)s and c.merged_into_id is null
         {visible} order by c.id limit %(size)s) c
  left join lateral (select array_agg(e.address order by e.preferred desc, e.id) as all
      from customers_contactaddress e where e.contact_id = c.id) e on true
  left join lateral (select r.account_id, string_agg(r.kind, ' ' order by r.kind) as kinds
      from customers_contactrole r where r.contact_id = c.id
       and (r.valid_to is null or r.valid_to > %(on)s)
     group by r.account_id) r on true
  left join lateral (select i.value from customers_accountidentifier i
      where i.account_id = r.account_id and (i.valid_to is null or i.valid_to > %(on)s)
      order by i.valid_from, i.id limit 1) ids on true
 order by c.id, r.account_id
"""
_PARTNERS = """
select p.id, pi.value, ci.value, p.kind, p.granted_by, p.valid_from, p.valid_to
  from (select p.* from customers_partnership p
         where p.id > %(after)s and (p.valid_to is null or p.valid_to > %(on)s) {visible}
         order by p.id limit %(size)s) p
  left join lateral (select i.value from customers_accountidentifier i
      where i.account_id = p.partner_id and (i.valid_to is null or i.valid_to > %(on)s)
      order by i.valid_from, i.id limit 1) pi on true
  left join lateral (select i.value from customers_accountidentifier i
      where i.account_id = p.customer_id and (i.valid_to is null or i.valid_to > %(on)s)
      order by i.valid_from, i.id limit 1) ci on true
 order by p.id
"""
_ONSHORE = {
    "accounts": "and not offshore",
    "contacts": (
        "and not exists (select 1 from customers_contactrole x"
        " join customers_account y on y.id = x.account_id"
        " where x.contact_id = c.id and y.offshore)"
    ),
    "partners": (
        "and not exists (select 1 from customers_account y"
        " where y.id in (p.partner_id, p.customer_id) and y.offshore)"
    ),
}
_SHEETS = {
    "accounts": (_ACCOUNTS, ACCOUNT_COLUMNS),
    "contacts": (_CONTACTS, CONTACT_COLUMNS),
    "partners": (_PARTNERS, PARTNER_COLUMNS),
}


def export_sheet(kind: str, file: IO[str], *, on: date, offshore: bool = True) -> int:
    """Write a sheet of what holds on this day; returns how many rows it has.

    Args:
        kind: ``accounts``, ``contacts`` or ``partners``.
        offshore: with what belongs to offshore accounts, which only their team may see.
    """
    sql, columns = _SHEETS[kind]
    visible = "" if offshore else _ONSHORE[kind]
    header = [column.name for column in columns]
    return write(file, header, _rows(sql.format(visible=visible), on))


def _rows(sql: str, on: date) -> Iterator[tuple[Any, ...]]:
    """All rows without their key, a batch of things at a time."""
    after = 0
    while True:
        with connection.cursor() as cursor:
            cursor.execute(sql, {"after": after, "size": _BATCH, "on": on})
            found = cursor.fetchall()
        if not found:
            return
        after = found[-1][0]
        for row in found:
            yield row[1:]
