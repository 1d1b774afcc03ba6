"""Forgetting what came in and what went out: raw mail past its time, and a person's words."""

from collections.abc import Collection, Sequence
from datetime import datetime

from django.db import connection

from heliodesk.kernel.blanking import Blank, rewrite

_EMPTY = "raw = '', envelope_from = '', peer = ''"


def raw_before(before: datetime, since_id: int, *, most: int) -> list[int]:
    """Settled mails received before, from an id on, whose bytes are still kept."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select id from (select id, received_at, state, raw from channels_inbound"
            " where id > %s order by id limit %s) i"
            " where received_at < %s and state in ('filed', 'duplicate', 'dropped') and raw <> ''",
            [since_id, most, before],
        )
        return [int(row[0]) for row in cursor.fetchall()]


def last_of(since_id: int, *, most: int) -> tuple[int, datetime | None]:
    """Where a stretch of this length ends: the last id, and when that mail arrived."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select id, received_at from (select id, received_at from channels_inbound"
            " where id > %s order by id limit %s) i order by id desc limit 1",
            [since_id, most],
        )
        found = cursor.fetchone()
        return (int(found[0]), found[1]) if found else (since_id, None)


def drop_raw(ids: Sequence[int]) -> int:
    """Let the bytes of these mails go; that they came, and what they became, stays known."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"update channels_inbound set {_EMPTY} where id = any(%s) and raw <> ''",
            [list(ids)],
        )
        return int(cursor.rowcount)


def raw_from(addresses: Collection[str], since_id: int, *, most: int) -> list[int]:
    """Mails from these addresses in a stretch of this length."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select id from (select id, envelope_from from channels_inbound where id > %s"
            " order by id limit %s) i where lower(envelope_from) = any(%s)",
            [since_id, most, list(addresses)],
        )
        return [int(row[0]) for row in cursor.fetchall()]


def blank_sent(subject_kind: str, ids: Sequence[int], words: Blank) -> int:
    """Take somebody out of the mails that were sent about these cases or held items."""
    changed = rewrite(
        connection,
        words,
        "channels_outbound",
        ["to", "cc", "bcc", "delivered", "refused", "subject", "text", "html", "error", "reply_to"],
        "subject_kind = %s and subject_id = any(%s) and state not in ('queued', 'sending')",
        [subject_kind, list(ids)],
    )
    return len(changed)


def empty_sent(case_ids: Sequence[int]) -> int:
    """Take the words out of all mails that were sent about these cases."""
    with connection.cursor() as cursor:
        cursor.execute(
            "update channels_outbound set text = '', html = '', subject = '', attachments = '[]',"
            " \"to\" = '{}', cc = '{}', bcc = '{}', delivered = '{}', refused = '{}'"
            " where subject_kind = 'case' and subject_id = any(%s)"
            " and state not in ('queued', 'sending')",
            [list(case_ids)],
        )
        return int(cursor.rowcount)
