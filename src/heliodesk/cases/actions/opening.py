"""Open cases: one is a list of one."""

from collections.abc import Sequence
from datetime import datetime

from django.db import connection, transaction

from heliodesk.cases.actions import write
from heliodesk.cases.new import NewCase, Opened, Party
from heliodesk.cases.rules import Happened, State
from heliodesk.journal.record import By, Happening, record
from heliodesk.kernel import sql
from heliodesk.kernel.references import case_reference
from heliodesk.kernel.text import one_line, storable

_CASE = {
    "id": "bigint",
    "ref": "text",
    "account_id": "bigint",
    "contact_id": "bigint",
    "mailbox_id": "bigint",
    "channel": "text",
    "title": "text",
    "kind": "text",
    "severity": "text",
    "priority": "text",
    "state": "text",
    "queue": "text",
    "package": "text",
    "decision_id": "bigint",
    "flags": "text[]",
    "offshore": "boolean",
    "urgency": "smallint",
    "due_at": "timestamptz",
    "resolution": "text",
    "continues_id": "bigint",
    "version": "int",
    "opened_at": "timestamptz",
    "last_activity_at": "timestamptz",
    "last_customer_at": "timestamptz",
}


def place(cursor: sql.Cursor, new: Sequence[NewCase], *, at: datetime) -> list[tuple[int, str]]:
    """Insert the rows of these cases and of their parties; their ids and references in order."""
    ids = write.reserve(cursor, "cases_case", len(new))
    refs = _references(cursor, len(new))
    placed = list(zip(ids, refs, strict=True))
    rows = [_row(id, ref, case, at) for (id, ref), case in zip(placed, new, strict=True)]
    sql.insert(cursor, "cases_case", _CASE, rows)
    write.participants(cursor, _parties(ids, new), at=at)
    return placed


def open_cases(new: Sequence[NewCase], *, by: By, at: datetime) -> list[Opened]:
    """Open all these cases with their first message, and record it.

    The order is kept. Must be one transaction with whatever else the caller files.
    """
    if not new:
        return []
    with transaction.atomic(), sql.prepared(connection) as cursor:
        placed = place(cursor, new, at=at)
        said = [(id, case.message) for (id, _), case in zip(placed, new, strict=True)]
        message_ids = write.messages(cursor, said)
        opened = [
            Opened(id, ref, message_id)
            for (id, ref), message_id in zip(placed, message_ids, strict=True)
        ]
        told = [_event(case, row, by) for case, row in zip(new, opened, strict=True)]
        record(told, by=by, at=at)
    return opened


def open_case(new: NewCase, *, by: By, at: datetime) -> Opened:
    """Open one case."""
    return open_cases([new], by=by, at=at)[0]


def _references(cursor: sql.Cursor, count: int) -> list[str]:
    cursor.execute("select nextval('cases_number') from generate_series(1, %s)", [count])
    return [case_reference(row[0]) for row in cursor.fetchall()]


def _row(id: int, ref: str, case: NewCase, at: datetime) -> tuple[object, ...]:
    return (
        id,
        ref,
        case.account_id,
        case.contact_id,
        case.mailbox_id,
        case.channel,
        one_line(storable(case.title), 500) or "(no subject)",
        case.kind,
        case.severity,
        case.priority,
        State.NEW,
        case.queue,
        case.package,
        case.decision_id,
        list(case.flags),
        case.offshore,
        case.urgency,
        case.due_at,
        "",
        case.continues_id,
        1,
        at,
        at,
        at,
    )


def _parties(ids: Sequence[int], new: Sequence[NewCase]) -> list[tuple[int, Party, bool]]:
    parties: list[tuple[int, Party, bool]] = []
    for id, case in zip(ids, new, strict=True):
        if case.requester:
            parties.append((id, case.requester, True))
        parties += [(id, party, False) for party in case.copied]
    return parties


def _event(case: NewCase, opened: Opened, asked_by: By) -> Happening:
    """The opening; by the contact when it came in by itself, else by the one who opened it."""
    by = None
    if asked_by.kind == "system" and case.contact_id and case.message.direction == "in":
        by = By("contact", case.contact_id, case.message.author_name)
    data = {"message": opened.message_id, "priority": case.priority}
    return Happening(Happened.OPENED, "case", opened.id, data, by=by, told=case.told)
