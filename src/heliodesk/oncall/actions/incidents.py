"""Major incidents: one outage behind several P1s, paged once (C23, R80)."""

from datetime import datetime

from heliodesk.journal.record import By, Happening, record
from heliodesk.kernel.text import one_line
from heliodesk.oncall.actions.guarded import guarded, wake
from heliodesk.oncall.models import P1, MajorIncident, Ownership
from heliodesk.oncall.rules.words import P1State, Refused


def open_incident(*, title: str, p1: P1 | None, by: By, at: datetime) -> MajorIncident:
    """Open a major incident, with the P1 that it began with.

    Raises:
        Refused: it has no title, or the P1 belongs to another one.
    """
    title = one_line(title, 300)
    if not title:
        raise Refused("Give the incident a title that customers can read.")
    with guarded():
        row = MajorIncident.objects.create(title=title, opened_at=at, opened_by=by.name)
        record([Happening("opened", "incident", row.pk, {"title": title})], by=by, at=at)
        if p1:
            link(p1, row, by=by, at=at)
    return row


def link(p1: P1, incident: MajorIncident, *, by: By, at: datetime) -> None:
    """Count a P1 to a major incident; if the incident has a P1 that is paged for, that is enough.

    Raises:
        Refused: the incident or the P1 is over, or the P1 belongs to another incident.
    """
    with guarded():
        p1 = P1.objects.select_for_update().get(pk=p1.pk)
        incident = MajorIncident.objects.select_for_update().get(pk=incident.pk)
        if incident.resolved_at or p1.state == P1State.RESOLVED:
            raise Refused("It is over. Only what is still open can be linked.")
        if p1.incident_id and p1.incident_id != incident.pk:
            raise Refused("This P1 belongs to another incident. Unlink it there first.")
        p1.incident = incident
        _follow(p1, _lead(incident, p1), at)
        data = {"incident": incident.pk, "title": incident.title}
        record([Happening("linked", "p1", p1.pk, data)], by=by, at=at)


def _lead(incident: MajorIncident, other_than: P1) -> P1 | None:
    """The incident's P1 that is paged for."""
    return (
        P1.objects.select_for_update()
        .filter(incident=incident, follows=None)
        .exclude(pk=other_than.pk)
        .exclude(state=P1State.RESOLVED)
        .order_by("pk")
        .first()
    )


def _follow(p1: P1, lead: P1 | None, at: datetime) -> None:
    """Let a P1 be paged for by another; without one it goes on by itself."""
    from heliodesk.oncall.actions.declaring import cancel_pages

    p1.follows = lead
    if lead:
        p1.state, p1.acked_at, p1.engaged_at = lead.state, lead.acked_at, lead.engaged_at
        p1.contact_due_at = lead.contact_due_at
        p1.next_due_at = None
        cancel_pages(p1.pk)
        if p1.owner_id != lead.owner_id:
            own(p1, lead.owner_id, how="incident", at=at)
    p1.save()
    if lead:
        P1.objects.filter(follows=p1).update(follows=lead)


def own(p1: P1, person_id: int, *, how: str, at: datetime) -> None:
    """Make a person the owner from now on; there is never none and never two."""
    now = Ownership.objects.select_for_update().filter(p1=p1, until=None).first()
    if now and now.person_id == person_id:
        p1.owner_id = person_id
        return
    if now and now.since >= at:
        Ownership.objects.filter(pk=now.pk).update(person_id=person_id, how=how)
    else:
        Ownership.objects.filter(p1=p1, until=None).update(until=at)
        Ownership.objects.create(p1=p1, person_id=person_id, since=at, how=how)
    p1.owner_id = person_id


def join_running(p1: P1, *, by: By, at: datetime) -> None:
    """Link a new P1 to the youngest open incident, as the entitlement decision had it."""
    incident = MajorIncident.objects.filter(resolved_at__isnull=True).order_by("-opened_at").first()
    if incident:
        link(p1, incident, by=by, at=at)
        p1.refresh_from_db()


def unlink(p1: P1, *, by: By, at: datetime) -> None:
    """Take a P1 out of its incident; one that nobody has taken is then paged for by itself."""
    with guarded():
        p1 = P1.objects.select_for_update().get(pk=p1.pk)
        if p1.incident_id is None:
            return
        data = {"incident": p1.incident_id}
        _stand_alone(p1, at)
        p1.incident = None
        p1.save()
        pass_the_lead(p1, at=at)
        record([Happening("unlinked", "p1", p1.pk, data)], by=by, at=at)


def _stand_alone(p1: P1, at: datetime) -> None:
    p1.follows = None
    if p1.state == P1State.TRIGGERED:
        p1.next_due_at = at
        wake()


def pass_the_lead(p1: P1, *, at: datetime) -> None:
    """Let the oldest follower of a P1 go on for all of them, when that P1 is over or away."""
    followers = list(P1.objects.select_for_update().filter(follows=p1).order_by("pk"))
    if not followers:
        return
    first, *rest = followers
    _stand_alone(first, at)
    first.save()
    P1.objects.filter(pk__in=[one.pk for one in rest]).update(follows=first)


def resolve_incident(incident: MajorIncident, *, by: By, at: datetime) -> None:
    """End an incident; its P1s that are still open stand on their own again."""
    with guarded():
        row = MajorIncident.objects.select_for_update().get(pk=incident.pk)
        if row.resolved_at:
            return
        row.resolved_at, row.resolved_by = at, by.name
        row.save(update_fields=["resolved_at", "resolved_by"])
        for p1 in P1.objects.select_for_update().filter(incident=row, follows__isnull=False):
            if p1.state != P1State.RESOLVED:
                _stand_alone(p1, at)
                p1.save()
        record([Happening("resolved", "incident", row.pk, {"title": row.title})], by=by, at=at)


def retitle_incident(incident_id: int, *, title: str) -> None:
    """Call an incident something else; P1 pages and the hotline show it."""
    MajorIncident.objects.filter(pk=incident_id).update(title=one_line(title, 300))


def share(p1: P1, at: datetime) -> None:
    """Let the followers of a P1 stand where it stands: one answer is enough for all."""
    for follower in P1.objects.select_for_update().filter(follows=p1).order_by("pk"):
        if follower.state == P1State.RESOLVED:
            continue
        follower.state, follower.acked_at = p1.state, p1.acked_at
        follower.contact_due_at, follower.next_due_at = p1.contact_due_at, None
        own(follower, p1.owner_id, how="incident", at=at)
        follower.save()
