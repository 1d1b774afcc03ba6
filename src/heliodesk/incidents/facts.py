"""How often customers are told, by package, and when each is due."""

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

from django.db import connection

from heliodesk.entitlements import packs
from heliodesk.entitlements.pack.model import Metric
from heliodesk.entitlements.policy import Policy
from heliodesk.incidents.models import Incident
from heliodesk.incidents.rules import USUAL_MINUTES, due_after
from heliodesk.kernel import reading


def policy() -> Policy | None:
    """The policy in force; none on a desk that has none yet."""
    try:
        return packs.active().policy
    except packs.NoActivePack:
        return None


def usual_minutes(package: str, known: Policy | None) -> int:
    """Minutes between updates on a P1 of a package, as the policy has it."""
    terms = next((t for t in known.all_terms() if t.code == package), None) if known else None
    target = terms.targets.get(Metric.UPDATE, {}).get("P1") if terms else None
    return target.minutes if target else USUAL_MINUTES


def minutes_of(incident: Incident, package: str, known: Policy | None) -> int:
    """Minutes between updates for a package in this incident."""
    return minutes(incident.intervals, package, known)


def minutes(intervals: Mapping[str, object], package: str, known: Policy | None) -> int:
    """Minutes between updates for a package: an incident's own, else the policy's."""
    own = intervals.get(package)
    return own if isinstance(own, int) else usual_minutes(package, known)


class Told(NamedTuple):
    """The open cases of a package in an incident, and when they were last told something."""

    package: str
    cases: int
    accounts: int
    last: datetime | None
    linked: datetime


_TOLD = """
select c.package, count(*)::int, count(distinct c.account_id)::int, min(l.told_at),
       min(l.linked_at)
  from incidents_linkedcase l join cases_case c on c.id = l.case_id
 where l.incident_id = %s and c.state in ('new', 'assigned', 'pending_customer', 'pending_vendor')
 group by c.package
"""
#: Cases that nobody was told anything on do not wait for ever.
_UNTOLD = """
select c.package, min(l.linked_at)
  from incidents_linkedcase l join cases_case c on c.id = l.case_id
 where l.incident_id = %s and l.told_at is null
   and c.state in ('new', 'assigned', 'pending_customer', 'pending_vendor')
 group by c.package
"""


class Due(NamedTuple):
    """What a package is owed next in an incident."""

    package: str
    cases: int
    accounts: int
    minutes: int
    last: datetime | None
    due_at: datetime


def due(incident: Incident) -> list[Due]:
    """When the next update is due, by package; the soonest first. One that is over owes none."""
    if incident.resolved_at:
        return []
    known = policy()
    untold = dict(reading.rows(connection, _UNTOLD, [incident.pk]))
    found = []
    for row in reading.shaped(connection, Told, _TOLD, [incident.pk]):
        minutes = minutes_of(incident, row.package, known)
        since = min(at for at in (row.last, untold.get(row.package)) if at) if (
            row.last or row.package in untold
        ) else row.linked  # fmt: skip
        found.append(
            Due(row.package, row.cases, row.accounts, minutes, row.last, due_after(since, minutes))
        )
    return sorted(found, key=lambda one: (one.due_at, one.package))
