"""What incidents do when something happens to a P1 or a case."""

from collections.abc import Sequence

from heliodesk.cases.rules import Verb
from heliodesk.incidents.actions import linking
from heliodesk.incidents.models import Incident, LinkedCase
from heliodesk.journal.record import Follower, Recorded
from heliodesk.oncall.models import P1, MajorIncident


def opened(events: Sequence[Recorded]) -> None:
    """An incident has its page from its first moment, wherever it was declared."""
    majors = MajorIncident.objects.filter(pk__in=[event.subject_id for event in events])
    leads = {event.subject_id: event.by.id for event in events if event.by.kind == "user"}
    Incident.objects.bulk_create(
        [
            Incident(major=one, title=one.title, opened_at=one.opened_at, lead_id=leads.get(one.pk))
            for one in majors
        ],
        ignore_conflicts=True,
    )


def over(events: Sequence[Recorded]) -> None:
    """An incident that on-call ended is over here, too."""
    for event in events:
        Incident.objects.filter(pk=event.subject_id, resolved_at=None).update(
            stage="resolved", resolved_at=event.at, published_at=None
        )


def p1_linked(events: Sequence[Recorded]) -> None:
    """The case of a P1 that is paged for with others belongs to their incident."""
    cases = dict(
        P1.objects.filter(pk__in=[e.subject_id for e in events], case__isnull=False).values_list(
            "pk", "case_id"
        )
    )
    for event in events:
        if event.subject_id in cases:
            incident = int(event.data["incident"])
            linking.came_by_p1(incident, cases[event.subject_id], by=event.by, at=event.at)


def p1_unlinked(events: Sequence[Recorded]) -> None:
    """The case of a P1 that has nothing to do with an incident has nothing to do with it."""
    cases = P1.objects.filter(pk__in=[event.subject_id for event in events])
    LinkedCase.objects.filter(
        case_id__in=cases.values("case_id"),
        incident_id__in=[int(event.data["incident"]) for event in events],
    ).delete()


def merged(events: Sequence[Recorded]) -> None:
    """What a case waited for, the one it was merged into waits for."""
    for event in events:
        linking.merged(event.subject_id, int(event.data["into_id"]), at=event.at)


FOLLOWS: dict[tuple[str, str], Follower] = {
    ("incident", "opened"): opened,
    ("incident", "resolved"): over,
    ("p1", "linked"): p1_linked,
    ("p1", "unlinked"): p1_unlinked,
    ("case", Verb.MERGE): merged,
}
