"""Take in what customers add to their cases: one message is a list of one."""

from collections.abc import Sequence
from datetime import datetime

from django.db import connection, transaction

from heliodesk.cases.actions import write
from heliodesk.cases.new import Heard
from heliodesk.cases.rules import Actor, State, Verb, after
from heliodesk.journal.record import SYSTEM, By, Happening, record
from heliodesk.kernel import sql

_REOPENABLE = {State.RESOLVED, State.CLOSED}
_CHANGE = {"id": "bigint", "state": "text", "flags": "text[]", "decision_id": "bigint"}
_UPDATE = f"""
update cases_case c set
    state = r.state,
    flags = (select coalesce(array_agg(distinct f), '{{}}') from unnest(c.flags || r.flags) f),
    decision_id = coalesce(r.decision_id, c.decision_id),
    version = c.version + 1,
    last_activity_at = greatest(c.last_activity_at, %s),
    last_customer_at = greatest(c.last_customer_at, %s),
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
        states = _locked_states(cursor, {one.case_id for one in heard})
        ids = write.messages(cursor, [(one.case_id, one.message) for one in heard])
        happenings: list[Happening] = []
        changes: dict[int, tuple[str, set[str], int | None]] = {}
        for one, message_id in zip(heard, ids, strict=True):
            before = states[one.case_id]
            states[one.case_id] = _next(before, one)
            flags = changes.get(one.case_id, ("", set(), None))[1] | set(one.flags)
            changes[one.case_id] = (states[one.case_id], flags, one.decision_id)
            happenings += _events(one, message_id, before, states[one.case_id])
        rows = [(id, state, sorted(flags), d) for id, (state, flags, d) in changes.items()]
        cursor.execute(_UPDATE, [at, at, sql.rows_parameter(_CHANGE, rows)])
        record(happenings, by=SYSTEM, at=at)
    return ids


def _locked_states(cursor: sql.Cursor, ids: set[int]) -> dict[int, State]:
    """The states of these cases, locked in the order of their ids so that none waits in a ring."""
    cursor.execute(
        "select id, state from cases_case where id = any(%s) order by id for update", [sorted(ids)]
    )
    return {id: State(state) for id, state in cursor.fetchall()}


def _next(state: State, one: Heard) -> State:
    if one.message.automatic or one.message.pending:
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
    if before != now:
        data |= {"from": before, "to": now}
    verb = Verb.REOPEN if before in _REOPENABLE and now != before else Verb.HEAR
    return [Happening(verb, "case", one.case_id, data, by=by, told=one.told)]
