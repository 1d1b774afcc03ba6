"""Decisions as rows: stored once with what they were made from, never edited (E17)."""

from collections.abc import Sequence
from dataclasses import fields
from datetime import datetime
from typing import Any

from heliodesk.entitlements.decision import Decision, Effect
from heliodesk.entitlements.request import Request
from heliodesk.kernel import sql

_COLUMNS = {
    "pack_id": "bigint",
    "at": "timestamptz",
    "decision": "text",
    "request": "jsonb",
    "outcome": "jsonb",
}


_FACTS = tuple(field.name for field in fields(Request))


def facts(request: Request) -> dict[str, Any]:
    """The facts of a request; all are plain, so there is nothing to copy deeply."""
    return {name: getattr(request, name) for name in _FACTS}


def as_json(decision: Decision) -> dict[str, Any]:
    """A decision as it is stored and shown: the outcome and the rules in the order asked."""
    return {
        "decision": decision.decision,
        "queue": decision.queue,
        "priority": decision.priority,
        "clock": decision.clock,
        "target_minutes": decision.target_minutes,
        "due": decision.due.isoformat() if decision.due else None,
        "package": decision.package,
        "calendar": decision.calendar,
        "page": decision.page,
        "flags": list(decision.flags),
        "message": decision.message,
        "variables": dict(decision.variables),
        "next_opening": decision.next_opening.isoformat() if decision.next_opening else None,
        "rules": [
            {
                "id": reason.rule,
                "refs": list(reason.refs),
                "text": reason.says,
                "passed": reason.effect is Effect.PASSED,
            }
            for reason in decision.rules
        ],
    }


def store(
    cursor: sql.Cursor, pack_id: int, made: Sequence[tuple[Request, Decision]], *, at: datetime
) -> list[int]:
    """Keep these decisions; the ids of their rows, in order."""
    if not made:
        return []
    cursor.execute(
        "select nextval(pg_get_serial_sequence('entitlements_entitlementdecision', 'id'))"
        " from generate_series(1, %s)",
        [len(made)],
    )
    ids = [row[0] for row in cursor.fetchall()]
    sql.insert(
        cursor,
        "entitlements_entitlementdecision",
        {"id": "bigint", **_COLUMNS},
        [
            (id, pack_id, at, decision.decision, facts(request), as_json(decision))
            for id, (request, decision) in zip(ids, made, strict=True)
        ],
    )
    return ids
