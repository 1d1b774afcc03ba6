"""Taking somebody out of what was said around a P1."""

from collections.abc import Sequence

from django.db import connection

from heliodesk.kernel.blanking import Blank, rewrite


def p1s_of(case_ids: Sequence[int]) -> list[int]:
    """The P1s of these cases."""
    with connection.cursor() as cursor:
        cursor.execute("select id from oncall_p1 where case_id = any(%s)", [list(case_ids)])
        return [int(row[0]) for row in cursor.fetchall()]


def blank(case_ids: Sequence[int], words: Blank) -> None:
    """Take somebody out of the pages and handovers of these cases' P1s."""
    of_p1 = "p1_id in (select id from oncall_p1 where case_id = any(%s))"
    ids = [list(case_ids)]
    rewrite(connection, words, "oncall_p1", ["subject"], "case_id = any(%s)", ids)
    rewrite(connection, words, "oncall_page", ["subject", "text"], of_p1, ids)
    rewrite(connection, words, "oncall_handover", ["note"], of_p1, ids)
