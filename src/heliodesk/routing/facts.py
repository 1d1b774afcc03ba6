"""What routing needs to know of a batch: the rules, the cases, who works which queue."""

from collections.abc import Collection
from typing import NamedTuple

from django.db import connection

from heliodesk.journal.record import Recorded
from heliodesk.kernel import reading
from heliodesk.routing.rules import Facts, Rule

_RULES = """
select name, region, kind, priority, package, queue, skill from routing_routingrule
order by position, id
"""
_CASES = """
select c.id, a.region,
       coalesce((select t.treated_as from cases_casetype t where t.code = c.kind), c.kind),
       c.priority, c.package, c.offshore, c.queue
from cases_case c join customers_account a on a.id = c.account_id where c.id = any(%s)
"""
_SIDES = """
select q, array_agg(distinct t.offshore) from identity_team t, unnest(t.queues) q group by q
"""


class _Case(NamedTuple):
    id: int
    region: str
    kind: str
    priority: str
    package: str
    offshore: bool
    queue: str


def rules() -> list[Rule]:
    """The rules in their order."""
    return [Rule(*row) for row in reading.rows(connection, _RULES)]


def cases(ids: Collection[int]) -> dict[int, Facts]:
    """These cases as routing sees them."""
    rows = reading.shaped(connection, _Case, _CASES, [sorted(ids)])
    return {row.id: Facts(*row[1:]) for row in rows}


def unowned(events: Collection[Recorded]) -> set[int]:
    """Those of the cases of these events that nobody works on yet."""
    ids = sorted({event.subject_id for event in events})
    sql = "select id from cases_case where id = any(%s) and owner_id is null"
    return {id for (id,) in reading.rows(connection, sql, [ids])}


def sides() -> dict[str, tuple[bool, ...]]:
    """On which sides of the data boundary each queue is worked."""
    return {queue: tuple(found) for queue, found in reading.rows(connection, _SIDES)}
