"""Reads of runs: how far one verb on many cases has come, and what it refused."""

import math
from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from django.db import connection

from heliodesk.cases.access import Hidden, visible
from heliodesk.cases.models import BulkRun
from heliodesk.identity.person import Person
from heliodesk.kernel import reading

#: Refusals that are told by name.
MOST_TOLD = 100
PAGE = 30


class Run(NamedTuple):
    """A run."""

    id: int
    verb: str
    given: Mapping[str, Any]
    total: int
    at: datetime
    #: Until then it waits, and nothing happens.
    begins_at: datetime | None
    ended_at: datetime | None
    #: The verb that it undoes.
    undoes: str | None
    undone: bool
    settled: int
    refused: int

    @property
    def done(self) -> int:
        """How many were done."""
        return self.settled - self.refused

    def waits(self, now: datetime) -> bool:
        """Whether it has not begun, so that undoing it leaves no trace."""
        return self.ended_at is None and self.begins_at is not None and self.begins_at > now

    def seconds_left(self, now: datetime) -> int:
        """For how long it still waits, the begun second included."""
        if self.begins_at is None:
            return 0
        return max(math.ceil((self.begins_at - now).total_seconds()), 0)


class Trouble(NamedTuple):
    """A case that was refused, and why."""

    ref: str
    title: str
    why: str


_RUN = """
select r.id, r.verb, r.given, r.total, r.at, r.begins_at, r.ended_at, u.verb,
    exists (select from cases_bulkrun x where x.undoes_id = r.id),
    s.settled, s.refused
from cases_bulkrun r left join cases_bulkrun u on u.id = r.undoes_id
join lateral (select count(*) filter (where done_at is not null) as settled,
        count(*) filter (where trouble <> '') as refused
    from cases_bulkstep where run_id = r.id) s on true
where r.user_id = %s
"""


def of(person: Person, id: int) -> Run:
    """A run of this person's.

    Raises:
        Hidden: there is none.
    """
    found = reading.shaped(connection, Run, f"{_RUN} and r.id = %s", [person.id, id])
    if not found:
        raise Hidden(str(id))
    return found[0]


def record(id: int) -> BulkRun:
    """The row of a run that was found before."""
    return BulkRun.objects.get(pk=id)


def latest(person: Person) -> list[Run]:
    """The latest runs of a person."""
    return reading.shaped(connection, Run, f"{_RUN} order by r.id desc limit {PAGE}", [person.id])


def troubles(person: Person, id: int) -> list[Trouble]:
    """What a run refused, of the cases that this person may see."""
    seen, params = visible(person)
    sql = f"""
    select c.ref, c.title, s.trouble from cases_bulkstep s join cases_case c on c.id = s.case_id
    where s.run_id = %s and s.trouble <> '' and {seen} order by s.id limit {MOST_TOLD}
    """
    return reading.shaped(connection, Trouble, sql, [id, *params])
