"""What a case is called, how urgent it is, and in which queue it waits."""

from datetime import datetime

from heliodesk.cases import kinds
from heliodesk.cases.actions.step import actor_of, step
from heliodesk.cases.models import Case
from heliodesk.cases.rules import Actor, Refused, Verb, reprioritised
from heliodesk.entitlements import packs
from heliodesk.identity.models import Team
from heliodesk.journal.record import By
from heliodesk.kernel.text import one_line


def prioritise(case: Case, *, priority: str, reason: str, by: By, at: datetime) -> Case:
    """Set another priority, saying why.

    Raises:
        Refused: no reason; an unknown priority; or P1, which only an assessed call makes (R81).
    """
    if priority not in {"P1", "P2", "P3", "P4"}:
        raise Refused(f"There is no priority {priority}. Choose P2, P3 or P4.")
    if priority == "P1":
        raise Refused("Only a telephone call makes a P1. Ask the customer to call the hotline.")
    if not reason.strip():
        raise Refused("Say why the priority changes.")
    if case.priority == "P1" and actor_of(by) is Actor.AGENT and _needs_duty_manager():
        raise Refused("Only the duty manager sets a P1 lower; ask them.")
    data = {"priority": priority, "was": case.priority, "reason": reason.strip()}
    return step(
        case,
        Verb.PRIORITISE,
        by=by,
        at=at,
        data=data,
        priority=priority,
        urgency=reprioritised(case.urgency, priority),
    )


def promote(case: Case, *, queue: str, reason: str, by: By, at: datetime) -> Case:
    """Make an open case a P1, because its customer called and said so (R57, R81, C5).

    Args:
        queue: the queue of P1 cases.

    Raises:
        Refused: the case is not open.
    """
    data = {"priority": "P1", "was": case.priority, "reason": reason, "by_call": True}
    return step(
        case,
        Verb.PRIORITISE,
        by=by,
        at=at,
        data=data,
        priority="P1",
        queue=queue,
        flags=sorted({*case.flags, "p1_by_call"}),
        urgency=reprioritised(case.urgency, "P1"),
    )


def _needs_duty_manager() -> bool:
    """Whether the policy leaves it to the duty manager to set a P1 lower (C14)."""
    try:
        spec = packs.active().policy.pack.settings.get("p1.downgrade_needs")
    except packs.NoActivePack:
        return False
    return bool(spec and spec.default == "duty_manager+reason")


def retitle(case: Case, *, title: str, by: By, at: datetime) -> Case:
    """Give the case a better title.

    Raises:
        Refused: the title is empty.
    """
    title = one_line(title, 500)
    if not title:
        raise Refused("A case needs a title.")
    data = {"title": title, "was": case.title}
    return step(case, Verb.RETITLE, by=by, at=at, data=data, title=title)


def classify(case: Case, *, kind: str, by: By, at: datetime) -> Case:
    """Say what kind of case it is; routing looks at it again, and other fields may be asked for.

    Raises:
        Refused: there is no such kind, or it is retired.
    """
    if kind not in kinds.offered():
        raise Refused("Choose what kind of case it is.")
    return step(case, Verb.CLASSIFY, by=by, at=at, data={"kind": kind, "was": case.kind}, kind=kind)


def move(case: Case, *, queue: str, by: By, at: datetime) -> Case:
    """Put the case into another queue.

    Raises:
        Refused: the queue has no name, or an offshore case would leave its boundary (C16).
    """
    if not queue.strip():
        raise Refused("Choose a queue.")
    sides = set(Team.objects.filter(queues__contains=[queue]).values_list("offshore", flat=True))
    if sides and case.offshore not in sides:
        where = "offshore" if case.offshore else "onshore"
        raise Refused(f"This case is {where}, and nobody there works the queue {queue}.")
    data = {"queue": queue, "was": case.queue, "offshore": case.offshore}
    return step(case, Verb.MOVE, by=by, at=at, data=data, queue=queue)
