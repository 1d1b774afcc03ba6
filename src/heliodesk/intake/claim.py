"""Claim waiting messages, and notice those that a worker died over.

The claim is a row lock that a crash releases by itself. Before a batch is read its ids are
committed in a mark; whoever claims a message that a leftover mark names knows that reading it
may have ended a worker, and reads it alone.
"""

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import Error, connection, connections

from heliodesk.kernel import reading, sql

#: Messages, and bytes of them, that one batch takes at the most.
MOST = 200
MOST_BYTES = 48 * 2**20
#: Workers that may die over one message before it is put aside unread: one that is killed for
#: another reason must not take an innocent message along.
FATAL = 3


@dataclass(frozen=True)
class Waiting:
    """An inbound message as claimed."""

    id: int
    mailbox_id: int | None
    channel: str
    envelope_from: str
    recipients: tuple[str, ...]
    received_at: datetime
    raw: bytes
    attempts: int
    #: A worker ended while it had this message in hand.
    suspect: bool = False


_PICK = """
select id, size from channels_inbound
 where state = 'waiting' and (next_attempt_at is null or next_attempt_at <= %(at)s)
   and (%(ids)s::bigint[] is null or id = any(%(ids)s))
 order by id limit %(most)s for update skip locked
"""
_READ = """
select id, mailbox_id, channel, envelope_from, recipients, received_at, raw, attempts
  from channels_inbound where id = any(%s) order by id
"""
_SUSPECTS = "select inbound_ids from intake_batchmark where inbound_ids && %s::bigint[]"


def claim(*, at: datetime, ids: Sequence[int] | None = None, most: int = MOST) -> list[Waiting]:
    """Lock and read waiting messages, the oldest first, a suspect alone; needs a transaction."""
    with sql.prepared(connection) as cursor:
        given = list(ids) if ids is not None else None
        cursor.execute(_PICK, {"at": at, "ids": given, "most": most})
        picked = _within_bytes(cursor.fetchall())
        if not picked:
            return []
        cursor.execute(_SUSPECTS, [picked])
        suspects = {id for (ids,) in cursor.fetchall() for id in ids} & set(picked)
        if suspects:
            picked = [min(suspects)]
    return [
        Waiting(
            id, box, channel, sender, tuple(to), received_at, bytes(raw), attempts, bool(suspects)
        )
        for id, box, channel, sender, to, received_at, raw, attempts in reading.rows(
            connection, _READ, [picked]
        )
    ]


def _within_bytes(rows: Sequence[tuple[int, int]]) -> list[int]:
    picked: list[int] = []
    total = 0
    for id, size in rows:
        total += size
        if picked and total > MOST_BYTES:
            break
        picked.append(id)
    return picked


def deaths(inbound_id: int) -> int:
    """How many workers left a mark over this message alone."""
    with sql.prepared(connection) as cursor:
        cursor.execute(
            "select count(*) from (select 1 from intake_batchmark"
            " where inbound_ids = array[%s]::bigint[] limit 10) m",
            [inbound_id],
        )
        (count,) = cursor.fetchone()
    return int(count)


class Marks(threading.local):
    """Writes the marks of one thread on a connection of their own, so that they commit at once."""

    def __init__(self) -> None:
        self._connection = connections.create_connection("default")

    @contextmanager
    def over(self, waiting: Sequence[Waiting], *, at: datetime) -> Iterator[int]:
        """Mark these messages as being read; the mark's id, deleted by ``clear``."""
        mark = self._write(
            "insert into intake_batchmark (inbound_ids, started_at) values (%s, %s) returning id",
            [[one.id for one in waiting], at],
        )
        try:
            yield mark
        except Exception:
            # A mark that cannot be taken back only makes its messages be read alone.
            with suppress(Error):
                self._write("delete from intake_batchmark where id = %s returning id", [mark])
            raise

    def _write(self, statement: str, params: list[Any]) -> int:
        try:
            if self._connection.connection is None:
                with self._connection.cursor() as cursor:
                    # Losing a mark with the database server costs a warning, never a message.
                    cursor.execute("set synchronous_commit = off")
            with self._connection.cursor() as cursor:
                cursor.execute(statement, params)
                row = cursor.fetchone()
        except Error:
            # The connection may be broken; the next mark makes a new one.
            self._connection.close()
            raise
        return int(row[0]) if row else 0

    def close(self) -> None:
        """Give the connection back."""
        self._connection.close()


_FORGET = """
delete from intake_batchmark b
 where not exists (select 1 from channels_inbound i
                    where i.id = any(b.inbound_ids) and i.state = 'waiting')
returning b.id
"""


def forget_settled() -> int:
    """Forget marks of workers that died, once none of their messages waits; how many."""
    with sql.prepared(connection) as cursor:
        cursor.execute(_FORGET)
        return len(cursor.fetchall())


def clear(mark_id: int, ids: Sequence[int]) -> None:
    """Forget a mark and any older one over the same messages, within the batch's transaction."""
    with sql.prepared(connection) as cursor:
        cursor.execute(
            "delete from intake_batchmark where id = %s or inbound_ids <@ %s::bigint[]",
            [mark_id, list(ids)],
        )
