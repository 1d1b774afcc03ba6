"""Taking a person's words out of decisions, which are otherwise never changed."""

from collections.abc import Sequence

from django.db import connection


def blank(ids: Sequence[int], words: Sequence[str], instead: str) -> int:
    """Write ``instead`` for these words in these decisions; how many changed."""
    if not ids or not words:
        return 0
    with connection.cursor() as cursor:
        cursor.execute("select entitlements_blank(%s, %s, %s)", [list(ids), list(words), instead])
        return int(cursor.fetchone()[0])
