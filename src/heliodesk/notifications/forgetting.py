"""Taking somebody out of the notices that colleagues were given."""

from collections.abc import Sequence

from django.db import connection

from heliodesk.kernel.blanking import Blank, rewrite


def blank(case_ids: Sequence[int], words: Blank) -> int:
    """Take somebody out of the notices about these cases."""
    where = "case_id = any(%s)"
    changed = rewrite(
        connection, words, "notifications_notice", [], where, [list(case_ids)], jsons=["data"]
    )
    return len(changed)
