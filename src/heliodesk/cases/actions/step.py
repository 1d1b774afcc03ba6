"""One verb on one case: lock, ask the table, change, record. The only way a case changes."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from heliodesk.cases.models import Case
from heliodesk.cases.rules import Actor, Refused, State, Verb, after, reverted
from heliodesk.identity.rules import May, allows
from heliodesk.journal.record import By, Happening, record
from heliodesk.kernel import reading, sql


def actor_of(by: By) -> Actor:
    """How the table of steps sees this doer."""
    if by.kind == "contact":
        return Actor.CUSTOMER
    if by.kind == "system":
        return Actor.SYSTEM
    return Actor.LEAD if allows(by.role, May.REVIVE_CANCELLED, by.own) else Actor.AGENT


def locked(case: Case) -> Case:
    """The row as it stands now, locked until the transaction ends."""
    return reading.records(connection, Case, "where id = %s for update", [case.pk])[0]


class Stale(Refused):
    """Somebody changed the case since it was shown."""


def step(
    case: Case,
    verb: Verb,
    *,
    by: By,
    at: datetime,
    data: Mapping[str, Any] | None = None,
    seen_version: int | None = None,
    former: State | None = None,
    **changes: Any,
) -> Case:
    """Do a verb: the new state from the table, these columns changed, one event recorded.

    Args:
        former: with ``Verb.REVERT``, the state that it has again.

    Raises:
        Refused: the table does not allow it; nothing is changed.
        Stale: the case has changed since ``seen_version``.
    """
    with transaction.atomic():
        row = locked(case)
        before = State(row.state)
        if seen_version is not None and row.version != seen_version:
            raise Stale(
                "Somebody else worked on this case meanwhile. Look at what is new, then try again."
            )
        row.state = _to(verb, before, former, actor_of(by))
        for name, value in changes.items():
            setattr(row, name, value)
        _stamp(row, at)
        row.version += 1
        row.last_activity_at = max(row.last_activity_at, at)
        _write(row, ["state", "version", "last_activity_at", "resolved_at", "closed_at", *changes])
        told = {
            **(data or {}),
            **({"from": before, "to": row.state} if row.state != before else {}),
        }
        record([Happening(verb, "case", row.pk, told)], by=by, at=at)
    return row


def _to(verb: Verb, state: State, former: State | None, actor: Actor) -> State:
    if verb is Verb.REVERT and former is not None:
        return reverted(state, former, actor)
    return after(verb, state, actor)


def aside(case: Case, verb: Verb, *, by: By, at: datetime, data: Mapping[str, Any]) -> Case:
    """Do a verb beside the conversation: the table is asked and one event recorded, but the row
    stays, so that nobody who writes an answer is told that something new was said.

    Raises:
        Refused: the table does not allow it.
    """
    with transaction.atomic():
        row = locked(case)
        after(verb, State(row.state), actor_of(by))
        record([Happening(verb, "case", row.pk, data)], by=by, at=at)
    return row


def _write(row: Case, names: Sequence[str]) -> None:
    """Write these columns of a case."""
    columns = ", ".join(f"{name} = %s" for name in names)
    values = [getattr(row, name) for name in names]
    with sql.prepared(connection) as cursor:
        cursor.execute(f"update cases_case set {columns} where id = %s", [*values, row.pk])


def _stamp(row: Case, at: datetime) -> None:
    """Keep the times of resolving and closing true to the state."""
    state = State(row.state)
    if state in {State.RESOLVED, State.CLOSED}:
        row.resolved_at = row.resolved_at or at
    else:
        row.resolved_at = None
    row.closed_at = (row.closed_at or at) if state is State.CLOSED else None
