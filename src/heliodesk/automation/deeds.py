"""The things that a rule does, each by the verb that a person would use."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from django.db import transaction

from heliodesk.automation.rules import LEADS, LEAST_LOADED, OWNER, Deed, Do
from heliodesk.cases import actions as cases
from heliodesk.cases import tags
from heliodesk.cases.models import Case
from heliodesk.cases.rules import Refused
from heliodesk.identity.models import User
from heliodesk.journal.record import By
from heliodesk.notifications import noticed
from heliodesk.routing.fairly import assign_fairly


class Doing(NamedTuple):
    """Why, by whom and when something is done."""

    why: str
    by: By
    at: datetime


def carry_out(
    deeds: Sequence[Deed], case_id: int, *, why: str, by: By, at: datetime
) -> tuple[list[str], list[str]]:
    """Do these on a case; what was done in words, and why anything was not.

    Args:
        why: the reason told where a verb wants one, and to those who are told.
    """
    did: list[str] = []
    troubles: list[str] = []
    for deed in deeds:
        case = Case.objects.get(pk=case_id)
        try:
            with transaction.atomic():
                did.append(_DEEDS[Do(deed.do)](case, deed.value, Doing(why, by, at)))
        except Refused as refusal:
            troubles.append(str(refusal))
    return did, troubles


def _move(case: Case, value: str, doing: Doing) -> str:
    if case.queue != value:
        cases.move(case, queue=value, by=doing.by, at=doing.at)
    return f"moved to {value}"


def _assign(case: Case, value: str, doing: Doing) -> str:
    if value == LEAST_LOADED:
        row = assign_fairly(case, by=doing.by, at=doing.at)
        return f"given to {row.owner}"
    if str(case.owner_id) == value:
        return "left with its owner"
    row = cases.assign(case, owner_id=int(value), by=doing.by, at=doing.at)
    return f"given to {row.owner}"


def _prioritise(case: Case, value: str, doing: Doing) -> str:
    if case.priority == "P1":
        raise Refused("A rule does not change a P1.")
    if case.priority != value:
        cases.prioritise(case, priority=value, reason=doing.why, by=doing.by, at=doing.at)
    return f"priority {value}"


def _note(case: Case, value: str, doing: Doing) -> str:
    cases.note(case, text=value, by=doing.by, at=doing.at)
    return "note written"


def _tag(case: Case, value: str, doing: Doing) -> str:
    ids = _named(value)
    if set(ids) <= {one.id for one in tags.of(case.tags)}:
        return f"already tagged {value}"
    cases.tag(case, add=ids, by=doing.by, at=doing.at)
    return f"tagged {value}"


def _untag(case: Case, value: str, doing: Doing) -> str:
    ids = _named(value)
    if not set(ids) & {one.id for one in tags.of(case.tags)}:
        return f"not tagged {value}"
    cases.tag(case, remove=ids, by=doing.by, at=doing.at)
    return f"no longer tagged {value}"


def _named(value: str) -> list[int]:
    """The tags of these names, with commas between."""
    found, unknown = tags.named(value.split(","))
    if unknown:
        raise Refused(f"There is no tag “{unknown[0]}”.")
    return [one.id for one in found]


def _tell(case: Case, value: str, doing: Doing) -> str:
    told = noticed.tell(_people(case, value), verb="rule", case=case, words=doing.why, at=doing.at)
    if not told:
        raise Refused("Nobody could be told.")
    return f"{told} told"


def _people(case: Case, value: str) -> list[int]:
    if value == OWNER:
        return [case.owner_id] if case.owner_id else []
    if value == LEADS:
        leads = User.staff.filter(is_active=True, role__in=["lead", "admin"])
        return list(leads.values_list("pk", flat=True))
    return [int(value)]


_DEEDS: Mapping[Do, Callable[[Case, str, Doing], str]] = {
    Do.MOVE: _move,
    Do.ASSIGN: _assign,
    Do.PRIORITISE: _prioritise,
    Do.NOTE: _note,
    Do.TAG: _tag,
    Do.UNTAG: _untag,
    Do.TELL: _tell,
}
