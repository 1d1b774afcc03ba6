"""What on-call does when something happens to a case."""

from collections.abc import Sequence

from django.db import connection

from heliodesk.cases.rules import OPEN, Happened, Verb
from heliodesk.journal.record import Follower, Recorded
from heliodesk.kernel import reading
from heliodesk.oncall import actions
from heliodesk.oncall.actions.paging import remind_of_update
from heliodesk.oncall.models import P1
from heliodesk.oncall.rules.words import How, P1State

_UPDATE = "update"
_OPEN = "where case_id = any(%s) and state <> %s"


def opened(events: Sequence[Recorded]) -> None:
    """A new case that is a P1 pages at once."""
    _declare([event for event in events if event.data.get("priority") == "P1"])


def prioritised(events: Sequence[Recorded]) -> None:
    """A call made a case a P1, or somebody found that it is none."""
    _declare([event for event in events if event.data.get("priority") == "P1"])
    down = [event for event in events if event.data.get("priority") != "P1"]
    for event in down:
        actions.stop([event.subject_id], why="priority", by=event.by, at=event.at)


def _declare(events: Sequence[Recorded]) -> None:
    for event in events:
        actions.declare([event.subject_id], by=event.by, at=event.at)


def over(events: Sequence[Recorded]) -> None:
    """A case that is done needs nobody any more."""
    for event in events:
        actions.stop([event.subject_id], why=event.verb, by=event.by, at=event.at)


def reopened(events: Sequence[Recorded]) -> None:
    """A P1 that comes back is a P1 again: a call has reopened it (C17)."""
    from heliodesk.cases.models import Case

    ids = Case.objects.filter(pk__in=[e.subject_id for e in events], priority="P1")
    still = set(ids.values_list("pk", flat=True))
    _declare([event for event in events if event.subject_id in still])


def reverted(events: Sequence[Recorded]) -> None:
    """A P1 whose end was undone is a P1 again."""
    reopened([event for event in events if event.data.get("to") in OPEN])


def unplaced(events: Sequence[Recorded]) -> None:
    """A P1 call without a case: somebody must call back, and is paged for it (G7)."""
    for event in events:
        caller = str(event.data.get("caller") or "a withheld number")
        subject = f"P1 call from {caller}: call back"
        actions.declare_call(event.subject_id, subject=subject, by=event.by, at=event.at)


def filed(events: Sequence[Recorded]) -> None:
    """A case was made of a call."""
    for event in events:
        actions.filed(event.subject_id, str(event.data.get("case", "")), at=event.at)


def _open_p1s(events: Sequence[Recorded]) -> dict[int, P1]:
    ids = [event.subject_id for event in events]
    rows = reading.records(connection, P1, _OPEN, [ids, P1State.RESOLVED.value])
    return {row.case_id: row for row in rows if row.case_id is not None}


def taken(events: Sequence[Recorded]) -> None:
    """Whoever takes a P1's case at the desk takes the P1."""
    open_now = _open_p1s(events)
    for event in events:
        p1 = open_now.get(event.subject_id)
        if p1 and p1.state == P1State.TRIGGERED and event.by.kind == "user" and event.by.id:
            actions.take(p1.pk, person_id=event.by.id, how=How.BUTTON, at=event.at)


def answered(events: Sequence[Recorded]) -> None:
    """An answer to the customer is contact with the customer."""
    open_now = _open_p1s(events)
    for event in events:
        p1 = open_now.get(event.subject_id)
        if p1 and event.by.kind == "user":
            actions.engage(p1.pk, how="mail", by=event.by, at=event.at)


def informed(events: Sequence[Recorded]) -> None:
    """News of an incident is contact with the customer of a P1 that somebody has taken."""
    open_now = _open_p1s(events)
    for event in events:
        p1 = open_now.get(event.subject_id)
        if p1 and p1.state != P1State.TRIGGERED and event.by.kind == "user":
            actions.engage(p1.pk, how="incident", by=event.by, at=event.at)


def update_due(events: Sequence[Recorded]) -> None:
    """An update that the customer waits for falls due: its owner is rung, then the lead."""
    about = [event for event in events if event.data.get("metric") == _UPDATE]
    open_now = _open_p1s(about) if about else {}
    for event in about:
        p1 = open_now.get(event.subject_id)
        if p1:
            missed = event.verb == Happened.TARGET_MISSED
            due = str(event.data.get("due", event.at))
            remind_of_update(p1, missed=missed, due=due, at=event.at)


FOLLOWS: dict[tuple[str, str], Follower] = {
    ("case", Happened.OPENED): opened,
    ("case", Verb.PRIORITISE): prioritised,
    ("case", Verb.RESOLVE): over,
    ("case", Verb.CLOSE): over,
    ("case", Verb.CANCEL): over,
    ("case", Verb.MERGE): over,
    ("case", Verb.REOPEN): reopened,
    ("case", Verb.REVERT): reverted,
    ("case", Verb.TAKE): taken,
    ("case", Verb.REPLY): answered,
    ("case", Verb.INFORM): informed,
    ("case", Happened.TARGET_WARNED): update_due,
    ("case", Happened.TARGET_MISSED): update_due,
    ("call", "p1_unplaced"): unplaced,
    ("call", "filed"): filed,
}
