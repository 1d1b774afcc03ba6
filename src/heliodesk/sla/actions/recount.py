"""Deadlines follow their calendars: when hours or holidays change, what is left is counted anew."""

from collections import defaultdict
from dataclasses import replace
from datetime import datetime

import structlog
from django.db import transaction

from heliodesk.sla import facts
from heliodesk.sla.actions.write import place, write
from heliodesk.sla.course import Course
from heliodesk.sla.facts import Terms, Ticking

log = structlog.get_logger()
BATCH = 500


def recount(at: datetime, *, most: int = BATCH) -> int:
    """Bring one batch of live clocks to the present version of their calendars; how many."""
    with transaction.atomic():
        terms = Terms()
        outdated = facts.clocks(facts.OUTDATED, [most, most], terms)
        if not outdated:
            return 0
        cases = facts.standings({one.case_id for one in outdated})
        for one in outdated:
            _, version = terms.calendar(one.given.calendar, terms.policy(one.given.pack_id)[1])
            given = replace(one.given, version=version)
            Course(cases[one.case_id], terms, {}).renew(one, given, "calendar", at)
        write(outdated)
        live: dict[int, list[Ticking]] = defaultdict(list)
        for case_id, clocks in facts.live(cases, terms).items():
            live[case_id].extend(clocks.values())
        place(live, {case.id: case.priority for case in cases.values()})
    log.info("recounted", clocks=len(outdated))
    return len(outdated)
