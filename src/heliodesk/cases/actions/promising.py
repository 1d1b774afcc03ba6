"""What is promised next on cases: written set-based, no new state, no event."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from django.db import connection

from heliodesk.cases.rules import Happened, Stage, Verb, urgency
from heliodesk.journal.record import SYSTEM, By, Happening, record
from heliodesk.kernel import sql


class Promise(NamedTuple):
    """The next due time of a case, and where that promise stands."""

    case_id: int
    due_at: datetime
    stage: Stage


_COLUMNS = {"id": "bigint", "due_at": "timestamptz", "stage": "int"}
_UPDATE = f"""
update cases_case c set due_at = r.due_at, urgency = r.stage * 20 + c.urgency %% 20
from {sql.recordset(_COLUMNS)}
where c.id = r.id
  and (c.due_at, c.urgency) is distinct from (r.due_at, r.stage * 20 + c.urgency %% 20)
"""
_REPACKAGE = """
update cases_case c set package = %(package)s, version = version + 1,
    urgency = c.urgency - c.urgency %% 20 + %(weight)s
where c.account_id = %(account)s and c.package <> %(package)s
  and c.state in ('new', 'assigned', 'pending_customer', 'pending_vendor')
returning c.id, (select b.package from cases_case b where b.id = c.id)
"""


def promise(promises: Sequence[Promise]) -> None:
    """Keep due time and place in the queue; rows that say so already are not written."""
    if not promises:
        return
    with connection.cursor() as cursor:
        cursor.execute(_UPDATE, [sql.rows_parameter(_COLUMNS, promises)])


def repackage(account_id: int, *, package: str, rank: int, by: By, at: datetime) -> int:
    """Let the open cases of an account have the rights of another package; how many changed.

    Must run inside the transaction that changed the contract.
    """
    weight = urgency(Stage.P1, rank)
    with connection.cursor() as cursor:
        cursor.execute(_REPACKAGE, {"account": account_id, "package": package, "weight": weight})
        rows = cursor.fetchall()
    record(
        [
            Happening(Happened.REPACKAGED, "case", id, {"package": package, "was": was})
            for id, was in sorted(rows)
        ],
        by=by,
        at=at,
    )
    return len(rows)


class Placing(NamedTuple):
    """A case that goes to another queue, and by which rule."""

    case_id: int
    queue: str
    was: str
    rule: str


_PLACED = {"id": "bigint", "queue": "text"}
_PLACE = f"update cases_case c set queue = r.queue from {sql.recordset(_PLACED)} where c.id = r.id"


def place_in_queues(placings: Sequence[Placing], *, at: datetime) -> None:
    """Put these cases into their queues, each move in the journal."""
    if not placings:
        return
    with connection.cursor() as cursor:
        rows = [(one.case_id, one.queue) for one in placings]
        cursor.execute(_PLACE, [sql.rows_parameter(_PLACED, rows)])
    record(
        [
            Happening(
                Verb.MOVE,
                "case",
                one.case_id,
                {"queue": one.queue, "was": one.was, "rule": one.rule},
            )
            for one in placings
        ],
        by=SYSTEM,
        at=at,
    )


_CROSSING = """
update cases_case c set offshore = %(offshore)s, version = version + 1,
    queue = case when c.state in ('new', 'assigned', 'pending_customer', 'pending_vendor')
                 then %(queue)s else c.queue end,
    owner_id = case when %(offshore)s and not exists (
        select from identity_teammember m join identity_team t on t.id = m.team_id
        where m.user_id = c.owner_id and t.offshore) then null else c.owner_id end,
    state = case when c.state = 'assigned' and %(offshore)s and not exists (
        select from identity_teammember m join identity_team t on t.id = m.team_id
        where m.user_id = c.owner_id and t.offshore) then 'new' else c.state end
where c.account_id = %(account)s and c.offshore <> %(offshore)s
returning c.id, c.queue
"""


def cross_boundary(account_id: int, *, offshore: bool, queue: str, by: By, at: datetime) -> int:
    """Move every case of an account over the data boundary; how many (C16).

    Open ones go to ``queue``, and from owners who may not see them any more.
    """
    with connection.cursor() as cursor:
        cursor.execute(_CROSSING, {"offshore": offshore, "queue": queue, "account": account_id})
        rows = cursor.fetchall()
    record(
        [
            Happening(Verb.MOVE, "case", id, {"queue": now, "boundary": True, "offshore": offshore})
            for id, now in sorted(rows)
        ],
        by=by,
        at=at,
    )
    return len(rows)
