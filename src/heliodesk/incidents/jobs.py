"""What is done for incidents again and again."""

from datetime import datetime

from django.conf import settings

from heliodesk.incidents import actions, facts, queries
from heliodesk.oncall.actions import paging
from heliodesk.oncall.rules.words import Purpose


def deliver(at: datetime) -> int:
    """Bring what was written to the cases that wait for it."""
    return actions.deliver(at)


def remind(at: datetime) -> int:
    """Tell whoever leads an incident that an update is due; once for each due time."""
    told = 0
    for incident in queries.open_ones():
        late = [one for one in facts.due(incident) if one.due_at <= at]
        if not late or incident.lead_id is None:
            continue
        packages = ", ".join(one.package for one in late)
        first = min(one.due_at for one in late)
        told += paging.message(
            key=f"incident:{incident.pk}:{first.isoformat(timespec='seconds')}",
            purpose=Purpose.UPDATE,
            people=[incident.lead_id],
            channels=paging.QUIET,
            subject=f"Incident {incident.pk}: an update is due",
            text=f"“{incident.title}”: customers of {packages} wait for news. "
            f"Write it: {settings.BASE_URL}{incident.path}",
            p1=None,
            at=at,
        )
    return told
