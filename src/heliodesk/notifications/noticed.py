"""A person's notices: how many are new, the latest, and having looked at them."""

from datetime import datetime
from typing import Any, NamedTuple

from django.db import connection

from heliodesk.cases.access import visible
from heliodesk.identity.person import Person
from heliodesk.kernel import reading

_LATEST = """
select n.id, n.verb, n.at, n.seen_at is null, n.data, c.ref, c.title, c.priority, a.id, a.name
from notifications_notice n
left join cases_case c on c.id = n.case_id
left join customers_account a on a.id = n.account_id
where n.user_id = %s and (n.case_id is null or {seen}) order by n.id desc limit %s
"""
_NEW = """
select count(*) from (select from notifications_notice
                      where user_id = %s and seen_at is null limit %s) n
"""


class Told(NamedTuple):
    """A notice with what it is about."""

    id: int
    verb: str
    at: datetime
    new: bool
    data: dict[str, Any]
    ref: str | None
    title: str | None
    priority: str | None
    account_id: int | None
    account: str | None


def latest(person: Person, *, limit: int = 100) -> list[Told]:
    """The latest notices of a person, about what they may see."""
    seen, params = visible(person)
    return reading.shaped(connection, Told, _LATEST.format(seen=seen), [person.id, *params, limit])


def new_count(person: Person, *, most: int) -> int:
    """How many notices a person has not looked at, counted to ``most``."""
    return int(reading.rows(connection, _NEW, [person.id, most])[0][0])


def look_at_all(person: Person, *, at: datetime) -> None:
    """The person has looked: nothing is new any more."""
    with connection.cursor() as cursor:
        cursor.execute(
            "update notifications_notice set seen_at = %s where user_id = %s and seen_at is null",
            [at, person.id],
        )
