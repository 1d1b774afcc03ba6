"""A person's notices: how many are new, the latest, and having looked at them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from django.db import connection

from heliodesk.cases.access import visible
from heliodesk.cases.models import Case
from heliodesk.identity.boundary import INSIDE
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

_TELL = f"""
insert into notifications_notice (user_id, verb, case_id, account_id, data, at)
select u.id, %s, c.id, c.account_id, jsonb_build_object('words', %s::text), %s
from cases_case c join identity_user u on u.id = any(%s::bigint[])
where c.id = %s and u.is_active and u.role <> 'contact' and (not c.offshore or {INSIDE})
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


def tell(user_ids: Sequence[int], *, verb: str, case: Case, words: str, at: datetime) -> int:
    """Tell people of the desk something about a case, in these words; how many may know it."""
    return tell_about(user_ids, verb=verb, case_id=case.pk, words=words, at=at)


def tell_about(
    user_ids: Sequence[int], *, verb: str, case_id: int, words: str, at: datetime
) -> int:
    """The same by the case's id."""
    with connection.cursor() as cursor:
        cursor.execute(_TELL, [verb, words, at, list(user_ids), case_id])
        return int(cursor.rowcount)
