"""The sweep: warn of targets that fall due soon, mark those that were missed; each exactly once."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from heliodesk.cases.rules import Happened
from heliodesk.journal.record import SYSTEM, Happening, record
from heliodesk.sla import facts, rules
from heliodesk.sla.actions.write import place, told, write
from heliodesk.sla.facts import Terms, Ticking

#: Clocks in one transaction.
BATCH = 500


def sweep(at: datetime, *, most: int = BATCH) -> int:
    """Look at one batch of clocks whose time has come; how many were settled (0: nothing due).

    Rows that somebody works on are left for the next look, so any number of sweeps may run.
    """
    with transaction.atomic():
        terms = Terms()
        due = facts.clocks(facts.LOOKED_AT, [at, most], terms)
        if not due:
            return 0
        for one in due:
            one.timing, one.changed = rules.look(one.timing, at), True
        write(due)
        _place(due, terms)
        record([_event(one) for one in due], by=SYSTEM, at=at)
    return len(due)


def _place(changed: Sequence[Ticking], terms: Terms) -> None:
    cases = {one.case_id for one in changed}
    live = facts.live(cases, terms)
    priorities = {case.id: case.priority for case in facts.standings(cases).values()}
    found: dict[int, list[Ticking]] = defaultdict(list)
    for case_id, clocks in live.items():
        found[case_id].extend(clocks.values())
    place(found, priorities)


def _event(one: Ticking) -> Happening:
    verb = Happened.TARGET_MISSED if one.timing.missed_at else Happened.TARGET_WARNED
    return Happening(verb, "case", one.case_id, told(one))
