"""What routing does when a case opens."""

from collections.abc import Sequence

from django.db import connection

from heliodesk.cases.actions import Placing, place_in_queues
from heliodesk.journal.record import Follower, Recorded
from heliodesk.kernel import sql
from heliodesk.routing import facts
from heliodesk.routing.rules import route


def opened(events: Sequence[Recorded]) -> None:
    """New cases go where the first fitting rule sends them; each move is in the journal."""
    rules = facts.rules() if events else []
    if not rules:
        return
    cases, sides = facts.cases([event.subject_id for event in events]), facts.sides()
    placings, needs = [], []
    for case_id, case in cases.items():
        found = route(case, rules, sides)
        if found.queue != case.queue:
            placings.append(Placing(case_id, found.queue, case.queue, ", ".join(found.by)))
        if found.skill:
            needs.append((case_id, found.skill))
    place_in_queues(placings, at=events[0].at)
    with connection.cursor() as cursor:
        sql.insert(
            cursor,
            "routing_neededskill",
            {"case_id": "bigint", "skill": "text"},
            needs,
            tail="on conflict (case_id) do update set skill = excluded.skill",
        )


def classified(events: Sequence[Recorded]) -> None:
    """A case of another kind goes where the rules send that kind, unless somebody has it."""
    opened([event for event in events if event.subject_id in facts.unowned(events)])


FOLLOWS: dict[tuple[str, str], Follower] = {
    ("case", "opened"): opened,
    ("case", "classify"): classified,
}
