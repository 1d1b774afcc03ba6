"""What customers may know of incidents: published ones, and the one that their case belongs to."""

from datetime import datetime
from typing import NamedTuple

from django.utils.translation import gettext_noop as _

from heliodesk.entitlements.policy import Policy
from heliodesk.incidents import facts, front
from heliodesk.incidents.rules import due_after
from heliodesk.web.translation import language, translated

_STAGES = {
    "investigating": ("warn", _("We are looking for the cause.")),
    "identified": ("warn", _("We know the cause and work on it.")),
    "monitoring": ("accent", _("It works again; we keep watching it.")),
    "resolved": ("ok", _("It is over.")),
}


class Shown(NamedTuple):
    """An incident as a page of the portal shows it."""

    title: str
    tone: str
    stage: str
    words: str
    since: datetime
    told_at: datetime | None = None
    #: By when the customer is told again.
    next_at: datetime | None = None


def of_region(region: str) -> list[Shown]:
    """The open incidents of a region that a lead has published."""
    return [_shown(one) for one in front.published(region)]


def of_case(case_id: int, package: str, policy: Policy | None) -> Shown | None:
    """The incident of a case that its customer knows of."""
    found = front.of_case(case_id)
    if found is None:
        return None
    shown = _shown(found)
    if found.resolved_at or found.told_at is None:
        return shown._replace(told_at=found.told_at)
    minutes = facts.minutes(found.intervals, package, policy)
    return shown._replace(told_at=found.told_at, next_at=due_after(found.told_at, minutes))


def _shown(one: front.Known) -> Shown:
    tone, sentence = _STAGES[one.stage]
    return Shown(one.title, tone, translated(sentence), one.words(language()), one.opened_at)
