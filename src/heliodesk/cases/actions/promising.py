"""What is promised next on cases: written set-based, no new state, no event."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from django.db import connection

from heliodesk.cases.rules import Happened, Stage, urgency
from heliodesk.journal.record import By, Happening, record
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
