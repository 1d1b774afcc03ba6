"""Ask the rules about what happened, or about time, and do what they say.

Facts of a batch are loaded together, rules decide without I/O, and each firing is one
transaction: its row, which makes it happen once, and the verbs on the case. What a verb refuses
stands in the firing; the rest of the rule is done all the same.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import structlog
from django.db import connection, transaction

from heliodesk.automation import actions, facts
from heliodesk.automation.deeds import carry_out
from heliodesk.automation.models import Asked, AutomationRule, Firing
from heliodesk.automation.rules import BY_RULE, MOST_AN_HOUR, TAG_MOMENTS, Facts, Moment, fits
from heliodesk.journal.record import By
from heliodesk.kernel import reading

log = structlog.get_logger()
#: Cases asked about at once.
BATCH = 200
#: Open cases that rules of time look at in one run.
MOST_TIMED = 50_000
_FIRED = """
select rule_id, case_id, cause from automation_firing
where rule_id = any(%s) and case_id = any(%s)
"""
_BUSY = """
select case_id from automation_firing where case_id = any(%s) and at > %s
group by case_id having count(*) >= %s
"""


def answer(at: datetime) -> int:
    """Ask the rules about what happened since the last time; how many happenings were settled."""
    with transaction.atomic():
        asked = list(Asked.objects.select_for_update(skip_locked=True).order_by("id")[:BATCH])
        if not asked:
            return 0
        rules = _active({one.moment for one in asked})
        known = {one.id: one for one in facts.of(sorted({one.case_id for one in asked}))}
        tagged = facts.touched([one.event_id for one in asked if one.moment in TAG_MOMENTS])
        wanted = [
            (rule, _at_that_moment(known[one.case_id], one, tagged), one.event_id)
            for one in asked
            for rule in rules
            if rule.moment == one.moment and one.case_id in known
        ]
        _fire(wanted, at)
        actions.forget_asked([one.pk for one in asked])
    return len(asked)


def _at_that_moment(case: Facts, asked: Asked, tagged: Mapping[int, Mapping[str, Any]]) -> Facts:
    """A case with the tags that were put on or taken off just then."""
    if asked.event_id not in tagged:
        return case
    key = TAG_MOMENTS[Moment(asked.moment)]
    return replace(case, touched=tuple(tagged[asked.event_id].get(key, ())))


def look_at_time(at: datetime) -> int:
    """Ask the rules of time about every open case; how many fired."""
    rules = _active({Moment.TIME.value})
    fired, seen, below = 0, 0, 2**62
    while rules and seen < MOST_TIMED:
        found = facts.open_before(below, BATCH)
        if not found:
            break
        seen, below = seen + len(found), found[-1].id
        with transaction.atomic():
            fired += _fire(((rule, one, one.cause) for one in found for rule in rules), at)
    return fired


def _active(moments: Iterable[str]) -> Sequence[AutomationRule]:
    found = AutomationRule.objects.filter(active=True, moment__in=sorted(moments))
    return list(found.order_by("position", "id"))


def _fire(wanted: Iterable[tuple[AutomationRule, Facts, int]], at: datetime) -> int:
    """Fire what fits and has not fired for this cause, in the order of the rules."""
    fitting = [one for one in wanted if fits(one[0].plan, one[1], at)]
    if not fitting:
        return 0
    rule_ids = sorted({rule.pk for rule, _, _ in fitting})
    case_ids = sorted({one.id for _, one, _ in fitting})
    fired = set(reading.rows(connection, _FIRED, [rule_ids, case_ids]))
    hour = at - timedelta(hours=1)
    busy = {id for (id,) in reading.rows(connection, _BUSY, [case_ids, hour, MOST_AN_HOUR])}
    new = [(r, f, cause) for r, f, cause in fitting if (r.pk, f.id, cause) not in fired]
    for rule, one, cause in new:
        _fire_one(rule, one, cause, at, held_back=one.id in busy)
    return len(new)


def _fire_one(
    rule: AutomationRule, one: Facts, cause: int, at: datetime, *, held_back: bool
) -> None:
    by = By(BY_RULE, rule.pk, f"Rule “{rule.name}”")
    firing = Firing(rule=rule, case_id=one.id, cause=cause, at=at)
    if held_back:
        firing.trouble = f"Held back: rules acted {MOST_AN_HOUR} times on this case in an hour."
    else:
        with transaction.atomic():
            firing.did, troubles = carry_out(rule.plan.deeds, one.id, why=by.name, by=by, at=at)
        firing.trouble = " ".join(troubles)
    if firing.trouble:
        log.info("rule_refused", rule=rule.name, case=one.ref, why=firing.trouble)
    firing.save()
