"""Who should get a case: at work, able, allowed, and with the least to do."""

from collections.abc import Collection
from datetime import datetime

from django.db import connection

from heliodesk.cases import actions as cases
from heliodesk.cases.models import Case
from heliodesk.cases.rules import Refused
from heliodesk.journal.record import By
from heliodesk.kernel import reading
from heliodesk.routing import queries
from heliodesk.routing.models import NeededSkill

_OPEN = """
select u.id, count(c.id) from unnest(%s::bigint[]) as u (id)
left join cases_case c on c.owner_id = u.id
    and c.state in ('new', 'assigned', 'pending_customer', 'pending_vendor')
    and c.state in ('new', 'assigned')
group by 1 order by 2, 1 limit 1
"""
_AWAY = "select user_id from routing_absence where starts_at <= %s and ends_at > %s"


def assign_fairly(case: Case, *, by: By, at: datetime) -> Case:
    """Give the case to whoever of its teams is at work, can do it, and has the least to do.

    Raises:
        Refused: nobody is at work who may and can take it.
    """
    chosen = _least_loaded(able(case, at))
    if chosen is None:
        raise Refused(f"Nobody who works {case.queue} is at work and able to take this case.")
    return cases.assign(case, owner_id=chosen, by=by, at=at)


def able(case: Case, at: datetime) -> set[int]:
    """The people at work in teams of the case's queue and side who have the skill it needs."""
    needed = NeededSkill.objects.filter(case=case).values_list("skill", flat=True).first()
    found = {
        member.id
        for row in queries.teams(at)
        if case.queue in row.team.queues and row.team.offshore == case.offshore
        for member in row.members
        if member.at_work and (not needed or needed in {*member.skills, *row.team.skills})
    }
    return found - away(at)


def away(at: datetime) -> set[int]:
    """Who is out of the office."""
    return {user_id for (user_id,) in reading.rows(connection, _AWAY, [at, at])}


def _least_loaded(ids: Collection[int]) -> int | None:
    found = reading.rows(connection, _OPEN, [sorted(ids)]) if ids else []
    return int(found[0][0]) if found else None
