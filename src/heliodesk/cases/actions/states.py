"""Verbs that move a case through its life."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from heliodesk.cases.actions.holding import check_nothing_is_owed
from heliodesk.cases.actions.step import actor_of, locked, step
from heliodesk.cases.models import Case
from heliodesk.cases.rules import ESCALATED, Actor, Refused, State, Verb, after
from heliodesk.journal.record import By


def await_customer(case: Case, *, by: By, at: datetime) -> Case:
    """The customer has a question to answer."""
    return step(case, Verb.AWAIT_CUSTOMER, by=by, at=at)


def await_vendor(case: Case, *, by: By, at: datetime) -> Case:
    """Engineering or a third party has to act; clocks keep running."""
    return step(case, Verb.AWAIT_VENDOR, by=by, at=at)


def resume(case: Case, *, by: By, at: datetime) -> Case:
    """Work goes on."""
    return step(case, Verb.RESUME, by=by, at=at)


def resolve(case: Case, *, text: str, by: By, at: datetime) -> Case:
    """The case is solved; says how. An escalation ends with it.

    Raises:
        Refused: the resolution says nothing, or the desk has not done what the case's type asks
            for: a field is empty, a required step of a checklist open.
    """
    if not text.strip():
        raise Refused("Say how the case was resolved; the customer and the next engineer read it.")
    with transaction.atomic():
        row, actor = locked(case), actor_of(by)
        after(Verb.RESOLVE, State(row.state), actor)
        if actor in {Actor.AGENT, Actor.LEAD}:
            check_nothing_is_owed(row)
        flags = [flag for flag in row.flags if flag != ESCALATED]
        return step(row, Verb.RESOLVE, by=by, at=at, resolution=text.strip(), flags=flags)


def close(case: Case, *, by: By, at: datetime) -> Case:
    """The customer agrees, or has been silent long enough."""
    return step(case, Verb.CLOSE, by=by, at=at)


def settle(case: Case, *, text: str, by: By, at: datetime) -> Case:
    """The customer says that it is solved: closed at once, or withdrawn where nobody had begun.

    Args:
        text: what the case is resolved with, as its history shows it.
    """
    with transaction.atomic():
        row = locked(case)
        state = State(row.state)
        if state is State.NEW:
            return cancel(row, reason=text, by=by, at=at)
        if state is not State.RESOLVED:
            row = resolve(row, text=text, by=by, at=at)
        return close(row, by=by, at=at)


def reopen(case: Case, *, by: By, at: datetime) -> Case:
    """It was not solved after all."""
    if case.merged_into_id:
        raise Refused("This case was merged into another. Undo the merge to work on it again.")
    return step(case, Verb.REOPEN, by=by, at=at)


def revert(
    case: Case,
    *,
    former: State,
    resolution: str,
    flags: Sequence[str],
    since: datetime,
    by: By,
    at: datetime,
) -> Case:
    """Undo that a case was resolved, closed or cancelled: everything is as it was before.

    Args:
        former: its state before; resolution, flags: what it held then.
        since: when the verb was done that is undone; what ended then is owed again.

    Raises:
        Refused: it is not possible, or only for a lead.
    """
    data = {"since": since.isoformat()}
    return step(
        case, Verb.REVERT, by=by, at=at, data=data, former=former, resolution=resolution,
        flags=list(flags),
    )  # fmt: skip


def cancel(case: Case, *, reason: str, by: By, at: datetime) -> Case:
    """The case should not have been: a duplicate, spam, or withdrawn.

    Raises:
        Refused: no reason is given.
    """
    if not reason.strip():
        raise Refused("Say why the case is cancelled.")
    return step(case, Verb.CANCEL, by=by, at=at, data={"reason": reason.strip()})
