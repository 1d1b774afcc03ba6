"""What open cases do when something happens to their account."""

from collections.abc import Sequence

from heliodesk.cases.actions import cross_boundary, repackage
from heliodesk.cases.actions.checklists import put_by_type
from heliodesk.cases.actions.filling import fill_at_opening
from heliodesk.cases.rules import Happened, Verb
from heliodesk.customers.models import Account
from heliodesk.entitlements import packs
from heliodesk.journal.record import Follower, Recorded


def package_changed(events: Sequence[Recorded]) -> None:
    """A package that counts at once counts for the cases that are open, too."""
    for event in events:
        data = event.data
        repackage(
            event.subject_id, package=data["after"], rank=data["rank"], by=event.by, at=event.at
        )


def shaped(events: Sequence[Recorded]) -> None:
    """A case of a type and priority gets the checklists that are put on such cases; and, when it
    was raised by form, what was filled in there."""
    put_by_type({event.subject_id for event in events}, at=events[0].at)
    for event in events:
        if given := event.told.get("fields"):
            fill_at_opening(event.subject_id, given, at=event.at)


def residency_changed(events: Sequence[Recorded]) -> None:
    """Cases follow their account over the data boundary (C16)."""
    for event in events:
        offshore = bool(event.data["after"])
        region = Account.objects.values_list("region", flat=True).get(pk=event.subject_id)
        cross_boundary(
            event.subject_id,
            offshore=offshore,
            queue=_queue(region, offshore=offshore),
            by=event.by,
            at=event.at,
        )


def _queue(region: str, *, offshore: bool) -> str:
    """The queue of a region; an offshore case goes to the region with the boundary."""
    try:
        policy = packs.active().policy
    except packs.NoActivePack:
        return "offshore" if offshore else "desk"
    beyond = [one for one in policy.pack.regions.values() if one.data_boundary]
    if offshore and beyond:
        return beyond[0].queue
    return policy.place(region if region in policy.pack.regions else None).region.queue


FOLLOWS: dict[tuple[str, str], Follower] = {
    ("account", "package_changed"): package_changed,
    ("account", "residency_changed"): residency_changed,
    ("case", Happened.OPENED): shaped,
    ("case", Verb.CLASSIFY): shaped,
    ("case", Verb.PRIORITISE): shaped,
}
