"""Alarms of on-call itself: nobody will be primary, and nobody sends pages any more (G10)."""

from datetime import datetime

from django.conf import settings
from django.db import connection

from heliodesk.journal.record import SYSTEM, Happening, record
from heliodesk.kernel import reading
from heliodesk.oncall import queries
from heliodesk.oncall.actions.paging import QUIET, message
from heliodesk.oncall.models import CoverageCheck, Page
from heliodesk.oncall.rules.coverage import Span
from heliodesk.oncall.rules.words import Duty, Purpose

_LEADERS = "select id from identity_user where is_active and role in ('lead', 'admin') order by id"


def responsible(at: datetime) -> list[int]:
    """Who is told that on-call is in trouble: the duty manager, else the leads."""
    managers = [row.person_id for row in queries.on_call(at) if row.duty == Duty.MANAGER]
    return managers or [row[0] for row in reading.rows(connection, _LEADERS)][:5]


def alarm_of_gaps(checked: CoverageCheck, at: datetime) -> int:
    """Tell those responsible of each gap in the next 14 days, once a gap; how many were new."""
    from heliodesk.oncall.actions.planning import told

    new = 0
    for start, end in checked.gaps:
        gap = Span(datetime.fromisoformat(start), datetime.fromisoformat(end))
        key = f"gap:{gap.start:%Y%m%dT%H%M}:{gap.end:%Y%m%dT%H%M}"
        if gap.start - at > queries.AHEAD or Page.objects.filter(key__startswith=key).exists():
            continue
        new += 1
        message(
            key=key,
            purpose=Purpose.ALARM,
            people=responsible(at),
            channels=QUIET,
            subject="Nobody is on call",
            text=f"Nobody is primary {told(gap)}. Fill the gap: {settings.BASE_URL}/on-call/",
            p1=None,
            at=at,
        )
        data = {"from": gap.start.isoformat(), "to": gap.end.isoformat()}
        record([Happening("gap", "oncall", 0, data)], by=SYSTEM, at=at)
    return new
