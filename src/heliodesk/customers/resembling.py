"""Accounts and contacts whose names resemble what somebody typed: for slips of the finger."""

from typing import NamedTuple

from django.db import connection, transaction

from heliodesk.customers.access import account_condition, contact_condition
from heliodesk.identity.person import Person
from heliodesk.kernel import reading

#: How alike the typed words and the best part of a name must be, from 0 to 1: first very.
_ALIKE = (0.7, 0.45)
#: Names compared at most, and those shown.
_COMPARED, _MOST = 400, 3
_LIKE = "set local pg_trgm.word_similarity_threshold = {}"
_NAMES = """
select n.id, n.name from (
    select {alias}.id, {alias}.name from {table} {alias}
     where %s::text <%% {alias}.name and {visible} limit {compared}) n
order by word_similarity(%s, n.name) desc, similarity(%s, n.name) desc, n.id
limit {most}
"""


class Alike(NamedTuple):
    """An account or a contact that may be meant."""

    id: int
    name: str


def accounts(person: Person, text: str) -> list[Alike]:
    """The accounts that this may mean, the likeliest first; at most three."""
    return _alike("customers_account", "a", account_condition(person, "a"), text)


def contacts(person: Person, text: str) -> list[Alike]:
    """The contacts that this may mean, the likeliest first; at most three."""
    visible = f"c.merged_into_id is null and {contact_condition(person, 'c')}"
    return _alike("customers_contact", "c", visible, text)


def _alike(table: str, alias: str, visible: str, text: str) -> list[Alike]:
    typed = text.strip().lower()[:80]
    if len(typed) < 3:
        return []
    sql = _NAMES.format(table=table, alias=alias, visible=visible, compared=_COMPARED, most=_MOST)
    for alike in _ALIKE:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute(_LIKE.format(alike))
            found = reading.shaped(connection, Alike, sql, [typed] * 3, prepare=False)
        if found:
            return found
    return []
