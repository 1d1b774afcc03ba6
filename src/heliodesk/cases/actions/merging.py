"""Merge a case into another, and take it back."""

from datetime import datetime

from django.db import connection, transaction

from heliodesk.cases.actions.step import actor_of, locked, step
from heliodesk.cases.models import Case, Message
from heliodesk.cases.rules import Actor, Happened, Refused, State, Verb
from heliodesk.journal.record import By, Happening, record

_COPY_PARTIES = """
insert into cases_participant (case_id, contact_id, address, name, requester, added_at)
select %s, contact_id, address, name, false, %s from cases_participant where case_id = %s
on conflict do nothing
"""


def merge(loser: Case, *, into: Case, by: By, at: datetime) -> Case:
    """Move everything said on ``loser`` to ``into``; later replies to it arrive there.

    Raises:
        Refused: the two are one case, of different accounts, or on both sides of the offshore
            boundary; or the table forbids it.
    """
    _check(loser, into)
    with transaction.atomic():
        for row in sorted((loser, into), key=lambda case: case.pk):
            locked(row)
        target = Case.objects.get(pk=into.pk)
        if target.merged_into_id or target.state == State.CANCELLED:
            raise Refused(f"Case {into.ref} was itself merged or cancelled. Choose another.")
        data = {"into": into.ref, "into_id": into.pk, "was": loser.state, "owner": loser.owner_id}
        merged = step(loser, Verb.MERGE, by=by, at=at, merged_into_id=into.pk, data=data)
        Message.objects.filter(case=loser).update(case=into, origin=loser.pk)
        with connection.cursor() as cursor:
            cursor.execute(_COPY_PARTIES, [into.pk, at, loser.pk])
        _touch(into, at)
        told = {"from": loser.ref, "from_id": loser.pk}
        record([Happening(Happened.MERGED_IN, "case", into.pk, told)], by=by, at=at)
    return merged


def unmerge(loser: Case, *, by: By, at: datetime) -> Case:
    """Take a merge back: the messages return, and the case stands where it stood.

    Raises:
        Refused: the case is not merged.
    """
    if actor_of(by) not in {Actor.AGENT, Actor.LEAD}:
        raise Refused("Only the desk can undo a merge.")
    with transaction.atomic():
        row = locked(loser)
        if row.merged_into_id is None:
            raise Refused(f"Case {row.ref} is not merged.")
        survivor = row.merged_into_id
        Message.objects.filter(case_id=survivor, origin=row.pk).update(case=row.pk, origin=None)
        row.state = State.ASSIGNED if row.owner_id else State.NEW
        row.merged_into = None
        row.version += 1
        row.last_activity_at = at
        row.save(update_fields=["state", "merged_into", "version", "last_activity_at"])
        record(
            [
                Happening(Happened.UNMERGED, "case", row.pk, {"from_id": survivor}),
                Happening(Happened.UNMERGED, "case", survivor, {"ref": row.ref, "id": row.pk}),
            ],
            by=by,
            at=at,
        )
        _touch(Case.objects.get(pk=survivor), at)
    return row


def _check(loser: Case, into: Case) -> None:
    if loser.pk == into.pk:
        raise Refused("A case cannot be merged into itself.")
    if loser.account_id != into.account_id:
        raise Refused("The two cases belong to different accounts. Link them instead.")
    if loser.offshore != into.offshore:
        raise Refused("Only one of the two cases is offshore; they must stay apart.")


def _touch(case: Case, at: datetime) -> None:
    row = locked(case)
    row.version += 1
    row.last_activity_at = max(row.last_activity_at, at)
    row.save(update_fields=["version", "last_activity_at"])
