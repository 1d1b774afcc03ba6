"""Forgetting who called: numbers and notes of calls past their time, and of a person."""

from collections.abc import Sequence
from datetime import datetime

from django.db import connection

from heliodesk.cases.forgetting import Spared
from heliodesk.kernel.blanking import Blank, rewrite

_EMPTY = "caller = '', note = '', id_given = '', contact_id = null, standing = '{}'"


def before(moment: datetime, since_id: int, *, most: int, spared: Spared) -> list[int]:
    """Ended calls from an id on, begun before, that still say who called; none that is held."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select id from telephony_call t where id > %(since)s and started_at < %(before)s"
            " and ended_at is not null and (caller <> '' or note <> '' or contact_id is not null)"
            " and not exists (select from cases_case c where c.id = t.case_id"
            " and (c.id = any(%(cases)s) or c.account_id = any(%(accounts)s)"
            " or c.contact_id = any(%(contacts)s)))"
            " and not (t.account_id is not null and t.account_id = any(%(accounts)s))"
            " and not (t.contact_id is not null and t.contact_id = any(%(contacts)s))"
            " order by id limit %(most)s",
            {"since": since_id, "before": moment, "most": most, **spared.params},
        )
        return [int(row[0]) for row in cursor.fetchall()]


def of_cases(case_ids: Sequence[int]) -> list[int]:
    """The ended calls about these cases."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select id from telephony_call where case_id = any(%s) and ended_at is not null",
            [list(case_ids)],
        )
        return [int(row[0]) for row in cursor.fetchall()]


def empty(ids: Sequence[int]) -> int:
    """Take numbers, notes and steps out of these calls; that they were, and how long, stays."""
    with connection.cursor() as cursor:
        cursor.execute("delete from telephony_callstep where call_id = any(%s)", [list(ids)])
        cursor.execute(
            "update telephony_callback set note = '' where call_id = any(%s)", [list(ids)]
        )
        cursor.execute(
            f"update telephony_call set {_EMPTY} where id = any(%s)",
            [list(ids)],
        )
        return int(cursor.rowcount)


def of_person(contact_id: int, numbers: Sequence[str]) -> list[int]:
    """Calls of somebody: made out as theirs, or from one of their numbers."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select id from telephony_call where contact_id = %s or caller = any(%s) order by id",
            [contact_id, list(numbers)],
        )
        return [int(row[0]) for row in cursor.fetchall()]


def blank(case_ids: Sequence[int], words: Blank) -> int:
    """Take somebody out of the notes of the calls about these cases."""
    where, ids = "case_id = any(%s)", [list(case_ids)]
    of_calls = "call_id in (select id from telephony_call where case_id = any(%s))"
    rewrite(connection, words, "telephony_callback", ["note"], of_calls, ids)
    rewrite(connection, words, "telephony_p1assessment", ["reason"], where, ids)
    return len(rewrite(connection, words, "telephony_call", ["note"], where, ids))


def told_of(ids: Sequence[int]) -> list[dict[str, object]]:
    """What is kept of these calls, for an export."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select id, started_at, ended_at, talked_seconds, caller, called, outcome"
            " from telephony_call where id = any(%s) order by id",
            [list(ids)],
        )
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
