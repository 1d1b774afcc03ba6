"""Take in what customers add to their cases: one message is a list of one."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import connection, transaction

from heliodesk.cases.actions import write
from heliodesk.cases.new import Heard
from heliodesk.cases.rules import Actor, Happened, State, Verb, after, reprioritised
from heliodesk.journal.record import SYSTEM, By, Happening, record
from heliodesk.kernel import sql

_REOPENABLE = {State.RESOLVED, State.CLOSED}
_CHANGE = {
    "id": "bigint",
    "state": "text",
    "flags": "text[]",
    "decision_id": "bigint",
    "priority": "text",
    "urgency": "int",
    "theirs": "boolean",
}
_UPDATE = f"""
update cases_case c set
    state = r.state,
    flags = (select coalesce(array_agg(distinct f), '{{}}') from unnest(c.flags || r.flags) f),
    decision_id = coalesce(r.decision_id, c.decision_id),
    priority = r.priority,
    urgency = r.urgency,
    version = c.version + 1,
    last_activity_at = greatest(c.last_activity_at, %s),
    last_customer_at = case when r.theirs then greatest(c.last_customer_at, %s)
                            else c.last_customer_at end,
    resolved_at = case when r.state in ('resolved', 'closed') then c.resolved_at end,
    closed_at = case when r.state = 'closed' then c.closed_at end
from {sql.recordset(_CHANGE)} where c.id = r.id
"""


def hear(heard: Sequence[Heard], *, at: datetime) -> list[int]:
    """Add these messages to their cases; the messages' ids in order.

    A case that waits for the customer goes on; a resolved or closed one is reopened where the
    decision said so. What a machine wrote, or a sender still unknown, changes no state.
    """
    if not heard:
        return []
    with transaction.atomic(), sql.prepared(connection) as cursor:
        known = _locked(cursor, {one.case_id for one in heard})
        ids = write.messages(cursor, [(one.case_id, one.message) for one in heard])
        happenings: list[Happening] = []
        for one, message_id in zip(heard, ids, strict=True):
            case = known[one.case_id]
            before, case.state = case.state, _next(case.state, one)
            case.flags |= set(one.flags)
            case.decision_id = one.decision_id or case.decision_id
            case.theirs |= not one.aside
            happenings += _events(one, message_id, before, case.state)
            reopened = before in _REOPENABLE and case.state != before
            happenings += _requalified(one, case, reopened=reopened)
        rows = [
            (id, c.state, sorted(c.flags), c.decision_id, c.priority, c.urgency, c.theirs)
            for id, c in known.items()
        ]
        cursor.execute(_UPDATE, [at, at, sql.rows_parameter(_CHANGE, rows)])
        record(happenings, by=SYSTEM, at=at)
    return ids


@dataclass(slots=True)
class _Hearing:
    """A case while messages are added to it."""

    state: State
    priority: str
    urgency: int
    flags: set[str] = field(default_factory=set)
    decision_id: int | None = None
    #: Whether the customer's side said anything.
    theirs: bool = False


def _locked(cursor: sql.Cursor, ids: set[int]) -> dict[int, _Hearing]:
    """These cases, locked in the order of their ids so that none waits in a ring."""
    cursor.execute(
        "select id, state, priority, urgency from cases_case where id = any(%s)"
        " order by id for update",
        [sorted(ids)],
    )
    return {id: _Hearing(State(state), *rest) for id, state, *rest in cursor.fetchall()}


def _requalified(one: Heard, case: _Hearing, *, reopened: bool) -> list[Happening]:
    """A P1 that is reopened in writing comes back at the priority decided (R81, C17); who claims
    one in writing on a lesser case gets that too (C5)."""
    was, decided = case.priority, one.priority
    if reopened and was == "P1" and decided not in {"", "P1"}:
        reason = "Reopened in writing; a P1 is raised by telephone."
    elif one.urgent and decided and decided < was:
        reason = "P1 was claimed in writing; a P1 is raised by telephone."
    else:
        return []
    case.priority, case.urgency = decided, reprioritised(case.urgency, decided)
    data = {"priority": decided, "was": was, "reason": reason}
    return [Happening(Verb.PRIORITISE, "case", one.case_id, data)]


def _next(state: State, one: Heard) -> State:
    if one.message.automatic or one.message.pending or one.aside:
        return state
    if state in _REOPENABLE and one.reopen:
        return after(Verb.REOPEN, state, Actor.CUSTOMER)
    return after(Verb.HEAR, state, Actor.CUSTOMER)


def _events(one: Heard, message_id: int, before: State, now: State) -> list[Happening]:
    message = one.message
    by = SYSTEM
    if message.author_contact_id:
        by = By("contact", message.author_contact_id, message.author_name)
    data: dict[str, object] = {"message": message_id, "automatic": message.automatic}
    if message.pending:
        data["pending"] = True
    if one.aside:
        data["from_address"] = message.author_address
        return [Happening(Happened.ANSWERED_ASIDE, "case", one.case_id, data, told=one.told)]
    if before != now:
        data |= {"from": before, "to": now}
    verb = Verb.REOPEN if before in _REOPENABLE and now != before else Verb.HEAR
    return [Happening(verb, "case", one.case_id, data, by=by, told=one.told)]
