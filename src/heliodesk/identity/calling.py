"""Whom one may call to a case: people who work here, and teams."""

from typing import NamedTuple

from django.db import connection

from heliodesk.identity.boundary import INSIDE
from heliodesk.identity.rules import Role
from heliodesk.kernel import reading


class Colleague(NamedTuple):
    """Somebody who works here."""

    id: int
    name: str
    role: str

    @property
    def leads(self) -> bool:
        """Whether they are a lead or an administrator."""
        return self.role in {Role.LEAD, Role.ADMIN}


_PEOPLE = f"""
select u.id, u.name, u.role from identity_user u
 where u.is_active and u.role <> 'contact' and (not %s or {INSIDE})
 order by lower(u.name), u.id limit 500
"""


def colleagues(*, offshore: bool) -> list[Colleague]:
    """Everybody who works here, by name; of an offshore case, those who may see it."""
    return reading.shaped(connection, Colleague, _PEOPLE, [offshore])


def teams() -> list[tuple[int, str]]:
    """The teams, by name."""
    sql = "select id, name from identity_team order by lower(name), id limit 200"
    return [(id, name) for id, name in reading.rows(connection, sql)]
