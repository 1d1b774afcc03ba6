"""A dry run: which of the latest cases a rule would fit as they stand now, and what it would do."""

from dataclasses import dataclass, replace
from datetime import datetime

from heliodesk.automation import facts
from heliodesk.automation.rules import TAG_MOMENTS, Facts, Moment, Plan, fits
from heliodesk.identity.person import Person

#: Cases that a dry run looks at.
MOST = 1000


@dataclass(frozen=True)
class Trial:
    """What a dry run found."""

    asked: int
    fitting: list[Facts]


def run(plan: Plan, person: Person, at: datetime) -> Trial:
    """Ask a rule about the newest cases that this person may see; nothing is changed. One that is
    asked when tags change, is asked about the latest change of tags of each."""
    found = facts.newest(person, MOST)
    if key := TAG_MOMENTS.get(Moment(plan.moment)):
        last = facts.last_touched([one.id for one in found], key)
        found = [replace(one, touched=last[one.id]) for one in found if one.id in last]
    return Trial(len(found), [one for one in found if fits(plan, one, at)])
