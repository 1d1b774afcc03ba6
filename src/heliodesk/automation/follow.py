"""What happened to cases waits for the rules; nothing that a rule did starts another rule."""

from collections.abc import Sequence

from django.db import connection

from heliodesk.automation.rules import BY_RULE, TAG_VERB, VERBS, moments_of
from heliodesk.journal.record import Follower, Recorded
from heliodesk.kernel import sql

_COLUMNS = {"case_id": "bigint", "moment": "text", "event_id": "bigint"}
_TAIL = """where exists (select from automation_automationrule a
    where a.active and a.moment = r.moment) on conflict (event_id, moment) do nothing"""


def happened(events: Sequence[Recorded]) -> None:
    """Remember these for the rules, if there is an active one that wants to know."""
    rows = [
        (event.subject_id, moment.value, event.id)
        for event in events
        if event.by.kind != BY_RULE and not event.data.get("automatic")
        for moment in moments_of(event.verb, event.data)
    ]
    with sql.prepared(connection) as cursor:
        sql.insert(cursor, "automation_asked", _COLUMNS, rows, tail=_TAIL)


FOLLOWS: dict[tuple[str, str], Follower] = {("case", verb): happened for verb in (*VERBS, TAG_VERB)}
