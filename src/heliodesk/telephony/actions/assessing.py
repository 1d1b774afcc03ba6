"""Whether a claimed P1 is one: asked on the call, or afterwards on the case."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from heliodesk.cases import actions as cases
from heliodesk.cases.actions.step import aside
from heliodesk.cases.models import Case
from heliodesk.cases.rules import Refused, Verb
from heliodesk.journal.record import By
from heliodesk.kernel.text import one_line
from heliodesk.telephony.models import Call, P1Assessment

CRITERIA = ("send", "receive", "applications")
EXTENTS = ("total", "impairment")


@dataclass(frozen=True, kw_only=True)
class Assessed:
    """Whether a claimed P1 is one, as an agent found."""

    criteria: tuple[str, ...] = ()
    extent: str = ""
    users: str = ""
    met: bool = True
    priority: str = "P2"
    reason: str = ""
    title: str = ""
    text: str = ""
    alternative: str = ""

    @property
    def named(self) -> list[str]:
        """The criteria that hold, in their order."""
        return [word for word in CRITERIA if word in self.criteria]


def check(found: Assessed, by: By) -> None:
    """Whether the form says enough.

    Raises:
        Refused: no criterion for a P1 that is one, no reason for one that is not.
    """
    if found.met and not found.named:
        raise Refused("Tick what does not work: sending, receiving, or the applications.")
    if not found.met and not found.reason.strip():
        raise Refused("Say why it is no P1; the customer is told, and may ask the duty manager.")
    if not found.met and found.priority not in {"P2", "P3", "P4"}:
        raise Refused("Choose P2, P3 or P4.")
    if by.id is None:
        raise Refused("Only a person can say whether a P1 is one.")


def keep(case: Case, found: Assessed, *, call: Call | None, by: By, at: datetime) -> None:
    """Write the finding down."""
    P1Assessment.objects.create(
        case=case,
        call=call,
        criteria=found.named,
        extent=found.extent if found.extent in EXTENTS else "",
        users=one_line(found.users, 80),
        met=found.met,
        priority="P1" if found.met else found.priority,
        reason=found.reason.strip(),
        by_id=by.id or 0,
        at=at,
    )


def lower(case: Case, found: Assessed, *, by: By, at: datetime) -> Case:
    """A P1 that meets no criterion becomes what was found, with the reason (R79, C33)."""
    if found.met or case.priority != "P1":
        return case
    reason = found.reason.strip()
    return cases.prioritise(case, priority=found.priority, reason=reason, by=by, at=at)


def assess_case(case: Case, found: Assessed, *, by: By, at: datetime) -> Case:
    """Assess a case that is open already, by the criteria that the phone desk asks (R78, R79).

    A case that is no P1 stays none, however it is found: a P1 is raised by telephone (R81).

    Raises:
        Refused: the form says too little, or the table forbids it.
    """
    check(found, by)
    data = {"met": found.met, "criteria": found.named, "reason": found.reason.strip()}
    with transaction.atomic():
        row = aside(case, Verb.ASSESS, by=by, at=at, data=data)
        keep(row, found, call=None, by=by, at=at)
        return lower(row, found, by=by, at=at)
