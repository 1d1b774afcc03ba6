"""Cases come to an incident and leave it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import connection, transaction

from heliodesk.cases.rules import OPEN
from heliodesk.incidents.models import Incident, LinkedCase
from heliodesk.incidents.rules import How, Refused
from heliodesk.journal.record import By, Happening, record
from heliodesk.oncall import actions as oncall
from heliodesk.oncall.models import P1
from heliodesk.oncall.rules.words import P1State
from heliodesk.oncall.rules.words import Refused as NotPossible

_MOST = 2000
_INSERT = """
insert into incidents_linkedcase (incident_id, case_id, how, linked_at, linked_by)
select %(incident)s, id, %(how)s, %(at)s, %(by)s from unnest(%(ids)s::bigint[]) id
on conflict (case_id) do nothing returning case_id
"""
_STANDING = """
select c.id, c.ref, c.state, l.incident_id from cases_case c
left join incidents_linkedcase l on l.case_id = c.id where c.id = any(%s) order by c.id
"""


@dataclass(frozen=True)
class Report:
    """How many cases were linked, and which were not, by reference, with the reason."""

    linked: int = 0
    refused: Mapping[str, str] = field(default_factory=dict)


def link(
    incident: Incident, case_ids: Sequence[int], *, how: How | str = How.HAND, by: By, at: datetime
) -> Report:
    """Count cases to an incident; a P1 among them is paged for together with its others.

    Raises:
        Refused: the incident is over, or these are too many at once.
    """
    if len(case_ids) > _MOST:
        raise Refused(f"Link {_MOST:,} cases at once at most.")
    with transaction.atomic():
        row = Incident.objects.select_for_update(of=("self",)).get(pk=incident.pk)
        if row.resolved_at:
            raise Refused("This incident is over. Only an open one takes cases.")
        fine, refused = _sorted(row, case_ids)
        with connection.cursor() as cursor:
            cursor.execute(
                _INSERT,
                {"incident": row.pk, "how": str(how), "at": at, "by": by.name[:120],
                 "ids": list(fine)},
            )  # fmt: skip
            new = [case_id for (case_id,) in cursor.fetchall()]
        refused |= _page_together(row, new, fine, by, at)
        gone = [case_id for case_id in new if fine[case_id] in refused]
        LinkedCase.objects.filter(case_id__in=gone).delete()
        _tell("incident_linked", row, [id for id in new if id not in gone], by, at)
    return Report(len(new) - len(gone), refused)


def _sorted(row: Incident, case_ids: Sequence[int]) -> tuple[dict[int, str], dict[str, str]]:
    """The cases that can be linked, id to reference, and those that cannot, with the reason."""
    with connection.cursor() as cursor:
        cursor.execute(_STANDING, [list(case_ids)])
        found = cursor.fetchall()
    fine: dict[int, str] = {}
    refused: dict[str, str] = {}
    for id, ref, state, other in found:
        if other == row.pk:
            continue
        if other:
            refused[ref] = f"It belongs to incident {other} already. Unlink it there first."
        elif state not in OPEN:
            refused[ref] = "It is done. Only open cases wait for the end of an incident."
        else:
            fine[id] = ref
    return fine, refused


def _page_together(
    row: Incident, ids: Sequence[int], refs: Mapping[int, str], by: By, at: datetime
) -> dict[str, str]:
    """Let the open P1s among these cases be paged for as one."""
    refused = {}
    waiting = P1.objects.filter(case_id__in=ids).exclude(state=P1State.RESOLVED)
    for p1 in waiting.exclude(incident_id=row.pk).order_by("pk"):
        try:
            oncall.link(p1, row.major, by=by, at=at)
        except NotPossible as refusal:
            refused[refs[p1.case_id or 0]] = str(refusal)
    return refused


def unlink(incident: Incident, case_id: int, *, by: By, at: datetime) -> None:
    """Take a case out of an incident; its P1 then stands on its own again."""
    with transaction.atomic():
        dropped, _ = LinkedCase.objects.filter(incident_id=incident.pk, case_id=case_id).delete()
        p1 = P1.objects.filter(case_id=case_id, incident_id=incident.pk).order_by("-pk").first()
        if p1 and p1.state != P1State.RESOLVED:
            oncall.unlink(p1, by=by, at=at)
        if dropped:
            _tell("incident_unlinked", incident, [case_id], by, at)


def _tell(verb: str, row: Incident, ids: Sequence[int], by: By, at: datetime) -> None:
    """Record it on the incident, and on each case."""
    if not ids:
        return
    data = {"incident": row.pk, "title": row.title}
    on_cases = [Happening(verb, "case", id, data) for id in ids]
    word = verb.removeprefix("incident_")
    whole = Happening(word, "incident", row.pk, {"cases": len(ids), "first": ids[0]})
    record([whole, *on_cases], by=by, at=at)


def came_by_p1(incident_id: int, case_id: int, *, by: By, at: datetime) -> None:
    """A P1 was counted to the incident: so is its case.

    Must run inside the transaction that did it.
    """
    row = Incident.objects.get(pk=incident_id)
    _made, new = LinkedCase.objects.get_or_create(
        case_id=case_id,
        defaults={
            "incident": row, "how": How.P1.value, "linked_at": at, "linked_by": by.name[:120],
        },
    )  # fmt: skip
    if new:
        _tell("incident_linked", row, [case_id], by, at)


def merged(loser_id: int, winner_id: int, *, at: datetime) -> None:
    """The case that a linked one was merged into belongs to the incident from now on.

    Must run inside the transaction of the merge.
    """
    old = LinkedCase.objects.filter(case_id=loser_id).first()
    if old is None:
        return
    if not LinkedCase.objects.filter(case_id=winner_id).exists():
        LinkedCase.objects.filter(pk=old.pk).update(case_id=winner_id, how=How.MERGE.value)
    else:
        old.delete()
